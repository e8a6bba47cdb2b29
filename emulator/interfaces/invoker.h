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

// Takes a handler's answer piece by piece as it comes (response streaming). Called on the thread
// that called Invoke, or on one that Invoke waits for: never on two at once, never after Invoke has
// returned.
class ResponseSink {
 public:
  virtual ~ResponseSink() = default;
  // Once, before the first piece. `content_type` is what the runtime declared:
  // "application/vnd.awslambda.http-integration-response" when the pieces begin with a JSON prelude
  // (statusCode, headers, cookies) that eight zero bytes end, "application/json" for a handler that
  // does not stream (its whole answer is one piece).
  virtual void Begin(std::string_view content_type) = 0;
  // False: nobody listens any more. The handler runs on, the rest of its answer is dropped.
  virtual bool Write(std::string_view piece) = 0;
};

struct InvokeRequest {
  // Physical function name, also with ":VERSION" or ":ALIAS", or an ARN.
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
  // Where the answer goes instead of InvokeResult::payload; null: collected. Outlives the call.
  ResponseSink* sink = nullptr;
};

struct InvokeResult {
  InvokeStatus status = InvokeStatus::kOk;
  // Empty when the answer went to a sink. With kFunctionError it is the error JSON, also when
  // pieces have gone to the sink before: the answer then ends in the middle.
  std::string payload = {};
  // "Unhandled" with kFunctionError, as X-Amz-Function-Error says; else empty.
  std::string function_error = {};
  std::string request_id = {};
  // "$LATEST" or a version's number, as X-Amz-Executed-Version says; empty when none ran.
  std::string executed_version = {};
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
