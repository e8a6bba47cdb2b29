// HTTP and HTTP_PROXY integrations against a real server on this machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "gateway/fakes.h"
#include "gateway/http_backend.h"
#include "http/server.h"

namespace offstage::gateway::test {

namespace {

using testing::HasSubstr;

// Answers what it was asked, as JSON.
class Echo {
 public:
  Echo() {
    http::ServerOptions options;
    options.port = 0;
    auto started = http::Server::Start(
        options, [](const http::Request& request) { return Answer(request); },
        [](const std::string&) {});
    EXPECT_TRUE(started.ok());
    server_ = std::move(started).value();
  }
  std::string url() const { return server_->url(); }

 private:
  static http::Reply Answer(const http::Request& request) {
    Json headers = Json::object();
    for (const auto& [name, value] : request.headers)
      headers[name] = value;
    const Json body = {{"method", request.method},
                       {"target", request.target},
                       {"headers", headers},
                       {"body", request.body}};
    const int status = request.target.find("fail") == std::string::npos ? 200 : 418;
    return {.status = status,
            .headers = {{"Content-Type", "application/json"},
                        {"X-Own", "a"},
                        {"Date", "Thu, 01 Jan 2026 00:00:00 GMT"}},
            .body = body.dump()};
  }
  std::unique_ptr<http::Server> server_;
};

MappedIntegration HttpTo(std::string url) {
  MappedIntegration mapped;
  mapped.kind = MappedIntegration::Kind::kHttp;
  mapped.target = std::move(url);
  mapped.responses.push_back({});
  return mapped;
}

ApiConfig ApiWith(std::string_view key, Integration integration, ApiKind kind = ApiKind::kRest) {
  ApiConfig api = RestApi({std::string(key)});
  api.kind = kind;
  if (kind == ApiKind::kHttp) api.stage = "$default";
  api.routes[0].integration = std::move(integration);
  return api;
}

TEST(HttpIntegration, SendsOnlyWhatIsMapped) {
  const Echo echo;
  MappedIntegration mapped = HttpTo(echo.url() + "/base/{id}?fixed=1");
  mapped.method = "POST";
  mapped.request_parameters = {
      {"integration.request.path.id", "method.request.path.id"},
      {"integration.request.querystring.q", "method.request.querystring.a"},
      {"integration.request.header.X-Fixed", "'text'"},
      {"integration.request.header.X-Absent", "method.request.header.none"}};
  mapped.request_templates = {{"application/json", "{\"got\": $input.json('$.a')}"}};
  mapped.responses[0].headers = {{"X-Own", "integration.response.header.X-Own"},
                                 {"X-Method", "integration.response.body.method"}};
  mapped.responses.push_back({.pattern = "4\\d{2}", .status = 404});
  GatewayUnderTest test(ApiWith("PUT /u/{id}", mapped));
  const http::Reply reply = test.Send("PUT", "/u/7?a=b%20c", {{"X-Client", "1"}}, R"({"a":[1]})");
  EXPECT_EQ(reply.status, 200) << reply.headers.Get("x-offstage-explain");
  const Json seen = Json::parse(reply.body);
  EXPECT_EQ(seen["method"], "POST");
  EXPECT_EQ(seen["target"], "/base/7?fixed=1&q=b%20c");
  EXPECT_EQ(seen["body"], "{\"got\": [1]}");
  EXPECT_EQ(seen["headers"]["X-Fixed"], "text");
  EXPECT_EQ(seen["headers"]["Accept"], "application/json");
  EXPECT_EQ(seen["headers"]["User-Agent"], "AmazonAPIGateway_abcdefghij");
  EXPECT_EQ(seen["headers"]["X-Amzn-Apigateway-Api-Id"], "abcdefghij");
  EXPECT_FALSE(seen["headers"].contains("X-Client"));
  EXPECT_FALSE(seen["headers"].contains("X-Absent"));
  EXPECT_EQ(reply.headers.Get("X-Own"), "a");
  EXPECT_EQ(reply.headers.Get("X-Method"), "POST");
  EXPECT_EQ(reply.headers.Find("x-amzn-Remapped-Date"), nullptr);
}

TEST(HttpIntegration, ChoosesTheResponseByStatus) {
  const Echo echo;
  MappedIntegration mapped = HttpTo(echo.url() + "/fail");
  mapped.responses.push_back({.pattern = "4\\d{2}",
                              .status = 404,
                              .templates = {{"application/json", "{\"gone\":true}"}}});
  GatewayUnderTest test(ApiWith("GET /x", mapped));
  const http::Reply reply = test.Get("/x");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, "{\"gone\":true}");
}

TEST(HttpIntegration, RefusesHeadersThatTheServiceRefuses) {
  MappedIntegration mapped = HttpTo("http://127.0.0.1:1/");
  mapped.request_parameters = {{"integration.request.header.Content-Length", "'1'"}};
  GatewayUnderTest test(ApiWith("GET /x", mapped));
  const http::Reply reply = test.Get("/x");
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(std::string(reply.headers.Get("x-offstage-explain")), HasSubstr("Content-Length"));
}

// Recorded: test_http_integration_with_lambda[HTTP_PROXY],
// test_http_proxy_integration_request_data_mappings.
TEST(HttpProxyIntegration, HandsOnWhatRestApisHandOn) {
  const Echo echo;
  HttpProxy proxy{.url = echo.url() + "/{p}", .method = "ANY"};
  proxy.parameters = {{"integration.request.path.p", "method.request.path.proxy"},
                      {"integration.request.header.foobar", "'mapped-value'"},
                      {"integration.request.querystring.testVar", "method.request.path.proxy"}};
  GatewayUnderTest test(ApiWith("ANY /{proxy+}", proxy));
  const http::Reply reply = test.Send(
      "POST", "/a/b?testVar=bar", {{"foobar", "x"}, {"User-Agent", "t"}, {"Host", "h"}}, "body");
  const Json seen = Json::parse(reply.body);
  EXPECT_EQ(seen["method"], "POST");
  EXPECT_EQ(seen["target"], "/a/b?testVar=bar&testVar=a%2Fb");
  EXPECT_EQ(seen["body"], "body");
  EXPECT_EQ(seen["headers"]["foobar"], "mapped-value");
  EXPECT_EQ(seen["headers"]["User-Agent"], "t");
  EXPECT_NE(seen["headers"]["Host"], "h");
  EXPECT_NE(reply.headers.Find("x-amzn-Remapped-Date"), nullptr);
  EXPECT_NE(reply.headers.Find("x-amzn-Remapped-Content-Length"), nullptr);
  EXPECT_EQ(reply.headers.Get("X-Own"), "a");
}

TEST(HttpProxyIntegration, MapsParametersOfHttpApis) {
  const Echo echo;
  HttpProxy proxy{.url = echo.url() + "/{proxy}"};
  proxy.parameters = {{"overwrite:header.x-a", "$request.header.x-b"},
                      {"append:header.x-c", "${request.querystring.q}-z"},
                      {"remove:querystring.q", "''"},
                      {"overwrite:querystring.s", "$context.stage"}};
  proxy.response_parameters["200"] = {{"overwrite:header.x-out", "$response.header.x-own"},
                                      {"overwrite:statuscode", "202"}};
  GatewayUnderTest test(ApiWith("ANY /{proxy+}", proxy, ApiKind::kHttp));
  const http::Reply reply = test.Get("/a/b?q=1", {{"x-b", "B"}, {"x-a", "old"}});
  EXPECT_EQ(reply.status, 202) << reply.headers.Get("x-offstage-explain");
  EXPECT_EQ(reply.headers.Get("x-out"), "a");
  const Json seen = Json::parse(reply.body);
  EXPECT_EQ(seen["target"], "/a/b?s=%24default");
  EXPECT_EQ(seen["headers"]["x-a"], "B");
  EXPECT_EQ(seen["headers"]["x-c"], "1-z");
  EXPECT_EQ(seen["headers"]["via"], "HTTP/1.1 AmazonAPIGateway");
}

TEST(HttpProxyIntegration, RefusesMappingsByName) {
  HttpProxy proxy{.url = "http://127.0.0.1:1/"};
  proxy.parameters = {{"overwrite:cookie.a", "1"}};
  GatewayUnderTest test(ApiWith("GET /x", proxy, ApiKind::kHttp));
  EXPECT_THAT(std::string(test.Get("/x").headers.Get("x-offstage-explain")),
              HasSubstr("overwrite:cookie.a"));
}

TEST(HttpProxyIntegration, RefusesReservedHeaders) {
  for (const char* key : {"append:header.Authorization", "remove:header.x-amz-date",
                          "overwrite:header.Access-Control-Allow-Origin", "append:header.via"}) {
    HttpProxy proxy{.url = "http://127.0.0.1:1/"};
    proxy.parameters = {{key, "1"}};
    GatewayUnderTest test(ApiWith("GET /x", proxy, ApiKind::kHttp));
    EXPECT_THAT(std::string(test.Get("/x").headers.Get("x-offstage-explain")),
                HasSubstr("reserved header"))
        << key;
  }
}

LambdaProxy MappedLambda(PayloadVersion payload) {
  LambdaProxy proxy{.function = "f", .payload = payload};
  proxy.parameters = {{"append:header.x-a", "$request.header.x-b"},
                      {"overwrite:header.x-id", "${request.path.id}-${stageVariables.v}"},
                      {"remove:header.x-secret", "''"},
                      {"append:querystring.q", "$request.body.name"},
                      {"remove:querystring.r", "''"},
                      {"overwrite:path", "/other/$request.path.id"}};
  proxy.response_parameters["200"] = {{"append:header.x-out", "$response.header.x-own"},
                                      {"remove:header.x-own", "''"},
                                      {"overwrite:statuscode", "202"}};
  proxy.response_parameters["404"] = {{"overwrite:header.x-why", "$response.body.why"}};
  return proxy;
}

TEST(LambdaProxyIntegration, MapsParametersOfHttpApis) {
  ApiConfig api = ApiWith("POST /u/{id}", MappedLambda(PayloadVersion::kV2), ApiKind::kHttp);
  api.stage_variables["v"] = "seven";
  GatewayUnderTest test(std::move(api));
  test.invoker.Return(R"({"statusCode":200,"headers":{"x-own":"o","x-out":"1"}})");
  const http::Headers headers = {{"x-b", "B"},
                                 {"x-a", "A"},
                                 {"x-id", "mine"},
                                 {"x-secret", "s"},
                                 {"content-type", "application/json"}};
  http::Reply reply = test.Send("POST", "/u/5?q=1&r=2", headers, R"({"name":"ada"})");
  EXPECT_EQ(reply.status, 202);
  EXPECT_THAT(reply.headers.GetAll("x-out"), testing::ElementsAre("1", "o"));
  EXPECT_EQ(reply.headers.Find("x-own"), nullptr);
  const Json event = Json::parse(test.invoker.requests[0].payload);
  EXPECT_EQ(event["headers"]["x-a"], "A,B");
  EXPECT_EQ(event["headers"]["x-id"], "5-seven");
  EXPECT_FALSE(event["headers"].contains("x-secret"));
  EXPECT_EQ(event["queryStringParameters"], (Json{{"q", "1,ada"}}));
  EXPECT_EQ(event["rawQueryString"], "q=1&q=ada");
  EXPECT_EQ(event["pathParameters"], (Json{{"id", "5"}}));
  test.invoker.Return(R"({"statusCode":404,"body":"{\"why\":\"gone\"}"})");
  reply = test.Send("POST", "/u/5", headers, "{}");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.headers.Get("x-why"), "gone");
}

