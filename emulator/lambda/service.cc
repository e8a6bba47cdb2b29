#include "lambda/service.h"

#include <fmt/format.h>

#include <list>
#include <thread>
#include <unordered_map>

#include "base/mutex.h"
#include "lambda/api.h"
#include "lambda/async_queue.h"
#include "lambda/bootstrap_files.h"
#include "lambda/debugging.h"
#include "lambda/destinations.h"
#include "lambda/environment_pool.h"
#include "lambda/flight.h"
#include "lambda/interpreter.h"

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

// CloudFormation puts inline code into one file of this name.
constexpr std::string_view kInlineFileName = "index";

std::string_view InlineExtension(Language language) {
  switch (language) {
    case Language::kPython:
      return ".py";
    case Language::kNode:
      return ".js";
    case Language::kRuby:
      return ".rb";
    case Language::kProvided:
      break;
  }
  return "";
}

constexpr std::string_view kTraceDigits = "0123456789abcdef";

// Every invocation on AWS has one: "Root=1-67891233-abcdef012345678912345678;Parent=...;Sampled=0".
std::string MakeTraceHeader(IdSource& ids, TimePoint now) {
  return fmt::format("Root=1-{:08x}-{};Parent={};Sampled=0", ToEpochSeconds(now),
                     ids.Text(24, kTraceDigits), ids.Text(16, kTraceDigits));
}

// Joins what people should know.
void AddNote(std::string& notes, const std::string& more) {
  if (more.empty()) return;
  if (!notes.empty()) notes += "; ";
  notes += more;
}

std::string At(const FunctionConfig& function) {
  return function.position.empty() ? "" : function.position + ": ";
}

}  // namespace

// Owns everything; its members' order is the order in which they may be used by each other.
class Service::Impl {
 public:
  Impl(Options options, Dependencies dependencies, std::unique_ptr<process::Host> host)
      : options_(std::move(options)),
        dependencies_(dependencies),
        deployed_at_(dependencies.clock.Now()),
        host_(std::move(host)),
        interpreters_(options_, *host_),
        pool_(options_, *host_, interpreters_, dependencies_),
        async_([this](const InvokeRequest& request) { return Invoke(request); },
               [this](const InvokeRequest& request, const AsyncEnd& end) { Ended(request, end); },
               dependencies_.clock) {}

  Status AddFunction(FunctionConfig config);
  Status CheckInterpreters();
  void FindMountSupport();
  void StartWarming(WarmUp what);

  void SetAwsEndpoint(std::string url) { pool_.SetAwsEndpoint(std::move(url)); }
  InvokeResult Invoke(InvokeRequest request);
  InvokeResult InvokeAsync(InvokeRequest request);
  std::optional<Caller> FindCaller(std::string_view key) const { return pool_.FindCaller(key); }
  void SetTlsPorts(int tls_port, int api_port) { pool_.SetTlsPorts(tls_port, api_port); }
  std::optional<FunctionTarget> Target(const std::string& function) const;
  std::vector<FunctionInfo> List() const;
  std::optional<CodeFacts> FactsOf(std::string_view function);
  std::vector<FunctionSummary> Functions();
  Activity CurrentActivity() const;
  void Stop(std::chrono::milliseconds grace);
  EnvironmentPool& pool() { return pool_; }
  AsyncQueue& queue() { return async_; }

  const Options& options() const { return options_; }
  TimePoint deployed_at() const { return deployed_at_; }

 private:
  // A function with the ARN that it was asked for by.
  struct Reference {
    const Function* function = nullptr;
    std::string arn = {};
  };
  std::optional<Reference> Find(const std::string& text) const;
  void AddVersions(const Function& latest);
  void Ended(const InvokeRequest& request, const AsyncEnd& end);
  FunctionSummary Summarize(const Function& function);
  void FindProgram(const Function& function, FunctionSummary& summary);
  void FinishInBackground(std::unique_ptr<Flight> flight);
  void LogFailure(const Function& function, const InvokeResult& result);
  void JoinFinishedStragglers() OFFSTAGE_REQUIRES(mutex_);

