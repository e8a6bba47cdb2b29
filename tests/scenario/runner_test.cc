#include "scenario/runner.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "scenario/fake_target.h"
#include "scenario/loader.h"
#include "scenario/report.h"
#include "support/temp_dir.h"

namespace offstage::scenario {
namespace {

class RunnerTest : public testing::Test {
 protected:
  RunnerTest() {
    target_.routes["GET /user"] = [](const http::Request&) {
      return http::Reply{.headers = {{"Content-Type", "application/json"}, {"ETag", "v1"}},
                         .body = R"({"id": "u1", "name": "Ada", "tags": ["a", "b"]})"};
    };
    target_.routes["POST /echo"] = [](const http::Request& request) {
      return http::Reply{.status = 201, .body = request.body};
    };
  }

  // Runs the first scenario of a file with these steps.
  ScenarioResult Run(const std::string& steps, const std::string& before = "") {
    const auto file =
        folder_.Write("a.scenario.yml", before + "\nscenarios:\n  - name: n\n    steps:\n" + steps);
    const auto scenarios = LoadFiles({file});
    if (!scenarios.ok()) {
      ADD_FAILURE() << Join(scenarios.error().problems, "\n");
      return {};
    }
    return RunScenario(scenarios->front(), target_, options_);
  }

  test::TempDir folder_;
  FakeTarget target_;
  RunOptions options_;
};

TEST_F(RunnerTest, PassesWhatHolds) {
  const auto result = Run(R"(
      - get: /user?x=1
        expect: {status: 2xx, headers: {etag: v1, X-No: <absent>}, body: {name: Ada, tags: <list 2>}, jsonpath: {"$.tags[0]": a}}
        capture: {user: $.id, tag: header ETag}
      - post: /echo
        json: {from: "${user}", etag: "${tag}"}
        expect: {status: 201, body: {from: u1, etag: v1}}
)");
  EXPECT_EQ(result.outcome, Outcome::kPassed);
  ASSERT_EQ(target_.requests.size(), 2u);
  EXPECT_EQ(target_.requests[1].headers.Get("content-type"), "application/json");
  EXPECT_EQ(target_.requests[1].body, R"({"from":"u1","etag":"v1"})");
}

TEST_F(RunnerTest, ReportsEveryDifferenceAndStops) {
  const auto result = Run(R"(
      - get: /user
        expect: {status: 404, body: {name: Bo}}
      - get: /never
)");
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  ASSERT_EQ(result.steps.size(), 1u);
  const StepResult& step = result.steps[0];
  ASSERT_EQ(step.mismatches.size(), 2u);
  EXPECT_EQ(step.mismatches[0].path, "status");
  EXPECT_EQ(step.mismatches[1].path, "body.name");
  EXPECT_EQ(step.title, "GET /user");
  EXPECT_EQ(step.curl, "curl -i 'http://127.0.0.1:3000/user'");
  EXPECT_NE(step.place.find("a.scenario.yml:6:9"), std::string::npos) << step.place;
}

TEST_F(RunnerTest, TeardownRunsWhateverHappened) {
  const auto result =
      Run("      - {get: /none, expect: {status: 200}}\n", "teardown: [{post: /echo, text: bye}]");
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  ASSERT_EQ(target_.requests.size(), 2u);
  EXPECT_EQ(target_.requests[1].body, "bye");
}

TEST_F(RunnerTest, EventuallyTriesAgain) {
  int calls = 0;
  target_.routes["GET /slow"] = [&calls](const http::Request&) {
    return http::Reply{.body = std::to_string(++calls)};
  };
  const auto good =
      Run("      - {get: /slow, eventually: {within: 20s, every: 1ms}, expect: {body: 3}}\n");
  EXPECT_EQ(good.outcome, Outcome::kPassed);
  EXPECT_EQ(good.steps[0].attempts, 3);
  const auto bad =
      Run("      - {get: /slow, eventually: {within: 10ms, every: 1ms}, expect: {body: x}}\n");
  EXPECT_EQ(bad.outcome, Outcome::kFailed);
  EXPECT_NE(bad.steps[0].error.find("not true after"), std::string::npos);
}

TEST_F(RunnerTest, FunctionsTablesAndTheInside) {
  Span call{.name = "dynamodb.GetItem"};
  call.attributes = {{"table", "Users"}};
  target_.next_record.spans = {call, call};
  target_.next_record.lines = {{.function = "F", .text = "looking for ada"}};
  const auto result = Run(R"(
      - put-item: Users
        items: [{id: 1, name: Ada}, {id: 2}]
      - get-item: Users
        key: {id: 1}
        expect: {item: {name: Ada}}
      - get-item: Users
        key: {id: 9}
        expect: {item: <absent>}
      - scan-items: Users
        expect: {count: 2, items: [{id: 1}, {id: 2}]}
      - invoke: F
        event: {a: 1}
        expect: {result: {a: 1}, start: warm, calls: {dynamodb: 2, dynamodb.GetItem Users: <1..>, dynamodb.Scan: 0}, log: {has: ada, lacks: Traceback}}
      - invoke: Broken
        expect: {error: {type: ValueError, message: {$contains: good}}}
      - check: the table
        expect: {tables: {Users: {count: 2, has: {name: Ada}, lacks: {id: 3}}}}
)");
  EXPECT_EQ(result.outcome, Outcome::kPassed)
      << (result.steps.empty() ? result.reason : FailureText(result, Colour::kOff));
}

TEST_F(RunnerTest, AFunctionThatFailsFailsTheStep) {
  const auto result = Run("      - invoke: Broken\n");
  EXPECT_EQ(result.outcome, Outcome::kFailed);
  EXPECT_NE(result.steps[0].error.find("no good"), std::string::npos);
}

TEST_F(RunnerTest, SettleSaysWhatIsPending) {
  const auto result = Run("      - settle: 1s\n");
  EXPECT_EQ(result.outcome, Outcome::kError);
  EXPECT_EQ(result.steps[0].error, "not settled after 1s: 1 invocation");
}

TEST_F(RunnerTest, ARemoteTargetNamesWhatIsNotChecked) {
  target_.has_inside = false;
  const auto result = Run(R"(
      - put-item: Users
        item: {id: 1}
      - get: /user
        expect: {status: 200, calls: {dynamodb: 1}}
)",
                          "given: {tables: {Users: []}}");
  EXPECT_EQ(result.outcome, Outcome::kPassed);
  EXPECT_EQ(result.not_checked.size(), 3u);
}

TEST_F(RunnerTest, OutsideAFailureThatStandsOnWhatCouldNotBeDoneSaysNothing) {
  target_.has_inside = false;
  const auto unsure =
      Run("      - put-item: Users\n        item: {id: 1}\n"
          "      - {get: /none, expect: {status: 200}}\n");
  EXPECT_EQ(unsure.outcome, Outcome::kSkipped);
  EXPECT_NE(unsure.reason.find("`put-item` ("), std::string::npos) << unsure.reason;
  EXPECT_NE(unsure.reason.find("cannot be done from outside"), std::string::npos);
  const auto failed =
      Run("      - scan-items: Users\n      - {get: /none, expect: {status: 200}}\n");
  EXPECT_EQ(failed.outcome, Outcome::kFailed);
}

TEST_F(RunnerTest, AnUnknownVariableIsAnErrorOfTheStep) {
  const auto result = Run("      - get: /${nope}\n");
  EXPECT_EQ(result.outcome, Outcome::kError);
  EXPECT_NE(result.steps[0].error.find("there is no variable ${nope}"), std::string::npos);
}

TEST_F(RunnerTest, SecretsStayOutOfCurlCommands) {
  const auto result =
      Run("      - {get: /none, headers: {Authorization: Bearer s3cret}, expect: {status: 200}}\n");
  EXPECT_EQ(result.steps[0].curl.find("s3cret"), std::string::npos);
}

TEST_F(RunnerTest, SnapshotsAreWrittenOnDemandAndThenCompared) {
  const std::string steps = "      - {get: /user, expect: {snapshot: ada}}\n";
  EXPECT_EQ(Run(steps).outcome, Outcome::kFailed);
  options_.snapshots = RunOptions::Snapshots::kUpdate;
  EXPECT_EQ(Run(steps).outcome, Outcome::kPassed);
  options_.snapshots = RunOptions::Snapshots::kCompare;
  EXPECT_EQ(Run(steps).outcome, Outcome::kPassed);
  target_.routes["GET /user"] = [](const http::Request&) { return http::Reply{.body = "{}"}; };
  EXPECT_EQ(Run(steps).outcome, Outcome::kFailed);
}

}  // namespace
}  // namespace offstage::scenario
