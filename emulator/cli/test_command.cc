// offstage test: runs scenario suites, each scenario from its own fresh data.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "app/known_names.h"
#include "app/route_table.h"
#include "cli/stop_signal.h"
#include "cli/test_options.h"
#include "cli/test_progress.h"
#include "cli/test_run.h"
#include "scenario/loader.h"
#include "scenario/report.h"

namespace offstage::cli {

namespace {

namespace fs = std::filesystem;
using scenario::Assignment;
using scenario::RunSummary;
using scenario::Scenario;
using scenario::ScenarioResult;

int ComplainAll(const std::vector<std::string>& problems) {
  for (const std::string& problem : problems)
    std::fprintf(stderr, "offstage: %s\n", problem.c_str());
  return kUsageOrTemplate;
}

std::vector<fs::path> DefaultPaths(const app::ProjectPlan& plan) {
  const fs::path beside = plan.template_file.parent_path() / "scenarios";
  if (fs::is_directory("scenarios")) return {"scenarios"};
  if (!plan.template_file.empty() && fs::is_directory(beside)) return {fs::relative(beside)};
  return {"."};
}

fs::path FailedFile(const app::ProjectPlan& plan) {
  return plan.data / "failed-scenarios.json";
}

std::vector<std::string> ReadIds(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  const auto json = ParseJson(std::string{std::istreambuf_iterator<char>(in), {}});
  std::vector<std::string> ids;
  if (!json.ok() || !json->is_array()) return ids;
  for (const Json& id : *json) {
    if (id.is_string()) ids.push_back(id.get<std::string>());
  }
  return ids;
}

// For the next `--failed`. Best effort: a folder that cannot be written costs only that.
void WriteFailed(const app::ProjectPlan& plan, const RunSummary& summary) {
  Json ids = Json::array();
  for (const ScenarioResult& result : summary.results) {
    const bool bad =
        result.outcome == scenario::Outcome::kFailed || result.outcome == scenario::Outcome::kError;
    if (bad) ids.push_back(result.id);
  }
  std::error_code failure;
  fs::create_directories(plan.data, failure);
  if (!failure && !fs::exists(plan.data / ".gitignore"))
    std::ofstream(plan.data / ".gitignore") << "*\n";
  std::ofstream(FailedFile(plan)) << DumpJson(ids) << "\n";
}

Result<std::uint64_t> SeedOf(const std::string& text) {
  constexpr std::uint64_t kReadable = 1'000'000;  // Short enough to be typed again.
  if (text.empty()) return std::random_device{}() % kReadable;
  if (text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
    return Fail(Error{fmt::format("--random-seed takes a number, not '{}'", text)});
  return std::stoull(text);
}

// Loads what is asked for; an exit code when it cannot be.
std::optional<int> LoadScenarios(const TestOptions& options, TestRun& run) {
  const auto paths = options.paths.empty() ? DefaultPaths(run.plan) : options.paths;
  const auto files = scenario::FindFiles(paths);
  if (!files.ok()) return Complain(files.error(), kUsageOrTemplate);
  if (files->empty()) {
    return Complain({fmt::format("there are no *.scenario.yml files in {}; `offstage test --init` "
                                 "writes a first one",
                                 paths.front().string())},
                    kUsageOrTemplate);
  }
  auto scenarios = scenario::LoadFiles(*files);
  if (!scenarios.ok()) return ComplainAll(scenarios.error().problems);
  run.scenarios = std::move(scenarios).value();
  return std::nullopt;
}

// "file:PATH" stands for all scenarios of that file.
std::vector<std::string> WithFiles(std::vector<std::string> ids,
                                   const std::vector<Scenario>& scenarios) {
  const std::set<std::string> wanted(ids.begin(), ids.end());
  for (const Scenario& scenario : scenarios) {
    const fs::path file = fs::absolute(scenario.file).lexically_normal();
    if (wanted.contains("file:" + file.string())) ids.push_back(scenario.id);
  }
  return ids;
}

std::optional<int> Choose(const TestOptions& options, TestRun& run) {
  scenario::SelectionOptions selection;
  selection.filters = options.filters;
  selection.tags = options.tags;
  selection.shard = options.shard;
  selection.repeat = options.repeat;
  selection.seed = run.seed;
  if (options.failed) selection.only = ReadIds(FailedFile(run.plan));
  if (!options.only.empty()) selection.only = WithFiles(ReadIds(options.only), run.scenarios);
  if (options.in_order) selection.order = scenario::SelectionOptions::Order::kAsWritten;
  auto assignments = scenario::Select(run.scenarios, selection);
  if (!assignments.ok()) return Complain(assignments.error(), kUsageOrTemplate);
  run.assignments = std::move(assignments).value();
  // A misspelt name must not look like success.
  const bool by_name = !options.filters.empty() || !options.tags.empty();
  if (run.assignments.empty() && by_name && options.shard.empty() && !options.failed)
    return Complain({"no scenario fits --filter and --tag; --list shows what there is"},
                    kUsageOrTemplate);
  return std::nullopt;
}

// Routes and functions of the template, for coverage; the template's own errors come out here.
std::optional<int> ReadTemplate(const TestOptions& options, TestRun& run) {
  RandomIds ids;
  const auto open = Open(options.common, ids);
  if (!open.ok()) return Complain(open.error().error, open.error().code);
  const auto routes = app::ListRoutes(open->stack);
  if (!routes.ok()) return Complain(routes.error(), kUsageOrTemplate);
  for (const app::RouteRow& route : *routes) {
    if (route.function != "mock")
      run.routes.push_back({.route = route.key, .function = route.function});
  }
  for (const templates::Function& function : open->stack.functions)
    run.functions.push_back(function.logical_id);
  const auto unknown = scenario::CheckNames(run.scenarios, app::NamesOf(open->stack));
  if (!unknown.empty()) return ComplainAll(unknown);
  return std::nullopt;
}

ScenarioResult Skipped(const Scenario& scenario) {
  ScenarioResult result;
  result.id = scenario.id;
  result.suite = scenario.suite;
  result.name = scenario.name;
  result.file = scenario.file;
  result.line = scenario.line;
  result.tags = scenario.tags;
  result.outcome = scenario::Outcome::kSkipped;
  result.reason = scenario.skip;
  return result;
}

// Takes those that are skipped out of the work.
std::vector<ScenarioResult> TakeSkipped(TestRun& run) {
  std::vector<ScenarioResult> skipped;
  std::erase_if(run.assignments, [&](const Assignment& assignment) {
    const Scenario& scenario = run.scenarios[assignment.scenario];
    if (scenario.skip.empty()) return false;
    if (assignment.run == 1) skipped.push_back(Skipped(scenario));
    return true;
  });
  return skipped;
}

// In the order of the files, whatever order they ran in.
void SortResults(const TestRun& run, RunSummary& summary) {
  std::map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < run.scenarios.size(); ++i)
    place[run.scenarios[i].id] = i;
  std::stable_sort(summary.results.begin(), summary.results.end(),
                   [&](const ScenarioResult& a, const ScenarioResult& b) {
                     return std::pair(place[a.id], a.run) < std::pair(place[b.id], b.run);
                   });
}

bool OnGitHub() {
  const char* value = std::getenv("GITHUB_ACTIONS");  // NOLINT(concurrency-mt-unsafe)
  return value != nullptr && std::string_view(value) == "true";
}

int WriteReports(const TestOptions& options, const RunSummary& summary) {
  for (const std::string& file : options.reports) {
    const auto report = scenario::ReportFor(file, summary);
    if (!report.ok()) return Complain(report.error(), kUsageOrTemplate);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << *report;
    if (!out.flush()) return Complain({"cannot write the report " + file}, kCouldNotStart);
  }
  if (!OnGitHub()) return kDone;
  // Annotations name files from the repository's root, whatever the working directory.
  const char* root = std::getenv("GITHUB_WORKSPACE");  // NOLINT(concurrency-mt-unsafe)
  std::error_code failure;
  fs::path folder;
  if (root != nullptr) folder = fs::relative(fs::current_path(failure), root, failure);
  if (failure || folder.string().starts_with("..")) folder.clear();
  fmt::print("{}", scenario::GitHubAnnotations(summary, folder));
  const char* file = std::getenv("GITHUB_STEP_SUMMARY");  // NOLINT(concurrency-mt-unsafe)
  if (file != nullptr) std::ofstream(file, std::ios::app) << scenario::MarkdownReport(summary);
  return kDone;
}

int Conclude(const TestOptions& options, TestRun& run, RunSummary& summary, Progress& progress) {
  SortResults(run, summary);
  summary.coverage = scenario::MeasureCoverage(summary.results, run.routes, run.functions);
  progress.Finish(summary);
  WriteFailed(run.plan, summary);
  if (const int code = WriteReports(options, summary); code != kDone) return code;
  if (!summary.Good()) return kChecksFailed;
  if (summary.coverage.RoutePercent() < options.min_route_coverage) {
    return Complain({fmt::format("{:.0f} % of the routes were reached, --min-route-coverage asks "
                                 "for {:.0f} %",
                                 summary.coverage.RoutePercent(), options.min_route_coverage)},
                    kChecksFailed);
  }
  return kDone;
}

// A misspelt report would otherwise be found out only after the run.
std::optional<int> CheckReports(const TestOptions& options) {
  for (const std::string& file : options.reports) {
    const auto report = scenario::ReportFor(file, {});
    if (!report.ok()) return Complain(report.error(), kUsageOrTemplate);
  }
  return std::nullopt;
}

int Watch(const TestOptions& options, StopSignal& signal) {
  if (!options.target.empty())
    return Complain({"--watch runs a local deployment, not --target"}, kUsageOrTemplate);
  const auto plan = app::PlanProject(ToProjectOptions(options.common));
  if (!plan.ok()) return Complain(plan.error(), kUsageOrTemplate);
  return RunTestWatch(options, options.paths.empty() ? DefaultPaths(*plan) : options.paths, signal);
}

int RunTest(TestOptions& options) {
  StopSignal signal;
  if (options.schema) {
    fmt::print("{}\n", scenario::MakeSchema().dump(2));
    return kDone;
  }
  if (options.init) return RunTestInit(options);
  if (options.watch) return Watch(options, signal);
  // Scenarios' data is in memory; --data says only where the last failures are remembered.
  options.common.in_memory = true;
  TestRun run;
  const auto plan = app::PlanProject(ToProjectOptions(options.common));
  if (!plan.ok() && options.target.empty()) return Complain(plan.error(), kUsageOrTemplate);
  if (plan.ok()) run.plan = *plan;
  const auto seed = SeedOf(options.seed);
  if (!seed.ok()) return Complain(seed.error(), kUsageOrTemplate);
  run.seed = *seed;
  if (const auto code = LoadScenarios(options, run)) return *code;
  if (!options.worker.empty()) return RunTestWorker(options, run.scenarios, run.seed, signal);
  if (const auto code = CheckReports(options)) return *code;
  if (const auto code = Choose(options, run)) return *code;
  if (options.list) {
    for (const Assignment& assignment : run.assignments)
      fmt::print("{}\n", run.scenarios[assignment.scenario].id);
    return kDone;
  }
  if (options.target.empty()) {
    if (const auto code = ReadTemplate(options, run)) return *code;
  }
  RunSummary summary;
  summary.seed = run.seed;
  summary.results = TakeSkipped(run);
  summary.jobs = options.target.empty() ? JobsFor(options, run.assignments.size()) : 1;
  Progress progress(run.assignments.size(), options.common.quiet);
  const auto start = std::chrono::steady_clock::now();
  if (!options.target.empty()) {
    if (const int code = RunRemote(options, run, summary, progress); code != kDone) return code;
  } else if (!run.assignments.empty()) {
    if (const auto code = RunWorkers(options, run, signal, summary, progress)) return *code;
  }
  summary.duration_ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  return Conclude(options, run, summary, progress);
}

void AddSelectionOptions(CLI::App& command, TestOptions& options) {
  command
      .add_option("--filter", options.filters,
                  "Only scenarios whose suite, name or file has this in it; may be repeated")
      ->allow_extra_args(false);
  command
      .add_option("--tag", options.tags,
                  "Only scenarios with this tag; !TAG: without it; may be repeated")
      ->allow_extra_args(false);
  command.add_flag("--failed", options.failed, "Only those that failed the last time");
  command.add_flag("--fail-fast", options.fail_fast, "Begin no more once one has failed");
  command.add_option("--repeat", options.repeat, "Run each so many times; finds flaky ones")
      ->check(CLI::Range(1, 100'000));
  command.add_option("--shard", options.shard, "i/n: the i-th of n parts");
  command
      .add_option("--jobs,-j", options.jobs, "Deployments at once (default: as many as pay off)")
      ->check(CLI::Range(1, 64));
  command.add_option("--random-seed", options.seed, "Order and generated values of an earlier run");
  command.add_flag("--in-order", options.in_order, "Do not shuffle");
}

}  // namespace

void AddTestCommand(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<TestOptions>();
  CLI::App* command =
      program.add_subcommand("test", "Run scenario suites, each scenario from fresh data");
  command->add_option("paths", options->paths,
                      "Scenario files, or folders with *.scenario.yml (default: scenarios/)");
  AddProjectOptions(*command, options->common);
  AddRuntimeOptions(*command, options->common);
  AddSelectionOptions(*command, *options);
  command
      ->add_option("--report", options->reports,
                   "File to write: .xml (JUnit), .json, .tap, .md or .html; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--min-route-coverage", options->min_route_coverage,
                      "Fail when fewer per cent of the routes were reached");
  command->add_flag("--update-snapshots", options->update_snapshots,
                    "Write snapshots anew instead of comparing with them");
  command->add_option("--target", options->target,
                      "Run against this URL; what needs the inside is not checked");
  command->add_flag("--list", options->list, "Only list what would run");
  command->add_flag("--init", options->init, "Write a first suite from the template's routes");
  command->add_flag("--schema", options->schema, "Print the JSON Schema of scenario files");
  command->add_flag("-q,--quiet", options->common.quiet, "Print failures and the summary alone");
  command->add_flag("--watch", options->watch,
                    "Stay, and run what each change to code, template or scenarios affects");
  command->add_option("--only", options->only)->group("");
  command->add_option("--worker", options->worker)->group("");
  command->callback([options, &exit_code] { exit_code = RunTest(*options); });
}

}  // namespace offstage::cli
