// Rounds of one case under one load. Internal to bench/.
#pragma once

#include "bench/session.h"

namespace offstage::bench {

// What one round has added, for Google Benchmark's counters.
struct RoundFigures {
  std::vector<double> latencies = {};
  std::optional<ColdStart> cold = {};
  double seconds = 0;
  double generator_cpu_seconds = 0;
};

// Used by one thread.
class CaseRun {
 public:
  // All outlive this.
  CaseRun(const Case& subject, LoadShape shape, Side& now, Side* before,
          const SessionOptions& options, const std::atomic<bool>& stop);

  // The next round; what is wrong goes to the result's error. False: no figure came of it.
  bool Round();
  void Saturate();

  int rounds() const { return rounds_; }
  CaseResult& result() { return result_; }
  // Of the last round.
  const RoundFigures& now() const { return now_figures_; }
  // Of each round, kept for the baseline's own benchmark.
  const std::vector<RoundFigures>& before() const { return before_rounds_; }

 private:
  struct Turn {
    Side* side = nullptr;
    Measured* measured = nullptr;
    std::vector<double> latencies = {};
    std::size_t cold_before = 0;
    double seconds_before = 0;
    double cpu_before = 0;
  };

  Status RunRound();
  Status Ready(Turn& turn, bool fresh);
  Status Blocks(std::vector<Turn*>& turns);
  Status Judge() const;
  std::size_t RequestsNeeded() const;

  const Case& subject_;
  const LoadShape shape_;
  Side& now_;
  Side* const before_;
  const SessionOptions& options_;
  const std::atomic<bool>& stop_;
  int rounds_ = 0;
  // Once known: requests of one block, for those that must differ from each other.
  double per_block_ = 0;
  CaseResult result_;
  RoundFigures now_figures_;
  std::vector<RoundFigures> before_rounds_;
};

}  // namespace offstage::bench
