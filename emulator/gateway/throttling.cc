#include "gateway/throttling.h"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/gateway_error.h"

namespace offstage::gateway {

namespace {

http::Reply TooMany(const Call& call, const ErrorKind& kind) {
  return call.api.is_rest() ? MakeRestError(kind, call.api.config)
                            : MakeHttpError(429, kind.message);
}

// The name of the day, week or month: quotas begin anew with each.
std::string PeriodOf(UsagePlan::Quota::Period period, TimePoint now) {
  const auto day = std::chrono::floor<std::chrono::days>(now);
  if (period == UsagePlan::Quota::Period::kDay)
    return std::to_string(day.time_since_epoch().count());
  if (period == UsagePlan::Quota::Period::kWeek) {
    const auto weekday = std::chrono::weekday(day).c_encoding();  // from Sunday, as the service
    return std::to_string((day - std::chrono::days(weekday)).time_since_epoch().count());
  }
  const std::chrono::year_month_day date(day);
  return fmt::format("{}-{}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()));
}

std::string_view PeriodName(UsagePlan::Quota::Period period) {
  if (period == UsagePlan::Quota::Period::kDay) return "day";
  return period == UsagePlan::Quota::Period::kWeek ? "week" : "month";
}

}  // namespace

bool Throttling::Take(const std::string& name, const Throttle& throttle, TimePoint now) {
  const auto [place, is_new] = buckets_.try_emplace(name);
  Bucket& bucket = place->second;
  if (is_new) {
    bucket.tokens = throttle.burst;
  } else {
    const double seconds =
        std::max(0.0, std::chrono::duration<double>(now - bucket.filled).count());
    bucket.tokens = std::min(throttle.burst, bucket.tokens + seconds * throttle.rate);
  }
  bucket.filled = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

bool Throttling::TakeOfQuota(const std::string& name, const UsagePlan::Quota& quota,
                             TimePoint now) {
  Count& count = counts_[name];
  std::string period = PeriodOf(quota.period, now);
  if (count.period != period) count = {.used = 0, .period = std::move(period)};
  if (count.used >= quota.limit) return false;
  ++count.used;
  return true;
}

std::optional<http::Reply> Throttling::Check(Call& call) {
  const ApiConfig& config = call.api.config;
  const UsagePlan* plan = nullptr;
  if (call.api_key != nullptr && call.api_key->plan.has_value())
    plan = &config.usage_plans[*call.api_key->plan];
  const Throttle* stage = nullptr;
  if (stages_ == Stages::kEnforced) {
    const auto own = config.route_throttles.find(call.route->key);
    if (own != config.route_throttles.end()) {
      stage = &own->second;
    } else if (config.throttle.has_value()) {
      stage = &*config.throttle;
    }
  }
  if (plan == nullptr && stage == nullptr) return std::nullopt;
  const MutexLock lock(mutex_);
  if (stage != nullptr &&
      !Take(fmt::format("{} {}", config.id, call.route->key), *stage, call.time)) {
    call.Explain(fmt::format("throttled: {} allows {} requests a second, {} at once",
                             call.route->key, stage->rate, stage->burst));
    return TooMany(call, error::kThrottled);
  }
  if (plan == nullptr) return std::nullopt;
  const std::string name = fmt::format("{} {}", plan->name, call.api_key->id);
  if (plan->throttle.has_value() && !Take(name, *plan->throttle, call.time)) {
    call.Explain(fmt::format("throttled: the usage plan {} allows {} requests a second, {} at once",
                             plan->name, plan->throttle->rate, plan->throttle->burst));
    return TooMany(call, error::kThrottled);
  }
  if (plan->quota.has_value() && !TakeOfQuota(name, *plan->quota, call.time)) {
    call.Explain(fmt::format("the usage plan {} allows {} requests a {}", plan->name,
                             plan->quota->limit, PeriodName(plan->quota->period)));
    return TooMany(call, error::kQuotaExceeded);
  }
  return std::nullopt;
}

}  // namespace offstage::gateway
