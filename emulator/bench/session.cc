#include "bench/session.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/json.h"
#include "base/text.h"
#include "bench/round.h"

namespace offstage::bench {

namespace {

constexpr std::string_view kBaselineSuffix = "/baseline";

// Prints nothing: the summary comes at the end, progress while it runs.
class SilentReporter : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>&) override {}
};

void AddCounters(benchmark::State& state, const RoundFigures& figures, const Measured& measured) {
  const auto summary = Summarize(figures.latencies);
  if (!summary) return;
  const auto set = [&state](const char* name, std::optional<double> value) {
    if (value) state.counters[name] = *value;
  };
  set("p50_ms", summary->p50);
  set("p90_ms", summary->p90);
  set("p99_ms", summary->p99);
  set("p999_ms", summary->p999);
  set("max_ms", summary->max);
  set("stddev_ms", summary->stddev);
  if (figures.seconds > 0) {
    set("requests_per_second", static_cast<double>(figures.latencies.size()) / figures.seconds);
    // What measuring costs, in processor cores.
    set("generator_cores", figures.generator_cpu_seconds / figures.seconds);
  }
  if (figures.cold) {
    set("cold_ms", figures.cold->total_ms);
    set("cold_init_ms", figures.cold->init_ms);
  }
  if (!measured.handler.empty()) set("handler_ms", Median(measured.handler));
  if (!measured.calls_each.empty()) {
    double calls = 0;
    for (const auto& [name, each] : measured.calls_each)
      calls += each;
    set("aws_calls", calls);
  }
  set("capacity_units", measured.capacity_each);
  set("peak_memory_mb", measured.peak_memory_mb);
}

// Tells Google Benchmark what has been measured. One iteration a round, of the median latency: its
// statistics want as many iterations in each repetition, and a mean would follow every outlier.
void Report(benchmark::State& state, const RoundFigures& figures, const Measured& measured) {
  const double seconds = Median(figures.latencies) / 1000;
  while (state.KeepRunning())
    state.SetIterationTime(seconds);
  state.counters["requests"] = static_cast<double>(figures.latencies.size());
  AddCounters(state, figures, measured);
}

// A repetition without a figure. It must have had its iteration all the same: the library stops the
// program where repetitions differ in number.
void Skip(benchmark::State& state, const CaseResult& result) {
  while (state.KeepRunning())
    state.SetIterationTime(0);
  state.SkipWithError(result.error.empty() ? "interrupted" : result.error.c_str());
}

class Bench {
 public:
  Bench(const std::vector<Case>& cases, Side& now, Side* before, const SessionOptions& options,
        const std::atomic<bool>& stop, const Progress& progress)
      : options_(options), stop_(stop), progress_(progress) {
    for (const Case& subject : cases) {
      const auto shapes =
          subject.shapes.empty() ? std::vector<LoadShape>{LoadShape{}} : subject.shapes;
      for (const LoadShape& shape : shapes)
        runs_.push_back(std::make_unique<CaseRun>(subject, shape, now, before, options, stop));
    }
  }

  Result<std::vector<CaseResult>> Run();

 private:
  Status Initialize();
  void Register(CaseRun& run);
  void OneRound(benchmark::State& state, CaseRun& run);

  const SessionOptions& options_;
  const std::atomic<bool>& stop_;
  const Progress& progress_;
  // Kept until the end: Google Benchmark keeps pointers to its arguments.
  std::vector<std::string> arguments_;
  std::vector<char*> pointers_;
  std::vector<std::unique_ptr<CaseRun>> runs_;
  // Chosen format of the display; empty: our own summary.
  bool own_display_ = true;
  int repetitions_ = 0;
};

Status Bench::Initialize() {
  arguments_ = {"offstage bench"};
  for (const std::string& flag : options_.flags) {
    arguments_.push_back(flag);
    if (flag.starts_with("--benchmark_format")) own_display_ = false;
    constexpr std::string_view kRepetitions = "--benchmark_repetitions=";
    if (flag.starts_with(kRepetitions))
      repetitions_ = std::atoi(flag.c_str() + kRepetitions.size());
    if (flag.starts_with("--benchmark_min_time"))
      return Fail(Error{"--benchmark_min_time is --block here: the time measured in one round"});
  }
  for (std::string& argument : arguments_)
    pointers_.push_back(argument.data());
  int count = static_cast<int>(pointers_.size());
  pointers_.push_back(nullptr);
  benchmark::Initialize(&count, pointers_.data());
  if (count > 1) return Fail(Error{fmt::format("Google Benchmark has no flag {}", pointers_[1])});
  for (const auto& [name, value] : options_.context)
    benchmark::AddCustomContext(name, value);
  return Ok();
}

