#include "events/schedule.h"

#include <gtest/gtest.h>

namespace offstage::events {
namespace {

TimePoint At(const char* text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  std::sscanf(text, "%d-%u-%uT%d:%d:%d", &year, &month, &day, &hour, &minute, &second);
  return TimePoint(std::chrono::sys_days(std::chrono::year{year} / std::chrono::month{month} /
                                         std::chrono::day{day})) +
         std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second);
}

// The next times after 2026-11-25T12:00:00, a Wednesday, with their fractions cut off.
std::string Next(const std::string& expression, int count = 1) {
  const auto schedule = Schedule::Parse(expression);
  if (!schedule.ok()) return schedule.error().message;
  std::string all;
  TimePoint time = At("2026-11-25T12:00:00");
  const TimePoint anchor = time;
  for (int i = 0; i < count; ++i) {
    const auto next = schedule->Next(time, anchor);
    if (!next) return all + "never";
    all += (all.empty() ? "" : " ") + ToIso8601(*next).substr(0, 19);
    time = *next;
  }
  return all;
}

TEST(Schedule, RatesCountFromTheirBeginning) {
  EXPECT_EQ(Next("rate(1 minute)", 2), "2026-11-25T12:01:00 2026-11-25T12:02:00");
  EXPECT_EQ(Next("rate(5 hours)", 2), "2026-11-25T17:00:00 2026-11-25T22:00:00");
  EXPECT_EQ(Next("rate(1 day)"), "2026-11-26T12:00:00");
  const auto hourly = Schedule::Parse("rate(1 hour)");
  const TimePoint anchor = At("2026-11-25T12:30:00");
  EXPECT_EQ(hourly->Next(At("2026-11-25T14:31:00"), anchor), At("2026-11-25T15:30:00"));
  EXPECT_EQ(hourly->Next(At("2026-11-25T14:30:00"), anchor), At("2026-11-25T15:30:00"));
  EXPECT_EQ(hourly->Next(At("2026-11-25T10:00:00"), anchor), At("2026-11-25T13:30:00"));
}

// docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html#eb-cron-expressions
TEST(Schedule, CronExpressions) {
  EXPECT_EQ(Next("cron(0 10 * * ? *)"), "2026-11-26T10:00:00");
  EXPECT_EQ(Next("cron(15 12 * * ? *)"), "2026-11-25T12:15:00");
  EXPECT_EQ(Next("cron(0 18 ? * MON-FRI *)", 4),
            "2026-11-25T18:00:00 2026-11-26T18:00:00 2026-11-27T18:00:00 2026-11-30T18:00:00");
  EXPECT_EQ(Next("cron(0 8 1 * ? *)", 2), "2026-12-01T08:00:00 2027-01-01T08:00:00");
  EXPECT_EQ(Next("cron(0/15 * * * ? *)", 5),
            "2026-11-25T12:15:00 2026-11-25T12:30:00 2026-11-25T12:45:00 2026-11-25T13:00:00 "
            "2026-11-25T13:15:00");
  EXPECT_EQ(Next("cron(0/5 8-9 ? * 2-6 *)"), "2026-11-26T08:00:00");
  EXPECT_EQ(Next("cron(30 10,22 * JAN,jul ? 2027)", 2), "2027-01-01T10:30:00 2027-01-01T22:30:00");
  EXPECT_EQ(Next("cron(0 0 29 2 ? *)"), "2028-02-29T00:00:00");
  EXPECT_EQ(Next("cron(0 0 1 1 ? 2020)"), "never");
}

TEST(Schedule, LastNthAndNearestDays) {
  EXPECT_EQ(Next("cron(0 0 L * ? *)", 2), "2026-11-30T00:00:00 2026-12-31T00:00:00");
  EXPECT_EQ(Next("cron(0 0 ? * 6L *)", 2), "2026-11-27T00:00:00 2026-12-25T00:00:00");
  EXPECT_EQ(Next("cron(0 0 ? * 3#1 *)"), "2026-12-01T00:00:00");
  EXPECT_EQ(Next("cron(0 0 ? * L *)"), "2026-11-28T00:00:00");
  // 1 August 2027 is a Sunday, 1 May 2027 a Saturday: the working day within the month.
  EXPECT_EQ(Next("cron(0 0 1W 8 ? 2027)"), "2027-08-02T00:00:00");
  EXPECT_EQ(Next("cron(0 0 1W 5 ? 2027)"), "2027-05-03T00:00:00");
  // 31 October 2027 is a Sunday.
  EXPECT_EQ(Next("cron(0 0 LW 10 ? 2027)"), "2027-10-29T00:00:00");
  EXPECT_EQ(Next("cron(0 0 ? * FRI-MON *)", 4),
            "2026-11-27T00:00:00 2026-11-28T00:00:00 2026-11-29T00:00:00 2026-11-30T00:00:00");
}

TEST(Schedule, OnceOnly) {
  EXPECT_EQ(Next("at(2026-11-25T12:00:01)"), "2026-11-25T12:00:01");
  EXPECT_EQ(Next("at(2026-11-25T12:00:00)"), "never");
}

TEST(Schedule, SaysWhatIsWrong) {
  for (const char* expression :
       {"daily", "rate(0 minutes)", "rate(1 minutes)", "rate(2 minute)", "rate(5 weeks)", "rate(5)",
        "cron(0 10 * * ?)", "cron(0 10 * * * *)", "cron(0 10 ? * ? *)", "cron(60 10 * * ? *)",
        "cron(0 24 * * ? *)", "cron(0 0 32 * ? *)", "cron(0 0 ? * 8 *)", "cron(0 0 ? * 2#6 *)",
        "cron(0 0 * FOO ? *)", "cron(0/0 0 * * ? *)", "at(tomorrow)", "every(5 minutes)"}) {
    EXPECT_FALSE(Schedule::Parse(expression).ok()) << expression;
  }
  EXPECT_NE(Next("cron(0 10 * * ?)").find("has 5 fields"), std::string::npos);
  EXPECT_NE(Next("cron(61 10 * * ? *)").find("'61' is no minute"), std::string::npos);
}

}  // namespace
}  // namespace offstage::events
