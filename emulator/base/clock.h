// The deployment's clock. Token expiry, TTL, schedules, stream timestamps and
// logs read this, never the system's clock, so that scenarios can set and
// advance it. (Measured durations and process deadlines are real time:
// std::chrono::steady_clock.)
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/mutex.h"

namespace offstage {

using TimePoint = std::chrono::system_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint Now() const = 0;
};

// The machine's own time. Thread-safe.
class SystemClock : public Clock {
 public:
  TimePoint Now() const override { return std::chrono::system_clock::now(); }
};

// Time that moves only when told to. Thread-safe.
class ManualClock : public Clock {
 public:
  explicit ManualClock(TimePoint start) : now_(start) {}
  TimePoint Now() const override {
    const MutexLock lock(mutex_);
    return now_;
  }
  void Set(TimePoint now) {
    const MutexLock lock(mutex_);
    now_ = now;
  }
  void Advance(std::chrono::nanoseconds by) {
    const MutexLock lock(mutex_);
    now_ += std::chrono::duration_cast<TimePoint::duration>(by);
  }

 private:
  mutable Mutex mutex_;
  TimePoint now_ OFFSTAGE_GUARDED_BY(mutex_);
};

// Milliseconds and seconds since the epoch.
std::int64_t ToEpochMillis(TimePoint time);
std::int64_t ToEpochSeconds(TimePoint time);

// "2026-11-25T12:00:00.123Z", always UTC.
std::string ToIso8601(TimePoint time);

// "2026-11-25", "2026-11-25T12:00", "2026-11-25T12:00:00.123456", each time of day with "Z", an
// offset ("+02:00") or nothing (UTC); a space may stand for the T. A date alone is its midnight.
// Nothing for anything else, hours, minutes and seconds beyond 23, 59 and 59 among it.
std::optional<TimePoint> ParseIso8601(std::string_view text);

}  // namespace offstage
