// Session: measures cases on Google Benchmark: each case and load is a benchmark of manual time, a
// repetition is a round, its time the median latency of the round. The library's filters,
// repetitions, statistics, console, JSON and CSV work as in any of its programs.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "bench/case.h"
#include "bench/results.h"
#include "bench/side.h"

namespace offstage::bench {

struct SessionOptions {
  // New processes each, then blocks of both versions in turn.
  int rounds = 14;
  // Of measured requests, a round and version.
  nanoseconds block{std::chrono::milliseconds(400)};
  // Unmeasured requests before, a connection.
  int warm_up = 20;
  // Also look for the highest rate that is kept up with.
  bool saturate = false;
  std::uint64_t seed = 1;
  // Flags of Google Benchmark, "--benchmark_out=x.json".
  std::vector<std::string> flags = {};
  // Written into the JSON's context.
  std::vector<std::pair<std::string, std::string>> context = {};
};

// Told how far it is, for people. Called on the measuring thread.
using Progress = std::function<void(const std::string& what, int round, int rounds)>;

// Rounds of another run: benchmark name to the median of each of its rounds, in milliseconds.
using EarlierRounds = std::map<std::string, std::vector<double>>;
// Of JSON that Google Benchmark wrote for an earlier session.
Result<EarlierRounds> ReadEarlier(const std::string& json);

// Measures every case under each of its shapes. `before`: the baseline, measured in turn; may be
// null. Stops soon after `stop` is set. Fails when Google Benchmark refuses its flags, and when
// its filter leaves nothing.
Result<std::vector<CaseResult>> RunSession(const std::vector<Case>& cases, Side& now, Side* before,
                                           const SessionOptions& options,
                                           const std::atomic<bool>& stop, const Progress& progress);

// Adds verdicts: of rounds in turn where there are any, else against `earlier`.
void CompareAll(std::vector<CaseResult>& results, const EarlierRounds& earlier);

}  // namespace offstage::bench
