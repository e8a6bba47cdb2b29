// docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
#include "lambda/flight.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace offstage::lambda {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

double Millis(steady_clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace

Flight::Flight(const Function& function, InvokeRequest request, const Options& options,
               EnvironmentPool& pool, const Dependencies& dependencies)
    : function_(function),
      request_(std::move(request)),
      options_(options),
      pool_(pool),
      dependencies_(dependencies) {
  result_.request_id = request_.request_id;
  result_.executed_version = function_.config.version;
}

bool Flight::Debugged() const {
  return std::ranges::find(options_.debug, function_.config.name) != options_.debug.end();
}

std::optional<InvokeResult> Flight::Advance(process::Deadline until) {
  for (;;) {
    const Phase before = phase_;
    switch (phase_) {
      case Phase::kQueued:
        WaitForEnvironment(until);
        break;
      case Phase::kStarting:
        StartEnvironment();
        break;
      case Phase::kInit:
        WaitForInit(until);
        break;
      case Phase::kRunning:
        WaitForAnswer(until);
        break;
      case Phase::kDone:
        return result_;
    }
    if (phase_ == before && steady_clock::now() >= until) return std::nullopt;
  }
}

void Flight::WaitForEnvironment(process::Deadline until) {
  const auto give_up = Debugged() ? process::Deadline::max() : arrived_ + options_.queue_limit;
  Acquired acquired = pool_.Acquire(function_, std::min<process::Deadline>(until, give_up));
  switch (acquired.kind) {
    case Acquired::Kind::kWarm:
      environment_ = std::move(acquired.environment);
      result_.times.queued = duration_cast<microseconds>(steady_clock::now() - arrived_);
      HandOver();
      return;
    case Acquired::Kind::kCold:
      environment_ = std::move(acquired.environment);
      result_.cold_start = true;
      result_.times.queued = duration_cast<microseconds>(steady_clock::now() - arrived_);
      phase_ = Phase::kStarting;
      return;
    case Acquired::Kind::kThrottled:
      return EndWith(InvokeStatus::kThrottled,
                     NameForPeople(function_.config) + ": " + acquired.reason);
    case Acquired::Kind::kCannot:
      return FailWith(CannotStart(function_.config, request_.request_id, acquired.reason));
    case Acquired::Kind::kStopped:
      return EndWith(InvokeStatus::kStopped, "the deployment is shutting down");
    case Acquired::Kind::kNotYet:
      if (steady_clock::now() < give_up) return;
      return EndWith(InvokeStatus::kThrottled,
                     fmt::format("{}: all {} environments of the deployment are in use",
                                 NameForPeople(function_.config), options_.max_environments));
  }
}

void Flight::StartEnvironment() {
  const Status started = environment_->Start();
  if (!started.ok()) {
    std::string reason = started.error().message;
    if (function_.runtime.language == Language::kProvided) {
      reason = fmt::format("Couldn't find valid bootstrap(s): [{}]: {}",
                           (function_.config.code / "bootstrap").string(), reason);
    } else if (!std::filesystem::is_directory(function_.config.code)) {
      reason = fmt::format("the code folder {} does not exist", function_.config.code.string());
    }
    environment_->log().Begin(request_.request_id);
    return FailWith(CannotStart(function_.config, request_.request_id, reason));
  }
  init_deadline_ =
      Debugged() ? process::Deadline::max() : steady_clock::now() + options_.init_limit;
  phase_ = Phase::kInit;
}

void Flight::WaitForInit(process::Deadline until) {
  switch (environment_->AwaitReady(std::min<process::Deadline>(until, init_deadline_))) {
    case ExecutionEnvironment::Init::kReady:
      result_.times.init = environment_->InitDuration();
      init_parts_ = environment_->PartsOfInit();
      return HandOver();
    case ExecutionEnvironment::Init::kFailed:
      return FailInit();
    case ExecutionEnvironment::Init::kShutDown:
      return EndWith(InvokeStatus::kStopped, "the deployment is shutting down");
    case ExecutionEnvironment::Init::kNotYet:
      break;
  }
  if (steady_clock::now() < init_deadline_) return;
  if (repeated_init_) return TimeOut();
  RepeatInit("timeout");
}

// Init may be slow or fail once: it is repeated, and then counts as part of the invocation.
// docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, "Failures during the Init
// phase".
void Flight::RepeatInit(const std::string& how_it_ended) {
  environment_->log().AppendPlatformText(
      fmt::format("INIT_REPORT Init Duration: {:.2f} ms\tPhase: init\tStatus: {}\n",
                  Millis(environment_->InitDuration()), how_it_ended));
  repeated_init_ = true;
  run_started_ = steady_clock::now();
  init_deadline_ = run_deadline_ =
      Debugged() ? process::Deadline::max() : run_started_ + function_.config.timeout;
  if (const Status status = environment_->Restart(); !status.ok()) {
    environment_->log().Begin(request_.request_id);
    FailWith(CannotStart(function_.config, request_.request_id, status.error().message));
  }
}

void Flight::HandOver() {
  if (!repeated_init_) {
    run_started_ = steady_clock::now();
    run_deadline_ = Debugged() ? process::Deadline::max() : run_started_ + function_.config.timeout;
  }
  // The Invoke API carries the client context in base64, the Runtime API as it is.
  std::string client_context = Base64Decode(request_.client_context).value_or("");
  std::ranges::replace_if(
      client_context, [](char c) { return c == '\r' || c == '\n'; }, ' ');
  // The payload is kept until the runtime has taken it: an environment may die before.
  environment_->Hand({.request_id = request_.request_id,
                      .payload = request_.payload,
                      .client_context = std::move(client_context),
                      .trace_header = request_.trace_header,
                      .function_arn = request_.function},
                     run_deadline_);
  phase_ = Phase::kRunning;
}

void Flight::WaitForAnswer(process::Deadline until) {
  const auto outcome = environment_->AwaitAnswer(std::min<process::Deadline>(until, run_deadline_));
  if (!outcome.has_value()) {
    if (steady_clock::now() >= run_deadline_) TimeOut();
    return;
  }
  result_.times.handler = duration_cast<microseconds>(steady_clock::now() - run_started_);
  switch (outcome->kind) {
    case EnvironmentOutcome::Kind::kPiece:
      return PassOn(*outcome);
    case EnvironmentOutcome::Kind::kAnswered:
      return Succeed(outcome->payload);
    case EnvironmentOutcome::Kind::kReported:
      return FailWith(Reported(function_.config, function_.runtime, outcome->payload));
    case EnvironmentOutcome::Kind::kTooLarge:
      return FailWith(ResponseTooLarge(function_.config));
    case EnvironmentOutcome::Kind::kExited:
      if (outcome->out_of_memory != 0) {
        return FailWith(OutOfMemory(function_.config, request_.request_id, outcome->out_of_memory));
      }
      return FailWith(Exited(function_.config, request_.request_id, outcome->exit));
    case EnvironmentOutcome::Kind::kShutDown:
      return EndWith(InvokeStatus::kStopped, "the deployment is shutting down");
    case EnvironmentOutcome::Kind::kNeverTaken:
      break;
  }
  // An idle process that ended between two invocations is not this one's fault.
  pool_.Release(function_, environment_);
  environment_.reset();
  phase_ = Phase::kQueued;
}

void Flight::PassOn(const EnvironmentOutcome& piece) {
  if (request_.sink == nullptr) {
    // Invoke without a stream gets the whole answer, as long as it fits.
    if (result_.payload.size() + piece.payload.size() > kMaxResponseBytes) {
      environment_->Kill();
      return FailWith(ResponseTooLarge(function_.config));
    }
    result_.payload += piece.payload;
    return;
  }
  if (!streaming_) request_.sink->Begin(piece.content_type);
  streaming_ = true;
  request_.sink->Write(piece.payload);
}

void Flight::TimeOut() {
  environment_->Kill();
  result_.times.handler = duration_cast<microseconds>(steady_clock::now() - run_started_);
  FailWith(
      TimedOut(function_.config, request_.request_id, ToIso8601(std::chrono::system_clock::now())));
}

void Flight::FailInit() {
  result_.times.init = environment_->InitDuration();
  const EnvironmentOutcome outcome = environment_->InitFailure();
  if (!repeated_init_) {
    return RepeatInit(outcome.kind == EnvironmentOutcome::Kind::kReported
                          ? "error\tError Type: " + ReportedType(outcome.payload)
                          : "error\tError Type: Runtime.ExitError");
  }
  environment_->log().Begin(request_.request_id);
  Failure failure = outcome.kind == EnvironmentOutcome::Kind::kReported
                        ? Reported(function_.config, function_.runtime, outcome.payload)
                    : outcome.out_of_memory != 0
                        ? OutOfMemory(function_.config, request_.request_id, outcome.out_of_memory)
                        : Exited(function_.config, request_.request_id, outcome.exit);
  failure.report_status = "error";
  environment_->Kill();
  FailWith(std::move(failure));
}

void Flight::Succeed(std::string payload) {
  result_.status = InvokeStatus::kOk;
  // A streamed answer has been collected or passed on already.
  if (!payload.empty()) result_.payload = std::move(payload);
  if (request_.sink != nullptr) {
    if (!streaming_) request_.sink->Begin("application/json");
    if (!result_.payload.empty()) request_.sink->Write(result_.payload);
    result_.payload.clear();
  }
  result_.log_tail = FinishLog(nullptr);
  pool_.Release(function_, environment_);
  environment_.reset();
  RecordSpan();
  phase_ = Phase::kDone;
}

void Flight::FailWith(Failure failure) {
  result_.status = InvokeStatus::kFunctionError;
  result_.function_error = "Unhandled";
  if (environment_ != nullptr) {
    if (!failure.log_text.empty()) environment_->log().AppendPlatformText(failure.log_text);
    result_.log_tail = FinishLog(&failure);
    pool_.Release(function_, environment_);
    environment_.reset();
  }
  result_.payload = std::move(failure.payload);
  result_.explanation = std::move(failure.explanation);
  RecordSpan();
  phase_ = Phase::kDone;
}

void Flight::EndWith(InvokeStatus status, std::string explanation) {
  result_.status = status;
  result_.explanation = std::move(explanation);
  if (environment_ != nullptr) {
    pool_.Release(function_, environment_);
    environment_.reset();
  }
  RecordSpan();
  phase_ = Phase::kDone;
}

std::string Flight::FinishLog(const Failure* failure) {
  Report report{.request_id = request_.request_id,
                .duration_millis = Millis(result_.times.handler),
                .memory_mb = function_.config.memory_mb,
                .max_memory_bytes = environment_->PeakMemory()};
  if (result_.cold_start && !repeated_init_) report.init_millis = Millis(result_.times.init);
  if (failure != nullptr) {
    report.status = failure->report_status;
    if (report.status == "error") report.error_type = failure->error_type;
    if (report.status == "timeout") report.duration_millis = Millis(function_.config.timeout);
  }
  return environment_->log().Finish(report);
}

void Flight::RecordSpan() const {
  if (dependencies_.traces == nullptr) return;
  Span span{.request_id = request_.request_id,
            .name = "lambda " + function_.config.name,
            .start = arrived_,
            .duration = duration_cast<microseconds>(steady_clock::now() - arrived_),
            .attributes = {{"start", result_.cold_start ? "cold" : "warm"}}};
  if (result_.cold_start) {
    span.attributes.emplace_back("init_ms", fmt::format("{:.1f}", Millis(result_.times.init)));
    if (init_parts_.has_value()) {
      span.attributes.emplace_back("process_us", std::to_string(init_parts_->process.count()));
      span.attributes.emplace_back("runtime_us", std::to_string(init_parts_->runtime.count()));
      span.attributes.emplace_back("code_us", std::to_string(init_parts_->code.count()));
    }
  }
  if (!result_.explanation.empty()) span.attributes.emplace_back("error", result_.explanation);
  dependencies_.traces->Record(std::move(span));
}

}  // namespace offstage::lambda
