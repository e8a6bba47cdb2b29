// EnvironmentPool: which environment runs an invocation. Warm ones are used again, new ones are
// made up to the limits, those of old code and idle ones are ended in the background.
#pragma once

#include <chrono>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/mutex.h"
#include "interfaces/caller.h"
#include "lambda/archive.h"
#include "lambda/code_facts.h"
#include "lambda/code_watch.h"
#include "lambda/execution_environment.h"

namespace offstage::lambda {

// One function with what the service found out about it.
struct Function {
  FunctionConfig config = {};
  Runtime runtime = {};
  // Without a qualifier.
  std::string arn = {};
  // Where a debugger may attach to its one environment; 0: it is not debugged.
  int debug_port = 0;
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
  // What the machine allows its environments; before the first Acquire.
  void SetMounts(const MountSupport& mounts);
  // Stops.
  ~EnvironmentPool();
  EnvironmentPool(const EnvironmentPool&) = delete;
  EnvironmentPool& operator=(const EnvironmentPool&) = delete;

  void SetAwsEndpoint(std::string url);
  void SetTlsPorts(int tls_port, int api_port);
  // With folders instead of zip files, unpacked if need be. Fails when one cannot be unpacked.
  Result<FunctionConfig> Unpacked(const FunctionConfig& config);
  // Of the code as it is now; read again only when it has changed.
  CodeFacts FactsOf(const Function& function);
  // Starts environments until `count` are there or no more may be made; waits until they are ready.
  void WarmUp(const Function& function, int count);
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
    std::uint64_t generation = 0;                     // Their sum as last seen.
    std::optional<CodeFacts> facts;                   // Of the code of facts_generation.
    std::uint64_t facts_generation = 0;
    std::optional<Interpreter> interpreter;
    // The one used last is at the end, and used first.
    std::vector<Shared> idle;
  };

  Slot& SlotOf(const Function& function) OFFSTAGE_REQUIRES(mutex_);
  Result<Interpreter> InterpreterOf(const Function& function, const FunctionConfig& unpacked);
  std::shared_ptr<CodeWatch> WatchOf(const std::filesystem::path& folder) OFFSTAGE_REQUIRES(mutex_);
  std::uint64_t Generation(const Function& function, Slot& slot) OFFSTAGE_REQUIRES(mutex_);
  std::uint64_t GenerationNow(const Function& function) OFFSTAGE_EXCLUDES(mutex_);
  Shared TakeIdle(const Function& function, Slot& slot) OFFSTAGE_REQUIRES(mutex_);
  bool MakeRoom() OFFSTAGE_REQUIRES(mutex_);
  void Retire(const Shared& environment) OFFSTAGE_REQUIRES(mutex_);
  void RetireIdleSince(std::chrono::steady_clock::time_point limit) OFFSTAGE_REQUIRES(mutex_);
  // The first invocation is yet to come, or not.
  enum class For { kInvocation, kLater };
  Acquired Make(const Function& function, For purpose);
  void Bury();
  void WatchMemory();

  const Options& options_;
  process::Host& host_;
  InterpreterFinder& interpreters_;
  const Dependencies& dependencies_;
  ArchiveStore archives_;

  mutable Mutex mutex_;
  Condition freed_;
  Condition to_bury_;
  Condition to_watch_;
  Endpoints endpoints_ OFFSTAGE_GUARDED_BY(mutex_);
  MountSupport mounts_ OFFSTAGE_GUARDED_BY(mutex_);
  // By name and version.
  std::unordered_map<std::string, Slot> slots_ OFFSTAGE_GUARDED_BY(mutex_);
  // Environments of a function that are not retired, running ones and all versions included.
  std::unordered_map<std::string, int> alive_of_ OFFSTAGE_GUARDED_BY(mutex_);
  std::map<std::filesystem::path, std::shared_ptr<CodeWatch>> watches_ OFFSTAGE_GUARDED_BY(mutex_);
  // By access key id; every environment that is not yet gone.
  std::map<std::string, Shared, std::less<>> environments_ OFFSTAGE_GUARDED_BY(mutex_);
  // Not retired, over all functions.
  int alive_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  std::vector<Shared> retired_ OFFSTAGE_GUARDED_BY(mutex_);
  bool stopping_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  bool stopped_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  std::thread undertaker_;
  std::thread memory_watch_;
};

}  // namespace offstage::lambda
