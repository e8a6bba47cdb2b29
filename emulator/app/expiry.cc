#include "app/expiry.h"

#include <algorithm>

namespace offstage::app {

namespace {

constexpr std::chrono::milliseconds kShortestPause{3'000};
// A sweep reads each table that has a time to live; large ones are swept less often, so that
// sweeping takes at most about one hundredth of the time.
constexpr int kPausePerSweep = 100;

}  // namespace

Expiry::Expiry(dynamodb::TableService& tables, Log& log)
    : tables_(tables), log_(log), thread_([this](const std::stop_token& stop) { Run(stop); }) {}

void Expiry::Run(const std::stop_token& stop) {
  std::chrono::milliseconds pause = kShortestPause;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      stopping_.wait_for(lock, stop, pause, [] { return false; });
    }
    if (stop.stop_requested()) return;
    const auto start = std::chrono::steady_clock::now();
    const auto expired = tables_.ExpireItems(stop);
    if (!expired.ok()) {
      log_.Warn("expired items could not be deleted", {{"why", expired.error().message}});
    } else if (*expired > 0) {
      log_.Info("deleted items whose time to live has passed",
                {{"items", std::to_string(*expired)}});
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    pause = std::max(kShortestPause, took * kPausePerSweep);
  }
}

}  // namespace offstage::app
