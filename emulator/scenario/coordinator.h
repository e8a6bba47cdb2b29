// Coordinator and worker: scenarios run in worker processes, each with a deployment of its own. A
// worker asks the coordinator over loopback HTTP for one scenario at a time and brings the result
// with its next question; so when an emulator crashes, the coordinator knows which scenario is
// lost, and the others go on in a new worker.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/mutex.h"
#include "base/result.h"
#include "http/server.h"
#include "scenario/result.h"
#include "scenario/selection.h"

namespace offstage::scenario {

// Thread-safe.
class Coordinator {
 public:
  struct Options {
    // Give out no more once one has failed.
    enum class AtFailure { kGoOn, kStop } at_failure = AtFailure::kGoOn;
  };
  // `scenarios` outlives this. Listens on a free port of the loopback interface.
  static Result<std::unique_ptr<Coordinator>> Start(const std::vector<Scenario>& scenarios,
                                                    std::vector<Assignment> assignments,
                                                    const Options& options, IdSource& ids);
  ~Coordinator();

  // What a worker is told to ask: "http://127.0.0.1:PORT/TOKEN/WORKER".
  std::string UrlFor(int worker) const;

  // A worker process is gone. Its scenario, if it had one, counts as an error with `why`.
  // True when it had asked for work at least once.
  bool WorkerEnded(int worker, const std::string& why);
  // Give out nothing more.
  void Stop();

  // Work that is not given out yet.
  std::size_t Waiting() const;
  // Waits for the next result, at most so long; null: none came. In the order of arrival.
  std::optional<ScenarioResult> NextResult(std::chrono::milliseconds limit);
  // Everything given out has come back.
  bool Finished() const;
  // A worker has done its part, or has ended: wakes NextResult.
  void Wake();

 private:
  Coordinator(const std::vector<Scenario>& scenarios, std::vector<Assignment> assignments,
              const Options& options, std::string token);
  http::Reply Handle(const http::Request& request);
  void Take(int worker, ScenarioResult result) OFFSTAGE_REQUIRES(mutex_);

  const std::vector<Scenario>& scenarios_;
  const Options options_;
  const std::string token_;
  mutable Mutex mutex_;
  Condition changed_;
  std::deque<Assignment> waiting_ OFFSTAGE_GUARDED_BY(mutex_);
  // By worker.
  std::map<int, Assignment> running_ OFFSTAGE_GUARDED_BY(mutex_);
  std::map<int, bool> asked_ OFFSTAGE_GUARDED_BY(mutex_);
  std::deque<ScenarioResult> results_ OFFSTAGE_GUARDED_BY(mutex_);
  bool woken_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  std::unique_ptr<http::Server> server_;
};

// The worker's side: asks `url` for work until there is none. `run` is called with an index into
// the scenarios and the number of the run. Fails when the coordinator does not answer.
Status Work(const std::string& url,
            const std::function<ScenarioResult(std::size_t scenario, int run)>& run);

}  // namespace offstage::scenario
