#include "gateway/gateway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "gateway/fakes.h"

namespace offstage::gateway::test {

namespace {

using testing::HasSubstr;

std::string RefusalOf(std::vector<ApiConfig> apis) {
  FakeInvoker invoker;
  ManualClock clock{TestTime()};
  SeededIds ids{1};
  MemoryLog log;
  MemoryTraces traces;
  const auto created = Gateway::Create(std::move(apis), {invoker, clock, ids, log, traces});
  return created.ok() ? "" : created.error().message;
}

ApiConfig NamedApi(std::string id, const std::vector<std::string>& keys) {
  ApiConfig api = RestApi(keys);
  api.id = std::move(id);
  for (Route& route : api.routes) {
    std::get<LambdaProxy>(route.integration).function = api.id;
  }
  return api;
}

TEST(Gateway, RefusesWhatCannotBeServed) {
  EXPECT_THAT(RefusalOf({}), HasSubstr("no API"));
  EXPECT_THAT(RefusalOf({RestApi({"GET /a"}), RestApi({"GET /b"})}), HasSubstr("two APIs"));
  EXPECT_THAT(RefusalOf({RestApi({"GET /a", "GET /a"})}), HasSubstr("GET /a is there twice"));
  EXPECT_THAT(RefusalOf({RestApi({"GET /a{id}"})}), HasSubstr("whole segment"));
  EXPECT_THAT(RefusalOf({RestApi({"FETCH /a"})}), HasSubstr("FETCH"));
}

TEST(Gateway, WarnsOfTwoNamesForOnePosition) {
  GatewayUnderTest test(RestApi({"GET /{id}", "POST /{userID}/article"}));
  ASSERT_EQ(test.log.Lines().size(), 1U);
  EXPECT_THAT(test.log.Lines()[0], HasSubstr("{id} and {userID}"));
}

TEST(Gateway, ServesSeveralApis) {
  GatewayUnderTest test({NamedApi("aaaaaaaaaa", {"GET /x"}), NamedApi("bbbbbbbbbb", {"GET /x"})});
  test.Get("/x");
  EXPECT_EQ(test.invoker.requests.back().function, "aaaaaaaaaa");
  test.Get("/_apis/bbbbbbbbbb/x");
  EXPECT_EQ(test.invoker.requests.back().function, "bbbbbbbbbb");
  test.Get("/_apis/bbbbbbbbbb/Prod/x");
  EXPECT_EQ(test.invoker.requests.back().function, "bbbbbbbbbb");
  EXPECT_THAT(test.invoker.requests.back().payload, HasSubstr("\"path\":\"/Prod/x\""));
  test.Get("/_apis/aaaaaaaaaa/x");
  EXPECT_EQ(test.invoker.requests.back().function, "aaaaaaaaaa");
  test.Get("/Prod/x", {{"Host", "bbbbbbbbbb.execute-api.localhost:3000"}});
  EXPECT_EQ(test.invoker.requests.back().function, "bbbbbbbbbb");
  const std::size_t calls = test.invoker.requests.size();
  const http::Reply unknown = test.Get("/_apis/cccccccccc/x");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(std::string(unknown.headers.Get("x-offstage-explain")), HasSubstr("cccccccccc"));
  EXPECT_EQ(test.invoker.requests.size(), calls);
}

TEST(Gateway, ListsItsRoutes) {
  ApiConfig first = NamedApi("aaaaaaaaaa", {"GET /x"});
  first.rest_cors = RestCors{};
  ApiConfig second = NamedApi("bbbbbbbbbb", {"ANY /{proxy+}"});
  second.routes[0].refused = "not emulated";
  second.routes[0].api_key = Route::ApiKeyUse::kRequired;
  GatewayUnderTest test({first, second});
  const std::vector<RouteListing> routes = test.gateway->Routes();
  ASSERT_EQ(routes.size(), 3U);
  EXPECT_EQ(routes[0].method, "GET");
  EXPECT_EQ(routes[0].target, "aaaaaaaaaa");
  EXPECT_EQ(routes[0].url_path, "/x");
  EXPECT_EQ(routes[1].method, "OPTIONS");
  EXPECT_EQ(routes[1].target, "mock");
  EXPECT_EQ(routes[2].url_path, "/_apis/bbbbbbbbbb/{proxy+}");
  EXPECT_EQ(routes[2].protection, "api key, refused: not emulated");
}

TEST(Gateway, EnforcesTheServicesLimits) {
  GatewayUnderTest test(RestApi({"ANY /x"}));
  const http::Reply body = test.Send("POST", "/x", {}, std::string(10 * 1024 * 1024 + 1, 'a'));
  EXPECT_EQ(body.status, 413);
  EXPECT_EQ(body.body, "HTTP content length exceeded 10485760 bytes.");
  const http::Reply headers = test.Get("/x", {{"x-long", std::string(10300, 'a')}});
  EXPECT_EQ(headers.status, 413);
  EXPECT_EQ(headers.body, "HTTP header is larger than 10240 bytes.");
  const http::Reply url = test.Get("/x?" + std::string(8300, 'a'));
  EXPECT_EQ(url.status, 414);
  EXPECT_TRUE(test.invoker.requests.empty());
  EXPECT_EQ(test.Send("POST", "/x", {}, std::string(10 * 1024 * 1024, 'a')).status, 200);
  EXPECT_EQ(test.Get("/x", {{"x-long", std::string(10000, 'a')}}).status, 200);
  EXPECT_EQ(test.Get("/x?" + std::string(8000, 'a')).status, 200);
}

TEST(Gateway, EnforcesTheServicesLimitsOfHttpApis) {
  ApiConfig api = RestApi({"ANY /x"});
  api.kind = ApiKind::kHttp;
  api.stage = "$default";
  GatewayUnderTest test(std::move(api));
  const http::Reply body = test.Send("POST", "/x", {}, std::string(10 * 1024 * 1024 + 1, 'a'));
  EXPECT_EQ(body.status, 413);
  EXPECT_EQ(body.body, R"({"message":"Request Entity Too Large"})");
  // The request line counts.
  EXPECT_EQ(test.Get("/x?" + std::string(10240, 'a')).status, 431);
  EXPECT_TRUE(test.invoker.requests.empty());
}

TEST(Gateway, RegionalUrlsMayBeLonger) {
  ApiConfig api = RestApi({"ANY /x"});
  api.endpoint = EndpointType::kRegional;
  GatewayUnderTest test(std::move(api));
  EXPECT_EQ(test.Get("/x?" + std::string(10200, 'a')).status, 200);
  EXPECT_EQ(test.Get("/x?" + std::string(10300, 'a')).status, 414);
}

// api-gateway-known-issues.
TEST(Gateway, RefusesARawPipeInTheQuery) {
  GatewayUnderTest test(RestApi({"GET /x"}));
  EXPECT_EQ(test.Get("/x?a=b|c").status, 400);
  EXPECT_EQ(test.Get("/x?a=b%7Cc").status, 200);
}

TEST(Gateway, SaysWhatItDoesNotEnforce) {
  ApiConfig api = RestApi({"GET /x"});
  api.unenforced = {"its resource policy"};
  GatewayUnderTest test(std::move(api));
  ASSERT_EQ(test.log.Lines().size(), 1U);
  EXPECT_THAT(test.log.Lines()[0], HasSubstr("its resource policy is not enforced"));
}

TEST(Gateway, RestResourcesHaveNoNameAfterTheLastSlash) {
  GatewayUnderTest test(RestApi({"GET /x/"}));
  EXPECT_EQ(test.Get("/x").status, 200);
  EXPECT_EQ(test.Get("/Prod/x/").status, 200);
  EXPECT_EQ(test.gateway->Routes()[0].path, "/x");
  ApiConfig both = RestApi({"GET /x/", "POST /x", "GET /x"});
  both.rest_cors = RestCors{};
  GatewayUnderTest twice(std::move(both));
  EXPECT_EQ(twice.Get("/x").status, 200);
  EXPECT_EQ(twice.Send("OPTIONS", "/x").headers.Get("access-control-allow-methods"),
            "GET,OPTIONS,POST");
  EXPECT_THAT(twice.log.Lines()[0], HasSubstr("GET /x is there twice"));
}

TEST(Gateway, GivesUpAfterTheIntegrationTimeout) {
  ApiConfig api = RestApi({"GET /slow"});
  std::get<LambdaProxy>(api.routes[0].integration).timeout = std::chrono::milliseconds(1);
  GatewayUnderTest test(std::move(api));
  // An invoker that ignores the limit: the late answer must not pass either.
  test.invoker.answer = [](const InvokeRequest&) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(3);
    while (std::chrono::steady_clock::now() < end)
      std::this_thread::yield();
    return Returned(R"({"statusCode":200})");
  };
  const http::Reply reply = test.Get("/slow");
  EXPECT_EQ(test.invoker.requests[0].wait_limit, std::chrono::milliseconds(1));
  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(reply.body, R"({"message": "Endpoint request timed out"})");
}

TEST(Gateway, WaitsAsLongAsTheService) {
  GatewayUnderTest test(RestApi({"GET /x"}));
  test.Get("/x");
  EXPECT_EQ(test.invoker.requests[0].wait_limit, std::chrono::seconds(29));
}

TEST(Gateway, SendsTheServicesOwnHeaders) {
  GatewayUnderTest test(RestApi({"GET /x"}));
  const http::Reply reply = test.Get("/x");
  std::vector<std::string> names;
  for (const auto& [name, value] : reply.headers)
    names.push_back(name);
  EXPECT_THAT(names, testing::ElementsAre("Content-Type", "Date", "x-amzn-RequestId",
                                          "x-amz-apigw-id", "X-Amzn-Trace-Id"));
  EXPECT_EQ(reply.headers.Get("date"), "Wed, 25 Nov 2026 12:00:00 GMT");
  EXPECT_THAT(std::string(reply.headers.Get("x-amzn-trace-id")),
              testing::MatchesRegex("Root=1-[0-9a-f]+-[0-9a-f]+;Parent=[0-9a-f]+;Sampled=0"));
  EXPECT_EQ(test.invoker.requests[0].trace_header, reply.headers.Get("x-amzn-trace-id"));
}

TEST(Gateway, RecordsOneSpanForARequest) {
  GatewayUnderTest test(RestApi({"GET /users/{id}"}));
  test.invoker.answer = [](const InvokeRequest&) {
    InvokeResult result = Returned(R"({"statusCode":201})");
    result.cold_start = true;
    result.times.init = std::chrono::microseconds(85000);
    return result;
  };
  test.Get("/users/7?a=b");
  ASSERT_EQ(test.traces.spans.size(), 1U);
  Span span = test.traces.spans[0];
  EXPECT_EQ(span.name, "gateway GET /users/{id}");
  span.duration = std::chrono::microseconds(12140);
  EXPECT_EQ(FormatRequestLine(span), "GET /users/7?a=b  201  12.1 ms  f (cold, init 85.0 ms)");
  EXPECT_EQ(FormatRequestLine(Span{.name = "dynamodb.GetItem"}), std::nullopt);
}

TEST(Gateway, ExplainsInTheLogWhatItExplainsInTheHeader) {
  GatewayUnderTest test(RestApi({"GET /x"}));
  test.invoker.Return(R"({"statusCode":200,"oops":1})");
  const http::Reply reply = test.Get("/x");
  ASSERT_EQ(test.log.Lines().size(), 1U);
  EXPECT_THAT(test.log.Lines()[0], HasSubstr("oops"));
  EXPECT_THAT(std::string(reply.headers.Get("x-offstage-explain")), HasSubstr("oops"));
  EXPECT_THAT(*FormatRequestLine(test.traces.spans[0]), HasSubstr("oops"));
}

TEST(Gateway, SameOriginNeedsNoCorsHeader) {
  GatewayUnderTest test(RestApi({"POST /x"}));
  const http::Reply same =
      test.Send("POST", "/x", {{"Host", "localhost:3000"}, {"Origin", "http://localhost:3000"}});
  EXPECT_EQ(same.headers.Find("x-offstage-explain"), nullptr);
  EXPECT_TRUE(test.log.Lines().empty());
}

}  // namespace

}  // namespace offstage::gateway::test
