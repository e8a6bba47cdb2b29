// Invoker: how anything but the Lambda component runs a function: the gateway,
// Cognito's triggers, stream pollers, schedules, the Invoke API, `offstage
// invoke`.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace offstage {

// Facts measured about one invocation, for logs, traces and the REPORT line.
// Real time.
struct InvocationTimes {
  // Waiting for an environment: zero when a warm one was idle.
  std::chrono::microseconds queued{0};
  // Process start until the first `next`; zero when the environment was warm.
  std::chrono::microseconds init{0};
  // From handing the event over until the handler's answer.
  std::chrono::microseconds handler{0};
};

enum class InvokeStatus {
  kOk,             // The handler returned: `payload` is its answer.
  kFunctionError,  // The handler failed, exited, timed out or did not start:
                   // `payload` is the error JSON.
  kThrottled,      // No environment may be started for it now (429
                   // TooManyRequestsException).
  kNotFound,       // No such function.
  kTooLarge,       // The request payload is over the service's limit (413
                   // RequestTooLargeException).
  kStopped,        // The deployment is shutting down.
  kStillRunning,   // `wait_limit` passed first; the invocation goes on and its answer is lost.
};

struct InvokeRequest {
  // Physical function name.
  std::string function = {};
  // JSON text, handed to the handler byte for byte.
  std::string payload = {};
  // Base64 JSON, or empty.
  std::string client_context = {};
  // Empty: made by the invoker.
  std::string request_id = {};
  // X-Amzn-Trace-Id value ("Root=1-...;Parent=...;Sampled=0") or empty.
  std::string trace_header = {};
  // How long the caller waits: API Gateway gives up after 29 s while the function runs on. Zero:
  // until the invocation ends.
  std::chrono::milliseconds wait_limit{0};
};

struct InvokeResult {
  InvokeStatus status = InvokeStatus::kOk;
  std::string payload = {};
  // "Unhandled" with kFunctionError, as X-Amz-Function-Error says; else empty.
  std::string function_error = {};
  std::string request_id = {};
  // The last 4 KB of the invocation's log, for LogType=Tail.
  std::string log_tail = {};
  // Why it failed and what to do, for the log and the x-offstage-explain
  // header; never sent as a body.
  std::string explanation = {};
  bool cold_start = false;
  InvocationTimes times = {};
};

// Thread-safe; blocks until the invocation ends or its timeout has passed.
class Invoker {
 public:
  virtual ~Invoker() = default;
  virtual InvokeResult Invoke(const InvokeRequest& request) = 0;
};

}  // namespace offstage
