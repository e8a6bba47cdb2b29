// Sign-up, confirmation, names, attributes and passwords, in the service's words.
#include <gtest/gtest.h>

#include "cognito/fixture.h"

namespace offstage::cognito::test {
namespace {

Json SignUpOf(const Pools& pools, const std::string& name, const Json& attributes = Json::array(),
              const std::string& password = "Passw0rd!") {
  return {{"ClientId", pools.client_id},
          {"Username", name},
          {"Password", password},
          {"UserAttributes", attributes}};
}

Json Email(const std::string& value) {
  return {{"Name", "email"}, {"Value", value}};
}

TEST(EmailAsUsername, BecomesAUuid) {
  Pools pools;
  pools.Make({{"UsernameAttributes", {"email"}}, {"AutoVerifiedAttributes", {"email"}}});
  EXPECT_EQ(pools.Refusal("SignUp", SignUpOf(pools, "ada")),
            "InvalidParameterException: Username should be an email.");
  const Json signed_up = pools.Ok("SignUp", SignUpOf(pools, "ada@example.com"));
  EXPECT_EQ(signed_up["CodeDeliveryDetails"]["Destination"], "a***@e***");
  const Json user =
      pools.Ok("AdminGetUser", {{"UserPoolId", pools.pool_id}, {"Username", "ada@example.com"}});
  EXPECT_EQ(user["Username"], signed_up["UserSub"]);
  EXPECT_EQ(user["UserStatus"], "UNCONFIRMED");
  EXPECT_EQ(pools.Refusal("SignUp", SignUpOf(pools, "ada@example.com")),
            "UsernameExistsException: An account with the given email already exists.");
  pools.Ok("ConfirmSignUp", {{"ClientId", pools.client_id},
                             {"Username", "ada@example.com"},
                             {"ConfirmationCode", pools.messages.back().code}});
  const Json claims = pools.SignIn("ada@example.com");
  EXPECT_EQ(Claims(claims["IdToken"])["email_verified"], true);
}

TEST(CaseInsensitivePools, KnowANameHoweverItIsWritten) {
  Pools pools;
  pools.Make({{"UsernameConfiguration", {{"CaseSensitive", false}}}});
  pools.AddUser("Ada");
  EXPECT_EQ(Claims(pools.SignIn("aDA")["IdToken"])["cognito:username"], "Ada");
  pools.Make();
  pools.AddUser("Ada");
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("ada")),
            "UserNotFoundException: User does not exist.");
}

TEST(Aliases, WorkOnceVerifiedAndBelongToOneUser) {
  Pools pools;
  pools.Make({{"AliasAttributes", {"email"}}, {"AutoVerifiedAttributes", {"email"}}});
  for (const char* name : {"ada", "eve"})
    pools.Ok("SignUp", SignUpOf(pools, name, Json::array({Email("ada@example.com")})));
  const auto confirm = [&pools](const std::string& name, std::size_t message, bool force) {
    return Json{{"ClientId", pools.client_id},
                {"Username", name},
                {"ConfirmationCode", pools.messages[message].code},
                {"ForceAliasCreation", force}};
  };
  pools.Ok("ConfirmSignUp", confirm("ada", 0, false));
  EXPECT_EQ(Claims(pools.SignIn("ada@example.com")["IdToken"])["cognito:username"], "ada");
  EXPECT_EQ(pools.Refusal("ConfirmSignUp", confirm("eve", 1, false)),
            "AliasExistsException: An account with the email already exists.");
  pools.Ok("ConfirmSignUp", confirm("eve", 1, true));
  EXPECT_EQ(Claims(pools.SignIn("ada@example.com")["IdToken"])["cognito:username"], "eve");
}

TEST(Codes, AreWrongThenTooOld) {
  Pools pools;
  pools.Make({{"AutoVerifiedAttributes", {"email"}}});
  pools.Ok("SignUp", SignUpOf(pools, "ada", Json::array({Email("ada@example.com")})));
  Json confirm = {
      {"ClientId", pools.client_id}, {"Username", "ada"}, {"ConfirmationCode", "abcdef"}};
  EXPECT_EQ(pools.Refusal("ConfirmSignUp", confirm),
            "CodeMismatchException: Invalid verification code provided, please try again.");
  confirm["ConfirmationCode"] = pools.messages.back().code;
  pools.clock.Advance(std::chrono::hours(24));
  EXPECT_EQ(pools.Refusal("ConfirmSignUp", confirm),
            "ExpiredCodeException: Invalid code provided, please request a code again.");
  pools.Ok("ResendConfirmationCode", {{"ClientId", pools.client_id}, {"Username", "ada"}});
  confirm["ConfirmationCode"] = pools.messages.back().code;
  pools.Ok("ConfirmSignUp", confirm);
}

