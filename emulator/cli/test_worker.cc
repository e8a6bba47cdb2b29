// Worker processes of `offstage test`: each has a deployment of its own.
#include <thread>

#include "app/scenario_target.h"
#include "cli/test_options.h"
#include "gateway/json_schema.h"
#include "scenario/coordinator.h"
#include "scenario/runner.h"

namespace offstage::cli {

namespace {

// Ends what the worker waits for when a signal comes.
class Interruption {
 public:
  Interruption(StopSignal& signal, app::LocalTarget& target)
      : signal_(signal), thread_([&signal, &target] {
          if (signal.Wait() != 0) target.Interrupt();
        }) {}
  ~Interruption() {
    signal_.Cancel();
    thread_.join();
  }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

 private:
  StopSignal& signal_;
  std::thread thread_;
};

}  // namespace

Status CheckJsonSchema(const Json& schema, const Json& value) {
  OFFSTAGE_TRY(const auto compiled, gateway::JsonSchema::Compile(DumpJson(schema)));
  return compiled.Check(value);
}

int RunTestWorker(const TestOptions& options, const std::vector<scenario::Scenario>& scenarios,
                  std::uint64_t seed, StopSignal& signal) {
  StderrLog log(LogLevel::kError);
  RandomIds ids;
  auto deployment_options = ToDeploymentOptions(options.common);
  if (!deployment_options.ok()) return Complain(deployment_options.error(), kUsageOrTemplate);
  auto open = Open(options.common, ids);
  if (!open.ok()) return Complain(open.error().error, open.error().code);
  auto target =
      app::LocalTarget::Start(std::move(open->stack), std::move(deployment_options).value(), log,
                              app::SourceOf(std::move(open->plan)));
  if (!target.ok()) return Complain(target.error(), kCouldNotStart);
  const Interruption interruption(signal, **target);
  scenario::RunOptions run_options;
  run_options.check_schema = CheckJsonSchema;
  if (options.update_snapshots) run_options.snapshots = scenario::RunOptions::Snapshots::kUpdate;
  const Status worked = scenario::Work(options.worker, [&](std::size_t index, int run) {
    run_options.seed = seed + static_cast<std::uint64_t>(run) - 1;
    return scenario::RunScenario(scenarios.at(index), **target, run_options);
  });
  return worked.ok() ? kDone : Complain(worked.error(), kCouldNotStart);
}

}  // namespace offstage::cli
