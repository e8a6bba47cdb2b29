// Throttling: token buckets and quotas. docs.aws.amazon.com/apigateway/latest/developerguide/
// api-gateway-request-throttling.html and api-gateway-api-usage-plans.html
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "gateway/call.h"
#include "http/message.h"

namespace offstage::gateway {

// Thread-safe. Reads the deployment's clock: moving it on fills buckets and begins new periods.
class Throttling {
 public:
  // Whether the limits of stages and routes count; those of usage plans always do.
  enum class Stages { kIgnored, kEnforced };

  explicit Throttling(Stages stages) : stages_(stages) {}

  // Takes one request from everything that limits it; the 429 when one of them has none left. The
  // key is known by now.
  std::optional<http::Reply> Check(Call& call);

 private:
  struct Bucket {
    double tokens = 0;
    TimePoint filled = {};
  };
  struct Count {
    std::int64_t used = 0;
    std::string period = {};
  };

  // False when it is empty.
  bool Take(const std::string& name, const Throttle& throttle, TimePoint now)
      OFFSTAGE_REQUIRES(mutex_);
  bool TakeOfQuota(const std::string& name, const UsagePlan::Quota& quota, TimePoint now)
      OFFSTAGE_REQUIRES(mutex_);

  const Stages stages_;
  Mutex mutex_;
  std::map<std::string, Bucket> buckets_ OFFSTAGE_GUARDED_BY(mutex_);
  std::map<std::string, Count> counts_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::gateway