TEST(Passwords, MustFitEachRule) {
  Pools pools;
  pools.Make();
  const std::pair<const char*, const char*> cases[] = {
      {"Aa1!aaa", "Password not long enough"},
      {"aaaaaa1!", "Password must have uppercase characters"},
      {"AAAAAA1!", "Password must have lowercase characters"},
      {"Aaaaaaa!", "Password must have numeric characters"},
      {"Aaaaaaa1", "Password must have symbol characters"}};
  for (const auto& [password, rule] : cases) {
    EXPECT_EQ(
        pools.Refusal("SignUp", SignUpOf(pools, "ada", Json::array(), password)),
        std::string("InvalidPasswordException: Password did not conform with policy: ") + rule);
  }
}

TEST(Schema, BoundsWhatMayBeWritten) {
  Pools pools;
  pools.Make({{"Schema",
               {{{"Name", "email"}, {"Required", true}},
                {{"Name", "plan"}, {"AttributeDataType", "String"}, {"Mutable", false}}}}});
  EXPECT_EQ(pools.Refusal("SignUp", SignUpOf(pools, "ada")),
            "InvalidParameterException: Attributes did not conform to the schema: email: The "
            "attribute is required\n");
  EXPECT_EQ(pools.Refusal("SignUp", SignUpOf(pools, "ada", Json::array({Email("nonsense")}))),
            "InvalidParameterException: Invalid email address format.");
  EXPECT_EQ(
      pools.Refusal("SignUp",
                    SignUpOf(pools, "ada",
                             {Email("a@example.com"), {{"Name", "custom:none"}, {"Value", "1"}}})),
      "InvalidParameterException: Attributes did not conform to the schema: Type for attribute "
      "{custom:none} could not be determined");
  EXPECT_EQ(pools.Refusal("SignUp", SignUpOf(pools, "ada",
                                             {Email("a@example.com"),
                                              {{"Name", "email_verified"}, {"Value", "true"}}})),
            "NotAuthorizedException: A client attempted to write unauthorized attribute");
  pools.AddUser("ada", {Email("a@example.com"), {{"Name", "custom:plan"}, {"Value", "free"}}});
  EXPECT_EQ(pools.Refusal("AdminUpdateUserAttributes",
                          {{"UserPoolId", pools.pool_id},
                           {"Username", "ada"},
                           {"UserAttributes", {{{"Name", "custom:plan"}, {"Value", "gold"}}}}}),
            "InvalidParameterException: user.custom:plan: Attribute cannot be updated.\n");
}

TEST(ForgottenPasswords, NeedAVerifiedAddress) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada", Json::array({Email("ada@example.com")}));
  const Json forgot = {{"ClientId", pools.client_id}, {"Username", "ada"}};
  EXPECT_EQ(pools.Refusal("ForgotPassword", forgot),
            "InvalidParameterException: Cannot reset password for the user as there is no "
            "registered/verified email or phone_number");
  pools.Ok("AdminUpdateUserAttributes",
           {{"UserPoolId", pools.pool_id},
            {"Username", "ada"},
            {"UserAttributes", {{{"Name", "email_verified"}, {"Value", "true"}}}}});
  pools.Ok("ForgotPassword", forgot);
  pools.Ok("ConfirmForgotPassword", {{"ClientId", pools.client_id},
                                     {"Username", "ada"},
                                     {"ConfirmationCode", pools.messages.back().code},
                                     {"Password", "Another1!"}});
  EXPECT_TRUE(pools.SignIn("ada", "Another1!").contains("IdToken"));
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("ada")),
            "NotAuthorizedException: Incorrect username or password.");
}

TEST(ResetByAdministrators, StopsTheOldPassword) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada", {Email("ada@example.com"), {{"Name", "email_verified"}, {"Value", "true"}}});
  pools.Ok("AdminResetUserPassword", {{"UserPoolId", pools.pool_id}, {"Username", "ada"}});
  EXPECT_EQ(pools.Refusal("InitiateAuth", pools.PasswordRequest("ada")),
            "PasswordResetRequiredException: Password reset required for the user");
}

