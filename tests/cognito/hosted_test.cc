// Sign-in pages and OAuth 2.0 endpoints, as a browser and a client see them.
#include <gtest/gtest.h>

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/crypto/totp.h"
#include "cognito/fixture.h"

namespace offstage::cognito::test {
namespace {

constexpr char kCallback[] = "http://localhost:3001/callback";

class HostedPages : public ::testing::Test {
 protected:
  HostedPages() {
    pools_.Make(Json::object(), {{"AllowedOAuthFlowsUserPoolClient", true},
                                 {"AllowedOAuthFlows", {"code", "implicit"}},
                                 {"AllowedOAuthScopes", {"openid", "email", "profile"}},
                                 {"CallbackURLs", {kCallback}},
                                 {"LogoutURLs", {"http://localhost:3001/bye"}}});
    pools_.AddUser("ada", {{{"Name", "email"}, {"Value", "ada@example.com"}}});
  }

  http::Reply Send(const std::string& method, const std::string& target,
                   const std::string& body = {}, http::Headers headers = {}) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.headers = std::move(headers);
    auto reply = pools_.service->HandleHttp(request);
    return reply ? *std::move(reply) : http::Reply{.status = 404};
  }

  std::string Query(const std::string& more = {}, const std::string& redirect = kCallback) const {
    return "?client_id=" + pools_.client_id + "&response_type=code&scope=openid%20email&state=s1" +
           "&redirect_uri=" + PercentEncode(redirect) + more;
  }

  // The login page's form filled in and sent.
  http::Reply SignIn(const std::string& query, const std::string& password = "Passw0rd!") {
    const http::Reply page = Send("GET", "/login" + query);
    EXPECT_EQ(page.status, 200);
    const std::string cookie(page.headers.Get("Set-Cookie"));
    const std::string token = cookie.substr(11, 43);
    return Send("POST", "/login" + query, "_csrf=" + token + "&username=ada&password=" + password,
                {{"Cookie", "XSRF-TOKEN=" + token}});
  }

  static std::string Parameter(std::string_view url, const std::string& name) {
    const auto at = url.find(name + "=");
    if (at == std::string_view::npos) return {};
    url = url.substr(at + name.size() + 1);
    return PercentDecode(url.substr(0, url.find_first_of("&#")));
  }

  http::Reply Exchange(const std::string& code, const std::string& more = {}) {
    return Send("POST", "/oauth2/token",
                "grant_type=authorization_code&client_id=" + pools_.client_id + "&code=" + code +
                    "&redirect_uri=" + PercentEncode(kCallback) + more);
  }

