// Claims of tokens: docs.aws.amazon.com/cognito/latest/developerguide/
// amazon-cognito-user-pools-using-the-id-token.html and -access-token.html.
#include <gtest/gtest.h>

#include "cognito/fixture.h"

namespace offstage::cognito::test {
namespace {

TEST(IdToken, SaysWhoSignedInWhereAndWhen) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada", {{{"Name", "email"}, {"Value", "ada@example.com"}},
                        {{"Name", "email_verified"}, {"Value", "true"}}});
  const Json tokens = pools.SignIn("ada");
  EXPECT_EQ(tokens["ExpiresIn"], 3600);
  EXPECT_EQ(tokens["TokenType"], "Bearer");
  const Json claims = Claims(tokens["IdToken"]);
  EXPECT_EQ(claims["iss"], "https://cognito-idp.us-east-1.amazonaws.com/" + pools.pool_id);
  EXPECT_EQ(claims["aud"], pools.client_id);
  EXPECT_EQ(claims["token_use"], "id");
  EXPECT_EQ(claims["cognito:username"], "ada");
  EXPECT_EQ(claims["email_verified"], true);
  EXPECT_EQ(claims["auth_time"], 1795608000);
  EXPECT_EQ(claims["iat"], 1795608000);
  EXPECT_EQ(claims["exp"], 1795608000 + 3600);
  for (const char* name : {"sub", "event_id", "jti", "origin_jti"})
    EXPECT_EQ(claims[name].get<std::string>().size(), 36U) << name;
  EXPECT_FALSE(claims.contains("cognito:groups"));
  EXPECT_FALSE(claims.contains("client_id"));
  const Json header = Header(tokens["IdToken"]);
  EXPECT_EQ(header["alg"], "RS256");
  EXPECT_EQ(header.size(), 2U);
}

TEST(AccessToken, HasAClientIdAndAScopeAndNoAudience) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada", {{{"Name", "email"}, {"Value", "ada@example.com"}}});
  const Json tokens = pools.SignIn("ada");
  const Json claims = Claims(tokens["AccessToken"]);
  EXPECT_EQ(claims["client_id"], pools.client_id);
  EXPECT_EQ(claims["scope"], "aws.cognito.signin.user.admin");
  EXPECT_EQ(claims["token_use"], "access");
  EXPECT_EQ(claims["username"], "ada");
  EXPECT_EQ(claims["origin_jti"], Claims(tokens["IdToken"])["origin_jti"]);
  for (const char* name : {"aud", "email", "cognito:username"})
    EXPECT_FALSE(claims.contains(name)) << name;
}

TEST(Tokens, NameGroupsByPrecedenceInBoth) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada");
  for (const auto& [name, precedence] : {std::pair{"b", 2}, std::pair{"a", 3}, std::pair{"c", 1}}) {
    pools.Ok("CreateGroup",
             {{"UserPoolId", pools.pool_id}, {"GroupName", name}, {"Precedence", precedence}});
    pools.Ok("AdminAddUserToGroup",
             {{"UserPoolId", pools.pool_id}, {"GroupName", name}, {"Username", "ada"}});
  }
  const Json tokens = pools.SignIn("ada");
  for (const char* which : {"IdToken", "AccessToken"})
    EXPECT_EQ(Claims(tokens[which])["cognito:groups"], Json({"c", "b", "a"})) << which;
}

TEST(Tokens, LastAsLongAsTheClientSays) {
  Pools pools;
  pools.Make({}, {{"IdTokenValidity", 10},
                  {"AccessTokenValidity", 2},
                  {"RefreshTokenValidity", 2},
                  {"TokenValidityUnits",
                   {{"IdToken", "minutes"}, {"AccessToken", "hours"}, {"RefreshToken", "hours"}}}});
  pools.AddUser("ada");
  const Json tokens = pools.SignIn("ada");
  EXPECT_EQ(tokens["ExpiresIn"], 7200);
  EXPECT_EQ(Claims(tokens["IdToken"])["exp"], 1795608000 + 600);
  const Json refresh = {{"ClientId", pools.client_id},
                        {"AuthFlow", "REFRESH_TOKEN_AUTH"},
                        {"AuthParameters", {{"REFRESH_TOKEN", tokens["RefreshToken"]}}}};
  pools.clock.Advance(std::chrono::minutes(119));
  const Json again = pools.Ok("InitiateAuth", refresh)["AuthenticationResult"];
  EXPECT_FALSE(again.contains("RefreshToken"));
  EXPECT_EQ(Claims(again["IdToken"])["auth_time"], 1795608000);
  EXPECT_EQ(pools.Refusal("GetUser", {{"AccessToken", tokens["AccessToken"]}}), "");
  pools.clock.Advance(std::chrono::minutes(1));
  EXPECT_EQ(pools.Refusal("InitiateAuth", refresh),
            "NotAuthorizedException: Refresh Token has expired");
  EXPECT_EQ(pools.Refusal("GetUser", {{"AccessToken", tokens["AccessToken"]}}),
            "NotAuthorizedException: Access Token has expired");
}