void Bench::OneRound(benchmark::State& state, CaseRun& run) {
  const int rounds = repetitions_ > 0 ? repetitions_ : options_.rounds;
  if (!stop_.load()) progress_(run.result().FullName(), run.rounds() + 1, rounds);
  if (!run.Round()) {
    Skip(state, run.result());
    return;
  }
  Report(state, run.now(), run.result().now);
  if (run.rounds() == rounds && options_.saturate && !stop_.load()) {
    progress_(run.result().FullName() + ": saturation", run.rounds(), rounds);
    run.Saturate();
  }
}

void Bench::Register(CaseRun& run) {
  const std::string name = run.result().FullName();
  const auto set_up = [this](benchmark::internal::Benchmark* made) {
    made->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(1);
    if (repetitions_ == 0) made->Repetitions(options_.rounds);
  };
  set_up(benchmark::RegisterBenchmark(
      name.c_str(), [this, &run](benchmark::State& state) { OneRound(state, run); }));
  if (!run.result().before) return;
  // Measured already, in turn with the other: only told here.
  auto next = std::make_shared<std::size_t>(0);
  set_up(benchmark::RegisterBenchmark(
      (name + std::string(kBaselineSuffix)).c_str(), [&run, next](benchmark::State& state) {
        if (*next >= run.before().size()) {
          Skip(state, run.result());
          return;
        }
        Report(state, run.before()[(*next)++], *run.result().before);
      }));
}

Result<std::vector<CaseResult>> Bench::Run() {
  OFFSTAGE_TRY_VOID(Initialize());
  for (const auto& run : runs_)
    Register(*run);
  SilentReporter silent;
  const std::size_t ran = own_display_ ? benchmark::RunSpecifiedBenchmarks(&silent)
                                       : benchmark::RunSpecifiedBenchmarks();
  if (ran == 0) {
    std::string names;
    for (const auto& run : runs_)
      names += "\n  " + run->result().FullName();
    return Fail(Error{"no benchmark fits --benchmark_filter; there are:" + names});
  }
  std::vector<CaseResult> results;
  for (const auto& run : runs_) {
    // Left out by the filter.
    if (run->rounds() == 0 && !run->result().interrupted) continue;
    results.push_back(std::move(run->result()));
  }
  benchmark::Shutdown();
  return results;
}

}  // namespace

Result<std::vector<CaseResult>> RunSession(const std::vector<Case>& cases, Side& now, Side* before,
                                           const SessionOptions& options,
                                           const std::atomic<bool>& stop,
                                           const Progress& progress) {
  return Bench(cases, now, before, options, stop, progress).Run();
}

Result<EarlierRounds> ReadEarlier(const std::string& json) {
  OFFSTAGE_TRY(const Json root, ParseJson(json));
  const auto list = root.find("benchmarks");
  if (!root.is_object() || list == root.end() || !list->is_array())
    return Fail(Error{"this is not what --benchmark_out writes: it has no list `benchmarks`"});
  EarlierRounds rounds;
  for (const Json& run : *list) {
    if (!run.is_object() || run.value("run_type", "") != "iteration") continue;
    if (run.value("error_occurred", false) || !run.contains("p50_ms")) continue;
    const std::string full = run.value("run_name", "");
    // "GET /users/concurrency:1/iterations:1/repeats:10/manual_time"
    const auto tail = full.find("/iterations:");
    const std::string name = full.substr(0, tail);
    if (name.ends_with(kBaselineSuffix)) continue;
    if (run.at("p50_ms").is_number()) rounds[name].push_back(run.at("p50_ms").get<double>());
  }
  if (rounds.empty())
    return Fail(Error{"this holds no rounds of `offstage bench`: no run in it has p50_ms"});
  return rounds;
}

void CompareAll(std::vector<CaseResult>& results, const EarlierRounds& earlier) {
  // Two questions, each corrected by itself: cold starts must not hide what warm requests show.
  std::vector<Comparison*> warm;
  std::vector<Comparison*> cold_ones;
  for (CaseResult& result : results) {
    if (!result.measured()) continue;
    const std::vector<double>& now = result.now.round_medians;
    if (result.before) {
      const std::vector<double>& before = result.before->round_medians;
      std::vector<Pair> pairs;
      for (std::size_t i = 0; i < std::min(now.size(), before.size()); ++i)
        pairs.push_back({.before = before[i], .after = now[i]});
      result.comparison = ComparePairs(pairs);
      std::vector<Pair> cold;
      const auto& a = result.before->cold_starts;
      const auto& b = result.now.cold_starts;
      for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        cold.push_back({.before = a[i].total_ms, .after = b[i].total_ms});
      if (!cold.empty()) result.cold_comparison = ComparePairs(cold);
    } else if (const auto found = earlier.find(result.FullName()); found != earlier.end()) {
      result.comparison = CompareRuns(found->second, now);
    }
    if (result.comparison) warm.push_back(&*result.comparison);
    if (result.cold_comparison) cold_ones.push_back(&*result.cold_comparison);
  }
  Conclude(std::move(warm));
  Conclude(std::move(cold_ones));
}

}  // namespace offstage::bench