  const Options options_;
  const Dependencies dependencies_;
  const TimePoint deployed_at_;
  std::unique_ptr<process::Host> host_;
  InterpreterFinder interpreters_;
  // Fixed once Create has returned.
  std::vector<std::unique_ptr<Function>> functions_;
  std::vector<std::unique_ptr<Function>> versions_;
  // "name", "name:$LATEST", "name:1", "name:live".
  std::unordered_map<std::string, const Function*> by_name_;
  MountSupport mounts_;
  EnvironmentPool pool_;

  // Invocations whose caller did not wait for their end.
  struct Straggler {
    std::thread thread;
    bool done = false;
  };
  mutable Mutex mutex_;
  std::list<Straggler> stragglers_ OFFSTAGE_GUARDED_BY(mutex_);
  int in_flight_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  bool stopped_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> warming_ OFFSTAGE_GUARDED_BY(mutex_);
  AsyncQueue async_;
};

Status Service::Impl::AddFunction(FunctionConfig config) {
  auto runtime = FindRuntime(config.runtime);
  if (by_name_.contains(config.name)) {
    return Fail(Error{At(config) + "there are two functions named " + config.name});
  }
  if (!config.inline_code.empty() && runtime.ok()) {
    const fs::path folder = WorkFolders(options_.work_folder).inline_code / config.name;
    OFFSTAGE_TRY_VOID(WriteFile(
        folder / (std::string(kInlineFileName) + std::string(InlineExtension(runtime->language))),
        config.inline_code));
    config.code = folder;
  }
  auto function = std::make_unique<Function>();
  function->arn = fmt::format("arn:aws:lambda:{}:{}:function:{}", options_.region,
                              options_.account_id, config.name);
  if (runtime.ok()) {
    function->runtime = *runtime;
  } else {
    function->refused = At(config) + runtime.error().message;
  }
  if (std::ranges::find(options_.debug, config.name) != options_.debug.end()) {
    OFFSTAGE_TRY(function->debug_port, FreePort());
  }
  function->config = std::move(config);
  const std::string& name = function->config.name;
  by_name_[name] = function.get();
  by_name_[name + ":$LATEST"] = function.get();
  AddVersions(*function);
  functions_.push_back(std::move(function));
  return Ok();
}

// Each version has environments of its own, which see its number.
void Service::Impl::AddVersions(const Function& latest) {
  for (const std::string& version : latest.config.versions) {
    auto function = std::make_unique<Function>(latest);
    function->debug_port = 0;
    function->config.version = version;
    function->config.provisioned_concurrency = 0;
    by_name_[latest.config.name + ":" + version] = function.get();
    versions_.push_back(std::move(function));
  }
  for (const AliasConfig& alias : latest.config.aliases) {
    const auto version = by_name_.find(latest.config.name + ":" + alias.version);
    by_name_[latest.config.name + ":" + alias.name] =
        version == by_name_.end() ? &latest : version->second;
  }
}

void Service::Impl::FindMountSupport() {
  if (options_.isolation == Isolation::kNone) {
    mounts_.reason = "switched off";
  } else {
    mounts_ = ProbeMounts(*host_, WorkFolders(options_.work_folder).root / "probe");
  }
  pool_.SetMounts(mounts_);
}

void Service::Impl::StartWarming(WarmUp what) {
  const MutexLock lock(mutex_);
  if (stopped_) return;
  for (const auto& function : functions_) {
    int count = function->config.provisioned_concurrency;
    if (count == 0 && (what == WarmUp::kAll || function->debug_port != 0)) count = 1;
    if (count == 0 || !function->refused.empty()) continue;
    const Function* wanted = function.get();
    // Provisioned concurrency belongs to the alias that SAM publishes.
    if (!wanted->config.aliases.empty() && wanted->debug_port == 0) {
      wanted = by_name_.at(wanted->config.name + ":" + wanted->config.aliases.front().name);
    }
    warming_.emplace_back([this, wanted, count] { pool_.WarmUp(*wanted, count); });
  }
}

