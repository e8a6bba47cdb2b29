// Scheduler: functions that are invoked by time: EventBridge rules and EventBridge Scheduler's
// schedules. On the deployment's clock; as there, invocations are asynchronous.
#pragma once

#include <condition_variable>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/mutex.h"
#include "events/checkpoints.h"
#include "events/schedule.h"
#include "interfaces/invoker.h"

namespace offstage::events {

struct ScheduledFunction {
  // For people and as the checkpoint's name: "Stack/Function/Event".
  std::string name = {};
  // Physical name.
  std::string function = {};
  Schedule schedule = {};
  // What the event names as its source, and how it looks without `input`.
  enum class Kind { kRule, kScheduler } kind = Kind::kRule;
  std::string arn = {};
  // JSON text in place of the event; empty: none. A schedule's may hold <aws.scheduler....>.
  std::string input = {};
};

struct SchedulerContext {
  const Clock& clock;
  IdSource& ids;
  Log& log;
  Checkpoints& checkpoints;
  std::string region = {};
  std::string account_id = {};
  // InvocationType Event.
  std::function<void(InvokeRequest)> invoke_later = {};
};

// Thread-safe.
class Scheduler {
 public:
  Scheduler(std::vector<ScheduledFunction> functions, SchedulerContext context);

  void Start();
  void RequestStop();
  // Nothing becomes due until Resume, which forgets what would have been.
  void Pause();
  void Resume();

  // Names of schedules whose time has come and that have not been invoked yet.
  std::vector<std::string> Due() const;
  // Invocations so far.
  std::int64_t Begun() const;
  void Wake();

 private:
  struct Entry {
    ScheduledFunction function;
    TimePoint anchor = {};
    std::optional<TimePoint> next = {};
  };

  void Run(const std::stop_token& stop);
  void FireDue();
  std::string EventOf(const ScheduledFunction& function, TimePoint due) const;

  const SchedulerContext context_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Entry> entries_ OFFSTAGE_GUARDED_BY(mutex_);
  std::int64_t begun_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  bool paused_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  bool woken_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  std::jthread thread_;
};

}  // namespace offstage::events
