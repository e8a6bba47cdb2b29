#include "base/clock.h"

#include <fmt/format.h>

#include <ctime>

namespace offstage {

namespace {

// Takes what it reads from the front of the text.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : left_(text) {}

  bool AtEnd() const { return left_.empty(); }
  bool Take(std::string_view characters) {
    if (left_.empty() || characters.find(left_.front()) == std::string_view::npos) return false;
    left_.remove_prefix(1);
    return true;
  }
  // Exactly so many digits, as a number up to `max`.
  bool Number(std::size_t digits, int max, int& number) {
    if (left_.size() < digits) return false;
    number = 0;
    for (const char c : left_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      number = 10 * number + (c - '0');
    }
    left_.remove_prefix(digits);
    return number <= max;
  }
  // "12:00"
  bool HoursAndMinutes(std::chrono::minutes& time) {
    int hours = 0;
    int minutes = 0;
    if (!Number(2, 23, hours) || !Take(":") || !Number(2, 59, minutes)) return false;
    time = std::chrono::hours(hours) + std::chrono::minutes(minutes);
    return true;
  }
  // The digits behind a point, down to microseconds.
  bool Fraction(std::chrono::microseconds& fraction) {
    int digit = 0;
    int worth = 100'000;
    if (!Number(1, 9, digit)) return false;
    do {
      fraction += std::chrono::microseconds(digit * worth);
      worth /= 10;
    } while (Number(1, 9, digit));
    return true;
  }

 private:
  std::string_view left_;
};

// ":30.5" and "+02:00" behind the minutes.
bool ReadSecondsAndOffset(TimeReader& reader, std::chrono::microseconds& time) {
  int seconds = 0;
  std::chrono::microseconds fraction{0};
  if (reader.Take(":")) {
    if (!reader.Number(2, 59, seconds)) return false;
    if (reader.Take(".") && !reader.Fraction(fraction)) return false;
  }
  time += std::chrono::seconds(seconds) + fraction;
  std::chrono::minutes offset{0};
  if (reader.Take("+")) {
    if (!reader.HoursAndMinutes(offset)) return false;
  } else if (reader.Take("-")) {
    if (!reader.HoursAndMinutes(offset)) return false;
    offset = -offset;
  } else {
    reader.Take("Zz");
  }
  time -= offset;
  return true;
}

}  // namespace

std::int64_t ToEpochMillis(TimePoint time) {
  return std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count();
}

std::int64_t ToEpochSeconds(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string ToIso8601(TimePoint time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     clock.subseconds().count());
}

std::optional<TimePoint> ParseIso8601(std::string_view text) {
  TimeReader reader(text);
  int year = 0;
  int month = 0;
  int day = 0;
  if (!reader.Number(4, 9999, year) || !reader.Take("-") || !reader.Number(2, 12, month) ||
      !reader.Take("-") || !reader.Number(2, 31, day))
    return std::nullopt;
  const std::chrono::year_month_day date(std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)});
  // Beyond these, the clock's nanoseconds overflow.
  if (!date.ok() || year < 1700 || year > 2200) return std::nullopt;
  std::chrono::microseconds time{0};
  if (reader.Take("Tt ")) {
    std::chrono::minutes minutes{0};
    if (!reader.HoursAndMinutes(minutes)) return std::nullopt;
    time = minutes;
    if (!ReadSecondsAndOffset(reader, time)) return std::nullopt;
  }
  if (!reader.AtEnd()) return std::nullopt;
  return TimePoint(std::chrono::sys_days(date)) + time;
}

}  // namespace offstage