  Pools pools_;
};

TEST_F(HostedPages, HandOutACodeThatWorksOnceWithItsVerifier) {
  const std::string verifier = "a-verifier-of-at-least-forty-three-characters-x";
  const std::string query = Query("&nonce=n1&code_challenge_method=S256&code_challenge=" +
                                  Base64UrlEncode(Sha256(verifier)));
  const http::Reply start = Send("GET", "/oauth2/authorize" + query);
  EXPECT_EQ(start.status, 302);
  EXPECT_TRUE(std::string(start.headers.Get("Location")).starts_with("/login?"));
  const http::Reply done = SignIn(query);
  const std::string location(done.headers.Get("Location"));
  ASSERT_TRUE(location.starts_with(kCallback)) << location;
  EXPECT_EQ(Parameter(location, "state"), "s1");
  const std::string code = Parameter(location, "code");
  // A wrong verifier does not use the code up, nor does anybody else's redirect address.
  EXPECT_EQ(Exchange(code, "&code_verifier=wrong").body, R"({"error":"invalid_grant"})");
  const http::Reply tokens = Exchange(code, "&code_verifier=" + verifier);
  ASSERT_EQ(tokens.status, 200) << tokens.body;
  const Json json = *ParseJson(tokens.body);
  const Json id = Claims(json["id_token"]);
  EXPECT_EQ(id["nonce"], "n1");
  EXPECT_EQ(id["email"], "ada@example.com");
  const Json access = Claims(json["access_token"]);
  EXPECT_EQ(access["scope"], "openid email");
  EXPECT_EQ(access["version"], 2);
  EXPECT_EQ(Exchange(code, "&code_verifier=" + verifier).body, R"({"error":"invalid_grant"})");
  const http::Reply info =
      Send("GET", "/oauth2/userInfo", "",
           {{"Authorization", "Bearer " + json["access_token"].get<std::string>()}});
  EXPECT_EQ((*ParseJson(info.body))["email"], "ada@example.com");
  EXPECT_EQ(Send("GET", "/oauth2/userInfo").status, 401);
  // API operations need another scope.
  EXPECT_EQ(pools_.Refusal("GetUser", {{"AccessToken", json["access_token"]}}),
            "NotAuthorizedException: Access Token does not have required scopes");
}

TEST_F(HostedPages, NeverRedirectToStrangers) {
  for (const std::string& address :
       {std::string("http://evil.example/"), std::string("http://localhost:3001/callback/more"),
        std::string("http://localhost:3001/callback?x=1"), std::string("javascript:alert(1)"),
        std::string("//evil.example"), std::string(kCallback) + "@evil.example"}) {
    for (const char* page : {"/oauth2/authorize", "/login", "/signup"}) {
      const http::Reply reply = Send("GET", page + Query("", address));
      EXPECT_EQ(reply.status, 400) << address;
      EXPECT_EQ(reply.headers.Find("Location"), nullptr) << address;
    }
  }
  EXPECT_EQ(Send("GET", "/logout?client_id=" + pools_.client_id +
                            "&logout_uri=http%3A%2F%2Fevil.example%2F")
                .status,
            400);
  EXPECT_EQ(Send("GET", "/logout?client_id=" + pools_.client_id +
                            "&logout_uri=http%3A%2F%2Flocalhost%3A3001%2Fbye")
                .headers.Get("Location"),
            "http://localhost:3001/bye");
}

TEST_F(HostedPages, RefuseFormsOfOtherSites) {
  const std::string body = "username=ada&password=Passw0rd!&_csrf=";
  EXPECT_EQ(Send("POST", "/login" + Query(), body).status, 403);
  EXPECT_EQ(Send("POST", "/login" + Query(), body, {{"Cookie", "XSRF-TOKEN="}}).status, 403);
  const std::string other(43, 'a');
  EXPECT_EQ(Send("POST", "/login" + Query(), body + std::string(43, 'b'),
                 {{"Cookie", "XSRF-TOKEN=" + other}})
                .status,
            403);
}

TEST_F(HostedPages, ShowWhatWasTypedAsText) {
  const std::string script = "\"><script>alert(1)</script>";
  const http::Reply page = Send("GET", "/login" + Query("&state=" + PercentEncode(script)));
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.find("<script"), std::string::npos);
  const http::Reply confirm = Send("GET", "/confirm" + Query("&username=" + PercentEncode(script)));
  EXPECT_EQ(confirm.body.find("<script"), std::string::npos);
  EXPECT_NE(confirm.body.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(page.headers.Get("Content-Security-Policy").find("default-src 'none'"),
            std::string_view::npos);
}

TEST_F(HostedPages, SayWhatWasWrongOnThePage) {
  const http::Reply wrong = SignIn(Query(), "wrong");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_NE(wrong.body.find("Incorrect username or password."), std::string::npos);
  EXPECT_EQ(wrong.headers.Find("Location"), nullptr);
}

TEST_F(HostedPages, SetUpAnAuthenticatorAppWhereItIsRequired) {
  pools_.Ok("SetUserPoolMfaConfig", {{"UserPoolId", pools_.pool_id},
                                     {"MfaConfiguration", "ON"},
                                     {"SoftwareTokenMfaConfiguration", {{"Enabled", true}}}});
  const auto value = [](const http::Reply& page, const std::string& name) {
    const auto at = page.body.find("name=\"" + name + "\" value=\"");
    if (at == std::string::npos) return std::string();
    const auto begin = at + name.size() + 15;
    return page.body.substr(begin, page.body.find('"', begin) - begin);
  };
  const std::string token(43, 't');
  const auto answer = [&](const http::Reply& page, const std::string& code) {
    std::string body = "_csrf=" + token + "&username=ada&answer=" + code;
    for (const char* name : {"challenge", "session", "secret"})
      body += "&" + std::string(name) + "=" + PercentEncode(value(page, name));
    return Send("POST", "/login" + Query(), body, {{"Cookie", "XSRF-TOKEN=" + token}});
  };
  const http::Reply set_up = SignIn(Query());
  EXPECT_NE(set_up.body.find("Set up an authenticator app"), std::string::npos);
  const std::string secret = value(set_up, "secret");
  ASSERT_FALSE(secret.empty());
  EXPECT_NE(set_up.body.find("app: " + secret), std::string::npos);
  const http::Reply wrong = answer(set_up, "000000x");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(value(wrong, "secret"), secret);
  const std::string code = TotpCode(secret, 1795608000 / 30);
  const http::Reply done = answer(wrong, code);
  EXPECT_TRUE(std::string(done.headers.Get("Location")).starts_with(kCallback)) << done.body;
  // The next sign-in asks for the app's code.
  EXPECT_EQ(value(SignIn(Query()), "challenge"), "SOFTWARE_TOKEN_MFA");
}

TEST_F(HostedPages, SendANewCodeWhenAsked) {
  pools_.Make({{"AutoVerifiedAttributes", Json::array({"email"})}},
              {{"AllowedOAuthFlowsUserPoolClient", true},
               {"AllowedOAuthFlows", Json::array({"code"})},
               {"AllowedOAuthScopes", {"openid", "email"}},
               {"CallbackURLs", {kCallback}}});
  pools_.Ok("SignUp", {{"ClientId", pools_.client_id},
                       {"Username", "bo"},
                       {"Password", "Passw0rd!"},
                       {"UserAttributes", {{{"Name", "email"}, {"Value", "bo@example.com"}}}}});
  const std::string token(43, 't');
  const http::Reply page =
      Send("POST", "/confirm" + Query(), "_csrf=" + token + "&username=bo&code=&resend=1",
           {{"Cookie", "XSRF-TOKEN=" + token}});
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("A new code was sent."), std::string::npos);
  EXPECT_EQ(pools_.messages.size(), 2U);
}

