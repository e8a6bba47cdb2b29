#include "lambda/async_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "lambda/destinations.h"

namespace offstage::lambda {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Condition = AsyncEnd::Condition;

// A queue whose clock stands, over a function that answers as told.
class AsyncQueueTest : public testing::Test {
 protected:
  // Waits until nothing is due and nothing runs; the queue looks at the clock by itself.
  void Settle() {
    const auto limit = std::chrono::steady_clock::now() + seconds(10);
    const auto settled = [this] {
      const auto due = queue_.NextDue();
      return queue_.Pending() == 0 || (due.has_value() && *due > clock_.Now());
    };
    while (!settled() && std::chrono::steady_clock::now() < limit)
      std::this_thread::yield();
    ASSERT_TRUE(settled());
  }
  int runs() {
    const MutexLock lock(mutex_);
    return runs_;
  }
  std::vector<AsyncEnd> ends() {
    const MutexLock lock(mutex_);
    return ends_;
  }

  ManualClock clock_{TimePoint(std::chrono::hours(24 * 365 * 50))};
  Mutex mutex_;
  InvokeStatus answer_ OFFSTAGE_GUARDED_BY(mutex_) = InvokeStatus::kFunctionError;
  int runs_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  std::vector<AsyncEnd> ends_ OFFSTAGE_GUARDED_BY(mutex_);
  AsyncQueue queue_{[this](const InvokeRequest&) {
                      const MutexLock lock(mutex_);
                      ++runs_;
                      return InvokeResult{.status = answer_, .payload = "{}"};
                    },
                    [this](const InvokeRequest&, const AsyncEnd& end) {
                      const MutexLock lock(mutex_);
                      ends_.push_back(end);
                    },
                    clock_};
};

TEST_F(AsyncQueueTest, RetriesAfterOneMinuteThenTwoAndGivesUp) {
  queue_.Add({.function = "f"});
  Settle();
  EXPECT_EQ(runs(), 1);
  clock_.Advance(minutes(1) - seconds(1));
  Settle();
  EXPECT_EQ(runs(), 1) << "not before its time";
  clock_.Advance(seconds(1));
  Settle();
  EXPECT_EQ(runs(), 2);
  clock_.Advance(minutes(2));
  Settle();
  EXPECT_EQ(runs(), 3);
  ASSERT_EQ(ends().size(), 1u);
  EXPECT_EQ(ends()[0].condition, Condition::kRetriesExhausted);
  EXPECT_EQ(ends()[0].attempts, 3);
}

TEST_F(AsyncQueueTest, MaximumRetryAttemptsZeroMeansOneAttempt) {
  queue_.Add({.function = "f"}, {.max_retries = 0});
  Settle();
  ASSERT_EQ(ends().size(), 1u);
  EXPECT_EQ(ends()[0].attempts, 1);
}

TEST_F(AsyncQueueTest, AnEventThatIsTooOldIsDroppedWithoutAnotherAttempt) {
  queue_.Add({.function = "f"}, {.max_age = seconds(60)});
  Settle();
  clock_.Advance(minutes(1));
  Settle();
  ASSERT_EQ(ends().size(), 1u);
  EXPECT_EQ(ends()[0].condition, Condition::kEventAgeExceeded);
  EXPECT_EQ(runs(), 1);
}

TEST_F(AsyncQueueTest, ThrottlingIsNoAttempt) {
  {
    const MutexLock lock(mutex_);
    answer_ = InvokeStatus::kThrottled;
  }
  queue_.Add({.function = "f"}, {.max_retries = 0});
  Settle();
  {
    const MutexLock lock(mutex_);
    answer_ = InvokeStatus::kOk;
  }
  clock_.Advance(seconds(1));
  Settle();
  ASSERT_EQ(ends().size(), 1u);
  EXPECT_EQ(ends()[0].condition, Condition::kSuccess);
}

// docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
TEST(Destinations, RecordSaysWhatTheServiceSays) {
  const std::string record =
      InvocationRecord({.function = "arn:aws:lambda:us-east-1:000000000000:function:f",
                        .payload = R"({"a":1})",
                        .request_id = "r"},
                       {.condition = Condition::kRetriesExhausted,
                        .attempts = 3,
                        .result = {.status = InvokeStatus::kFunctionError,
                                   .payload = R"({"errorMessage":"no"})",
                                   .function_error = "Unhandled",
                                   .executed_version = "$LATEST"}},
                       "2026-11-25T12:00:00.123Z");
  EXPECT_EQ(
      record,
      R"({"version":"1.0","timestamp":"2026-11-25T12:00:00.123Z","requestContext":)"
      R"({"requestId":"r","functionArn":)"
      R"("arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST",)"
      R"("condition":"RetriesExhausted","approximateInvokeCount":3},"requestPayload":{"a":1},)"
      R"("responseContext":{"statusCode":200,"executedVersion":"$LATEST",)"
      R"("functionError":"Unhandled"},"responsePayload":{"errorMessage":"no"}})");
}

TEST(Destinations, OthersThanFunctionsAreNamed) {
  EXPECT_EQ(DestinationNote({}), "");
  EXPECT_EQ(DestinationNote({.on_failure = "arn:aws:lambda:us-east-1:000000000000:function:f"}),
            "");
  EXPECT_EQ(
      DestinationNote({.on_failure = "arn:aws:sqs:us-east-1:000000000000:q"}),
      "destination OnFailure arn:aws:sqs:us-east-1:000000000000:q is not emulated: what would "
      "go there is logged");
}

}  // namespace
}  // namespace offstage::lambda
