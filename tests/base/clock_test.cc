#include "base/clock.h"

#include <gtest/gtest.h>

namespace offstage {
namespace {

TEST(Clock, FormatsAsIso8601) {
  const TimePoint time{std::chrono::milliseconds(1'583'349'317'135)};
  EXPECT_EQ(ToIso8601(time), "2020-03-04T19:15:17.135Z");
  EXPECT_EQ(ToEpochSeconds(time), 1'583'349'317);
}

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock{TimePoint{}};
  EXPECT_EQ(clock.Now(), TimePoint{});
  clock.Advance(std::chrono::hours(1));
  EXPECT_EQ(ToEpochSeconds(clock.Now()), 3600);
}

}  // namespace
}  // namespace offstage