TEST_F(HostedPages, RememberTheBrowserForAnHour) {
  const http::Reply done = SignIn(Query());
  const std::string cookie(done.headers.Get("Set-Cookie"));
  const std::string pair = cookie.substr(0, cookie.find(';'));
  EXPECT_NE(cookie.find("HttpOnly"), std::string::npos);
  const auto location = [&] {
    return std::string(
        Send("GET", "/oauth2/authorize" + Query(), "", {{"Cookie", pair}}).headers.Get("Location"));
  };
  EXPECT_TRUE(location().starts_with(kCallback));
  pools_.clock.Advance(std::chrono::hours(1));
  EXPECT_TRUE(location().starts_with("/login?"));
}

TEST_F(HostedPages, RedirectErrorsToTheClientOnceItIsKnown) {
  const std::string base = "/oauth2/authorize?client_id=" + pools_.client_id +
                           "&redirect_uri=" + PercentEncode(kCallback) + "&state=s";
  const auto location = [&](const std::string& more) {
    return std::string(Send("GET", base + more).headers.Get("Location"));
  };
  EXPECT_EQ(Parameter(location("&response_type=code&scope=phone"), "error"), "invalid_request");
  EXPECT_EQ(Parameter(location("&response_type=banana"), "error"), "invalid_request");
  EXPECT_EQ(Parameter(location("&response_type=code&code_challenge=x&code_challenge_method=plain"),
                      "error"),
            "invalid_request");
}

TEST_F(HostedPages, GiveTokensInTheFragmentWhenAskedForThem) {
  const std::string query =
      "?client_id=" + pools_.client_id +
      "&response_type=token&scope=openid&redirect_uri=" + PercentEncode(kCallback);
  const std::string location(SignIn(query).headers.Get("Location"));
  EXPECT_TRUE(location.starts_with(std::string(kCallback) + "#")) << location;
  EXPECT_FALSE(Parameter(location, "access_token").empty());
  EXPECT_TRUE(Parameter(location, "refresh_token").empty());
}

TEST(ClientCredentials, NeedTheSecretAndAllowedScopes) {
  Pools pools;
  pools.Make({}, {{"GenerateSecret", true},
                  {"AllowedOAuthFlowsUserPoolClient", true},
                  {"AllowedOAuthFlows", Json::array({"client_credentials"})},
                  {"AllowedOAuthScopes", {"api/read", "api/write"}}});
  const std::string secret = pools.Ok(
      "DescribeUserPoolClient", {{"UserPoolId", pools.pool_id},
                                 {"ClientId", pools.client_id}})["UserPoolClient"]["ClientSecret"];
  const auto ask = [&](const std::string& given, const std::string& body) {
    http::Request request;
    request.method = "POST";
    request.target = "/oauth2/token";
    request.headers = {{"Authorization", "Basic " + Base64Encode(pools.client_id + ":" + given)}};
    request.body = body;
    return *pools.service->HandleHttp(request);
  };
  EXPECT_EQ(ask("wrong", "grant_type=client_credentials").body, R"({"error":"invalid_client"})");
  EXPECT_EQ(ask(secret, "grant_type=client_credentials&scope=api%2Fadmin").body,
            R"({"error":"invalid_scope"})");
  EXPECT_EQ(ask(secret, "grant_type=password").body, R"({"error":"unsupported_grant_type"})");
  const http::Reply reply = ask(secret, "grant_type=client_credentials&scope=api%2Fread");
  ASSERT_EQ(reply.status, 200) << reply.body;
  const Json claims = Claims((*ParseJson(reply.body))["access_token"]);
  EXPECT_EQ(claims["scope"], "api/read");
  EXPECT_EQ(claims["sub"], pools.client_id);
  EXPECT_EQ(claims["client_id"], pools.client_id);
}

}  // namespace
}  // namespace offstage::cognito::test
