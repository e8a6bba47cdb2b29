// Schedule: rate(), cron() and at() expressions, in UTC.
// docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
// docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
#pragma once

#include <array>
#include <bitset>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace offstage::events {

// Thread-compatible.
class Schedule {
 public:
  // "rate(5 minutes)", "cron(0 12 * * ? *)", "at(2026-11-25T12:00:00)". Fails saying what is wrong.
  static Result<Schedule> Parse(const std::string& expression);

  // The first time after `after`. Rates count from `anchor`. Null: never again.
  std::optional<TimePoint> Next(TimePoint after, TimePoint anchor) const;

 private:
  // Fields of a cron expression. A day fits when the day of month or the day of week says so;
  // exactly one of the two is '?'.
  struct Cron {
    std::bitset<60> minutes = {};
    std::bitset<24> hours = {};
    std::bitset<13> months = {};
    // 1970 first.
    std::bitset<230> years = {};
    bool by_weekday = false;
    std::bitset<32> days = {};
    bool last_day = false;
    // Weekdays nearest to these days.
    std::bitset<32> nearest_weekday = {};
    bool last_weekday_of_month = false;
    // Sunday first.
    std::bitset<7> weekdays = {};
    // "6L": the last of these in the month; "6#3": the third.
    std::bitset<7> last_of_weekday = {};
    std::vector<std::pair<unsigned, unsigned>> nth_of_weekday = {};
  };

  static Result<Cron> ParseCron(const std::string& text);
  static bool DayFits(const Cron& cron, std::chrono::year_month_day day);

  std::optional<std::chrono::seconds> rate_;
  std::optional<Cron> cron_;
  std::optional<TimePoint> at_;
};

}  // namespace offstage::events
