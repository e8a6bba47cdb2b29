// The Runtime API: docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#include "lambda/execution_environment.h"

#include <fmt/format.h>

#include <charconv>

#include "base/json.h"
#include "base/text.h"
#include "lambda/failure.h"
#include "lambda/network.h"

namespace offstage::lambda {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The peak only grows, and reading it costs more than the rest of a warm invocation: it is read
// anew only when the last value is this old.
constexpr milliseconds kMemoryReadInterval{200};

// docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html: a streamed answer may
// have 200 MB.
constexpr std::size_t kMaxStreamedBytes = 200ULL * 1024 * 1024;
constexpr milliseconds kExitPatience{2000};
// Of a streamed answer, before the handler has to wait for its reader.
constexpr std::size_t kMaxWaitingBytes = 1024 * 1024;

constexpr std::string_view kApiPrefix = "/2018-06-01/runtime/";
constexpr std::string_view kInvocationPrefix = "invocation/";

http::Reply JsonReply(int status, std::string body) {
  return {
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

http::Reply Accepted() {
  return JsonReply(202, "{\"status\":\"OK\"}\n");
}

http::Reply Refused(int status, std::string_view type, std::string_view message) {
  std::string body = R"({"errorMessage":)";
  AppendJsonString(message, body);
  body += R"(,"errorType":)";
  AppendJsonString(type, body);
  return JsonReply(status, body + "}\n");
}

// "1000,2000,3000": microseconds of the machine's steady clock, which bootstraps read as well.
std::optional<ExecutionEnvironment::InitParts> ReadMarks(std::string_view text,
                                                         steady_clock::time_point started) {
  const auto marks = Split(text, ',');
  if (marks.size() != 3) return std::nullopt;
  microseconds before = std::chrono::duration_cast<microseconds>(started.time_since_epoch());
  microseconds parts[3];
  for (std::size_t i = 0; i < 3; ++i) {
    std::int64_t value = 0;
    const auto read = std::from_chars(marks[i].data(), marks[i].data() + marks[i].size(), value);
    if (read.ec != std::errc() || microseconds(value) < before) return std::nullopt;
    parts[i] = microseconds(value) - before;
    before = microseconds(value);
  }
  return ExecutionEnvironment::InitParts{
      .process = parts[0], .runtime = parts[1], .code = parts[2]};
}

http::Reply NoLongerNewest() {
  return Refused(403, "InvalidStateTransition", "this call of next is no longer the newest");
}

std::int64_t EpochMillisNow() {
  return ToEpochMillis(std::chrono::system_clock::now());
}

}  // namespace

ExecutionEnvironment::ExecutionEnvironment(Parameters parameters, const Options& options,
                                           process::Host& host, const Dependencies& dependencies)
    : parameters_(std::move(parameters)),
      options_(options),
      host_(host),
      identity_(
          MakeIdentity(dependencies.ids, dependencies.clock.Now(), parameters_.function.version)),
      program_log_(dependencies.log),
      log_(parameters_.function.name, parameters_.function.version, dependencies.output) {}

ExecutionEnvironment::~ExecutionEnvironment() {
  Kill();
  FinishShutdown();
}

Status ExecutionEnvironment::Start() {
  http::ServerOptions server_options;
  // A handler may think for 15 minutes between two requests.
  server_options.keep_alive = std::chrono::hours(24);
  server_options.later = [this](const http::Request& request,
                                const std::shared_ptr<http::Later>& later) {
    const bool next = IsNext(request);
    if (next) TakeNext(request, later);
    return next;
  };
  server_options.piecewise = [this](const http::Request& head, http::BodyReader& body) {
    return TakeStream(head, body);
  };
  OFFSTAGE_TRY(sandbox_, MakeSandbox(parameters_.mounts,
                                     {.function = parameters_.function,
                                      .interpreter = parameters_.interpreter.path,
                                      .options = options_,
                                      .folder = WorkFolders(options_.work_folder).sandboxes /
                                                identity_.access_key_id}));
  OFFSTAGE_TRY(server_, http::Server::Start(server_options, [this](const http::Request& request) {
                 return Answer(request);
               }));
  return StartProcess();
}

Status ExecutionEnvironment::StartProcess() {
  const LaunchContext context{
      .function = parameters_.function,
      .runtime = parameters_.runtime,
      .interpreter = parameters_.interpreter,
      .options = options_,
      .endpoints = parameters_.endpoints,
      .debug_port = parameters_.debug_port,
      .layers = sandbox_.layers_at_opt ? LaunchContext::Layers::kAtOpt
                                       : LaunchContext::Layers::kElsewhere,
      .initialization = parameters_.provisioned ? "provisioned-concurrency" : "on-demand"};
  process::Command command =
      MakeCommand(context, identity_, "127.0.0.1:" + std::to_string(server_->port()));
  command.mounts = sandbox_.mounts;
  if (parameters_.mounts.watched_connections)
    command.connections = ConnectionRulesOf(options_.network, parameters_.endpoints);
  {
    const MutexLock lock(mutex_);
    started_at_ = steady_clock::now();
  }
  auto process = host_.Spawn(command, *this);
  if (!process.ok()) {
    const MutexLock lock(mutex_);
    exit_ = process::ExitStatus{.code = 127};
    return Fail(Error{process.error().message});
  }
  const MutexLock lock(mutex_);
  process_ = std::move(process).value();
  if (shut_down_) process_->Kill();
  return Ok();
}

Status ExecutionEnvironment::Restart() {
  Kill();
  std::shared_ptr<process::Process> old;
  {
    const MutexLock lock(mutex_);
    old = std::move(process_);
    process_.reset();
  }
  if (old != nullptr) old->WaitForExit(process::Deadline::max());
  old.reset();
  {
    const MutexLock lock(mutex_);
    if (shut_down_) return Ok();
    ready_ = false;
    init_error_.reset();
    exit_.reset();
    out_of_memory_ = 0;
    next_.reset();
    changed_.notify_all();
  }
  return StartProcess();
}

ExecutionEnvironment::Init ExecutionEnvironment::AwaitReady(process::Deadline deadline) {
  MutexLock lock(mutex_);
  for (;;) {
    if (shut_down_) return Init::kShutDown;
    if (ready_) return Init::kReady;
    if (init_error_.has_value() || exit_.has_value()) return Init::kFailed;
    if (steady_clock::now() >= deadline) return Init::kNotYet;
    changed_.wait_until(lock, deadline);
  }
}

EnvironmentOutcome ExecutionEnvironment::InitFailure() const {
  const MutexLock lock(mutex_);
  if (init_error_.has_value()) {
    return {.kind = EnvironmentOutcome::Kind::kReported, .payload = *init_error_};
  }
  return {.kind = EnvironmentOutcome::Kind::kExited,
          .exit = exit_.value_or(process::ExitStatus{.code = 1}),
          .out_of_memory = out_of_memory_};
}

std::chrono::microseconds ExecutionEnvironment::InitDuration() const {
  const MutexLock lock(mutex_);
  const auto end = ready_ ? ready_at_ : steady_clock::now();
  return std::chrono::duration_cast<std::chrono::microseconds>(end - started_at_);
}

std::optional<ExecutionEnvironment::InitParts> ExecutionEnvironment::PartsOfInit() const {
  const MutexLock lock(mutex_);
  return init_parts_;
}

void ExecutionEnvironment::Hand(Handed invocation, process::Deadline deadline) {
  log_.Begin(invocation.request_id);
  {
    const MutexLock lock(mutex_);
    Running running;
    running.invocation = std::move(invocation);
    running_ = std::move(running);
  }
  GiveRunning(deadline);
}

// To the runtime that waits for it, if there are both. One that has gone may have been followed by
// another meanwhile, which found the invocation taken.
void ExecutionEnvironment::GiveRunning(process::Deadline deadline) {
  while (GiveOnce(deadline) == Given::kToNobody) {
  }
}

ExecutionEnvironment::Given ExecutionEnvironment::GiveOnce(process::Deadline deadline) {
  std::shared_ptr<http::Later> next;
  Handed invocation;
  {
    const MutexLock lock(mutex_);
    if (next_ == nullptr || !running_.has_value() || running_->taken) return Given::kNotNow;
    next = std::move(next_);
    next_.reset();
    invocation = running_->invocation;
    running_->taken = true;
  }
  const std::string request_id = invocation.request_id;
  if (next->Send(EventReply(std::move(invocation)), deadline)) return Given::kToARuntime;
  const MutexLock lock(mutex_);
  if (running_.has_value() && running_->invocation.request_id == request_id)
    running_->taken = false;
  return Given::kToNobody;
}

std::optional<EnvironmentOutcome> ExecutionEnvironment::AwaitAnswer(process::Deadline deadline) {
  MutexLock lock(mutex_);
  OFFSTAGE_CHECK(running_.has_value(), "an answer is awaited only of what was handed over");
  using Kind = EnvironmentOutcome::Kind;
  for (;;) {
    std::optional<EnvironmentOutcome> outcome = std::move(running_->outcome);
    // Pieces come before whatever ends the answer.
    if (!running_->pieces.empty()) {
      EnvironmentOutcome piece{.kind = Kind::kPiece,
                               .payload = std::move(running_->pieces),
                               .content_type = running_->content_type};
      running_->pieces.clear();
      if (outcome.has_value()) running_->outcome = std::move(outcome);
      changed_.notify_all();
      return piece;
    }
    if (!outcome.has_value() && shut_down_) outcome = EnvironmentOutcome{.kind = Kind::kShutDown};
    if (!outcome.has_value() && exit_.has_value()) {
      outcome = EnvironmentOutcome{.kind = running_->taken ? Kind::kExited : Kind::kNeverTaken,
                                   .exit = *exit_,
                                   .out_of_memory = out_of_memory_};
    }
    if (outcome.has_value()) {
      last_request_id_ = running_->invocation.request_id;
      running_.reset();
      return outcome;
    }
    if (steady_clock::now() >= deadline) return std::nullopt;
    changed_.wait_until(lock, deadline);
  }
}

bool ExecutionEnvironment::Ready() const {
  const MutexLock lock(mutex_);
  return ready_;
}

bool ExecutionEnvironment::Alive() const {
  const MutexLock lock(mutex_);
  return !shut_down_ && !exit_.has_value() && !init_error_.has_value();
}

void ExecutionEnvironment::BeginShutdown(milliseconds grace) {
  std::shared_ptr<http::Later> next;
  {
    const MutexLock lock(mutex_);
    shut_down_ = true;
    if (process_ != nullptr) process_->Terminate(grace);
    next = std::move(next_);
    changed_.notify_all();
  }
  if (next != nullptr) next->Send(NoLongerNewest(), steady_clock::now());
}

void ExecutionEnvironment::Kill() {
  const MutexLock lock(mutex_);
  if (process_ != nullptr) process_->Kill();
}

void ExecutionEnvironment::FinishShutdown() {
  std::shared_ptr<process::Process> process;
  {
    const MutexLock lock(mutex_);
    shut_down_ = true;
    process = std::move(process_);
    process_.reset();
    changed_.notify_all();
  }
  if (process != nullptr) process->WaitForExit(process::Deadline::max());
  server_.reset();
  process.reset();
  log_.Flush();
  std::error_code ignored;
  if (!sandbox_.folder.empty()) std::filesystem::remove_all(sandbox_.folder, ignored);
}

void ExecutionEnvironment::EnforceMemory() {
  std::shared_ptr<process::Process> process;
  {
    const MutexLock lock(mutex_);
    if (process_ == nullptr || exit_.has_value() || out_of_memory_ != 0) return;
    process = process_;
  }
  constexpr std::size_t kMegabyte = 1024 * 1024;
  const auto used = process::MemoryBytes(process->pid());
  if (!used.has_value()) return;
  if (*used <= static_cast<std::size_t>(parameters_.function.memory_mb) * kMegabyte) return;
  const MutexLock lock(mutex_);
  if (process_ != process) return;
  out_of_memory_ = *used;
  process->Kill();
}

std::optional<std::size_t> ExecutionEnvironment::PeakMemory() {
  std::shared_ptr<process::Process> process;
  {
    const MutexLock lock(mutex_);
    const auto now = steady_clock::now();
    if (peak_memory_ != 0 && now - memory_read_at_ < kMemoryReadInterval) return peak_memory_;
    memory_read_at_ = now;
    process = process_;
  }
  if (process == nullptr) return std::nullopt;
  const auto peak = process::PeakMemoryBytes(process->pid());
  const MutexLock lock(mutex_);
  if (peak.has_value()) peak_memory_ = std::max(peak_memory_, *peak);
  if (peak_memory_ == 0) return std::nullopt;
  return peak_memory_;
}

std::string ExecutionEnvironment::CurrentRequestId() const {
  const MutexLock lock(mutex_);
  return running_.has_value() ? running_->invocation.request_id : std::string();
}

void ExecutionEnvironment::OnOutput(std::string_view bytes) {
  log_.AppendHandlerOutput(bytes);
}

void ExecutionEnvironment::OnRefusedConnection(std::string_view address) {
  program_log_.Warn(
      "a connection was refused, since handlers do not leave this machine",
      {{"function", parameters_.function.name},
       {"to", std::string(address)},
       {"allow", fmt::format("--allow-egress {}", address.substr(0, address.rfind(':')))}});
}

void ExecutionEnvironment::OnExit(const process::ExitStatus& status) {
  const MutexLock lock(mutex_);
  exit_ = status;
  changed_.notify_all();
}

// What the handler printed before it answered belongs to this invocation.
void ExecutionEnvironment::DrainOutput() {
  std::shared_ptr<process::Process> process;
  {
    const MutexLock lock(mutex_);
    process = process_;
  }
  if (process != nullptr) process->DrainOutput();
}

http::Reply ExecutionEnvironment::Answer(const http::Request& request) {
  std::string_view path = request.RawPath();
  if (!path.starts_with(kApiPrefix)) return {.status = 404, .body = "404 page not found\n"};
  path.remove_prefix(kApiPrefix.size());
  const bool post = request.method == "POST";
  if (path == "init/error" && post) return TakeInitError(request.body);
  if (path.starts_with(kInvocationPrefix) && post) {
    path.remove_prefix(kInvocationPrefix.size());
    const auto slash = path.find('/');
    const std::string_view request_id = path.substr(0, slash);
    const std::string_view what = slash == std::string_view::npos ? "" : path.substr(slash + 1);
    using Kind = EnvironmentOutcome::Kind;
    if (what == "response")
      return TakeResult(request_id, {.kind = Kind::kAnswered, .payload = request.body});
    if (what == "error")
      return TakeResult(request_id, {.kind = Kind::kReported, .payload = request.body});
  }
  return {.status = 404, .body = "404 page not found\n"};
}

bool ExecutionEnvironment::IsNext(const http::Request& request) const {
  const std::string_view path = request.RawPath();
  return request.method == "GET" && path.starts_with(kApiPrefix) &&
         path.substr(kApiPrefix.size()) == "invocation/next";
}

void ExecutionEnvironment::TakeNext(const http::Request& request,
                                    std::shared_ptr<http::Later> later) {
  bool became_ready = false;
  {
    const MutexLock lock(mutex_);
    if (!shut_down_) std::swap(next_, later);
    if (!ready_) {
      became_ready = true;
      ready_ = true;
      ready_at_ = steady_clock::now();
      init_parts_ = ReadMarks(request.headers.Get("Offstage-Init-Marks"), started_at_);
    }
  }
  if (became_ready) changed_.notify_all();
  // Now the one before, or, at the end, this one.
  if (later != nullptr) later->Send(NoLongerNewest(), steady_clock::now());
  GiveRunning(process::Deadline::max());
}

http::Reply ExecutionEnvironment::EventReply(Handed invocation) const {
  http::Reply reply = JsonReply(200, std::move(invocation.payload));
  reply.headers.Add("Lambda-Runtime-Aws-Request-Id", std::move(invocation.request_id));
  reply.headers.Add("Lambda-Runtime-Deadline-Ms",
                    std::to_string(EpochMillisNow() + parameters_.function.timeout.count()));
  reply.headers.Add("Lambda-Runtime-Invoked-Function-Arn", std::move(invocation.function_arn));
  if (!invocation.trace_header.empty()) {
    reply.headers.Add("Lambda-Runtime-Trace-Id", std::move(invocation.trace_header));
  }
  if (!invocation.client_context.empty()) {
    reply.headers.Add("Lambda-Runtime-Client-Context", std::move(invocation.client_context));
  }
  return reply;
}

http::Reply ExecutionEnvironment::TakeResult(std::string_view request_id,
                                             EnvironmentOutcome outcome) {
  DrainOutput();
  const bool too_large = outcome.payload.size() > kMaxResponseBytes;
  if (too_large) outcome = {.kind = EnvironmentOutcome::Kind::kTooLarge};
  {
    const MutexLock lock(mutex_);
    if (!IsAwaited(request_id)) {
      const bool late = request_id == last_request_id_ ||
                        (running_.has_value() && running_->invocation.request_id == request_id);
      // A runtime that reports the refusal of its too large answer has been heard already.
      if (late && outcome.kind == EnvironmentOutcome::Kind::kReported) return Accepted();
      return Refused(400, "InvalidRequestID", "Invalid request ID");
    }
    running_->outcome = std::move(outcome);
  }
  // Outside the lock: whoever wakes needs it at once.
  changed_.notify_all();
  if (!too_large) return Accepted();
  return Refused(
      413, "Function.ResponseSizeTooLarge",
      fmt::format("Response payload size exceeded maximum allowed payload size ({} bytes).",
                  kMaxResponseBytes));
}

bool ExecutionEnvironment::IsAwaited(std::string_view request_id) const {
  return running_.has_value() && running_->taken && !running_->outcome.has_value() &&
         !running_->streaming && running_->invocation.request_id == request_id;
}

// docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html, "Implementing response streaming": the
// answer comes chunked, an error in its middle as trailers.
std::optional<http::Reply> ExecutionEnvironment::TakeStream(const http::Request& head,
                                                            http::BodyReader& body) {
  std::string_view path = head.RawPath();
  if (!path.starts_with(kApiPrefix) || !path.ends_with("/response")) return std::nullopt;
  if (!EqualsIgnoreCase(head.headers.Get("Lambda-Runtime-Function-Response-Mode"), "streaming")) {
    return std::nullopt;
  }
  path.remove_prefix(kApiPrefix.size() + kInvocationPrefix.size());
  const std::string request_id(path.substr(0, path.find('/')));
  {
    const MutexLock lock(mutex_);
    if (!IsAwaited(request_id)) return Refused(400, "InvalidRequestID", "Invalid request ID");
    running_->streaming = true;
    running_->content_type = head.headers.Get("Content-Type");
    if (running_->content_type.empty()) running_->content_type = "application/octet-stream";
  }
  using Next = http::BodyReader::Next;
  std::size_t total = 0;
  std::string piece;
  Next next = Next::kPiece;
  while ((next = body.Read(piece)) == Next::kPiece) {
    MutexLock lock(mutex_);
    // A reader that is slower than the handler slows it down.
    while (running_.has_value() && running_->invocation.request_id == request_id && !shut_down_ &&
           running_->pieces.size() > kMaxWaitingBytes) {
      changed_.wait(lock);
    }
    if (shut_down_ || !running_.has_value() || running_->invocation.request_id != request_id) {
      return Refused(410, "InvalidRequestID", "nobody waits any more");
    }
    total += piece.size();
    running_->pieces += piece;
    changed_.notify_all();
    if (total > kMaxStreamedBytes) break;
  }
  DrainOutput();
  MutexLock lock(mutex_);
  // A process that ends breaks its connection a moment before its end is known, and says more.
  const auto patience = steady_clock::now() + kExitPatience;
  while (next == Next::kBroken && !exit_.has_value() && steady_clock::now() < patience)
    changed_.wait_until(lock, patience);
  if (!running_.has_value() || running_->invocation.request_id != request_id) return Accepted();
  if (next == Next::kBroken && exit_.has_value()) return Accepted();
  using Kind = EnvironmentOutcome::Kind;
  const std::string_view error = body.trailers().Get("Lambda-Runtime-Function-Error-Body");
  if (next == Next::kPiece) {
    running_->outcome = EnvironmentOutcome{.kind = Kind::kTooLarge};
  } else if (body.trailers().Find("Lambda-Runtime-Function-Error-Type") != nullptr) {
    running_->outcome =
        EnvironmentOutcome{.kind = Kind::kReported, .payload = Base64Decode(error).value_or("{}")};
  } else if (next == Next::kBroken) {
    running_->outcome =
        EnvironmentOutcome{.kind = Kind::kReported,
                           .payload = R"({"errorType":"Runtime.TruncatedResponse","errorMessage":)"
                                      R"("the answer's stream broke off"})"};
  } else {
    running_->outcome = EnvironmentOutcome{.kind = Kind::kAnswered};
  }
  changed_.notify_all();
  return Accepted();
}

http::Reply ExecutionEnvironment::TakeInitError(const std::string& payload) {
  DrainOutput();
  const MutexLock lock(mutex_);
  if (ready_) return Refused(403, "InvalidStateTransition", "init has ended");
  init_error_ = payload;
  changed_.notify_all();
  return Accepted();
}

}  // namespace offstage::lambda
