#include "lambda/environment_pool.h"

#include <fmt/format.h>

#include <algorithm>

namespace offstage::lambda {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How long a process may take to end after SIGTERM when it is no longer needed.
constexpr milliseconds kRetireGrace{500};
// Idle environments are looked at this often.
constexpr std::chrono::seconds kSweepInterval{5};
// Memory in use is looked at this often.
constexpr milliseconds kMemoryInterval{50};

}  // namespace

EnvironmentPool::EnvironmentPool(const Options& options, process::Host& host,
                                 InterpreterFinder& interpreters, const Dependencies& dependencies)
    : options_(options),
      host_(host),
      interpreters_(interpreters),
      dependencies_(dependencies),
      archives_(options.archive_folder.empty() ? WorkFolders(options.work_folder).root / "archives"
                                               : options.archive_folder),
      endpoints_{.aws_url = options.aws_endpoint_url} {
  undertaker_ = std::thread([this] { Bury(); });
  memory_watch_ = std::thread([this] { WatchMemory(); });
}

EnvironmentPool::~EnvironmentPool() {
  Stop(kRetireGrace);
}

void EnvironmentPool::SetMounts(const MountSupport& mounts) {
  const MutexLock lock(mutex_);
  mounts_ = mounts;
}

void EnvironmentPool::SetAwsEndpoint(std::string url) {
  const MutexLock lock(mutex_);
  endpoints_.aws_url = std::move(url);
}

void EnvironmentPool::SetTlsPorts(int tls_port, int api_port) {
  const MutexLock lock(mutex_);
  endpoints_.tls_port = tls_port;
  endpoints_.api_port = api_port;
}

Result<FunctionConfig> EnvironmentPool::Unpacked(const FunctionConfig& config) {
  FunctionConfig unpacked = config;
  OFFSTAGE_TRY(unpacked.code, archives_.Resolve(config.code));
  for (std::filesystem::path& layer : unpacked.layers) {
    OFFSTAGE_TRY(layer, archives_.Resolve(layer));
  }
  return unpacked;
}

EnvironmentPool::Slot& EnvironmentPool::SlotOf(const Function& function) {
  return slots_[function.config.name + ":" + function.config.version];
}

std::shared_ptr<CodeWatch> EnvironmentPool::WatchOf(const std::filesystem::path& folder) {
  std::shared_ptr<CodeWatch>& watch = watches_[folder];
  if (watch == nullptr) watch = std::make_shared<CodeWatch>(folder, options_.work_folder);
  return watch;
}

CodeFacts EnvironmentPool::FactsOf(const Function& function) {
  std::uint64_t generation = 0;
  {
    const MutexLock lock(mutex_);
    Slot& slot = SlotOf(function);
    generation = Generation(function, slot);
    if (slot.facts.has_value() && slot.facts_generation == generation) return *slot.facts;
  }
  CodeFacts facts = FactsOfCode(function.config);
  const MutexLock lock(mutex_);
  Slot& slot = SlotOf(function);
  slot.facts = facts;
  slot.facts_generation = generation;
  return facts;
}

std::uint64_t EnvironmentPool::GenerationNow(const Function& function) {
  const MutexLock lock(mutex_);
  return Generation(function, SlotOf(function));
}

std::uint64_t EnvironmentPool::Generation(const Function& function, Slot& slot) {
  if (options_.reload == Options::Reload::kNever) return 0;
  if (slot.watches.empty()) {
    slot.watches.push_back(WatchOf(function.config.code));
    for (const auto& layer : function.config.layers)
      slot.watches.push_back(WatchOf(layer));
  }
  std::uint64_t generation = 0;
  for (const auto& watch : slot.watches)
    generation += watch->Generation();
  slot.generation = generation;
  return generation;
}

EnvironmentPool::Shared EnvironmentPool::TakeIdle(const Function& function, Slot& slot) {
  if (slot.idle.empty()) return nullptr;
  const std::uint64_t generation = Generation(function, slot);
  while (!slot.idle.empty()) {
    Shared environment = std::move(slot.idle.back());
    slot.idle.pop_back();
    if (environment->generation() == generation && environment->Alive()) return environment;
    Retire(environment);
  }
  return nullptr;
}

