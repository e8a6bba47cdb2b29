// offstage bench: how slow routes are, cold and warm, and whether they have become slower.
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "app/known_names.h"
#include "app/route_table.h"
#include "app/scenario_target.h"
#include "base/text.h"
#include "bench/report.h"
#include "bench/session.h"
#include "cli/bench_baseline.h"
#include "cli/bench_options.h"
#include "cli/stop_signal.h"
#include "scenario/remote_target.h"

namespace offstage::cli {

namespace {

namespace fs = std::filesystem;

// What a signal has to reach, from its own thread.
class Interruption {
 public:
  explicit Interruption(StopSignal& signal) : signal_(signal), thread_([this] { Wait(); }) {}
  ~Interruption() {
    signal_.Cancel();
    thread_.join();
  }
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  const std::atomic<bool>& stop() const { return stop_; }
  int number() const { return number_; }
  // Targets whose running invocations end at a signal. They are taken out before they go.
  void Watch(app::LocalTarget* target) {
    const MutexLock lock(mutex_);
    targets_.push_back(target);
    if (stop_) target->Interrupt();
  }
  void Forget() {
    const MutexLock lock(mutex_);
    targets_.clear();
  }

 private:
  void Wait() {
    number_ = signal_.Wait();
    if (number_ == 0) return;
    stop_ = true;
    const MutexLock lock(mutex_);
    for (app::LocalTarget* target : targets_)
      target->Interrupt();
  }

  StopSignal& signal_;
  std::atomic<bool> stop_{false};
  std::atomic<int> number_{0};
  Mutex mutex_;
  std::vector<app::LocalTarget*> targets_ OFFSTAGE_GUARDED_BY(mutex_);
  std::thread thread_;
};

// One line a request: when it was due, sent and answered, in nanoseconds from its block's start.
class CsvLog : public bench::RequestLog {
 public:
  explicit CsvLog(const std::string& file) : out_(file, std::ios::binary | std::ios::trunc) {
    out_ << "benchmark,side,block,due_ns,sent_ns,answered_ns,status\n";
  }
  bool Good() { return static_cast<bool>(out_.flush()); }
  void Write(const std::string& name, const std::string& side,
             const bench::LoadResult& result) override {
    ++block_;
    for (const bench::Sample& sample : result.samples) {
      out_ << fmt::format("\"{}\",{},{},{},{},{},{}\n", ReplaceAll(name, "\"", "\"\""), side,
                          block_, sample.due.count(), sample.sent.count(), sample.end.count(),
                          sample.status);
    }
  }

 private:
  std::ofstream out_;
  int block_ = 0;
};

class ProgressLine {
 public:
  explicit ProgressLine(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}
  ~ProgressLine() { Clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Show(const std::string& what, int round, int rounds) {
    if (quiet_ || (!terminal_ && what == last_)) return;
    last_ = what;
    if (terminal_) {
      fmt::print(stderr, "\r\033[K[{}/{}] {}", round, rounds, what);
      std::fflush(stderr);
    } else {
      fmt::print(stderr, "measuring {}\n", what);
    }
  }
  void Clear() {
    if (terminal_ && !last_.empty()) fmt::print(stderr, "\r\033[K");
    last_.clear();
  }

 private:
  const bool quiet_;
  const bool terminal_;
  std::string last_;
};

std::string Machine() {
  utsname name{};
  ::uname(&name);
  return fmt::format("{} cores, {} {}", std::thread::hardware_concurrency(), name.sysname,
                     name.machine);
}

std::vector<bench::Route> RoutesOf(const std::vector<app::RouteRow>& rows) {
  std::vector<bench::Route> routes;
  for (const app::RouteRow& row : rows)
    routes.push_back({.method = row.method, .path = row.path});
  return routes;
}

struct Failed {
  Error error = {};
  ExitCode code = kUsageOrTemplate;
};

// Everything of one run. Used by one thread.
class BenchRunner {
 public:
  BenchRunner(const BenchOptions& options, BenchPlan plan, Interruption& interruption)
      : options_(options), plan_(std::move(plan)), interruption_(interruption) {}
  ~BenchRunner() { interruption_.Forget(); }
  BenchRunner(const BenchRunner&) = delete;
  BenchRunner& operator=(const BenchRunner&) = delete;

