// Attempts: how often somebody has tried. Wrong passwords and codes lock a user out for a while;
// sending and entering codes and changing passwords are limited by the hour. In memory: a restart
// forgets.
// docs.aws.amazon.com/cognito/latest/developerguide/authentication.html (lockout behavior)
// docs.aws.amazon.com/cognito/latest/developerguide/quotas.html (per user)
#pragma once

#include <deque>
#include <map>
#include <string>

#include "base/mutex.h"

namespace offstage::cognito {

// Thread-safe. Times are seconds since the epoch; `user` is any text that names one.
class Attempts {
 public:
  // Whether sign-ins of the user are refused now ("Password attempts exceeded"). Such an attempt
  // changes nothing but that the user has tried.
  bool IsLockedOut(const std::string& user, std::int64_t now);
  // After n failures, of which the first four are free: for 2^(n-5) seconds, 15 minutes at most.
  void Fail(const std::string& user, std::int64_t now);
  void Succeed(const std::string& user);

  // Counts one attempt at `what`; false when there were `limit` within the last hour.
  bool Take(const std::string& user, const std::string& what, std::size_t limit, std::int64_t now);

  // Whether there was an attempt at `what` within the last hour.
  bool HasTaken(const std::string& user, const std::string& what, std::int64_t now) const;

  // Nobody has tried anything.
  void Clear();

 private:
  struct Failures {
    int count = 0;
    std::int64_t locked_until = 0;
    std::int64_t last_attempt = 0;
  };
  mutable Mutex mutex_;
  std::map<std::string, Failures> failures_ OFFSTAGE_GUARDED_BY(mutex_);
  std::map<std::string, std::deque<std::int64_t>> taken_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::cognito
