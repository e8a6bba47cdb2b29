#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/fakes.h"

namespace offstage::gateway::test {

namespace {

using testing::HasSubstr;

ApiConfig ApiWithPlan() {
  ApiConfig api = RestApi({"GET /x", "GET /y"});
  api.routes[0].api_key = Route::ApiKeyUse::kRequired;
  api.usage_plans.push_back({.name = "basic"});
  api.api_keys.push_back({.id = "k1", .name = "one", .value = "secret-one", .plan = 0});
  api.api_keys.push_back({.id = "k2", .name = "two", .value = "secret-two", .plan = 0});
  return api;
}

TEST(Throttling, EmptiesAndRefillsEachKeysBucket) {
  ApiConfig api = ApiWithPlan();
  api.usage_plans[0].throttle = Throttle{.rate = 2, .burst = 3};
  GatewayUnderTest test(api);
  const auto get = [&test](const char* key) { return test.Get("/x", {{"x-api-key", key}}); };
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(get("secret-one").status, 200);
  const http::Reply refused = get("secret-one");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.body, R"({"message":"Too Many Requests"})");
  EXPECT_EQ(refused.headers.Get("x-amzn-ErrorType"), "TooManyRequestsException");
  EXPECT_THAT(std::string(refused.headers.Get("x-offstage-explain")), HasSubstr("basic"));
  EXPECT_EQ(get("secret-two").status, 200);
  test.clock.Advance(std::chrono::milliseconds(500));
  EXPECT_EQ(get("secret-one").status, 200);
  EXPECT_EQ(get("secret-one").status, 429);
}

TEST(Throttling, CountsTheQuotaOfAPeriod) {
  ApiConfig api = ApiWithPlan();
  api.usage_plans[0].quota = UsagePlan::Quota{.limit = 2, .period = UsagePlan::Quota::Period::kDay};
  GatewayUnderTest test(api);
  const auto get = [&test] { return test.Get("/x", {{"x-api-key", "secret-one"}}); };
  EXPECT_EQ(get().status, 200);
  EXPECT_EQ(get().status, 200);
  const http::Reply refused = get();
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.body, R"({"message":"Limit Exceeded"})");
  EXPECT_EQ(refused.headers.Get("x-amzn-ErrorType"), "LimitExceededException");
  test.clock.Advance(std::chrono::hours(12));
  EXPECT_EQ(get().status, 200);
}

TEST(Throttling, LimitsStagesAndRoutes) {
  ApiConfig api = RestApi({"GET /x", "GET /y"});
  api.throttle = Throttle{.rate = 1, .burst = 2};
  api.route_throttles["GET /y"] = Throttle{.rate = 1, .burst = 1};
  GatewayUnderTest test(api);
  EXPECT_EQ(test.Get("/x").status, 200);
  EXPECT_EQ(test.Get("/x").status, 200);
  EXPECT_EQ(test.Get("/x").status, 429);
  EXPECT_EQ(test.Get("/y").status, 200);
  EXPECT_EQ(test.Get("/y").status, 429);
}

TEST(Throttling, AnswersHttpApisInTheirWay) {
  ApiConfig api = RestApi({"GET /x"});
  api.kind = ApiKind::kHttp;
  api.stage = "$default";
  api.throttle = Throttle{.rate = 0, .burst = 0};
  GatewayUnderTest test(api);
  const http::Reply refused = test.Get("/x");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.body, R"({"message":"Too Many Requests"})");
}

}  // namespace

}  // namespace offstage::gateway::test
