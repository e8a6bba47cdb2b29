// Faults: DynamoDB calls that fail, wait or take their caller with them, on purpose and by count,
// so that a scenario fails the same way each time.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "aws/service.h"
#include "base/mutex.h"

namespace offstage::lambda {
class Service;
}

namespace offstage::app {

struct Fault {
  // Which calls; empty: any. Physical function and table names.
  std::string function = {};
  std::string operation = {};
  std::string table = {};
  // Of the calls that fit, counted from 1: the first one hit, and how many; times 0: all from
  // there.
  int nth = 1;
  int times = 1;

  // What happens to them. Latency first; an error type ends the call without touching the tables.
  std::chrono::milliseconds latency{0};
  std::string error = {};
  std::string message = {};
  // The process that made the call is killed before it gets an answer.
  bool kill = false;
};

// The faults in force. Thread-safe.
class FaultPlan {
 public:
  void Add(Fault fault);
  void Clear();
  // While on, every call is asked what it consumed, and its span says so (`capacity`).
  void NoteCapacity(bool on) { notes_capacity_ = on; }
  bool notes_capacity() const { return notes_capacity_; }
  // Counts the call and returns the first fault that hits it, or null.
  std::optional<Fault> Hit(std::string_view function, std::string_view operation,
                           std::string_view body);

 private:
  struct Counted {
    Fault fault;
    int seen = 0;
  };
  std::atomic<bool> notes_capacity_{false};
  Mutex mutex_;
  std::vector<Counted> faults_ OFFSTAGE_GUARDED_BY(mutex_);
};

// DynamoDB with faults in front, and with consumed capacity in its spans. Thread-safe. Borrows what
// it gets.
class FaultyService : public aws::JsonService {
 public:
  FaultyService(aws::JsonService& service, FaultPlan& plan, lambda::Service& functions)
      : service_(service), plan_(plan), functions_(functions) {}

  aws::Outcome<std::string> Execute(const aws::Call& call, aws::CallFacts& facts) override;
  bool SendsCrc32() const override { return service_.SendsCrc32(); }
  std::string_view ErrorTypePrefix(std::string_view error_type) const override {
    return service_.ErrorTypePrefix(error_type);
  }
  std::string_view ContentType() const override { return service_.ContentType(); }

 private:
  aws::Outcome<std::string> Pass(const aws::Call& call, aws::CallFacts& facts);

  aws::JsonService& service_;
  FaultPlan& plan_;
  lambda::Service& functions_;
};

}  // namespace offstage::app
