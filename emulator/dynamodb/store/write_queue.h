// WriteQueue: group commit. SQLite has one writer; those that arrive while it is busy wait in line,
// and the first of them then runs all that wait in one transaction, so that a commit's cost (file
// locks, the log's frames) is shared. bench/dynamodb_store_bench.cc shows what that is worth.
#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/store/session.h"

namespace offstage::dynamodb {

// Thread-safe.
class WriteQueue {
 public:
  using Work = std::function<aws::Outcome<Unit>(WriteSession&)>;

  // A write and what came of it. Lives on the stack of the thread that waits for it.
  struct Job {
    explicit Job(const Work& to_do) : work(to_do) {}
    const Work& work;
    aws::Outcome<Unit> outcome = Ok();
    // A bug of ours that `work` has thrown, for the thread that waits.
    std::exception_ptr bug;

   private:
    friend class WriteQueue;
    enum class State { kWaiting, kLeads, kDone };
    // Where a thread waits for its job; the thread's own, so that it can be told after the job is
    // gone.
    struct Bell {
      std::mutex mutex;
      std::condition_variable rung;
    };
    static std::shared_ptr<Bell> BellOfThisThread();
    const std::shared_ptr<Bell> bell = BellOfThisThread();
    State state = State::kWaiting;  // Guarded by the bell's mutex.
    void MoveTo(State next);
    State AwaitMove();
  };

  // Runs the jobs of a group and sets their outcomes; never two groups at once.
  using RunGroup = std::function<void(const std::vector<Job*>&)>;
  explicit WriteQueue(RunGroup run) : run_(std::move(run)) {}

  // Returns when `job` has been run, on this thread or on another that waits here.
  void Run(Job& job);

 private:
  // Nobody waits long behind a group.
  static constexpr std::size_t kMaxGroup = 64;

  const RunGroup run_;
  std::mutex mutex_;
  // Guarded by mutex_: whether some thread leads, and who waits for the next group.
  bool led_ = false;
  std::vector<Job*> waiting_;
};

}  // namespace offstage::dynamodb
