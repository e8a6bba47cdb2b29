#include "lambda/async_queue.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace offstage::lambda {
namespace {

using std::chrono::milliseconds;

// Invocations that run at once; more wait in the queue.
constexpr std::size_t kMaxThreads = 32;
// A deployment's clock may be moved by hand, which nobody announces here.
constexpr milliseconds kClockPollInterval{100};
constexpr std::chrono::seconds kLongestThrottlePause{300};

}  // namespace

AsyncQueue::AsyncQueue(Run run, Ended ended, const Clock& clock)
    : run_(std::move(run)), ended_(std::move(ended)), clock_(clock) {}

AsyncQueue::~AsyncQueue() {
  Stop();
}

void AsyncQueue::Add(InvokeRequest request, const AsyncLimits& limits) {
  const MutexLock lock(mutex_);
  if (stopping_) return;
  const TimePoint now = clock_.Now();
  waiting_.push_back({.request = std::move(request),
                      .due = now,
                      .max_retries = limits.max_retries,
                      .expires = now + limits.max_age});
  const bool more = static_cast<std::size_t>(idle_threads_) < waiting_.size();
  if (more && threads_.size() < kMaxThreads) threads_.emplace_back([this] { Work(); });
  changed_.notify_one();
}

int AsyncQueue::Pending() const {
  const MutexLock lock(mutex_);
  return static_cast<int>(waiting_.size()) + running_;
}

std::optional<TimePoint> AsyncQueue::NextDue() const {
  const MutexLock lock(mutex_);
  if (waiting_.empty()) return std::nullopt;
  return std::ranges::min_element(waiting_, {}, &Item::due)->due;
}

void AsyncQueue::Clear() {
  const MutexLock lock(mutex_);
  waiting_.clear();
}

std::optional<AsyncQueue::Item> AsyncQueue::TakeDue() {
  const TimePoint now = clock_.Now();
  const auto found =
      std::ranges::find_if(waiting_, [now](const Item& item) { return item.due <= now; });
  if (found == waiting_.end()) return std::nullopt;
  Item item = std::move(*found);
  waiting_.erase(found);
  return item;
}

void AsyncQueue::Work() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    std::optional<Item> item = TakeDue();
    if (!item.has_value()) {
      ++idle_threads_;
      if (waiting_.empty()) {
        changed_.wait(lock);
      } else {
        changed_.wait_for(lock, kClockPollInterval);
      }
      --idle_threads_;
      continue;
    }
    ++running_;
    lock.unlock();
    const std::optional<AsyncEnd> end = Try(*item);
    if (end.has_value()) ended_(item->request, *end);
    lock.lock();
    if (!end.has_value() && !stopping_) waiting_.push_back(*std::move(item));
    --running_;
  }
}

std::optional<AsyncEnd> AsyncQueue::Try(Item& item) const {
  using Condition = AsyncEnd::Condition;
  const auto end = [&item](Condition condition, int attempts) {
    return AsyncEnd{.condition = condition, .attempts = attempts, .result = std::move(item.last)};
  };
  if (clock_.Now() >= item.expires) return end(Condition::kEventAgeExceeded, item.failures);
  item.last = run_(item.request);
  if (item.last.status == InvokeStatus::kThrottled) {
    const auto pause = std::min<std::chrono::seconds>(
        std::chrono::seconds(1 << std::min(item.throttles, 8)), kLongestThrottlePause);
    ++item.throttles;
    item.due = std::min(clock_.Now() + pause, item.expires);
    return std::nullopt;
  }
  if (item.last.status != InvokeStatus::kFunctionError) {
    return end(Condition::kSuccess, item.failures + 1);
  }
  ++item.failures;
  if (item.failures > item.max_retries) return end(Condition::kRetriesExhausted, item.failures);
  item.due = std::min<TimePoint>(clock_.Now() + std::chrono::minutes(item.failures), item.expires);
  return std::nullopt;
}

void AsyncQueue::Stop() {
  std::vector<std::thread> threads;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    waiting_.clear();
    threads = std::exchange(threads_, {});
    changed_.notify_all();
  }
  for (std::thread& thread : threads)
    thread.join();
}

}  // namespace offstage::lambda
