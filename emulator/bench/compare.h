// Compare: whether one version is slower than another. The unit is a round (new processes, then
// blocks of both versions in turn): single requests of one process are not independent, and what a
// process happens to get (memory layout, core) would be taken for a difference of the code.
#pragma once

#include <string>
#include <vector>

#include "bench/statistics.h"

namespace offstage::bench {

enum class Verdict {
  kUnknown,  // Too few rounds to say anything.
  kSame,     // No difference that can be told from noise.
  kSlower,
  kFaster,
};
std::string_view VerdictName(Verdict verdict);

// One pair: the medians of both versions in one round, in milliseconds.
struct Pair {
  double before = 0;
  double after = 0;
};

struct Comparison {
  double before_ms = 0;
  double after_ms = 0;
  // after / before: the median over the rounds, and where it lies with kConfidence.
  double ratio = 1;
  Interval interval = {1, 1};
  // Of the rank test on the rounds; after Conclude also as it counts among all comparisons.
  double p = 1;
  double adjusted_p = 1;
  std::size_t rounds = 0;
  // Both versions ran in turn within one run.
  bool interleaved = true;
  Verdict verdict = Verdict::kUnknown;
};

inline constexpr double kConfidence = 0.99;
inline constexpr double kSignificance = 0.01;
// The whole interval must lie beyond this: smaller differences are not worth a word, however sure,
// and this is what two processes of the same code differ by. By simulation (compare_test.cc) 14
// rounds then find a difference of a half in 99 of 100 runs on a machine with a load beside it, and
// give one false alarm in some thousands.
inline constexpr double kLeastEffect = 0.03;
// With fewer the rank test cannot reach kSignificance: 2 / 2^8.
inline constexpr std::size_t kLeastRounds = 8;

// Paired rounds of one run: Wilcoxon's signed ranks of the ratios. What slows both versions of a
// round alike cancels out.
Comparison ComparePairs(const std::vector<Pair>& pairs);
// Rounds of two runs, which share nothing: Mann-Whitney.
Comparison CompareRuns(const std::vector<double>& before, const std::vector<double>& after);

// Gives each its verdict: the rank test corrected for the number of comparisons, the interval and
// the size of the difference must all agree.
void Conclude(std::vector<Comparison*> comparisons);

// Slower for sure, and by more than `share` (0.1: 10 %).
bool FailsAbove(const Comparison& comparison, double share);

// "10%", "0.1" or "10 %": 0.1. Null for anything else, and for negative ones.
std::optional<double> ParseShare(std::string_view text);

}  // namespace offstage::bench