// True when one more environment may be made now.
bool EnvironmentPool::MakeRoom() {
  if (alive_ < options_.max_environments) return true;
  Slot* oldest = nullptr;
  for (auto& [name, slot] : slots_) {
    if (slot.idle.empty()) continue;
    if (oldest == nullptr || slot.idle.front()->idle_since < oldest->idle.front()->idle_since) {
      oldest = &slot;
    }
  }
  if (oldest == nullptr) return false;
  const Shared environment = oldest->idle.front();
  oldest->idle.erase(oldest->idle.begin());
  Retire(environment);
  return true;
}

void EnvironmentPool::Retire(const Shared& environment) {
  environment->BeginShutdown(kRetireGrace);
  --alive_of_[environment->function().name];
  --alive_;
  retired_.push_back(environment);
  to_bury_.notify_all();
  freed_.notify_all();
}

Acquired EnvironmentPool::Acquire(const Function& function, process::Deadline until) {
  {
    MutexLock lock(mutex_);
    Slot& slot = SlotOf(function);
    for (;;) {
      if (stopping_) return {.kind = Acquired::Kind::kStopped};
      if (Shared environment = TakeIdle(function, slot)) {
        return {.kind = Acquired::Kind::kWarm, .environment = std::move(environment)};
      }
      const int alive = alive_of_[function.config.name];
      // Of a debugged function there is one: a debugger attaches to one process.
      if (function.debug_port != 0 && alive > 0) {
        if (steady_clock::now() >= until) return {.kind = Acquired::Kind::kNotYet};
        freed_.wait_until(lock, until);
        continue;
      }
      if (alive >= function.config.reserved_concurrency.value_or(alive + 1)) {
        return {.kind = Acquired::Kind::kThrottled,
                .reason = fmt::format("its ReservedConcurrentExecutions of {} are all in use",
                                      *function.config.reserved_concurrency)};
      }
      if (MakeRoom()) break;
      if (steady_clock::now() >= until) return {.kind = Acquired::Kind::kNotYet};
      freed_.wait_until(lock, until);
    }
    ++alive_of_[function.config.name];
    ++alive_;
  }
  return Make(function, For::kInvocation);
}

void EnvironmentPool::WarmUp(const Function& function, int count) {
  for (int made = 0; made < count; ++made) {
    {
      const MutexLock lock(mutex_);
      int& alive = alive_of_[function.config.name];
      if (stopping_ || alive_ >= options_.max_environments || alive >= count) return;
      ++alive;
      ++alive_;
    }
    const Acquired acquired = Make(function, For::kLater);
    if (acquired.kind != Acquired::Kind::kCold) return;
    if (acquired.environment->Start().ok()) {
      acquired.environment->AwaitReady(steady_clock::now() + options_.init_limit);
    }
    // One that did not become ready is ended: the first invocation will say why.
    if (!acquired.environment->Ready()) acquired.environment->BeginShutdown(kRetireGrace);
    Release(function, acquired.environment);
  }
}

Result<Interpreter> EnvironmentPool::InterpreterOf(const Function& function,
                                                   const FunctionConfig& unpacked) {
  if (!function.refused.empty()) return Fail(Error{function.refused});
  if (function.runtime.language == Language::kProvided) {
    return Interpreter{.path = unpacked.code / "bootstrap"};
  }
  {
    const MutexLock lock(mutex_);
    const Slot& slot = SlotOf(function);
    if (slot.interpreter.has_value()) return *slot.interpreter;
  }
  OFFSTAGE_TRY(InterpreterChoice choice, interpreters_.Choose(function.runtime, unpacked));
  const MutexLock lock(mutex_);
  SlotOf(function).interpreter = choice.interpreter;
  return std::move(choice.interpreter);
}

// The place is reserved already; it is given up again when nothing can be made.
Acquired EnvironmentPool::Make(const Function& function, For purpose) {
  // Before the code is unpacked: what changes meanwhile is seen as a change.
  const std::uint64_t generation = GenerationNow(function);
  auto unpacked = Unpacked(function.config);
  auto interpreter = unpacked.ok() ? InterpreterOf(function, *unpacked)
                                   : Result<Interpreter>(Fail(unpacked.error()));
  const MutexLock lock(mutex_);
  if (!interpreter.ok() || stopping_) {
    --alive_of_[function.config.name];
    --alive_;
    freed_.notify_all();
    if (stopping_) return {.kind = Acquired::Kind::kStopped};
    return {.kind = Acquired::Kind::kCannot, .reason = interpreter.error().message};
  }
  auto environment = std::make_shared<ExecutionEnvironment>(
      ExecutionEnvironment::Parameters{
          .function = std::move(unpacked).value(),
          .runtime = function.runtime,
          .interpreter = std::move(interpreter).value(),
          .endpoints = endpoints_,
          .generation = generation,
          .mounts = mounts_,
          .debug_port = function.debug_port,
          .provisioned = purpose == For::kLater && function.config.provisioned_concurrency > 0},
      options_, host_, dependencies_);
  environments_[environment->identity().access_key_id] = environment;
  to_watch_.notify_all();
  return {.kind = Acquired::Kind::kCold, .environment = std::move(environment)};
}

