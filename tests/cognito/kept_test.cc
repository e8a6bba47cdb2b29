// What is kept and shown, and what is refused by name.
#include <gtest/gtest.h>

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/fixture.h"

namespace offstage::cognito::test {
namespace {

TEST(IdentityProviders, AreKeptButNobodySignsInThroughThem) {
  Pools pools;
  pools.Make({}, {{"AllowedOAuthFlowsUserPoolClient", true},
                  {"AllowedOAuthFlows", Json::array({"code"})},
                  {"AllowedOAuthScopes", Json::array({"openid"})},
                  {"CallbackURLs", Json::array({"http://localhost:3001/"})}});
  const Json who = {{"UserPoolId", pools.pool_id}, {"ProviderName", "Corp"}};
  Json create = who;
  create["ProviderType"] = "OIDC";
  create["ProviderDetails"] = {{"client_id", "x"}};
  create["IdpIdentifiers"] = Json::array({"corp.example"});
  pools.Ok("CreateIdentityProvider", create);
  EXPECT_EQ(pools.Refusal("CreateIdentityProvider", create),
            "DuplicateProviderException: A provider with the name Corp already exists in the user "
            "pool.");
  Json update = who;
  update["AttributeMapping"] = {{"email", "mail"}};
  pools.Ok("UpdateIdentityProvider", update);
  const Json found = pools.Ok(
      "GetIdentityProviderByIdentifier",
      {{"UserPoolId", pools.pool_id}, {"IdpIdentifier", "corp.example"}})["IdentityProvider"];
  EXPECT_EQ(found["ProviderDetails"]["client_id"], "x");
  EXPECT_EQ(found["AttributeMapping"]["email"], "mail");
  const Json listed = pools.Ok("ListIdentityProviders", {{"UserPoolId", pools.pool_id}});
  EXPECT_EQ(listed["Providers"][0]["ProviderName"], "Corp");
  EXPECT_FALSE(listed["Providers"][0].contains("ProviderDetails"));
  const http::Reply page = pools.Get("/oauth2/authorize?client_id=" + pools.client_id +
                                     "&response_type=code&identity_provider=Corp&redirect_uri=" +
                                     PercentEncode("http://localhost:3001/"));
  EXPECT_EQ(page.status, 501);
  EXPECT_NE(page.body.find("does not emulate signing in through"), std::string::npos);
  pools.Ok("DeleteIdentityProvider", who);
  EXPECT_EQ(pools.Refusal("DescribeIdentityProvider", who),
            "ResourceNotFoundException: Identity provider Corp does not exist.");
}

TEST(ClientSecrets, AreExchangedWithoutAGap) {
  Pools pools;
  pools.Make({}, {{"GenerateSecret", true}});
  pools.AddUser("ada");
  const Json who = {{"UserPoolId", pools.pool_id}, {"ClientId", pools.client_id}};
  const auto describe = [&] { return pools.Ok("DescribeUserPoolClient", who)["UserPoolClient"]; };
  const std::string first = describe()["ClientSecret"];
  pools.clock.Advance(std::chrono::seconds(1));
  const Json added = pools.Ok("AddUserPoolClientSecret", who)["ClientSecretDescriptor"];
  const std::string second = added["ClientSecretValue"];
  EXPECT_TRUE(pools.Refusal("AddUserPoolClientSecret", who).starts_with("LimitExceededException"));
  const auto sign_in = [&](const std::string& secret) {
    Json request = pools.PasswordRequest("ada");
    request["AuthParameters"]["SECRET_HASH"] =
        Base64Encode(HmacSha256(secret, "ada" + pools.client_id));
    return pools.Refusal("InitiateAuth", request);
  };
  EXPECT_EQ(sign_in(first), "");
  EXPECT_EQ(sign_in(second), "");
  const Json rows = pools.Ok("ListUserPoolClientSecrets", who)["ClientSecrets"];
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_FALSE(rows[0].contains("ClientSecretValue"));
  Json drop = who;
  drop["ClientSecretId"] = rows[0]["ClientSecretId"];
  pools.Ok("DeleteUserPoolClientSecret", drop);
  EXPECT_TRUE(sign_in(first).starts_with("NotAuthorizedException"));
  EXPECT_EQ(sign_in(second), "");
  EXPECT_EQ(describe()["ClientSecret"], second);
  drop["ClientSecretId"] = added["ClientSecretId"];
  EXPECT_TRUE(
      pools.Refusal("DeleteUserPoolClientSecret", drop).starts_with("InvalidParameterException"));
}

TEST(KeptSettings, AreShownAsTheyWereSet) {
  Pools pools;
  pools.Make();
  const Json pool = {{"UserPoolId", pools.pool_id}};
  Json risk = pool;
  risk["RiskExceptionConfiguration"] = {{"BlockedIPRangeList", Json::array({"192.0.2.0/24"})}};
  pools.Ok("SetRiskConfiguration", risk);
  EXPECT_EQ(pools.Ok("DescribeRiskConfiguration",
                     pool)["RiskConfiguration"]["RiskExceptionConfiguration"],
            risk["RiskExceptionConfiguration"]);
  Json look = pool;
  look["CSS"] = ".label-customizable {font-weight: 400;}";
  EXPECT_EQ(pools.Refusal("SetUICustomization", look),
            "InvalidParameterException: There has to be an existing domain associated with this "
            "user pool");
  pools.Ok("CreateUserPoolDomain", {{"UserPoolId", pools.pool_id}, {"Domain", "looks"}});
  pools.Ok("SetUICustomization", look);
  const Json of_client = {{"UserPoolId", pools.pool_id}, {"ClientId", pools.client_id}};
  EXPECT_EQ(pools.Ok("GetUICustomization", of_client)["UICustomization"]["CSS"], look["CSS"]);
  Json terms = of_client;
  terms["TermsName"] = "terms-of-use";
  terms["TermsSource"] = "LINK";
  terms["Enforcement"] = "NONE";
  const Json made = pools.Ok("CreateTerms", terms)["Terms"];
  EXPECT_TRUE(pools.Refusal("CreateTerms", terms).starts_with("TermsExistsException"));
  EXPECT_EQ(pools.Ok("ListTerms", pool)["Terms"][0]["TermsId"], made["TermsId"]);
  Json branding = of_client;
  branding["UseCognitoProvidedValues"] = true;
  const Json brand = pools.Ok("CreateManagedLoginBranding", branding)["ManagedLoginBranding"];
  EXPECT_FALSE(brand.contains("ClientId"));
  EXPECT_EQ(pools.Ok("DescribeManagedLoginBrandingByClient", of_client)["ManagedLoginBranding"],
            brand);
}

// Texts as recorded from the service by others who emulate it.
TEST(Schemas, RefuseWhatTheServiceRefuses) {
  Pools pools;
  const auto refusal = [&](const Json& attribute) {
    return pools.Refusal("CreateUserPool",
                         {{"PoolName", "x"}, {"Schema", Json::array({attribute})}});
  };
  const std::string type = "InvalidParameterException: ";
  EXPECT_EQ(refusal({{"Name", "level"}}),
            type +
                "Invalid AttributeDataType input, consider using the provided "
                "AttributeDataType enum.");
  EXPECT_EQ(refusal({{"Name", "email"}, {"AttributeDataType", "Number"}}),
            type +
                "You can not change AttributeDataType or set developerOnlyAttribute for "
                "standard schema attribute email");
  EXPECT_EQ(refusal({{"Name", "email"}, {"StringAttributeConstraints", {{"MinLength", "x"}}}}),
            type + "Invalid StringAttributeConstraints for schema attribute email");
  EXPECT_EQ(refusal({{"Name", "email"}, {"StringAttributeConstraints", {{"MaxLength", "2049"}}}}),
            type + "user.email: String attributes cannot have a length of more than 2048");
  EXPECT_EQ(refusal({{"Name", "updated_at"},
                     {"NumberAttributeConstraints", {{"MinValue", "2"}, {"MaxValue", "1"}}}}),
            type + "user.updated_at: Max value cannot be less than min value.");
  EXPECT_EQ(refusal({{"Name", "email"}, {"Required", true}}), "");
}

}  // namespace
}  // namespace offstage::cognito::test