Status Service::Impl::CheckInterpreters() {
  if (options_.runtime_match != RuntimeMatch::kExact) return Ok();
  for (const auto& function : functions_) {
    if (!function->refused.empty()) return Fail(Error{function->refused});
    if (function->runtime.language == Language::kProvided) continue;
    const auto choice = interpreters_.Choose(function->runtime, function->config);
    if (!choice.ok()) return Fail(Error{At(function->config) + choice.error().message});
  }
  return Ok();
}

std::optional<Service::Impl::Reference> Service::Impl::Find(const std::string& text) const {
  const FunctionReference reference = ParseFunctionReference(text);
  const std::string suffix = reference.qualifier.empty() ? "" : ":" + reference.qualifier;
  const auto found = by_name_.find(reference.name + suffix);
  if (found == by_name_.end()) return std::nullopt;
  return Reference{.function = found->second, .arn = found->second->arn + suffix};
}

std::optional<FunctionTarget> Service::Impl::Target(const std::string& text) const {
  const auto reference = Find(text);
  if (!reference.has_value()) return std::nullopt;
  return FunctionTarget{.name = reference->function->config.name,
                        .version = reference->function->config.version,
                        .arn = reference->arn};
}

std::vector<FunctionInfo> Service::Impl::List() const {
  std::vector<FunctionInfo> all;
  for (const auto& function : functions_)
    all.push_back({.config = function->config, .arn = function->arn});
  return all;
}

std::optional<CodeFacts> Service::Impl::FactsOf(std::string_view function) {
  const auto reference = Find(std::string(function));
  if (!reference.has_value()) return std::nullopt;
  return pool_.FactsOf(*reference->function);
}

void Service::Impl::Ended(const InvokeRequest& request, const AsyncEnd& end) {
  const auto reference = Find(request.function);
  if (!reference.has_value() || end.result.status == InvokeStatus::kStopped) return;
  const AsyncConfig& config = reference->function->config.async;
  const bool success = end.condition == AsyncEnd::Condition::kSuccess;
  if (!success) {
    dependencies_.log.Error(
        fmt::format("asynchronous invocation given up after {} attempts", end.attempts),
        {{"function", reference->function->config.name},
         {"request", request.request_id},
         {"reason", end.result.explanation}});
  }
  const std::string& target = success ? config.on_success : config.on_failure;
  const std::string record = InvocationRecord(request, end, ToIso8601(dependencies_.clock.Now()));
  if (!target.empty() && IsFunctionArn(target)) {
    const InvokeResult queued = InvokeAsync({.function = target, .payload = record});
    if (queued.status == InvokeStatus::kOk || queued.status == InvokeStatus::kStopped) return;
  }
  const std::string& lost = !target.empty() ? target : config.dead_letter;
  if (lost.empty() || (success && target.empty())) return;
  dependencies_.log.Warn("destination is not emulated, its record is lost",
                         {{"destination", lost}, {"record", record}});
}

InvokeResult Service::Impl::Invoke(InvokeRequest request) {
  if (request.request_id.empty()) request.request_id = dependencies_.ids.Uuid();
  if (request.trace_header.empty()) {
    request.trace_header = MakeTraceHeader(dependencies_.ids, dependencies_.clock.Now());
  }
  const auto reference = Find(request.function);
  if (!reference.has_value()) {
    return {.status = InvokeStatus::kNotFound,
            .request_id = request.request_id,
            .explanation = "there is no function " + request.function + " in this deployment"};
  }
  const Function* function = reference->function;
  request.function = reference->arn;
  {
    const MutexLock lock(mutex_);
    if (stopped_) {
      return {.status = InvokeStatus::kStopped,
              .request_id = request.request_id,
              .explanation = "the deployment is shutting down"};
    }
    ++in_flight_;
  }
  const auto until = request.wait_limit.count() == 0 ? process::Deadline::max()
                                                     : steady_clock::now() + request.wait_limit;
  auto flight =
      std::make_unique<Flight>(*function, std::move(request), options_, pool_, dependencies_);
  auto result = flight->Advance(until);
  if (!result.has_value()) {
    InvokeResult abandoned{
        .status = InvokeStatus::kStillRunning,
        .request_id = flight->request().request_id,
        .explanation =
            fmt::format("{} did not answer within the {} s that its caller waits; it runs on",
                        NameForPeople(function->config),
                        std::chrono::duration<double>(flight->request().wait_limit).count())};
    flight->DropSink();
    FinishInBackground(std::move(flight));
    return abandoned;
  }
  LogFailure(*function, *result);
  const MutexLock lock(mutex_);
  --in_flight_;
  return *std::move(result);
}

