#include "base/clock.h"

#include <gtest/gtest.h>

namespace offstage {
namespace {

TEST(Clock, FormatsAsIso8601) {
  const TimePoint time{std::chrono::milliseconds(1'583'349'317'135)};
  EXPECT_EQ(ToIso8601(time), "2020-03-04T19:15:17.135Z");
  EXPECT_EQ(ToEpochSeconds(time), 1'583'349'317);
}

TEST(Clock, ReadsIso8601) {
  const auto read = [](std::string_view text) {
    const auto time = ParseIso8601(text);
    return time ? ToIso8601(*time) : "";
  };
  EXPECT_EQ(read("2026-02-28"), "2026-02-28T00:00:00.000Z");
  EXPECT_EQ(read("2026-02-28T12:30"), "2026-02-28T12:30:00.000Z");
  EXPECT_EQ(read("2026-02-28 12:30:15Z"), "2026-02-28T12:30:15.000Z");
  EXPECT_EQ(read("2026-02-28T12:30:15.0625Z"), "2026-02-28T12:30:15.062Z");
  EXPECT_EQ(read("2026-02-28T01:30:00+02:00"), "2026-02-27T23:30:00.000Z");
  EXPECT_EQ(read("2026-02-28T23:30:00.5-00:45"), "2026-03-01T00:15:00.500Z");
  EXPECT_EQ(read("2024-02-29"), "2024-02-29T00:00:00.000Z");
  EXPECT_EQ(read(ToIso8601(*ParseIso8601("2020-03-04T19:15:17.135Z"))), "2020-03-04T19:15:17.135Z");
}

TEST(Clock, TakesNothingElseForATime) {
  for (const char* text : {"",
                           "2026",
                           "2026-02-30",
                           "2023-02-29",
                           "2026-13-01",
                           "2026-2-3",
                           "2026-02-28T",
                           "2026-02-28T24:00",
                           "2026-02-28T12",
                           "2026-02-28T12:60",
                           "2026-02-28T12:00:60",
                           "2026-02-28T12:00:00.",
                           "2026-02-28T12:00:00+2",
                           "2026-02-28T12:00:00+02:00Z",
                           "2026-02-28T99:00:00Z",
                           "2026-02-28T12:00:00Z ",
                           " 2026-02-28",
                           "+026-02-28",
                           "2026-02-28T-1:00",
                           "9999-01-01",
                           "0000-01-01",
                           "2026-02-28T12:00:00,5"}) {
    EXPECT_FALSE(ParseIso8601(text).has_value()) << text;
  }
}

TEST(ManualClock, MovesOnlyWhenTold) {
  ManualClock clock{TimePoint{}};
  EXPECT_EQ(clock.Now(), TimePoint{});
  clock.Advance(std::chrono::hours(1));
  EXPECT_EQ(ToEpochSeconds(clock.Now()), 3600);
}

}  // namespace
}  // namespace offstage
