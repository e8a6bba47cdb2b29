#include "events/scheduler.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace offstage::events {
namespace {

using namespace std::chrono_literals;

class SchedulerTest : public ::testing::Test {
 protected:
  ScheduledFunction Function(const std::string& expression) {
    auto schedule = Schedule::Parse(expression);
    EXPECT_TRUE(schedule.ok());
    return {.name = "S/F/Daily",
            .function = "f-1",
            .schedule = std::move(schedule).value(),
            .arn = "arn:aws:events:eu-west-1:000000000000:rule/r"};
  }

  std::unique_ptr<Scheduler> Make(ScheduledFunction function, Checkpoints& checkpoints) {
    SchedulerContext context{.clock = clock_,
                             .ids = ids_,
                             .log = log_,
                             .checkpoints = checkpoints,
                             .region = "eu-west-1",
                             .account_id = "000000000000"};
    context.invoke_later = [this](InvokeRequest request) {
      const MutexLock lock(mutex_);
      invoked_.push_back(std::move(request));
      changed_.notify_all();
    };
    std::vector<ScheduledFunction> functions;
    functions.push_back(std::move(function));
    auto scheduler = std::make_unique<Scheduler>(std::move(functions), std::move(context));
    scheduler->Start();
    return scheduler;
  }

  std::vector<InvokeRequest> WaitFor(std::size_t count) {
    MutexLock lock(mutex_);
    changed_.wait_for(lock, 20s, [&] { return invoked_.size() >= count; });
    return invoked_;
  }

  ManualClock clock_{TimePoint(std::chrono::seconds(1795608000))};
  SeededIds ids_{7};
  MemoryLog log_;
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<InvokeRequest> invoked_;
};

TEST_F(SchedulerTest, InvokesWhenTheClockIsThereWithTheRulesEvent) {
  Checkpoints checkpoints({}, log_);
  const auto scheduler = Make(Function("rate(1 day)"), checkpoints);
  clock_.Advance(23h);
  EXPECT_TRUE(scheduler->Due().empty());
  clock_.Advance(1h);
  const auto invoked = WaitFor(1);
  ASSERT_EQ(invoked.size(), 1U);
  EXPECT_EQ(invoked[0].function, "f-1");
  const Json event = Json::parse(invoked[0].payload);
  EXPECT_EQ(event.at("detail-type"), "Scheduled Event");
  EXPECT_EQ(event.at("source"), "aws.events");
  EXPECT_EQ(event.at("time"), "2026-11-26T12:00:00Z");
  EXPECT_EQ(event.at("region"), "eu-west-1");
  EXPECT_EQ(event.at("resources"), Json::array({"arn:aws:events:eu-west-1:000000000000:rule/r"}));
  EXPECT_EQ(event.at("detail"), Json::object());
}

TEST_F(SchedulerTest, EveryTimeThatHasPassedIsMadeUpFor) {
  Checkpoints checkpoints({}, log_);
  const auto scheduler = Make(Function("rate(1 hour)"), checkpoints);
  clock_.Advance(3h);
  EXPECT_EQ(WaitFor(3).size(), 3U);
  EXPECT_TRUE(scheduler->Due().empty());
  EXPECT_EQ(scheduler->Begun(), 3);
}

TEST_F(SchedulerTest, InputTakesTheEventsPlace) {
  Checkpoints checkpoints({}, log_);
  ScheduledFunction function = Function("rate(1 minute)");
  function.kind = ScheduledFunction::Kind::kScheduler;
  function.input = R"({"at": "<aws.scheduler.scheduled-time>"})";
  const auto scheduler = Make(std::move(function), checkpoints);
  clock_.Advance(1min);
  EXPECT_EQ(WaitFor(1).at(0).payload, R"({"at": "2026-11-25T12:01:00Z"})");
}

TEST_F(SchedulerTest, APauseForgetsWhatBecameDueInIt) {
  Checkpoints checkpoints({}, log_);
  const auto scheduler = Make(Function("rate(1 hour)"), checkpoints);
  scheduler->Pause();
  clock_.Advance(5h);
  EXPECT_TRUE(scheduler->Due().empty());
  scheduler->Resume();
  clock_.Advance(1h);
  const auto invoked = WaitFor(1);
  ASSERT_EQ(invoked.size(), 1U);
  EXPECT_EQ(Json::parse(invoked[0].payload).at("time"), "2026-11-25T18:00:00Z");
}

TEST_F(SchedulerTest, ARateGoesOnCountingInTheNextRun) {
  const test::TempDir folder;
  {
    Checkpoints checkpoints(folder.path() / "c.json", log_);
    const auto scheduler = Make(Function("rate(1 day)"), checkpoints);
  }
  clock_.Advance(20h);
  Checkpoints checkpoints(folder.path() / "c.json", log_);
  const auto scheduler = Make(Function("rate(1 day)"), checkpoints);
  clock_.Advance(4h);
  EXPECT_EQ(WaitFor(1).size(), 1U);
}

}  // namespace
}  // namespace offstage::events