TEST(ListUsers, FiltersByEqualityAndPrefix) {
  Pools pools;
  pools.Make();
  for (const char* name : {"ada", "adam", "eve"})
    pools.AddUser(name);
  const auto count = [&pools](const std::string& filter) {
    return pools.Ok("ListUsers", {{"UserPoolId", pools.pool_id}, {"Filter", filter}})["Users"]
        .size();
  };
  EXPECT_EQ(count("username = \"ada\""), 1U);
  EXPECT_EQ(count("username ^= \"ada\""), 2U);
  EXPECT_EQ(count("cognito:user_status = \"CONFIRMED\""), 3U);
  EXPECT_EQ(count("cognito:user_status = \"confirmed\""), 3U);
  EXPECT_EQ(count("status=\"Enabled\""), 3U);
  EXPECT_EQ(count("status=\"enabled\""), 0U);
  for (const char* bad :
       {"username", "username > \"a\"", "username = ada", "username = \"a\"b\""}) {
    EXPECT_EQ(pools.Refusal("ListUsers", {{"UserPoolId", pools.pool_id}, {"Filter", bad}}),
              "InvalidParameterException: Error while parsing filter")
        << bad;
  }
}

TEST(ListUsers, FindsNobodyByAnAttributeThatTheyLack) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada", {{{"Name", "family_name"}, {"Value", "Lovelace"}}});
  pools.AddUser("eve");
  const auto count = [&pools](const std::string& filter) {
    return pools.Ok("ListUsers", {{"UserPoolId", pools.pool_id}, {"Filter", filter}})["Users"]
        .size();
  };
  EXPECT_EQ(count(R"(family_name = "")"), 0U);
  EXPECT_EQ(count(R"(family_name ^= "")"), 1U);
  EXPECT_EQ(count(""), 2U);
}

TEST(ResetByAdministrators, AreRefusedForDisabledUsers) {
  Pools pools;
  pools.Make({{"AutoVerifiedAttributes", {"email"}}});
  const Json of_ada = {{"UserPoolId", pools.pool_id}, {"Username", "ada"}};
  pools.Ok("AdminCreateUser", of_ada);
  EXPECT_EQ(pools.Refusal("AdminResetUserPassword", of_ada),
            "NotAuthorizedException: User password cannot be reset in the current state.");
  pools.Ok("AdminDisableUser", of_ada);
  EXPECT_EQ(pools.Refusal("AdminResetUserPassword", of_ada),
            "NotAuthorizedException: User is disabled.");
}

TEST(Domains, AreAPrefixOrAnOwnName) {
  Pools pools;
  pools.Make();
  Json request = {{"UserPoolId", pools.pool_id}, {"Domain", "auth.example.com"}};
  EXPECT_NE(pools.Refusal("CreateUserPoolDomain", request).find("at 'domain' failed to satisfy"),
            std::string::npos);
  request["CustomDomainConfig"] = {
      {"CertificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/1"}};
  request["ManagedLoginVersion"] = 2;
  const Json made = pools.Ok("CreateUserPoolDomain", request);
  EXPECT_TRUE(made.contains("CloudFrontDomain"));
  EXPECT_EQ(made["ManagedLoginVersion"], 2);
  const Json shown =
      pools.Ok("DescribeUserPoolDomain", {{"Domain", "auth.example.com"}})["DomainDescription"];
  EXPECT_EQ(shown["ManagedLoginVersion"], 2);
  EXPECT_EQ(shown["CustomDomainConfig"], request["CustomDomainConfig"]);
  EXPECT_EQ(pools.Ok("CreateUserPoolDomain", {{"UserPoolId", pools.pool_id}, {"Domain", "auth"}}),
            Json::object());
}

TEST(Discovery, NamesEndpointsWithAndWithoutADomain) {
  Pools pools;
  pools.service->SetEndpoint("http://127.0.0.1:4566");
  const auto token_endpoint = [&pools](const std::string& host) -> std::string {
    const http::Reply reply =
        pools.Get("/" + pools.pool_id + "/.well-known/openid-configuration", {{"Host", host}});
    return (*ParseJson(reply.body))["token_endpoint"];
  };
  const std::string local = "127.0.0.1:4566";
  const std::string service = "cognito-idp.us-east-1.amazonaws.com";
  pools.Make();
  EXPECT_EQ(token_endpoint(local), "http://127.0.0.1:4566/oauth2/token");
  EXPECT_EQ(token_endpoint(service), "https://" + service + "/" + pools.pool_id + "/oauth2/token");
  pools.Ok("CreateUserPoolDomain", {{"UserPoolId", pools.pool_id}, {"Domain", "auth"}});
  EXPECT_EQ(token_endpoint(local), "http://127.0.0.1:4566/_domains/auth/oauth2/token");
  EXPECT_EQ(token_endpoint(service), "https://auth.auth.us-east-1.amazoncognito.com/oauth2/token");
  pools.Make();
  pools.Ok("CreateUserPoolDomain",
           {{"UserPoolId", pools.pool_id},
            {"Domain", "auth.example.com"},
            {"CustomDomainConfig",
             {{"CertificateArn", "arn:aws:acm:us-east-1:123456789012:certificate/1"}}}});
  EXPECT_EQ(token_endpoint(service), "https://auth.example.com/oauth2/token");
}

