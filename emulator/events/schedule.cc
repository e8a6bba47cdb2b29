#include "events/schedule.h"

#include <fmt/format.h>

#include <charconv>

#include "base/clock.h"
#include "base/text.h"

namespace offstage::events {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr unsigned kFirstYear = 1970;
constexpr unsigned kLastYear = 2199;

std::optional<unsigned> NumberOf(std::string_view text) {
  unsigned number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// What a field of a cron expression may hold.
struct Field {
  const char* name = "";
  unsigned low = 0;
  unsigned high = 0;
  // Names stand for low, low + 1 ...
  std::vector<std::string_view> names = {};
};

Error Wrong(const Field& field, std::string_view text) {
  return {fmt::format("'{}' is no {} of a cron expression ({} to {})", text, field.name, field.low,
                      field.high)};
}

Result<unsigned> ValueOf(const Field& field, std::string_view text) {
  for (std::size_t i = 0; i < field.names.size(); ++i) {
    if (EqualsIgnoreCase(text, field.names[i])) return field.low + static_cast<unsigned>(i);
  }
  const auto number = NumberOf(text);
  if (!number || *number < field.low || *number > field.high) return Fail(Wrong(field, text));
  return *number;
}

// "*", "5", "1-5", "*/15", "3/10", "MON-FRI": marks each value by `set`.
template <typename Set>
Status ReadPart(const Field& field, std::string_view text, Set set) {
  unsigned step = 1;
  const auto slash = text.find('/');
  const std::string_view range = text.substr(0, slash);
  if (slash != std::string_view::npos) {
    const auto number = NumberOf(text.substr(slash + 1));
    if (!number || *number == 0) return Fail(Wrong(field, text));
    step = *number;
  }
  unsigned low = field.low;
  unsigned high = field.high;
  if (range != "*") {
    const auto dash = range.find('-');
    OFFSTAGE_TRY(low, ValueOf(field, range.substr(0, dash)));
    if (dash != std::string_view::npos) {
      OFFSTAGE_TRY(high, ValueOf(field, range.substr(dash + 1)));
    } else if (slash == std::string_view::npos) {
      high = low;
    }
  }
  if (low <= high) {
    for (unsigned value = low; value <= high; value += step)
      set(value);
    return Ok();
  }
  // "FRI-MON" goes around.
  for (unsigned value = low; value <= field.high; value += step)
    set(value);
  for (unsigned value = field.low; value <= high; value += step)
    set(value);
  return Ok();
}

template <typename Set>
Status ReadList(const Field& field, std::string_view text, Set set) {
  for (const std::string_view part : Split(text, ','))
    OFFSTAGE_TRY_VOID(ReadPart(field, part, set));
  return Ok();
}

const Field kMinutes{.name = "minute", .low = 0, .high = 59};
const Field kHours{.name = "hour", .low = 0, .high = 23};
const Field kDays{.name = "day of month", .low = 1, .high = 31};
const Field kMonths{
    .name = "month",
    .low = 1,
    .high = 12,
    .names = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"}};
const Field kWeekdays{.name = "day of week",
                      .low = 1,
                      .high = 7,
                      .names = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"}};
const Field kYears{.name = "year", .low = kFirstYear, .high = kLastYear};

unsigned LastDayOf(year_month_day day) {
  const std::chrono::year_month_day_last last(day.year(), std::chrono::month_day_last(day.month()));
  return static_cast<unsigned>(last.day());
}

unsigned WeekdayOf(year_month_day day) {
  return std::chrono::weekday(sys_days(day)).c_encoding();
}

// The working day nearest to `wanted`, in the same month.
unsigned NearestWeekday(year_month_day day, unsigned wanted) {
  const unsigned last = LastDayOf(day);
  wanted = std::min(wanted, last);
  const unsigned weekday = WeekdayOf(day.year() / day.month() / std::chrono::day(wanted));
  if (weekday == 6) return wanted == 1 ? 3 : wanted - 1;
  if (weekday == 0) return wanted == last ? last - 2 : wanted + 1;
  return wanted;
}

Result<std::chrono::seconds> ParseRate(const std::string& text) {
  const auto words = Split(text, ' ');
  const auto number = words.size() == 2 ? NumberOf(words[0]) : std::nullopt;
  if (!number || *number == 0) {
    return Fail(Error{fmt::format(
        "rate({}) is no rate: a number above 0 and minute(s), hour(s) or day(s)", text)});
  }
  for (const auto& [unit, length] : {std::pair<std::string, seconds>{"minute", minutes(1)},
                                     {"hour", hours(1)},
                                     {"day", days(1)}}) {
    // The service wants "1 minute", "2 minutes".
    if (words[1] == (*number == 1 ? unit : unit + "s")) return length * *number;
  }
  return Fail(
      Error{fmt::format("rate({}) is no rate: the unit is minute, hour or day, with an s "
                        "behind numbers above 1",
                        text)});
}

Result<TimePoint> ParseAt(const std::string& text) {
  // The service takes this one form; the schedule's time zone is UTC here.
  constexpr std::string_view kForm = "2026-11-25T12:00:00";
  const auto time = text.size() == kForm.size() ? ParseIso8601(text) : std::nullopt;
  if (!time || text[kForm.find('T')] != 'T')
    return Fail(Error{fmt::format("at({}) is no time like {}", text, kForm)});
  return *time;
}

}  // namespace

Result<Schedule::Cron> Schedule::ParseCron(const std::string& text) {
  const auto fields = Split(text, ' ');
  if (fields.size() != 6) {
    return Fail(
        Error{fmt::format("cron({}) has {} fields; it takes six: minutes hours "
                          "day-of-month month day-of-week year",
                          text, fields.size())});
  }
  if ((fields[2] == "?") == (fields[4] == "?")) {
    return Fail(Error{
        fmt::format("cron({}): exactly one of day-of-month and day-of-week must be ?", text)});
  }
  Cron cron;
  OFFSTAGE_TRY_VOID(ReadList(kMinutes, fields[0], [&](unsigned v) { cron.minutes.set(v); }));
  OFFSTAGE_TRY_VOID(ReadList(kHours, fields[1], [&](unsigned v) { cron.hours.set(v); }));
  OFFSTAGE_TRY_VOID(ReadList(kMonths, fields[3], [&](unsigned v) { cron.months.set(v); }));
  OFFSTAGE_TRY_VOID(
      ReadList(kYears, fields[5], [&](unsigned v) { cron.years.set(v - kFirstYear); }));
  cron.by_weekday = fields[2] == "?";
  for (const std::string_view part : Split(cron.by_weekday ? fields[4] : fields[2], ',')) {
    const std::string_view head = part.substr(0, part.size() - (part.empty() ? 0 : 1));
    const auto hash = part.find('#');
    if (!cron.by_weekday && part == "L") {
      cron.last_day = true;
    } else if (!cron.by_weekday && part == "LW") {
      cron.last_weekday_of_month = true;
    } else if (!cron.by_weekday && part.ends_with('W')) {
      OFFSTAGE_TRY(const unsigned day, ValueOf(kDays, head));
      cron.nearest_weekday.set(day);
    } else if (cron.by_weekday && part == "L") {
      cron.weekdays.set(6);
    } else if (cron.by_weekday && part.ends_with('L')) {
      OFFSTAGE_TRY(const unsigned day, ValueOf(kWeekdays, head));
      cron.last_of_weekday.set(day - 1);
    } else if (cron.by_weekday && hash != std::string_view::npos) {
      OFFSTAGE_TRY(const unsigned day, ValueOf(kWeekdays, part.substr(0, hash)));
      const auto nth = NumberOf(part.substr(hash + 1));
      if (!nth || *nth < 1 || *nth > 5) return Fail(Wrong(kWeekdays, part));
      cron.nth_of_weekday.emplace_back(day - 1, *nth);
    } else if (cron.by_weekday) {
      OFFSTAGE_TRY_VOID(ReadPart(kWeekdays, part, [&](unsigned v) { cron.weekdays.set(v - 1); }));
    } else {
      OFFSTAGE_TRY_VOID(ReadPart(kDays, part, [&](unsigned v) { cron.days.set(v); }));
    }
  }
  return cron;
}

bool Schedule::DayFits(const Cron& cron, year_month_day day) {
  if (!cron.months.test(static_cast<unsigned>(day.month()))) return false;
  const unsigned number = static_cast<unsigned>(day.day());
  const unsigned weekday = WeekdayOf(day);
  const unsigned last = LastDayOf(day);
  if (cron.by_weekday) {
    if (cron.weekdays.test(weekday)) return true;
    if (cron.last_of_weekday.test(weekday) && number + 7 > last) return true;
    for (const auto& [wanted, nth] : cron.nth_of_weekday) {
      if (wanted == weekday && (number - 1) / 7 + 1 == nth) return true;
    }
    return false;
  }
  if (cron.days.test(number) || (cron.last_day && number == last)) return true;
  if (cron.last_weekday_of_month && number == NearestWeekday(day, last)) return true;
  for (unsigned wanted = 1; wanted <= last; ++wanted) {
    if (cron.nearest_weekday.test(wanted) && number == NearestWeekday(day, wanted)) return true;
  }
  return false;
}

Result<Schedule> Schedule::Parse(const std::string& expression) {
  const auto open = expression.find('(');
  if (open == std::string::npos || !expression.ends_with(')'))
    return Fail(
        Error{fmt::format("'{}' is no schedule: it is rate(...) or cron(...)", expression)});
  const std::string kind = expression.substr(0, open);
  const std::string inner = expression.substr(open + 1, expression.size() - open - 2);
  Schedule schedule;
  if (kind == "rate") {
    OFFSTAGE_TRY(schedule.rate_, ParseRate(inner));
  } else if (kind == "cron") {
    OFFSTAGE_TRY(schedule.cron_, ParseCron(inner));
  } else if (kind == "at") {
    OFFSTAGE_TRY(schedule.at_, ParseAt(inner));
  } else {
    return Fail(
        Error{fmt::format("'{}' is no schedule: it is rate(...) or cron(...)", expression)});
  }
  return schedule;
}

std::optional<TimePoint> Schedule::Next(TimePoint after, TimePoint anchor) const {
  if (at_) return *at_ > after ? at_ : std::nullopt;
  if (rate_) {
    if (after < anchor) return anchor + *rate_;
    const auto passed = (after - anchor) / *rate_;
    return anchor + *rate_ * (passed + 1);
  }
  // The first whole minute after `after`, then day by day.
  TimePoint from = std::chrono::floor<minutes>(after) + minutes(1);
  while (true) {
    const sys_days date = std::chrono::floor<days>(from);
    const year_month_day day(date);
    const int year = static_cast<int>(day.year());
    if (year > static_cast<int>(kLastYear)) return std::nullopt;
    const bool fits = year >= static_cast<int>(kFirstYear) &&
                      cron_->years.test(static_cast<unsigned>(year) - kFirstYear) &&
                      DayFits(*cron_, day);
    if (fits) {
      const auto first = std::chrono::duration_cast<minutes>(from - TimePoint(date)).count();
      for (auto minute = static_cast<unsigned>(first); minute < 24 * 60; ++minute) {
        if (cron_->hours.test(minute / 60) && cron_->minutes.test(minute % 60))
          return TimePoint(date) + minutes(minute);
      }
    }
    from = TimePoint(date + days(1));
  }
}

}  // namespace offstage::events
