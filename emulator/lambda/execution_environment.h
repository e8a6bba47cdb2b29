// ExecutionEnvironment: one handler process and the Runtime API server that it talks to. Serves one
// invocation at a time.
//
//   environment->Start();
//   environment->AwaitReady(deadline);       // until the first `next`: the init phase
//   environment->Hand(invocation, deadline);
//   outcome = environment->AwaitAnswer(deadline);
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "http/server.h"
#include "lambda/invocation_log.h"
#include "lambda/launch.h"
#include "lambda/sandbox.h"
#include "process/process.h"

namespace offstage::lambda {

// What `next` hands to the runtime.
struct Handed {
  std::string request_id = {};
  std::string payload = {};
  std::string client_context = {};
  std::string trace_header = {};
  // With the qualifier that the caller used.
  std::string function_arn = {};
};

// How an invocation ended, as far as the environment knows.
struct EnvironmentOutcome {
  enum class Kind {
    kAnswered,  // `payload` is the handler's answer; empty when it came in pieces.
    kPiece,     // `payload` is one piece of a streamed answer of type `content_type`; more follow.
    kReported,  // `payload` is the error JSON that the runtime posted.
    kTooLarge,  // The answer was over the quota.
    kExited,    // The process ended after it took the invocation.
    kNeverTaken,  // The process ended before: the invocation may be given to another environment.
    kShutDown,    // The service stops.
  };
  Kind kind = Kind::kAnswered;
  std::string payload = {};
  std::string content_type = {};
  process::ExitStatus exit = {};
  // kExited: it was ended because it used more than its MemorySize; so many bytes.
  std::size_t out_of_memory = 0;
};

// Thread-safe.
class ExecutionEnvironment : private process::Listener {
 public:
  struct Parameters {
    FunctionConfig function;
    Runtime runtime;
    Interpreter interpreter;
    Endpoints endpoints;
    // Of the function's code when the process was made.
    std::uint64_t generation = 0;
    MountSupport mounts;
    int debug_port = 0;
    bool provisioned = false;
  };

  // Borrows what it gets by reference; all of it outlives this.
  ExecutionEnvironment(Parameters parameters, const Options& options, process::Host& host,
                       const Dependencies& dependencies);
  ~ExecutionEnvironment() override;

  // Opens the Runtime API and starts the process. Fails when either cannot be.
  Status Start();
  // Ends the process by SIGKILL and starts another one: the init phase repeated under the
  // function's own timeout.
  Status Restart();

  enum class Init {
    kReady,
    kFailed,    // See InitFailure().
    kNotYet,    // The deadline passed.
    kShutDown,  // The service stops.
  };
  Init AwaitReady(process::Deadline deadline);
  // Of a failed init: the error JSON that the runtime reported (kReported) or its exit (kExited).
  EnvironmentOutcome InitFailure() const;
  // From the start of the process until the first `next`.
  std::chrono::microseconds InitDuration() const;
  // The parts of a finished init, as the bootstrap tells them; null when it does not.
  struct InitParts {
    std::chrono::microseconds process{0};  // Until the bootstrap's first line.
    std::chrono::microseconds runtime{0};  // Until the user's code.
    std::chrono::microseconds code{0};     // Loading that.
  };
  std::optional<InitParts> PartsOfInit() const;

  // Gives the next invocation to the runtime, which has until `deadline` to read it; at most one at
  // a time.
  void Hand(Handed invocation, process::Deadline deadline);
  // Null: no answer at the deadline.
  std::optional<EnvironmentOutcome> AwaitAnswer(process::Deadline deadline);

  // Its init phase has ended well.
  bool Ready() const;
  // The process lives and the service goes on.
  bool Alive() const;
  // Ends the process; answers waits with kShutDown. Does not wait.
  void BeginShutdown(std::chrono::milliseconds grace);
  // Ends the process by SIGKILL. Does not wait.
  void Kill();
  // Waits until the process is gone and the server closed. BeginShutdown or Kill comes first.
  void FinishShutdown();

  // Ends the process by SIGKILL when it has more than its MemorySize in use.
  void EnforceMemory();

  // The most memory that the process has used, or null.
  std::optional<std::size_t> PeakMemory();

  const EnvironmentIdentity& identity() const { return identity_; }
  const FunctionConfig& function() const { return parameters_.function; }
  std::uint64_t generation() const { return parameters_.generation; }
  InvocationLog& log() { return log_; }
  // Request id of the running invocation, or "".
  std::string CurrentRequestId() const;

  // For the pool, which guards them by its own mutex.
  std::chrono::steady_clock::time_point idle_since{};

 private:
  struct Running {
    Handed invocation = {};
    bool taken = false;
    // A streamed answer has begun.
    bool streaming = false;
    std::string content_type = {};
    // Of a streamed answer, not yet taken by AwaitAnswer.
    std::string pieces = {};
    std::optional<EnvironmentOutcome> outcome = {};
  };

  void OnOutput(std::string_view bytes) override;
  void OnRefusedConnection(std::string_view address) override;
  void OnExit(const process::ExitStatus& status) override;
  Status StartProcess();
  http::Reply Answer(const http::Request& request);
  bool IsNext(const http::Request& request) const;
  void TakeNext(const http::Request& request, std::shared_ptr<http::Later> later);
  void GiveRunning(process::Deadline deadline);
  enum class Given { kToARuntime, kNotNow, kToNobody };  // kToNobody: who waited has gone.
  Given GiveOnce(process::Deadline deadline);
  http::Reply EventReply(Handed invocation) const;
  http::Reply TakeResult(std::string_view request_id, EnvironmentOutcome outcome);
  http::Reply TakeInitError(const std::string& payload);
  std::optional<http::Reply> TakeStream(const http::Request& head, http::BodyReader& body);
  bool IsAwaited(std::string_view request_id) const OFFSTAGE_REQUIRES(mutex_);
  void DrainOutput();

  const Parameters parameters_;
  const Options& options_;
  process::Host& host_;
  const EnvironmentIdentity identity_;
  Log& program_log_;
  InvocationLog log_;

  mutable Mutex mutex_;
  Condition changed_;
  bool ready_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  bool shut_down_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  // The newest `next` call, while it has no invocation.
  std::shared_ptr<http::Later> next_ OFFSTAGE_GUARDED_BY(mutex_);
  std::optional<Running> running_ OFFSTAGE_GUARDED_BY(mutex_);
  std::string last_request_id_ OFFSTAGE_GUARDED_BY(mutex_);
  std::optional<std::string> init_error_ OFFSTAGE_GUARDED_BY(mutex_);
  std::optional<process::ExitStatus> exit_ OFFSTAGE_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point started_at_ OFFSTAGE_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point ready_at_ OFFSTAGE_GUARDED_BY(mutex_);
  std::optional<InitParts> init_parts_ OFFSTAGE_GUARDED_BY(mutex_);
  std::size_t peak_memory_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  std::size_t out_of_memory_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  std::chrono::steady_clock::time_point memory_read_at_ OFFSTAGE_GUARDED_BY(mutex_);

  // Set by Start and Restart, cleared by FinishShutdown; shared, since a Runtime API thread may be
  // draining the output of a process that Restart replaces.
  std::shared_ptr<process::Process> process_ OFFSTAGE_GUARDED_BY(mutex_);
  std::unique_ptr<http::Server> server_;
  Sandbox sandbox_;  // Made by Start.
};

}  // namespace offstage::lambda
