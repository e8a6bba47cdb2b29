// Cognito authorizers of REST APIs and JWT authorizers of HTTP APIs.
#include "gateway/token_authorizer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "gateway/fakes.h"

namespace offstage::gateway::test {
namespace {

Json IdToken() {
  return {{"token_use", "id"},
          {"sub", "1234"},
          {"aud", "client"},
          {"email_verified", true},
          {"auth_time", 1795608000},
          {"exp", 1795611600},
          {"iat", 1795608000},
          {"cognito:groups", {"admins", "users"}},
          {"identities", {{{"userId", "7"}, {"primary", "true"}}}}};
}

Json AccessToken(const std::string& scope) {
  return {{"token_use", "access"}, {"sub", "1234"}, {"client_id", "client"}, {"scope", scope}};
}

class TokenAuthorizerTest : public ::testing::Test {
 protected:
  TokenAuthorizerTest() {
    verifier_.tokens["id"] = {.claims = IdToken()};
    verifier_.tokens["access"] = {.claims = AccessToken("api/read openid")};
    verifier_.tokens["old"] = {.fault = TokenFault::kExpired, .explanation = "expired 5 s ago"};
  }

  GatewayUnderTest& Rest(std::vector<std::string> scopes, std::string pool = "us-east-1_Good") {
    ApiConfig api = RestApi({"GET /x"});
    api.authorizers["A"] = CognitoAuthorizer{.user_pool_ids = {std::move(pool)}};
    api.routes[0].authorizer = "A";
    api.routes[0].scopes = std::move(scopes);
    return Make(std::move(api));
  }

  GatewayUnderTest& Http(std::vector<std::string> scopes,
                         PayloadVersion payload = PayloadVersion::kV2,
                         std::string audience = "client") {
    ApiConfig api = RestApi({"GET /x"});
    api.kind = ApiKind::kHttp;
    api.stage = "$default";
    api.authorizers["A"] =
        JwtAuthorizer{.issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Good",
                      .audience = {std::move(audience)}};
    api.routes[0].authorizer = "A";
    api.routes[0].scopes = std::move(scopes);
    std::get<LambdaProxy>(api.routes[0].integration).payload = payload;
    return Make(std::move(api));
  }

  GatewayUnderTest& Make(ApiConfig api) {
    test_ = std::make_unique<GatewayUnderTest>(std::vector<ApiConfig>{std::move(api)}, &verifier_);
    return *test_;
  }

  static http::Headers With(const std::string& token) { return {{"Authorization", token}}; }
  Json Authorizer() const {
    return (*ParseJson(test_->invoker.requests.back().payload))["requestContext"]["authorizer"];
  }