TEST(Tags, AreOfTheNamedPoolOnly) {
  Pools pools;
  pools.Make();
  const std::string arn =
      pools.Ok("DescribeUserPool", {{"UserPoolId", pools.pool_id}})["UserPool"]["Arn"];
  const auto refusal = [&pools](const std::string& resource) {
    const std::string text = pools.Refusal("ListTagsForResource", {{"ResourceArn", resource}});
    return text.substr(0, text.find(':'));
  };
  EXPECT_EQ(refusal(arn), "");
  for (const auto& [part, other, expected] :
       {std::tuple(":cognito-idp:", ":cognito-identity:", "InvalidParameterException"),
        std::tuple(":userpool/", ":identitypool/", "InvalidParameterException"),
        std::tuple(":us-east-1:", ":us-west-2:", "ResourceNotFoundException")}) {
    std::string wrong = arn;
    wrong.replace(wrong.find(part), std::string_view(part).size(), other);
    EXPECT_EQ(refusal(wrong), expected) << wrong;
  }
}

TEST(MfaOfAPool, NeedsAFactor) {
  Pools pools;
  pools.Make();
  const auto set = [&pools](const std::string& mode, const Json& members) {
    Json request = {{"UserPoolId", pools.pool_id}, {"MfaConfiguration", mode}};
    request.update(members);
    return pools.Refusal("SetUserPoolMfaConfig", request);
  };
  const std::string none =
      "InvalidParameterException: Invalid MFA configuration given, can't disable all MFAs with a "
      "required or optional configuration.";
  EXPECT_EQ(set("ON", {{"SmsMfaConfiguration", Json::object()}}), none);
  EXPECT_EQ(set("OPTIONAL", {{"SoftwareTokenMfaConfiguration", {{"Enabled", false}}}}), none);
  EXPECT_EQ(set("OFF", Json::object()), "");
  EXPECT_EQ(set("OPTIONAL", {{"SoftwareTokenMfaConfiguration", {{"Enabled", true}}}}), "");
  EXPECT_EQ(pools.Refusal("CreateUserPool", {{"PoolName", "x"}, {"MfaConfiguration", "OPTIONAL"}}),
            "InvalidParameterException: SMS configuration and Auto verification for phone_number "
            "are required when MFA is required/optional");
}

TEST(SignUpByClients, CanBeForbidden) {
  Pools pools;
  pools.Make({{"AdminCreateUserConfig", {{"AllowAdminCreateUserOnly", true}}}});
  EXPECT_EQ(pools.Refusal("SignUp", SignUpOf(pools, "ada")),
            "NotAuthorizedException: SignUp is not permitted for this user pool");
}

TEST(WhatIsNotEmulated, IsRefusedByName) {
  Pools pools;
  EXPECT_EQ(pools.Refusal("CreateUserImportJob", Json::object()),
            "NotEmulated: offstage does not emulate CreateUserImportJob of Cognito");
  EXPECT_EQ(pools.Refusal("NoSuchThing", Json::object()), "UnknownOperationException: ");
}

TEST(AdminOperations, NeedCredentials) {
  Pools pools;
  http::Request request;
  aws::CallFacts facts;
  const aws::Call call{.operation = "ListUserPools",
                       .request = request,
                       .body = R"({"MaxResults":1})",
                       .request_id = "",
                       .region = "us-east-1",
                       .caller = {}};
  const auto refused = pools.service->Execute(call, facts);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().type, "MissingAuthenticationTokenException");
  request.headers.Add("Authorization", "AWS4-HMAC-SHA256 ...");
  EXPECT_TRUE(pools.service->Execute(call, facts).ok());
}

TEST(Mailbox, IsForThisMachineOnly) {
  Pools pools;
  const auto status = [&pools](const std::string& host) {
    return pools.Get("/_offstage/mailbox", {{"Host", host}}).status;
  };
  EXPECT_EQ(status("localhost:4566"), 200);
  EXPECT_EQ(status("127.0.0.1:4566"), 200);
  EXPECT_EQ(status("evil.example:4566"), 403);
}

TEST(Mailbox, ShowsAttributesAsText) {
  Pools pools;
  pools.Make({{"AutoVerifiedAttributes", {"email"}},
              {"EmailVerificationMessage", "<script>alert(1)</script> {####}"}});
  pools.Ok("SignUp", SignUpOf(pools, "<b>ada", Json::array({Email("ada@example.com")})));
  const http::Reply page = pools.Get("/_offstage/mailbox", {{"Accept", "text/html"}});
  EXPECT_NE(page.body.find("&lt;script&gt;"), std::string::npos);
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
}

}  // namespace
}  // namespace offstage::cognito::test