  int Run();

 private:
  using Target = std::unique_ptr<app::LocalTarget>;

  Result<Unit, Failed> Open();
  Result<Unit, Failed> OpenTargets();
  Result<Target, Failed> Start(templates::Stack stack, app::StackSource source = {});
  Result<Unit, Failed> StartBaseline();
  void ProfileImports();
  int Conclude(std::vector<bench::CaseResult> results);
  int WriteReports(const bench::BenchRun& run);
  int ExitCodeFor(const bench::BenchRun& run) const;
  bench::RunInfo Info() const;

  const BenchOptions& options_;
  BenchPlan plan_;
  Interruption& interruption_;
  StderrLog log_{LogLevel::kError};
  RandomIds ids_;
  templates::Stack stack_;
  app::StackSource source_;
  fs::path template_file_;
  BenchCases cases_;
  std::optional<Baseline> baseline_;
  // Targets go before the baseline's files do.
  std::unique_ptr<scenario::Target> remote_;
  Target local_;
  Target before_;
  std::optional<bench::Side> now_side_;
  std::optional<bench::Side> before_side_;
  std::unique_ptr<CsvLog> csv_;
  // By case.
  std::map<std::string, std::vector<bench::ImportTime>> imports_;
};

Result<Unit, Failed> BenchRunner::Open() {
  if (!options_.target.empty()) {
    if (!options_.baseline.empty() && !options_.baseline.ends_with(".json"))
      return Fail(Failed{{"--baseline with --target takes the --json of an earlier run alone"}});
    auto cases = MakeBenchCases(options_, {}, nullptr, nullptr);
    if (!cases.ok()) return Fail(Failed{cases.error()});
    cases_ = std::move(cases).value();
    return Ok();
  }
  CommonOptions common = options_.common;
  common.in_memory = true;
  auto open = cli::Open(common, ids_);
  if (!open.ok()) return Fail(Failed{open.error().error, open.error().code});
  stack_ = std::move(open->stack);
  template_file_ = open->plan.template_file;
  source_ = app::SourceOf(std::move(open->plan));
  const auto rows = app::ListRoutes(stack_);
  if (!rows.ok()) return Fail(Failed{rows.error()});
  if (rows->empty()) return Fail(Failed{{"the template has no routes to measure"}});
  const auto routes = RoutesOf(*rows);
  const scenario::KnownNames known = app::NamesOf(stack_);
  auto cases = MakeBenchCases(options_, template_file_.parent_path(), &routes, &known);
  if (!cases.ok()) return Fail(Failed{cases.error()});
  cases_ = std::move(cases).value();
  return Ok();
}

Result<BenchRunner::Target, Failed> BenchRunner::Start(templates::Stack stack,
                                                       app::StackSource source) {
  auto deployment = ToDeploymentOptions(options_.common);
  if (!deployment.ok()) return Fail(Failed{deployment.error()});
  auto target = app::LocalTarget::Start(std::move(stack), std::move(deployment).value(), log_,
                                        std::move(source));
  if (!target.ok()) return Fail(Failed{target.error(), kCouldNotStart});
  interruption_.Watch(target->get());
  return std::move(target).value();
}

Result<Unit, Failed> BenchRunner::StartBaseline() {
  auto baseline = OpenBaseline(options_.baseline, template_file_);
  if (!baseline.ok()) return Fail(Failed{baseline.error()});
  baseline_.emplace(std::move(baseline).value());
  if (baseline_->template_file.empty()) return Ok();
  CommonOptions common = options_.common;
  common.in_memory = true;
  common.project.template_file = baseline_->template_file;
  auto open = cli::Open(common, ids_);
  if (!open.ok()) {
    return Fail(Failed{{"the baseline: " + open.error().error.message}, open.error().code});
  }
  OFFSTAGE_TRY(before_, Start(std::move(open->stack), app::SourceOf(std::move(open->plan))));
  before_side_.emplace(*before_, "baseline", interruption_.stop());
  return Ok();
}

Result<Unit, Failed> BenchRunner::OpenTargets() {
  if (!options_.baseline.empty()) OFFSTAGE_TRY_VOID(StartBaseline());
  if (!options_.target.empty()) {
    auto remote = scenario::RemoteTarget::Make(options_.target);
    if (!remote.ok()) return Fail(Failed{remote.error()});
    remote_ = std::move(remote).value();
    now_side_.emplace(*remote_, "", interruption_.stop());
  } else {
    OFFSTAGE_TRY(local_, Start(stack_, source_));
    now_side_.emplace(*local_, "", interruption_.stop());
  }
  const Status located = now_side_->Locate();
  if (!located.ok()) return Fail(Failed{located.error()});
  if (options_.log.empty()) return Ok();
  csv_ = std::make_unique<CsvLog>(options_.log);
  if (!csv_->Good()) return Fail(Failed{{"cannot write " + options_.log}, kCouldNotStart});
  now_side_->set_log(csv_.get());
  if (before_side_) before_side_->set_log(csv_.get());
  return Ok();
}

// One more cold start a request, whose Python processes tell what they import: not one that is
// measured, since telling takes time.
void BenchRunner::ProfileImports() {
  const bool python = std::any_of(
      stack_.functions.begin(), stack_.functions.end(),
      [](const templates::Function& function) { return function.runtime.starts_with("python"); });
  if (!python || options_.no_imports || options_.quick || interruption_.stop()) return;
  templates::Stack stack = stack_;
  for (templates::Function& function : stack.functions)
    function.environment.emplace_back("PYTHONPROFILEIMPORTTIME", "1");
  auto target = Start(std::move(stack));
  if (!target.ok()) return;
  bench::Side side(**target, "", interruption_.stop());
  for (const bench::Case& subject : cases_.cases) {
    if (interruption_.stop()) break;
    if (auto imports = side.Imports(subject); imports.ok())
      imports_[subject.name] = std::move(imports).value();
  }
  // The target goes now: no signal may reach it any more.
  interruption_.Forget();
  if (local_ != nullptr) interruption_.Watch(local_.get());
  if (before_ != nullptr) interruption_.Watch(before_.get());
}

bench::RunInfo BenchRunner::Info() const {
  bench::RunInfo info;
  info.version = "offstage " OFFSTAGE_VERSION;
  info.stack = options_.target.empty() ? stack_.name : options_.target;
  if (baseline_) info.baseline = baseline_->label;
  info.machine = Machine();
  info.date = ToIso8601(std::chrono::system_clock::now());
  info.rounds = plan_.session.rounds;
  info.block_seconds = std::chrono::duration<double>(plan_.session.block).count();
  info.fail_above = plan_.fail_above;
  info.estimate_memory_mb = plan_.estimate_memory_mb;
  info.notes = cases_.notes;
  if (baseline_)
    info.notes.insert(info.notes.end(), baseline_->notes.begin(), baseline_->notes.end());
  return info;
}

int BenchRunner::WriteReports(const bench::BenchRun& run) {
  for (const std::string& file : options_.reports) {
    const auto report = bench::ReportFor(file, run);
    if (!report.ok()) return Complain(report.error(), kUsageOrTemplate);
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << *report;
    if (!out.flush()) return Complain({"cannot write the report " + file}, kCouldNotStart);
  }
  const char* summary = std::getenv("GITHUB_STEP_SUMMARY");  // NOLINT(concurrency-mt-unsafe)
  if (summary != nullptr) std::ofstream(summary, std::ios::app) << bench::MarkdownReport(run);
  if (csv_ != nullptr && !csv_->Good())
    return Complain({"cannot write " + options_.log}, kCouldNotStart);
  return kDone;
}

int BenchRunner::ExitCodeFor(const bench::BenchRun& run) const {
  if (interruption_.number() != 0) {
    std::fprintf(stderr, "offstage: interrupted; what was measured until then is above\n");
    return 128 + interruption_.number();
  }
  int code = kDone;
  bool compared = false;
  for (const bench::CaseResult& result : run.results) {
    if (!result.error.empty()) {
      std::fprintf(stderr, "offstage: %s\n", result.error.c_str());
      code = kChecksFailed;
    }
    for (const auto* comparison : {&result.comparison, &result.cold_comparison}) {
      if (!comparison->has_value()) continue;
      compared = true;
      if (!plan_.fail_above || !bench::FailsAbove(**comparison, *plan_.fail_above)) continue;
      std::fprintf(
          stderr, "offstage: %s%s is slower than the baseline by %.1f %%, more than %.4g %%\n",
          result.FullName().c_str(), comparison == &result.cold_comparison ? " (cold start)" : "",
          100 * ((*comparison)->ratio - 1), 100 * *plan_.fail_above);
      code = kChecksFailed;
    }
  }
  if (!options_.baseline.empty() && !compared && code == kDone) {
    std::fprintf(stderr, "offstage: nothing could be compared: %s has none of these requests\n",
                 options_.baseline.c_str());
    return kUsageOrTemplate;
  }
  return code;
}

int BenchRunner::Conclude(std::vector<bench::CaseResult> results) {
  for (bench::CaseResult& result : results) {
    if (const auto found = imports_.find(result.name); found != imports_.end())
      result.now.imports = found->second;
  }
  bench::CompareAll(results, baseline_ ? baseline_->earlier : bench::EarlierRounds());
  const bench::BenchRun run{.info = Info(), .results = std::move(results)};
  // With --benchmark_format stdout is Google Benchmark's.
  const bool other_display =
      std::any_of(options_.flags.begin(), options_.flags.end(),
                  [](const std::string& flag) { return flag.starts_with("--benchmark_format"); });
  std::FILE* out = other_display ? stderr : stdout;
  fmt::print(out, "{}", bench::ConsoleReport(run));
  std::fflush(out);
  if (const int code = WriteReports(run); code != kDone) return code;
  return ExitCodeFor(run);
}

int BenchRunner::Run() {
  for (const std::string& file : options_.reports) {
    if (const auto possible = bench::ReportFor(file, {}); !possible.ok())
      return Complain(possible.error(), kUsageOrTemplate);
  }
  if (const auto opened = Open(); !opened.ok())
    return Complain(opened.error().error, opened.error().code);
  if (options_.list) {
    for (const bench::Case& subject : cases_.cases)
      fmt::print("{}  ({})\n", subject.name, subject.source);
    for (const std::string& note : cases_.notes)
      fmt::print(stderr, "{}\n", note);
    return kDone;
  }
  if (const auto opened = OpenTargets(); !opened.ok())
    return Complain(opened.error().error, opened.error().code);
  const bench::RunInfo info = Info();
  plan_.session.context = {{"offstage_version", OFFSTAGE_VERSION}, {"stack", info.stack}};
  if (!info.baseline.empty()) plan_.session.context.emplace_back("baseline", info.baseline);
  ProgressLine line(options_.common.quiet);
  auto results = bench::RunSession(
      cases_.cases, *now_side_, before_side_ ? &*before_side_ : nullptr, plan_.session,
      interruption_.stop(),
      [&line](const std::string& what, int round, int rounds) { line.Show(what, round, rounds); });
  if (!results.ok()) return Complain(results.error(), kUsageOrTemplate);
  ProfileImports();
  line.Clear();
  return Conclude(std::move(results).value());
}

int RunBench(const BenchOptions& options) {
  auto plan = ReadBenchOptions(options);
  if (!plan.ok()) return Complain(plan.error(), kUsageOrTemplate);
  StopSignal signal;
  Interruption interruption(signal);
  return BenchRunner(options, std::move(plan).value(), interruption).Run();
}

}  // namespace

void AddBenchCommand(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<BenchOptions>();
  CLI::App* command = program.add_subcommand(
      "bench", "Measure how long routes take, cold and warm, and compare versions of the code");
  AddBenchOptions(*command, *options);
  AddProjectOptions(*command, options->common);
  AddRuntimeOptions(*command, options->common);
  command->footer(
      "--benchmark_filter, --benchmark_repetitions, --benchmark_format, --benchmark_out and the "
      "other "
      "flags of Google Benchmark work as in its programs.");
  command->allow_extras();
  command->callback([options, command, &exit_code] {
    options->flags = command->remaining();
    exit_code = RunBench(*options);
  });
}

}  // namespace offstage::cli
