// What vectors cannot say: several requests, and time.
#include "gateway/lambda_authorizer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/fakes.h"

namespace offstage::gateway::test {

namespace {

constexpr std::string_view kAllowGet =
    R"({"principalId":"u","policyDocument":{"Statement":[{"Effect":"Allow",)"
    R"("Action":"execute-api:Invoke","Resource":"*/GET/*"}]}})";

ApiConfig GuardedApi(std::chrono::seconds ttl) {
  ApiConfig api = RestApi({"GET /x", "POST /x"});
  LambdaAuthorizer authorizer;
  authorizer.function = "authorizer";
  authorizer.ttl = ttl;
  authorizer.identity_validation = "[a-z]+";
  api.authorizers["A"] = authorizer;
  for (Route& route : api.routes)
    route.authorizer = "A";
  return api;
}

class Guarded : public GatewayUnderTest {
 public:
  explicit Guarded(std::chrono::seconds ttl) : GatewayUnderTest(GuardedApi(ttl)) {
    invoker.answer = [](const InvokeRequest& request) {
      if (request.function == "authorizer") return Returned(std::string(kAllowGet));
      return Returned("{}");
    };
  }

  int Status(std::string method, std::string token) {
    return Send(std::move(method), "/Prod/x", {{"Authorization", std::move(token)}}).status;
  }

  std::size_t Asked() const {
    return static_cast<std::size_t>(
        std::count_if(invoker.requests.begin(), invoker.requests.end(),
                      [](const InvokeRequest& r) { return r.function == "authorizer"; }));
  }
};

TEST(LambdaAuthorizers, AreAskedOncePerTokenAndTtl) {
  Guarded test(std::chrono::seconds(300));
  EXPECT_EQ(test.Status("GET", "a"), 200);
  EXPECT_EQ(test.Status("GET", "a"), 200);
  EXPECT_EQ(test.Asked(), 1U);
  EXPECT_EQ(test.Status("GET", "b"), 200);
  EXPECT_EQ(test.Asked(), 2U);
  test.clock.Advance(std::chrono::seconds(299));
  EXPECT_EQ(test.Status("GET", "a"), 200);
  EXPECT_EQ(test.Asked(), 2U);
  test.clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(test.Status("GET", "a"), 200);
  EXPECT_EQ(test.Asked(), 3U);
}

// A cached policy counts for the method at hand, not for the one it was made for.
TEST(LambdaAuthorizers, CachedPoliciesAreEvaluatedAnew) {
  Guarded test(std::chrono::seconds(300));
  EXPECT_EQ(test.Status("GET", "a"), 200);
  EXPECT_EQ(test.Status("POST", "a"), 403);
  EXPECT_EQ(test.Asked(), 1U);
}

TEST(LambdaAuthorizers, WithoutTtlAreAlwaysAsked) {
  Guarded test(std::chrono::seconds(0));
  EXPECT_EQ(test.Status("GET", "a"), 200);
  EXPECT_EQ(test.Status("GET", "a"), 200);
  EXPECT_EQ(test.Asked(), 2U);
}

// limits.html: 1,600 bytes.
TEST(LambdaAuthorizers, RefuseLongMethodArns) {
  ApiConfig api = GuardedApi(std::chrono::seconds(0));
  api.routes = {MakeRoute("GET /{proxy+}")};
  api.routes[0].authorizer = "A";
  GatewayUnderTest test(std::move(api));
  test.invoker.answer = [](const InvokeRequest& request) {
    return Returned(request.function == "authorizer" ? std::string(kAllowGet) : "{}");
  };
  const http::Headers token = {{"Authorization", "a"}};
  EXPECT_EQ(test.Get("/" + std::string(1500, 'x'), token).status, 200);
  EXPECT_EQ(test.Get("/" + std::string(1600, 'x'), token).status, 414);
  EXPECT_EQ(test.invoker.requests.size(), 2U) << "nobody was asked";
}

TEST(LambdaAuthorizers, FailuresAreNotCached) {
  Guarded test(std::chrono::seconds(300));
  const auto works = test.invoker.answer;
  test.invoker.answer = [](const InvokeRequest&) {
    InvokeResult failed;
    failed.status = InvokeStatus::kFunctionError;
    return failed;
  };
  EXPECT_EQ(test.Status("GET", "a"), 500);
  test.invoker.answer = works;
  EXPECT_EQ(test.Status("GET", "a"), 200);
}

// The expression runs over what a client sends: long tokens must neither recurse nor backtrack.
TEST(LambdaAuthorizers, TakeLongTokens) {
  Guarded test(std::chrono::seconds(300));
  std::string token(10000, 'a');
  EXPECT_EQ(test.Status("GET", token), 200);
  token.back() = '1';
  EXPECT_EQ(test.Status("GET", token), 401);
}

TEST(MatchesWildcard, MatchesAsIamDoes) {
  EXPECT_TRUE(MatchesWildcard("", "*"));
  EXPECT_TRUE(MatchesWildcard("abc", "a*c"));
  EXPECT_TRUE(MatchesWildcard("abbbc", "a*b?c"));
  EXPECT_FALSE(MatchesWildcard("abc", "a?"));
  EXPECT_FALSE(MatchesWildcard("", "?"));
  std::string pattern(50, '*');
  pattern.push_back('b');
  EXPECT_FALSE(MatchesWildcard(std::string(5000, 'a'), pattern));
}

}  // namespace

}  // namespace offstage::gateway::test