void Service::Impl::LogFailure(const Function& function, const InvokeResult& result) {
  if (result.explanation.empty() || result.status == InvokeStatus::kStopped) return;
  dependencies_.log.Warn("function failed", {{"function", function.config.name},
                                             {"request", result.request_id},
                                             {"reason", result.explanation}});
}

void Service::Impl::JoinFinishedStragglers() {
  stragglers_.remove_if([](Straggler& straggler) {
    if (!straggler.done) return false;
    straggler.thread.join();
    return true;
  });
}

void Service::Impl::FinishInBackground(std::unique_ptr<Flight> flight) {
  const MutexLock lock(mutex_);
  JoinFinishedStragglers();
  Straggler& straggler = stragglers_.emplace_back();
  straggler.thread = std::thread([this, &straggler, owned = std::move(flight)]() mutable {
    owned->Advance(process::Deadline::max());
    owned.reset();
    const MutexLock inner(mutex_);
    --in_flight_;
    straggler.done = true;
  });
}

InvokeResult Service::Impl::InvokeAsync(InvokeRequest request) {
  if (request.request_id.empty()) request.request_id = dependencies_.ids.Uuid();
  InvokeResult result{.request_id = request.request_id};
  const auto reference = Find(request.function);
  if (!reference.has_value()) {
    result.status = InvokeStatus::kNotFound;
    result.explanation = "there is no function " + request.function + " in this deployment";
    return result;
  }
  {
    const MutexLock lock(mutex_);
    if (stopped_) {
      result.status = InvokeStatus::kStopped;
      return result;
    }
  }
  request.function = reference->arn;
  const AsyncConfig& config = reference->function->config.async;
  async_.Add(std::move(request), {.max_retries = config.max_retries, .max_age = config.max_age});
  return result;
}

FunctionSummary Service::Impl::Summarize(const Function& function) {
  FunctionSummary summary{.config = function.config, .arn = function.arn};
  summary.note = function.refused;
  if (!function.refused.empty()) return summary;
  FindProgram(function, summary);
  AddNote(summary.note, DestinationNote(function.config.async));
  if (!function.config.layers.empty() && !mounts_.private_mounts) {
    AddNote(summary.note,
            fmt::format("its layers are not at /opt, since this machine allows no private mounts "
                        "({}): absolute paths below /opt work in require, import and open only",
                        mounts_.reason));
  }
  if (function.runtime.language == Language::kProvided && options_.network.guarded &&
      !mounts_.watched_connections) {
    AddNote(summary.note,
            "its connections are not kept on this machine, since the machine does not let them be "
            "watched");
  }
  if (function.debug_port != 0) {
    summary.debugging =
        AttachHelp(function.runtime.language, function.debug_port, function.config.code.string());
  }
  return summary;
}

void Service::Impl::FindProgram(const Function& function, FunctionSummary& summary) {
  std::error_code error;
  const auto unpacked = pool_.Unpacked(function.config);
  if (!unpacked.ok()) {
    summary.note = unpacked.error().message;
    return;
  }
  if (function.runtime.language == Language::kProvided) {
    const fs::path bootstrap = unpacked->code / "bootstrap";
    if (fs::exists(bootstrap, error)) {
      summary.interpreter = bootstrap.string();
    } else {
      summary.note = "there is no executable named bootstrap in " + function.config.code.string();
    }
    return;
  }
  const auto choice = interpreters_.Choose(function.runtime, *unpacked);
  if (choice.ok()) {
    summary.interpreter = choice->interpreter.path.string();
    summary.note = choice->note;
  } else {
    summary.note = choice.error().message;
  }
  if (!fs::is_directory(unpacked->code, error)) {
    summary.note = "the code folder " + function.config.code.string() + " does not exist";
  }
}

