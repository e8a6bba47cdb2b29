#include "cognito/attempts.h"

#include <algorithm>

namespace offstage::cognito {

namespace {

constexpr int kFreeFailures = 5;
constexpr std::int64_t kLongestLockout = 15 * 60;
// So long without any attempt, and everything is as at first.
constexpr std::int64_t kForgivenAfter = 15 * 60;
constexpr std::int64_t kHour = 3600;
// Scenarios move the clock back: what is further ahead than this never was.
constexpr std::int64_t kFarAhead = 60;
// Anybody can name users: forget rather than grow without bound.
constexpr std::size_t kMostKept = 20000;

}  // namespace

bool Attempts::IsLockedOut(const std::string& user, std::int64_t now) {
  const MutexLock lock(mutex_);
  const auto found = failures_.find(user);
  if (found == failures_.end()) return false;
  Failures& failures = found->second;
  if (now - failures.last_attempt >= kForgivenAfter || failures.last_attempt > now + kFarAhead) {
    failures_.erase(found);
    return false;
  }
  failures.last_attempt = now;
  return now < failures.locked_until;
}

void Attempts::Fail(const std::string& user, std::int64_t now) {
  const MutexLock lock(mutex_);
  if (failures_.size() >= kMostKept) failures_.clear();
  Failures& failures = failures_[user];
  failures.last_attempt = now;
  if (++failures.count < kFreeFailures) return;
  const int doublings = std::min(failures.count - kFreeFailures, 10);
  failures.locked_until = now + std::min(std::int64_t{1} << doublings, kLongestLockout);
}

void Attempts::Succeed(const std::string& user) {
  const MutexLock lock(mutex_);
  failures_.erase(user);
}

bool Attempts::Take(const std::string& user, const std::string& what, std::size_t limit,
                    std::int64_t now) {
  const MutexLock lock(mutex_);
  if (taken_.size() >= kMostKept) taken_.clear();
  std::deque<std::int64_t>& times = taken_[user + " " + what];
  std::erase_if(times,
                [now](std::int64_t time) { return now - time >= kHour || time > now + kFarAhead; });
  if (times.size() >= limit) return false;
  times.push_back(now);
  return true;
}

bool Attempts::HasTaken(const std::string& user, const std::string& what, std::int64_t now) const {
  const MutexLock lock(mutex_);
  const auto found = taken_.find(user + " " + what);
  return found != taken_.end() &&
         std::any_of(found->second.begin(), found->second.end(), [now](std::int64_t time) {
           return now - time < kHour && time <= now + kFarAhead;
         });
}

void Attempts::Clear() {
  const MutexLock lock(mutex_);
  failures_.clear();
  taken_.clear();
}

}  // namespace offstage::cognito
