#include "cli/test_run.h"

#include <atomic>
#include <thread>

#include "cli/worker_pool.h"
#include "scenario/coordinator.h"
#include "scenario/remote_target.h"
#include "scenario/runner.h"

namespace offstage::cli {

namespace {

namespace fs = std::filesystem;
using scenario::Assignment;
using scenario::RunSummary;
using scenario::ScenarioResult;

// A worker costs its functions' cold starts: few scenarios are done sooner by one.
constexpr std::size_t kScenariosWorthAWorker = 20;

// This program's arguments again, for workers; they find the same files and get the same seed.
std::vector<std::string> WorkerArguments(const TestOptions& options, std::uint64_t seed,
                                         const std::string& program) {
  std::vector<std::string> arguments = {program, "test", "--random-seed", std::to_string(seed)};
  if (options.update_snapshots) arguments.push_back("--update-snapshots");
  for (const fs::path& path : options.paths)
    arguments.push_back(path.string());
  const std::vector<std::string> common = ToArguments(options.common);
  arguments.insert(arguments.end(), common.begin(), common.end());
  return arguments;
}

// Waits for a signal on a thread of its own.
class RunInterruption {
 public:
  RunInterruption(StopSignal& signal, scenario::Coordinator& coordinator)
      : signal_(signal), thread_([this, &coordinator] {
          number_ = signal_.Wait();
          if (number_ != 0) coordinator.Stop();
        }) {}
  ~RunInterruption() {
    signal_.Cancel();
    thread_.join();
  }
  RunInterruption(const RunInterruption&) = delete;
  RunInterruption& operator=(const RunInterruption&) = delete;
  int number() const { return number_; }

 private:
  StopSignal& signal_;
  std::atomic<int> number_{0};
  std::thread thread_;
};

}  // namespace

int JobsFor(const TestOptions& options, std::size_t work) {
  // Tables of another engine cannot be told apart by deployment where the template names them.
  if (!options.common.dynamodb_endpoint.empty()) return 1;
  if (options.jobs > 0)
    return std::min<int>(options.jobs, std::max<int>(1, static_cast<int>(work)));
  const auto worth = static_cast<unsigned>(work / kScenariosWorthAWorker + 1);
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1U, worth));
}

std::optional<int> RunWorkers(const TestOptions& options, TestRun& run, StopSignal& signal,
                              RunSummary& summary, Progress& progress) {
  RandomIds ids;
  const auto program = OwnProgram();
  if (!program.ok()) return Complain(program.error(), kCouldNotStart);
  const auto at_failure = options.fail_fast ? scenario::Coordinator::Options::AtFailure::kStop
                                            : scenario::Coordinator::Options::AtFailure::kGoOn;
  auto coordinator =
      scenario::Coordinator::Start(run.scenarios, run.assignments, {.at_failure = at_failure}, ids);
  if (!coordinator.ok()) return Complain(coordinator.error(), kCouldNotStart);
  const RunInterruption interruption(signal, **coordinator);
  auto pool =
      WorkerPool::Start(summary.jobs, WorkerArguments(options, run.seed, *program), **coordinator);
  if (!pool.ok()) return Complain(pool.error(), kCouldNotStart);
  while (interruption.number() == 0) {
    int exit_code = kCouldNotStart;
    const Status tended = (*pool)->Tend(exit_code);
    if (!tended.ok()) {
      std::fprintf(stderr, "%s\n", tended.error().message.c_str());
      return exit_code;
    }
    if (auto result = (*coordinator)->NextResult(std::chrono::seconds(1))) {
      progress.Add(*result);
      summary.results.push_back(*std::move(result));
      continue;
    }
    if ((*coordinator)->Finished()) break;
    if ((*pool)->AllEnded() && (*coordinator)->Waiting() > 0)
      return Complain({"the workers ended before the work was done"}, kBug);
  }
  if (interruption.number() != 0) {
    std::fprintf(stderr, "offstage: interrupted after %zu scenarios\n", summary.results.size());
    return 128 + interruption.number();
  }
  return std::nullopt;
}

int RunRemote(const TestOptions& options, TestRun& run, RunSummary& summary, Progress& progress) {
  auto target = scenario::RemoteTarget::Make(options.target);
  if (!target.ok()) return Complain(target.error(), kUsageOrTemplate);
  scenario::RunOptions run_options;
  run_options.curl_url = options.target;
  run_options.check_schema = CheckJsonSchema;
  for (const Assignment& assignment : run.assignments) {
    run_options.seed = run.seed + static_cast<std::uint64_t>(assignment.run) - 1;
    ScenarioResult result =
        scenario::RunScenario(run.scenarios[assignment.scenario], **target, run_options);
    result.run = assignment.run;
    progress.Add(result);
    summary.results.push_back(std::move(result));
    if (options.fail_fast && !summary.Good()) break;
  }
  return kDone;
}

}  // namespace offstage::cli
