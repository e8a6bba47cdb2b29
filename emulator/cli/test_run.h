// A run of `offstage test`, once it is known what is to be run. Internal to cli/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/project.h"
#include "cli/test_options.h"
#include "cli/test_progress.h"
#include "scenario/model.h"
#include "scenario/report.h"
#include "scenario/selection.h"

namespace offstage::cli {

struct TestRun {
  app::ProjectPlan plan;
  std::vector<scenario::Scenario> scenarios;
  std::vector<scenario::Assignment> assignments;
  std::uint64_t seed = 0;
  std::vector<scenario::KnownRoute> routes;
  std::vector<std::string> functions;
};

// How many deployments are worth it for so many scenarios.
int JobsFor(const TestOptions& options, std::size_t work);

// Runs everything on `summary.jobs` worker processes and collects the results; an exit code when
// that could not be done.
std::optional<int> RunWorkers(const TestOptions& options, TestRun& run, StopSignal& signal,
                              scenario::RunSummary& summary, Progress& progress);

// The same against --target, one after the other; an exit code.
int RunRemote(const TestOptions& options, TestRun& run, scenario::RunSummary& summary,
              Progress& progress);

}  // namespace offstage::cli
