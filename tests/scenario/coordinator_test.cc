#include "scenario/coordinator.h"

#include <gtest/gtest.h>

namespace offstage::scenario {
namespace {

using namespace std::chrono_literals;

std::vector<Scenario> Named(std::initializer_list<const char*> names) {
  std::vector<Scenario> scenarios;
  for (const char* name : names) {
    scenarios.emplace_back();
    scenarios.back().id = name;
  }
  return scenarios;
}

class CoordinatorTest : public testing::Test {
 protected:
  std::unique_ptr<Coordinator> Start(Coordinator::Options options = {}) {
    auto coordinator = Coordinator::Start(
        scenarios_, {{.scenario = 0}, {.scenario = 1}, {.scenario = 2}}, options, ids_);
    EXPECT_TRUE(coordinator.ok());
    return std::move(coordinator).value();
  }
  ScenarioResult Of(std::size_t index, Outcome outcome = Outcome::kPassed) const {
    ScenarioResult result;
    result.id = scenarios_[index].id;
    result.outcome = outcome;
    return result;
  }
  std::vector<Scenario> scenarios_ = Named({"a", "b", "c"});
  SeededIds ids_{1};
};

TEST_F(CoordinatorTest, AWorkerGetsAllOfTheWork) {
  const auto coordinator = Start();
  ASSERT_TRUE(Work(coordinator->UrlFor(1), [&](std::size_t i, int) { return Of(i); }).ok());
  std::string order;
  while (const auto result = coordinator->NextResult(0ms))
    order += result->id;
  EXPECT_EQ(order, "abc");
  EXPECT_TRUE(coordinator->Finished());
}

TEST_F(CoordinatorTest, AScenarioWhoseWorkerDiedIsAnErrorAndTheOthersGoOn) {
  const auto coordinator = Start();
  // The worker takes `a` and is never heard of again.
  struct Died {};
  EXPECT_THROW(
      (void)Work(coordinator->UrlFor(1), [](std::size_t, int) -> ScenarioResult { throw Died(); }),
      Died);
  EXPECT_TRUE(coordinator->WorkerEnded(1, "signal: killed"));
  ASSERT_TRUE(Work(coordinator->UrlFor(2), [&](std::size_t i, int) { return Of(i); }).ok());
  const auto lost = coordinator->NextResult(0ms);
  ASSERT_TRUE(lost.has_value());
  EXPECT_EQ(lost->id, "a");
  EXPECT_EQ(lost->outcome, Outcome::kError);
  EXPECT_EQ(lost->reason, "signal: killed");
  EXPECT_EQ(coordinator->NextResult(0ms)->id, "b");
}

TEST_F(CoordinatorTest, StopsAtTheFirstFailureWhenAsked) {
  const auto coordinator = Start({.at_failure = Coordinator::Options::AtFailure::kStop});
  int ran = 0;
  ASSERT_TRUE(Work(coordinator->UrlFor(1), [&](std::size_t i, int) {
                ++ran;
                return Of(i, Outcome::kFailed);
              }).ok());
  EXPECT_EQ(ran, 1);
}

TEST_F(CoordinatorTest, StrangersGetNothing) {
  const auto coordinator = Start();
  std::string url = coordinator->UrlFor(1);
  url[url.size() - 3] = url[url.size() - 3] == 'a' ? 'b' : 'a';
  EXPECT_FALSE(Work(url, [&](std::size_t i, int) { return Of(i); }).ok());
}

}  // namespace
}  // namespace offstage::scenario