std::vector<FunctionSummary> Service::Impl::Functions() {
  std::vector<FunctionSummary> summaries;
  for (const auto& function : functions_)
    summaries.push_back(Summarize(*function));
  return summaries;
}

Activity Service::Impl::CurrentActivity() const {
  const int asynchronous = async_.Pending();
  const int environments = pool_.EnvironmentCount();
  const MutexLock lock(mutex_);
  // Asynchronous ones that run are among those in flight.
  return {.in_flight = std::max(in_flight_, asynchronous),
          .asynchronous = asynchronous,
          .environments = environments,
          .next_retry = async_.NextDue()};
}

void Service::Impl::Stop(std::chrono::milliseconds grace) {
  {
    const MutexLock lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
  }
  pool_.Stop(grace);
  async_.Stop();
  std::list<Straggler> stragglers;
  std::vector<std::thread> warming;
  {
    const MutexLock lock(mutex_);
    stragglers.splice(stragglers.end(), stragglers_);
    warming = std::exchange(warming_, {});
  }
  for (std::thread& thread : warming)
    thread.join();
  for (Straggler& straggler : stragglers)
    straggler.thread.join();
}

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Service::~Service() {
  Stop();
}

Result<std::unique_ptr<Service>> Service::Create(Options options,
                                                 std::vector<FunctionConfig> functions,
                                                 Dependencies dependencies) {
  const WorkFolders folders(options.work_folder);
  std::error_code ignored;
  fs::remove_all(folders.inline_code, ignored);
  fs::remove_all(folders.sandboxes, ignored);
  OFFSTAGE_TRY_VOID(WriteBootstrapFiles(folders.bootstrap));
  OFFSTAGE_TRY(auto host, process::Host::Start());
  auto impl = std::make_unique<Impl>(std::move(options), dependencies, std::move(host));
  for (FunctionConfig& function : functions)
    OFFSTAGE_TRY_VOID(impl->AddFunction(std::move(function)));
  OFFSTAGE_TRY_VOID(impl->CheckInterpreters());
  impl->FindMountSupport();
  return std::unique_ptr<Service>(new Service(std::move(impl)));
}

void Service::SetAwsEndpoint(std::string url) {
  impl_->SetAwsEndpoint(std::move(url));
}

InvokeResult Service::Invoke(const InvokeRequest& request) {
  return impl_->Invoke(request);
}

InvokeResult Service::InvokeAsync(const InvokeRequest& request) {
  return impl_->InvokeAsync(request);
}

std::optional<Caller> Service::FindCaller(std::string_view access_key_id) const {
  return impl_->FindCaller(access_key_id);
}

http::Reply Service::Execute(const aws::Call& call, aws::CallFacts& facts) {
  return AnswerApi(
      {.service = *this, .options = impl_->options(), .deployed_at = impl_->deployed_at()}, call,
      facts);
}

void Service::SetTlsPorts(int tls_port, int api_port) {
  impl_->SetTlsPorts(tls_port, api_port);
}

void Service::StartWarming(WarmUp what) {
  impl_->StartWarming(what);
}

bool Service::Has(std::string_view function) const {
  return impl_->Target(std::string(function)).has_value();
}

std::optional<FunctionTarget> Service::Find(std::string_view function) const {
  return impl_->Target(std::string(function));
}

std::vector<FunctionInfo> Service::List() const {
  return impl_->List();
}

std::optional<CodeFacts> Service::FactsOf(std::string_view function) const {
  return impl_->FactsOf(function);
}

std::vector<FunctionSummary> Service::Functions() const {
  return impl_->Functions();
}

Activity Service::CurrentActivity() const {
  return impl_->CurrentActivity();
}

void Service::DropQueued() {
  impl_->queue().Clear();
}

void Service::RetireIdle(const std::string& function) {
  impl_->pool().RetireIdle(function);
}

bool Service::KillRunning(std::string_view request_id) {
  return impl_->pool().KillRunning(request_id);
}

void Service::Stop(std::chrono::milliseconds grace) {
  impl_->Stop(grace);
}

}  // namespace offstage::lambda