TEST(LambdaProxyIntegration, MapsParametersOfPayloadOne) {
  GatewayUnderTest test(ApiWith("GET /u/{id}", MappedLambda(PayloadVersion::kV1), ApiKind::kHttp));
  test.Get("/u/5?q=1", {{"x-b", "B"}});
  const Json event = Json::parse(test.invoker.requests[0].payload);
  EXPECT_EQ(event["headers"]["x-a"], "B");
  EXPECT_EQ(event["resource"], "/u/{id}");
}

TEST(HttpProxyIntegration, NeverLeavesTheMachineUnasked) {
  GatewayUnderTest test(ApiWith("GET /x", HttpProxy{.url = "https://api.example.com/x"}));
  const http::Reply reply = test.Get("/x");
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(std::string(reply.headers.Get("x-offstage-explain")),
              HasSubstr("--allow-egress api.example.com"));
  EXPECT_EQ(test.gateway->Routes()[0].protection, "needs --allow-egress api.example.com");
}

TEST(HttpProxyIntegration, SaysThatNobodyAnswers) {
  // Nobody listens on port 1.
  GatewayUnderTest test(ApiWith("GET /x", HttpProxy{.url = "http://127.0.0.1:1/x"}));
  const http::Reply reply = test.Get("/x");
  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(reply.body, R"({"message": "Network error communicating with endpoint"})");
}

TEST(HttpBackend, KnowsThisMachine) {
  for (const char* host : {"localhost", "127.0.0.1", "127.9.9.9", "::1", "api.localhost"})
    EXPECT_TRUE(IsLoopback(host)) << host;
  for (const char* host :
       {"127.0.0.1.example.com", "example.com", "10.0.0.1", "localhost.evil", ""})
    EXPECT_FALSE(IsLoopback(host)) << host;
  EXPECT_EQ(ParseBackendUrl("http://Example.com:81?a=1#f")->host, "example.com");
  EXPECT_EQ(ParseBackendUrl("http://example.com:81?a=1#f")->target, "/?a=1");
  EXPECT_EQ(ParseBackendUrl("http://[::1]:81/x")->host, "::1");
  for (const char* url : {"ftp://a/", "http:///x", "http://user@host/", "http://a/\r\nX: y", "a"})
    EXPECT_FALSE(ParseBackendUrl(url).ok()) << url;
}

}  // namespace

}  // namespace offstage::gateway::test
