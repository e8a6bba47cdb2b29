#include "events/scheduler.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace offstage::events {

namespace {

// The clock may be moved by hand, which nobody announces here.
constexpr std::chrono::milliseconds kSchedulePollInterval{100};
// A clock that jumps by a year makes a minute's rate due half a million times.
constexpr int kMostAtOnce = 100;

// "2026-11-25T12:00:00Z": without fractions.
std::string Seconds(TimePoint time) {
  return ToIso8601(time).substr(0, 19) + "Z";
}

}  // namespace

Scheduler::Scheduler(std::vector<ScheduledFunction> functions, SchedulerContext context)
    : context_(std::move(context)) {
  const TimePoint now = context_.clock.Now();
  for (ScheduledFunction& function : functions) {
    Entry entry{.function = std::move(function), .anchor = now};
    // A rate goes on counting from its first start.
    if (const auto begun = context_.checkpoints.Find(entry.function.name)) {
      entry.anchor = TimePoint(std::chrono::seconds(*begun));
    } else {
      context_.checkpoints.Set(entry.function.name, ToEpochSeconds(now));
    }
    entry.next = entry.function.schedule.Next(now, entry.anchor);
    entries_.push_back(std::move(entry));
  }
}

void Scheduler::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void Scheduler::RequestStop() {
  thread_.request_stop();
}

void Scheduler::Pause() {
  const MutexLock lock(mutex_);
  paused_ = true;
}

void Scheduler::Resume() {
  const TimePoint now = context_.clock.Now();
  const MutexLock lock(mutex_);
  for (Entry& entry : entries_) {
    entry.anchor = now;
    entry.next = entry.function.schedule.Next(now, now);
  }
  paused_ = false;
}

std::vector<std::string> Scheduler::Due() const {
  const TimePoint now = context_.clock.Now();
  const MutexLock lock(mutex_);
  std::vector<std::string> due;
  for (const Entry& entry : entries_) {
    if (!paused_ && entry.next && *entry.next <= now) due.push_back(entry.function.name);
  }
  return due;
}

std::int64_t Scheduler::Begun() const {
  const MutexLock lock(mutex_);
  return begun_;
}

void Scheduler::Wake() {
  const MutexLock lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

void Scheduler::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    FireDue();
    MutexLock lock(mutex_);
    changed_.wait_for(lock, stop, kSchedulePollInterval,
                      [this]() OFFSTAGE_NO_THREAD_SAFETY_ANALYSIS { return woken_; });
    woken_ = false;
  }
}

// Queued while the lock is held: who asks what is due sees an invocation either here or there.
void Scheduler::FireDue() {
  const TimePoint now = context_.clock.Now();
  const MutexLock lock(mutex_);
  if (paused_) return;
  for (Entry& entry : entries_) {
    int fired = 0;
    while (entry.next && *entry.next <= now && fired < kMostAtOnce) {
      ++fired;
      ++begun_;
      context_.invoke_later(
          {.function = entry.function.function, .payload = EventOf(entry.function, *entry.next)});
      entry.next = entry.function.schedule.Next(*entry.next, entry.anchor);
    }
    if (fired < kMostAtOnce) continue;
    context_.log.Warn("a schedule was due too often at once; the rest is left out",
                      {{"schedule", entry.function.name}, {"times", std::to_string(fired)}});
    entry.next = entry.function.schedule.Next(now, entry.anchor);
  }
}

std::string Scheduler::EventOf(const ScheduledFunction& function, TimePoint due) const {
  const bool rule = function.kind == ScheduledFunction::Kind::kRule;
  const std::string id = context_.ids.Uuid();
  if (!function.input.empty()) {
    std::string input = function.input;
    if (rule) return input;
    // docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
    input = ReplaceAll(std::move(input), "<aws.scheduler.schedule-arn>", function.arn);
    input = ReplaceAll(std::move(input), "<aws.scheduler.scheduled-time>", Seconds(due));
    input = ReplaceAll(std::move(input), "<aws.scheduler.execution-id>", id);
    return ReplaceAll(std::move(input), "<aws.scheduler.attempt-number>", "1");
  }
  OrderedJson event = {{"version", "0"},
                       {"id", id},
                       {"detail-type", "Scheduled Event"},
                       {"source", rule ? "aws.events" : "aws.scheduler"},
                       {"account", context_.account_id},
                       {"time", Seconds(due)},
                       {"region", context_.region},
                       {"resources", OrderedJson::array({function.arn})}};
  // The scheduler's is text.
  event["detail"] = rule ? OrderedJson::object() : OrderedJson("{}");
  return event.dump();
}

}  // namespace offstage::events
