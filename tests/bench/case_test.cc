#include "bench/case.h"

#include <gtest/gtest.h>

#include "scenario/loader.h"
#include "support/temp_dir.h"

namespace offstage::bench {
namespace {

const std::vector<Route> kRoutes = {
    {"GET", "/users"},         {"GET", "/users/{id}"},     {"GET", "/users/recent"},
    {"POST", "/users"},        {"ANY", "/files/{proxy+}"}, {"GET", "/users/{id}/x"},
    {"DELETE", "/users/{id}"},
};

std::string RouteOf(const std::string& method, const std::string& target) {
  const Route* route = FindRoute(kRoutes, method, target);
  return route == nullptr ? "none" : route->method + " " + route->path;
}

TEST(FindRoute, PrefersLiteralsAndTakesVariablesForParameters) {
  EXPECT_EQ(RouteOf("GET", "/users?limit=1"), "GET /users");
  EXPECT_EQ(RouteOf("GET", "/users/recent"), "GET /users/recent");
  EXPECT_EQ(RouteOf("GET", "/users/ada"), "GET /users/{id}");
  EXPECT_EQ(RouteOf("GET", "/users/${user}"), "GET /users/{id}");
  EXPECT_EQ(RouteOf("GET", "/users/ada/x"), "GET /users/{id}/x");
  EXPECT_EQ(RouteOf("PUT", "/files/a/b/c"), "ANY /files/{proxy+}");
  EXPECT_EQ(RouteOf("GET", "/files"), "none");
  EXPECT_EQ(RouteOf("PATCH", "/users"), "none");
  EXPECT_EQ(RouteOf("GET", "/user"), "none");
  EXPECT_EQ(RouteOf("GET", "/users/"), "none");
}

class Cases : public testing::Test {
 protected:
  scenario::Loaded LoadText(const std::string& text) {
    const auto path = folder_.Write("t.scenario.yml", text);
    auto loaded = scenario::LoadSuites({path});
    EXPECT_TRUE(loaded.ok()) << (loaded.ok() ? "" : loaded.error().problems.front());
    return loaded.ok() ? std::move(loaded).value() : scenario::Loaded();
  }
  test::TempDir folder_;
};

// Answers everything, and keeps what it was asked.
class Answering : public scenario::Target {
 public:
  Status Prepare(const scenario::StartingPoint&) override { return Ok(); }
  Result<http::Reply> Send(const http::Request& request) override {
    sent.push_back(request.method + " " + request.target);
    return http::Reply{.status = 200, .body = R"({"id": "a1"})"};
  }
  TimePoint Now() const override { return {}; }
  scenario::Inside* inside() override { return nullptr; }
  scenario::UserPools* pools() override { return nullptr; }
  std::vector<std::string> sent;
};

TEST_F(Cases, ACommandLineRequestKeepsItsParts) {
  const auto subject =
      CaseFromText("post /users?x=1", {.headers = {"X-A: b"}, .body = R"({"n": 1})"});
  ASSERT_TRUE(subject.ok());
  EXPECT_EQ(subject->name, "POST /users?x=1");
  Answering target;
  const auto requests = PrepareRequests(*subject, target, 5, 1);
  ASSERT_TRUE(requests.ok()) << requests.error().message;
  ASSERT_EQ(requests->size(), 1U);  // All the same.
  EXPECT_EQ(requests->front().method, "POST");
  EXPECT_EQ(requests->front().target, "/users?x=1");
  EXPECT_EQ(requests->front().body, R"({"n": 1})");
  EXPECT_EQ(requests->front().headers.Get("Content-Type"), "application/json");
  EXPECT_EQ(requests->front().headers.Get("X-A"), "b");
  EXPECT_EQ(requests->front().headers.size(), 2U);
  EXPECT_TRUE(target.sent.empty());
}

TEST_F(Cases, APathAloneIsAGet) {
  EXPECT_EQ(CaseFromText("/users", {})->name, "GET /users");
  EXPECT_EQ(CaseFromText("/users", {.body = "x"})->name, "POST /users");
}

TEST_F(Cases, WhatIsNoRequestIsSaidSo) {
  for (const char* bad : {"", "users", "GET", "GET users", "FETCH /users", "GET /a b"})
    EXPECT_FALSE(CaseFromText(bad, {}).ok()) << bad;
  EXPECT_FALSE(CaseFromText("GET /", {.headers = {"no colon"}}).ok());
}

TEST_F(Cases, RequestsWithGeneratedValuesDiffer) {
  const auto loaded = LoadText(
      "bench:\n  - name: sign-up\n    measure: {post: /users, json: {name: \"${random-name}\"}}\n"
      "    concurrency: [1, 4]\n    rate: 50\n");
  ASSERT_EQ(loaded.benches.size(), 1U);
  const Case subject = CaseFromBench(loaded.benches.front());
  ASSERT_EQ(subject.shapes.size(), 3U);
  EXPECT_EQ(subject.shapes[1].concurrency, 4);
  EXPECT_EQ(subject.shapes[2].rate, 50);
  Answering target;
  const auto requests = PrepareRequests(subject, target, 20, 1);
  ASSERT_TRUE(requests.ok()) << requests.error().message;
  EXPECT_EQ(requests->size(), 20U);
  EXPECT_NE(requests->front().body, requests->back().body);
}

TEST_F(Cases, ABenchBlocksSetupRunsBeforeAndItsValuesAreUsed) {
  const auto loaded = LoadText(
      "bench:\n  - name: read\n    setup: [{post: /users, json: {}, capture: {id: $.id}}]\n"
      "    measure: {get: \"/users/${id}\", expect: {status: 404}}\n");
  const Case subject = CaseFromBench(loaded.benches.front());
  EXPECT_EQ(subject.expected_status, 404);
  Answering target;
  const auto requests = PrepareRequests(subject, target, 2, 1);
  ASSERT_TRUE(requests.ok()) << requests.error().message;
  EXPECT_EQ(target.sent.front(), "POST /users");
  EXPECT_EQ(requests->front().target, "/users/a1");
}

TEST_F(Cases, ARoutesExampleIsTheRequestThatNeedsLeastBefore) {
  const auto loaded = LoadText(R"(
scenarios:
  - name: long way
    steps:
      - post: /users
        json: {}
        expect: {status: 201}
      - get: /users/ada
        expect: {status: 200}
  - name: short
    steps:
      - get: /users/bo?x=1
        expect: {status: 200}
  - name: refused
    steps:
      - get: /users
        expect: {status: 400}
  - name: after a fault
    steps:
      - fault: {fail: X}
      - get: /users/recent
)");
  std::vector<std::string> without;
  const auto cases = CasesFromRoutes(kRoutes, loaded.scenarios, without);
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_EQ(cases[0].name, "GET /users/bo?x=1");
  EXPECT_EQ(cases[0].route, "GET /users/{id}");
  EXPECT_EQ(cases[1].name, "POST /users");
  EXPECT_EQ(cases[1].expected_status, 201);
  // Refused, after a fault, never asked for: no example.
  EXPECT_EQ(without,
            (std::vector<std::string>{"GET /users", "GET /users/recent", "ANY /files/{proxy+}",
                                      "GET /users/{id}/x", "DELETE /users/{id}"}));
}

TEST_F(Cases, AMeasureThatIsNoRequestIsRefused) {
  const auto path = folder_.Write("t.scenario.yml", "bench: [{name: a, measure: {settle: 5s}}]");
  const auto loaded = scenario::LoadSuites({path});
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().problems.front().find("`measure` takes an HTTP step"),
            std::string::npos);
}

TEST_F(Cases, ARateThatIsNoneIsRefused) {
  const auto path =
      folder_.Write("t.scenario.yml", "bench: [{name: a, measure: {get: /}, rate: [1, fast]}]");
  const auto loaded = scenario::LoadSuites({path});
  ASSERT_FALSE(loaded.ok());
  EXPECT_NE(loaded.error().problems.front().find("`rate` takes numbers above 0, not `fast`"),
            std::string::npos);
}

}  // namespace
}  // namespace offstage::bench
