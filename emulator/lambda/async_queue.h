// AsyncQueue: invocations of type Event, run in the background and retried as Lambda does: by
// default twice when the function fails (after one minute, then two), with growing pauses while it
// is throttled, until the event is too old.
// Waits are on the deployment's clock.
// docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
#pragma once

#include <functional>
#include <list>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "interfaces/invoker.h"

namespace offstage::lambda {

struct AsyncLimits {
  int max_retries = 2;
  std::chrono::seconds max_age{std::chrono::hours(6)};
};

// How an asynchronous invocation ended.
struct AsyncEnd {
  // In the words of destinations' records.
  enum class Condition { kSuccess, kRetriesExhausted, kEventAgeExceeded };
  Condition condition = Condition::kSuccess;
  // How often the function was tried.
  int attempts = 0;
  // Of the last attempt.
  InvokeResult result = {};
};

// Thread-safe.
class AsyncQueue {
 public:
  using Run = std::function<InvokeResult(const InvokeRequest&)>;
  using Ended = std::function<void(const InvokeRequest&, const AsyncEnd&)>;

  // Both are called on the queue's threads; while they run the invocation counts as pending.
  // `clock` outlives this.
  AsyncQueue(Run run, Ended ended, const Clock& clock);
  ~AsyncQueue();
  AsyncQueue(const AsyncQueue&) = delete;
  AsyncQueue& operator=(const AsyncQueue&) = delete;

  void Add(InvokeRequest request, const AsyncLimits& limits = {});
  // Queued and running ones.
  int Pending() const;
  // When the next waiting one is due; null: none waits.
  std::optional<TimePoint> NextDue() const;
  // Drops what waits; running ones go on.
  void Clear();
  // Drops what waits and joins the threads: running invocations must have been ended by their
  // owner.
  void Stop();

 private:
  struct Item {
    InvokeRequest request;
    TimePoint due;
    int max_retries = 2;
    TimePoint expires;
    int failures = 0;
    int throttles = 0;
    InvokeResult last = {};
  };

  void Work();
  // The first item that is due, moved out of the queue.
  std::optional<Item> TakeDue() OFFSTAGE_REQUIRES(mutex_);
  // Runs it once, or finds it too old. Its end, or null: it is to be tried again (at `item.due`).
  std::optional<AsyncEnd> Try(Item& item) const;

  const Run run_;
  const Ended ended_;
  const Clock& clock_;
  mutable Mutex mutex_;
  Condition changed_;
  std::list<Item> waiting_ OFFSTAGE_GUARDED_BY(mutex_);
  int running_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  int idle_threads_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  bool stopping_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::lambda
