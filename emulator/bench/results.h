// What a run has measured: plain values that every report is made from. Milliseconds unless said
// otherwise.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/compare.h"
#include "bench/load.h"
#include "bench/statistics.h"
#include "bench/trace.h"

namespace offstage::bench {

// One version of the code under one load.
struct Measured {
  // Of every answered request, round after round.
  std::vector<double> latencies = {};
  // Median of each round.
  std::vector<double> round_medians = {};
  std::vector<ColdStart> cold_starts = {};
  // Of each request: the handler's run, and of it the time in which AWS calls were answered.
  std::vector<double> handler = {};
  std::vector<double> calls = {};
  // Mean number of AWS calls a request, by operation and table.
  std::map<std::string, double> calls_each = {};
  std::optional<double> capacity_each = {};
  std::optional<double> peak_memory_mb = {};
  // The slowest first.
  std::vector<Traced> slowest = {};
  std::vector<ImportTime> imports = {};
  // Of the measured blocks together.
  double seconds = 0;
  double generator_cpu_seconds = 0;
  std::uint64_t failures = 0;
  std::string first_failure = {};
  std::uint64_t unanswered = 0;
  // Measured requests that met a cold start.
  std::uint64_t cold_in_blocks = 0;
  double reply_bytes = 0;

  double RequestsPerSecond() const;
  // Median cold start; null: there was none.
  std::optional<ColdStart> MedianColdStart() const;
};

struct SaturationStep {
  double rate = 0;
  double achieved = 0;
  double p50 = 0;
  std::optional<double> p99 = {};
  std::uint64_t failures = 0;
  bool kept_up = false;
};
struct Saturation {
  // Closed loop: requests a second at each concurrency.
  std::vector<std::pair<int, double>> closed = {};
  double unloaded_p50 = 0;
  std::vector<SaturationStep> steps = {};
  // The highest rate that was kept up with; 0: not even the lowest.
  double knee = 0;
};

struct CaseResult {
  std::string name = {};
  std::string source = {};
  LoadShape shape = {};
  Measured now = {};
  std::optional<Measured> before = {};
  std::optional<Comparison> comparison = {};
  std::optional<Comparison> cold_comparison = {};
  std::optional<Saturation> saturation = {};
  // Why there is no figure; empty: there is.
  std::string error = {};
  // Ctrl-C came before the end: what was measured until then.
  bool interrupted = false;

  std::string FullName() const { return name + "/" + shape.Text(); }
  bool measured() const { return error.empty() && !now.latencies.empty(); }
};

// Facts about the run for the reports' heads.
struct RunInfo {
  std::string version = {};
  std::string stack = {};
  std::string baseline = {};
  std::string machine = {};
  std::string date = {};
  int rounds = 0;
  double block_seconds = 0;
  // Null: not asked for.
  std::optional<double> fail_above = {};
  std::optional<int> estimate_memory_mb = {};
  std::vector<std::string> notes = {};
};

struct BenchRun {
  RunInfo info = {};
  std::vector<CaseResult> results = {};
};

}  // namespace offstage::bench
