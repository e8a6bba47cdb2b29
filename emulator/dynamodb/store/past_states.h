// PastStates: the database as it was a moment ago, for reads that may be stale. A table's replicas
// and its global indexes follow the table with a delay; a handler that reads what it has just
// written, without asking for a consistent read, finds out here instead of on AWS.
// docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "dynamodb/store/connection.h"

namespace offstage::dynamodb {

// Thread-safe. Holds an open read transaction for each state that it keeps.
class PastStates {
 public:
  // One state of the database. Its connection is for whoever holds `mutex`.
  struct State {
    std::chrono::steady_clock::time_point taken;
    std::uint64_t commits = 0;
    std::mutex mutex;
    std::unique_ptr<Connection> connection;
  };

  // Reads answer what was so `lag` ago, to an eighth of it. `commits`, which outlives this, counts
  // the database's commits.
  PastStates(std::string path, std::chrono::milliseconds lag,
             const std::atomic<std::uint64_t>& commits);

  // Forgets every earlier state: now is the past too. Called when tables or indexes come or go,
  // with other writers locked out, and after data was put in by hand.
  Status Restart();

  // The newest state that is at least `lag` old, else the oldest there is.
  Result<std::shared_ptr<State>> Get();

 private:
  void Run(const std::stop_token& stop);
  Result<std::shared_ptr<State>> Take() const;

  const std::string path_;
  const std::chrono::milliseconds lag_;
  const std::atomic<std::uint64_t>& commits_;
  std::mutex mutex_;
  // Oldest first. Guarded by mutex_.
  std::deque<std::shared_ptr<State>> states_;
  std::condition_variable_any stopping_;
  std::jthread thread_;
};

}  // namespace offstage::dynamodb
