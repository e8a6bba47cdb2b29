#include "cli/worker_pool.h"

#include <fmt/format.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <filesystem>
#if defined(__APPLE__)
#include <mach-o/dyld.h>
#endif

#include "base/text.h"

extern char** environ;

namespace offstage::cli {

namespace {

constexpr std::size_t kKeptOutput = 8 * 1024;

std::vector<std::string> OwnEnvironment() {
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry)
    variables.emplace_back(*entry);
  return variables;
}

}  // namespace

Result<std::string> OwnProgram() {
#if defined(__APPLE__)
  char path[PATH_MAX];
  uint32_t size = sizeof(path);
  if (_NSGetExecutablePath(path, &size) == 0) return std::string(path);
#else
  std::error_code failure;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (!failure) return path.string();
#endif
  return Fail(Error{"cannot find this program's own file, which is needed to start workers"});
}

// One process and the end of what it printed.
class WorkerPool::Worker : public process::Listener {
 public:
  Worker(int number, scenario::Coordinator& coordinator)
      : number_(number), coordinator_(coordinator) {}

  void OnOutput(std::string_view bytes) override {
    const MutexLock lock(mutex_);
    output_.append(bytes);
    if (output_.size() > kKeptOutput) output_.erase(0, output_.size() - kKeptOutput);
  }
  void OnExit(const process::ExitStatus& status) override {
    {
      const MutexLock lock(mutex_);
      exit_ = status;
    }
    coordinator_.Wake();
  }

  int number() const { return number_; }
  std::optional<process::ExitStatus> exit() const {
    const MutexLock lock(mutex_);
    return exit_;
  }
  std::string output() const {
    const MutexLock lock(mutex_);
    return output_;
  }
  // Set right after the start.
  std::unique_ptr<process::Process> process;
  // Its end has been dealt with.
  bool noted = false;

 private:
  const int number_;
  scenario::Coordinator& coordinator_;
  mutable Mutex mutex_;
  std::string output_ OFFSTAGE_GUARDED_BY(mutex_);
  std::optional<process::ExitStatus> exit_ OFFSTAGE_GUARDED_BY(mutex_);
};

WorkerPool::WorkerPool(std::vector<std::string> arguments, scenario::Coordinator& coordinator)
    : arguments_(std::move(arguments)), coordinator_(coordinator) {}

WorkerPool::~WorkerPool() {
  for (const auto& worker : workers_) {
    if (worker->process != nullptr && !worker->exit())
      worker->process->Terminate(std::chrono::seconds(3));
  }
  for (const auto& worker : workers_)
    worker->process.reset();
}

Result<std::unique_ptr<WorkerPool>> WorkerPool::Start(int count, std::vector<std::string> arguments,
                                                      scenario::Coordinator& coordinator) {
  std::unique_ptr<WorkerPool> pool(new WorkerPool(std::move(arguments), coordinator));
  OFFSTAGE_TRY(pool->temporary_, WorkFolder::Make());
  OFFSTAGE_TRY(pool->host_, process::Host::Start());
  for (int i = 0; i < count; ++i)
    OFFSTAGE_TRY_VOID(pool->Add());
  return pool;
}

Status WorkerPool::Add() {
  auto worker = std::make_unique<Worker>(++last_number_, coordinator_);
  process::Command command{.arguments = arguments_, .environment = OwnEnvironment()};
  std::erase_if(command.environment,
                [](const std::string& entry) { return entry.starts_with("TMPDIR="); });
  command.environment.push_back("TMPDIR=" + temporary_->path().string());
  command.arguments.push_back("--worker");
  command.arguments.push_back(coordinator_.UrlFor(worker->number()));
  auto process = host_->Spawn(command, *worker);
  if (!process.ok()) return Fail(Error{process.error().message});
  worker->process = std::move(process).value();
  workers_.push_back(std::move(worker));
  return Ok();
}

bool WorkerPool::AllEnded() const {
  return std::all_of(workers_.begin(), workers_.end(),
                     [](const auto& worker) { return worker->noted; });
}

Status WorkerPool::Tend(int& exit_code) {
  std::size_t ended_early = 0;
  for (const auto& worker : workers_) {
    const auto exit = worker->exit();
    if (!exit || worker->noted) continue;
    worker->noted = true;
    std::string words(Trim(worker->output()));
    const bool had_work = coordinator_.WorkerEnded(
        worker->number(),
        fmt::format("the emulator ended in the middle of this scenario ({}); its data is lost, the "
                    "other scenarios go on in a new one{}{}",
                    exit->Describe(), words.empty() ? "" : "\nlast output:\n", words));
    if (exit->success()) continue;
    if (!had_work) {
      exit_code = exit->code == 0 ? 70 : exit->code;
      return Fail(Error{words.empty() ? "a worker ended with " + exit->Describe() : words});
    }
    ++ended_early;
  }
  for (; ended_early > 0 && coordinator_.Waiting() > 0; --ended_early)
    OFFSTAGE_TRY_VOID(Add());
  return Ok();
}

}  // namespace offstage::cli
