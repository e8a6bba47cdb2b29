// AsyncQueue: invocations of type Event, run in the background and retried as Lambda does: twice
// when the function fails (after one minute, then two), with growing pauses while it is throttled.
// Waits are on the deployment's clock.
// docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <optional>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "interfaces/invoker.h"

namespace offstage::lambda {

// Thread-safe.
class AsyncQueue {
 public:
  using Run = std::function<InvokeResult(const InvokeRequest&)>;

  // `run` is called on the queue's threads. `clock` and `log` outlive this.
  AsyncQueue(Run run, const Clock& clock, Log& log);
  ~AsyncQueue();
  AsyncQueue(const AsyncQueue&) = delete;
  AsyncQueue& operator=(const AsyncQueue&) = delete;

  void Add(InvokeRequest request);
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
    int failures = 0;
    int throttles = 0;
  };

  void Work();
  // The first item that is due, moved out of the queue.
  std::optional<Item> TakeDue() OFFSTAGE_REQUIRES(mutex_);
  // Puts an invocation that is to be tried again back into the queue.
  void Finish(Item item, const InvokeResult& result) OFFSTAGE_REQUIRES(mutex_);

  const Run run_;
  const Clock& clock_;
  Log& log_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Item> waiting_ OFFSTAGE_GUARDED_BY(mutex_);
  int running_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  int idle_threads_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  bool stopping_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::lambda