  FakeVerifier verifier_;
  std::unique_ptr<GatewayUnderTest> test_;
};

TEST_F(TokenAuthorizerTest, RestPutsClaimsAsTexts) {
  GatewayUnderTest& test = Rest({});
  EXPECT_EQ(test.Get("/Prod/x", With("Bearer id")).status, 200);
  EXPECT_EQ(test.Get("/Prod/x", With("id")).status, 200);
  EXPECT_EQ(Authorizer(), Json({{"claims",
                                 {{"token_use", "id"},
                                  {"sub", "1234"},
                                  {"aud", "client"},
                                  {"email_verified", "true"},
                                  {"auth_time", "1795608000"},
                                  {"exp", "Wed Nov 25 13:00:00 UTC 2026"},
                                  {"iat", "Wed Nov 25 12:00:00 UTC 2026"},
                                  {"cognito:groups", "admins,users"},
                                  {"identities", R"({"primary":"true","userId":"7"})"}}}}));
}

TEST_F(TokenAuthorizerTest, RestRefusesInTheServicesWords) {
  GatewayUnderTest& test = Rest({});
  for (const http::Headers& headers : {http::Headers{}, With(""), With("forged"), With("access")}) {
    const http::Reply reply = test.Get("/Prod/x", headers);
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.body, R"({"message":"Unauthorized"})");
    EXPECT_EQ(reply.headers.Get("x-amzn-ErrorType"), "UnauthorizedException");
  }
  const http::Reply old = test.Get("/Prod/x", With("old"));
  EXPECT_EQ(old.status, 401);
  EXPECT_NE(old.body.find("The incoming token has expired"), std::string::npos);
  EXPECT_EQ(old.headers.Get("x-offstage-explain"), "expired 5 s ago");
  EXPECT_TRUE(test.invoker.requests.empty());
}

TEST_F(TokenAuthorizerTest, RestWithScopesTakesAccessTokensThatHaveOne) {
  GatewayUnderTest& test = Rest({"api/write", "api/read"});
  EXPECT_EQ(test.Get("/Prod/x", With("access")).status, 200);
  EXPECT_EQ(test.Get("/Prod/x", With("id")).status, 401);
  verifier_.tokens["access"] = {.claims = AccessToken("api/readonly")};
  EXPECT_EQ(test.Get("/Prod/x", With("access")).status, 401);
}

TEST_F(TokenAuthorizerTest, KeepsNoVerdict) {
  GatewayUnderTest& test = Rest({});
  EXPECT_EQ(test.Get("/Prod/x", With("id")).status, 200);
  verifier_.tokens["id"] = {.fault = TokenFault::kExpired};
  EXPECT_EQ(test.Get("/Prod/x", With("id")).status, 401);
}

TEST_F(TokenAuthorizerTest, UnknownPoolsRoutesAreNeverOpen) {
  GatewayUnderTest& test = Rest({}, "us-east-1_Other");
  const http::Reply reply = test.Get("/Prod/x", With("id"));
  EXPECT_EQ(reply.status, 500);
  EXPECT_NE(std::string(reply.headers.Get("x-offstage-explain")).find("us-east-1_Other"),
            std::string::npos);
  ApiConfig api = RestApi({"GET /x"});
  api.authorizers["A"] = CognitoAuthorizer{.user_pool_ids = {"us-east-1_Good"}};
  api.routes[0].authorizer = "A";
  GatewayUnderTest blind(std::move(api));
  EXPECT_EQ(blind.Get("/Prod/x", With("id")).status, 500);
}

TEST_F(TokenAuthorizerTest, JwtPutsClaimsAndScopes) {
  Http({"api/read"}).Get("/x", With("Bearer access"));
  EXPECT_EQ(Authorizer(), Json({{"jwt",
                                 {{"claims",
                                   {{"token_use", "access"},
                                    {"sub", "1234"},
                                    {"client_id", "client"},
                                    {"scope", "api/read openid"}}},
                                  {"scopes", {"api/read"}}}}}));
  Http({}).Get("/x", With("id"));
  EXPECT_EQ(Authorizer()["jwt"]["scopes"], nullptr);
  EXPECT_EQ(Authorizer()["jwt"]["claims"]["cognito:groups"], "[admins users]");
  EXPECT_EQ(Authorizer()["jwt"]["claims"]["exp"], "1795611600");
  Http({}, PayloadVersion::kV1).Get("/x", With("id"));
  EXPECT_EQ(Authorizer()["claims"]["sub"], "1234");
}

TEST_F(TokenAuthorizerTest, JwtChecksAudienceAndScopes) {
  const http::Reply missing = Http({}).Get("/x");
  EXPECT_EQ(missing.status, 401);
  EXPECT_EQ(missing.body, R"({"message":"Unauthorized"})");
  EXPECT_EQ(missing.headers.Get("www-authenticate"), "Bearer");
  EXPECT_EQ(missing.headers.Find("content-type"), nullptr);
  const http::Reply other = Http({}, PayloadVersion::kV2, "another").Get("/x", With("id"));
  EXPECT_EQ(other.status, 401);
  EXPECT_EQ(other.headers.Get("www-authenticate"),
            "Bearer scope=\"\" error=\"invalid_token\" error_description=\"the token does not have "
            "a valid audience\"");
  const http::Reply scopes = Http({"api/write"}).Get("/x", With("access"));
  EXPECT_EQ(scopes.status, 403);
  EXPECT_EQ(scopes.body, R"({"message":"Forbidden"})");
  EXPECT_EQ(scopes.headers.Get("www-authenticate"),
            "Bearer scope=\"api/write\" error=\"insufficient_scope\" error_description=\"the token "
            "does not have one of the required scopes\"");
}

TEST_F(TokenAuthorizerTest, JwtSaysWhatIsWrongWithAToken) {
  const std::pair<TokenFault, const char*> faults[] = {
      {TokenFault::kMalformed, "invalid token"},
      {TokenFault::kIssuer, "issuer claim mismatch"},
      {TokenFault::kAlgorithm, "signing method is invalid"},
      {TokenFault::kKey, "kid not found"},
      {TokenFault::kSignature, "signature is invalid"},
      {TokenFault::kExpired, "the token has expired"},
      {TokenFault::kNotYetValid, "the token is not valid yet"}};
  for (const auto& [fault, description] : faults) {
    verifier_.tokens["bad"] = {.fault = fault};
    const http::Reply reply = Http({}).Get("/x", With("bad"));
    EXPECT_EQ(reply.status, 401);
    EXPECT_EQ(reply.body, R"({"message":"Unauthorized"})");
    EXPECT_EQ(reply.headers.Get("www-authenticate"),
              std::string(R"(Bearer scope="" error="invalid_token" error_description=")") +
                  description + "\"");
  }
}

// http-api-cors.html: $default takes preflights too, unless a route of their own is there.
TEST_F(TokenAuthorizerTest, JwtOnDefaultGuardsPreflights) {
  ApiConfig api = RestApi({"ANY $default"});
  api.kind = ApiKind::kHttp;
  api.stage = "$default";
  api.authorizers["A"] =
      JwtAuthorizer{.issuer = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Good",
                    .audience = {"client"}};
  api.routes[0].authorizer = "A";
  ApiConfig with_options = api;
  with_options.routes.push_back(MakeRoute("OPTIONS /{proxy+}"));
  const http::Headers preflight = {{"Origin", "https://a.example"},
                                   {"Access-Control-Request-Method", "GET"}};
  EXPECT_EQ(Make(std::move(api)).Send("OPTIONS", "/x", preflight).status, 401);
  EXPECT_EQ(Make(std::move(with_options)).Send("OPTIONS", "/x", preflight).status, 200);
}

}  // namespace
}  // namespace offstage::gateway::test