void EnvironmentPool::Release(const Function& function, const Shared& environment) {
  const MutexLock lock(mutex_);
  Slot& slot = SlotOf(function);
  // As last seen: the next invocation looks again, and retires it if need be.
  if (stopping_ || !environment->Alive() || environment->generation() != slot.generation) {
    Retire(environment);
    return;
  }
  environment->idle_since = steady_clock::now();
  slot.idle.push_back(environment);
  freed_.notify_all();
}

void EnvironmentPool::RetireIdle(const std::string& function) {
  const MutexLock lock(mutex_);
  for (auto& [name, slot] : slots_) {
    if (!function.empty() && name.substr(0, name.rfind(':')) != function) continue;
    for (const Shared& environment : std::exchange(slot.idle, {}))
      Retire(environment);
  }
}

bool EnvironmentPool::KillRunning(std::string_view request_id) {
  const MutexLock lock(mutex_);
  for (const auto& [key, environment] : environments_) {
    if (environment->CurrentRequestId() != request_id) continue;
    environment->Kill();
    return true;
  }
  return false;
}

std::optional<Caller> EnvironmentPool::FindCaller(std::string_view access_key_id) const {
  const MutexLock lock(mutex_);
  const auto found = environments_.find(access_key_id);
  if (found == environments_.end()) return std::nullopt;
  return Caller{.function = found->second->function().name,
                .request_id = found->second->CurrentRequestId()};
}

int EnvironmentPool::EnvironmentCount() const {
  const MutexLock lock(mutex_);
  return static_cast<int>(environments_.size());
}

void EnvironmentPool::RetireIdleSince(steady_clock::time_point limit) {
  for (auto& [name, slot] : slots_) {
    while (!slot.idle.empty() && slot.idle.front()->idle_since < limit) {
      const Shared environment = slot.idle.front();
      slot.idle.erase(slot.idle.begin());
      Retire(environment);
    }
  }
}

// The undertaker's thread: waits for ended processes, so that no invocation has to.
void EnvironmentPool::Bury() {
  MutexLock lock(mutex_);
  while (!(stopping_ && retired_.empty() && alive_ == 0)) {
    if (retired_.empty()) {
      to_bury_.wait_for(lock, kSweepInterval);
      RetireIdleSince(steady_clock::now() - options_.idle_limit);
      continue;
    }
    const std::vector<Shared> retired = std::exchange(retired_, {});
    lock.unlock();
    for (const Shared& environment : retired)
      environment->FinishShutdown();
    lock.lock();
    for (const Shared& environment : retired)
      environments_.erase(environment->identity().access_key_id);
  }
}

void EnvironmentPool::Stop(milliseconds grace) {
  {
    const MutexLock lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
    stopping_ = true;
    for (auto& [name, slot] : slots_) {
      for (const Shared& environment : std::exchange(slot.idle, {}))
        Retire(environment);
    }
    for (const auto& [key, environment] : environments_)
      environment->BeginShutdown(grace);
    freed_.notify_all();
    to_bury_.notify_all();
    to_watch_.notify_all();
  }
  undertaker_.join();
  memory_watch_.join();
}

// Lambda's kernel ends a process at its limit; here one is ended soon after.
void EnvironmentPool::WatchMemory() {
  MutexLock lock(mutex_);
  while (!stopping_) {
    if (environments_.empty()) {
      to_watch_.wait(lock);
      continue;
    }
    std::vector<Shared> all;
    for (const auto& [key, environment] : environments_)
      all.push_back(environment);
    lock.unlock();
    for (const Shared& environment : all)
      environment->EnforceMemory();
    all.clear();
    lock.lock();
    if (!stopping_) to_watch_.wait_for(lock, kMemoryInterval);
  }
}

}  // namespace offstage::lambda
