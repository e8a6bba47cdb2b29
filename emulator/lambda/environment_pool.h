// EnvironmentPool: which environment runs an invocation. Warm ones are used again, new ones are
// made up to the limits, those of old code and idle ones are ended in the background.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "interfaces/caller.h"
#include "lambda/code_watch.h"
#include "lambda/execution_environment.h"

namespace offstage::lambda {

// One function with what the service found out about it.
struct Function {
  FunctionConfig config = {};
  Runtime runtime = {};
  std::string arn = {};
  // Not empty: its runtime does not exist or is not emulated, so every invocation fails with this.
  std::string refused = {};
};

struct Acquired {
  enum class Kind {
    kWarm,       // `environment` waits for an invocation.
    kCold,       // `environment` must be started.
    kThrottled,  // `reason` says which limit.
    kCannot,     // No environment can be made: `reason`.
    kNotYet,     // Nothing was free until the deadline.
    kStopped,
  };
  Kind kind = Kind::kWarm;
  // Shared: the invocation uses it while the pool may end it.
  std::shared_ptr<ExecutionEnvironment> environment = {};
  std::string reason = {};
};

// Thread-safe.
class EnvironmentPool {
 public:
  // Everything borrowed outlives this.
  EnvironmentPool(const Options& options, process::Host& host, InterpreterFinder& interpreters,
                  const Dependencies& dependencies);
  // Stops.
  ~EnvironmentPool();
  EnvironmentPool(const EnvironmentPool&) = delete;
  EnvironmentPool& operator=(const EnvironmentPool&) = delete;

  void SetAwsEndpoint(std::string url);
  // Waits at most until `until` when the deployment's limit is reached.
  Acquired Acquire(const Function& function, process::Deadline until);
  // Gives an environment back: kept for the next invocation, or ended when it is dead or its code
  // is old.
  void Release(const Function& function, const std::shared_ptr<ExecutionEnvironment>& environment);

  // Ends idle environments, so that the next invocation starts cold: of one function by physical
  // name, or of all when it is empty.
  void RetireIdle(const std::string& function);
  // Ends the environment that runs this invocation by SIGKILL; false: none does.
  bool KillRunning(std::string_view request_id);

  std::optional<Caller> FindCaller(std::string_view access_key_id) const;
  // Processes not yet known to be gone.
  int EnvironmentCount() const;

  // Ends every environment and waits until all are gone. Later Acquire calls give kStopped.
  void Stop(std::chrono::milliseconds grace);

 private:
  using Shared = std::shared_ptr<ExecutionEnvironment>;
  // What is kept per function.
  struct Slot {
    std::vector<std::shared_ptr<CodeWatch>> watches;  // Shared by functions with the same folder.
    std::optional<Interpreter> interpreter;
    // The one used last is at the end, and used first.
    std::vector<Shared> idle;
    // Environments of the function that are not retired, running ones included.
    int alive = 0;
  };

  Slot& SlotOf(const Function& function) OFFSTAGE_REQUIRES(mutex_);
  Result<Interpreter> InterpreterOf(const Function& function);
  std::shared_ptr<CodeWatch> WatchOf(const std::filesystem::path& folder) OFFSTAGE_REQUIRES(mutex_);
  std::uint64_t Generation(const Function& function, Slot& slot) OFFSTAGE_REQUIRES(mutex_);
  Shared TakeIdle(const Function& function, Slot& slot) OFFSTAGE_REQUIRES(mutex_);
  bool MakeRoom() OFFSTAGE_REQUIRES(mutex_);
  void Retire(Slot& slot, const Shared& environment) OFFSTAGE_REQUIRES(mutex_);
  void RetireIdleSince(std::chrono::steady_clock::time_point limit) OFFSTAGE_REQUIRES(mutex_);
  Acquired Make(const Function& function);
  void Bury();

  const Options& options_;
  process::Host& host_;
  InterpreterFinder& interpreters_;
  const Dependencies& dependencies_;

  mutable Mutex mutex_;
  std::condition_variable_any freed_;
  std::condition_variable_any to_bury_;
  std::string aws_endpoint_url_ OFFSTAGE_GUARDED_BY(mutex_);
  std::unordered_map<std::string, Slot> slots_ OFFSTAGE_GUARDED_BY(mutex_);
  std::map<std::filesystem::path, std::shared_ptr<CodeWatch>> watches_ OFFSTAGE_GUARDED_BY(mutex_);
  // By access key id; every environment that is not yet gone.
  std::map<std::string, Shared, std::less<>> environments_ OFFSTAGE_GUARDED_BY(mutex_);
  // Not retired, over all functions.
  int alive_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  std::vector<Shared> retired_ OFFSTAGE_GUARDED_BY(mutex_);
  bool stopping_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  bool stopped_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  std::thread undertaker_;
};

}  // namespace offstage::lambda