TEST(Tokens, EndWithSigningOutEverywhere) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada");
  const Json first = pools.SignIn("ada");
  const Json second = pools.SignIn("ada");
  pools.Ok("GlobalSignOut", {{"AccessToken", first["AccessToken"]}});
  for (const Json& tokens : {first, second}) {
    EXPECT_EQ(pools.Refusal("GetUser", {{"AccessToken", tokens["AccessToken"]}}),
              "NotAuthorizedException: Access Token has been revoked");
    EXPECT_EQ(pools.Refusal("InitiateAuth",
                            {{"ClientId", pools.client_id},
                             {"AuthFlow", "REFRESH_TOKEN_AUTH"},
                             {"AuthParameters", {{"REFRESH_TOKEN", tokens["RefreshToken"]}}}}),
              "NotAuthorizedException: Refresh Token has been revoked");
  }
}

TEST(Tokens, OfOneClientAreNothingToAnother) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada");
  const Json tokens = pools.SignIn("ada");
  const std::string other = pools.Ok(
      "CreateUserPoolClient",
      {{"UserPoolId", pools.pool_id}, {"ClientName", "other"}})["UserPoolClient"]["ClientId"];
  EXPECT_EQ(pools.Refusal("InitiateAuth",
                          {{"ClientId", other},
                           {"AuthFlow", "REFRESH_TOKEN_AUTH"},
                           {"AuthParameters", {{"REFRESH_TOKEN", tokens["RefreshToken"]}}}}),
            "NotAuthorizedException: Invalid Refresh Token");
}

TEST(Rotation, ReplacesTheRefreshToken) {
  Pools pools;
  pools.Make({}, {{"RefreshTokenRotation", {{"Feature", "ENABLED"}}}});
  pools.AddUser("ada");
  const Json first = pools.SignIn("ada");
  const Json request = {{"ClientId", pools.client_id}, {"RefreshToken", first["RefreshToken"]}};
  const Json next = pools.Ok("GetTokensFromRefreshToken", request)["AuthenticationResult"];
  EXPECT_NE(next["RefreshToken"], first["RefreshToken"]);
  EXPECT_EQ(pools.Refusal("GetTokensFromRefreshToken", request),
            "NotAuthorizedException: Refresh Token has been revoked");
}

// docs.aws.amazon.com/cognito/latest/developerguide/
// amazon-cognito-user-pools-using-the-refresh-token.html: the new token lasts as long as the old
// one would have.
TEST(Rotation, LeavesTheOldTokenItsGraceAndTheSignInItsEnd) {
  Pools pools;
  pools.Make({},
             {{"RefreshTokenValidity", 1},
              {"RefreshTokenRotation", {{"Feature", "ENABLED"}, {"RetryGracePeriodSeconds", 30}}}});
  pools.AddUser("ada");
  const Json first = pools.SignIn("ada");
  const auto request = [&](const Json& tokens) {
    return Json{{"ClientId", pools.client_id}, {"RefreshToken", tokens["RefreshToken"]}};
  };
  const Json next = pools.Ok("GetTokensFromRefreshToken", request(first))["AuthenticationResult"];
  EXPECT_EQ(Claims(next["IdToken"])["origin_jti"], Claims(first["IdToken"])["origin_jti"]);
  pools.clock.Advance(std::chrono::seconds(29));
  const Json retried =
      pools.Ok("GetTokensFromRefreshToken", request(first))["AuthenticationResult"];
  pools.clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(pools.Refusal("GetTokensFromRefreshToken", request(first)),
            "NotAuthorizedException: Refresh Token has been revoked");
  // Neither answer was lost, and access tokens from before go on working.
  EXPECT_EQ(pools.Refusal("GetUser", {{"AccessToken", first["AccessToken"]}}), "");
  EXPECT_EQ(pools.Refusal("GetTokensFromRefreshToken", request(retried)), "");
  pools.clock.Advance(std::chrono::hours(24) - std::chrono::seconds(31));
  const Json last = pools.Ok("GetTokensFromRefreshToken", request(next))["AuthenticationResult"];
  pools.clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(pools.Refusal("GetTokensFromRefreshToken", request(last)),
            "NotAuthorizedException: Refresh Token has expired");
}

TEST(MadeTokens, AreWhatWasOrdered) {
  Pools pools;
  pools.Make();
  pools.AddUser("ada");
  const auto made = pools.service->MakeToken({.user = "ada",
                                              .groups = {"admins"},
                                              .claims = {{"custom:level", "9"}},
                                              .lifetime = std::chrono::seconds(60)});
  ASSERT_TRUE(made.ok());
  const Json claims = Claims(made->token);
  EXPECT_EQ(claims["cognito:groups"], Json::array({"admins"}));
  EXPECT_EQ(claims["custom:level"], "9");
  EXPECT_EQ(claims["exp"], 1795608060);
  EXPECT_FALSE(made->made_up);
  EXPECT_TRUE(pools.service->MakeToken({.user = "nobody"})->made_up);
  EXPECT_FALSE(pools.service->MakeToken({.pool = "us-east-1_none"}).ok());
}

}  // namespace
}  // namespace offstage::cognito::test
