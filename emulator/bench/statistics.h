// Statistics over measured values. Pure functions; no value is ever made up: what too few samples
// cannot say is null.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace offstage::bench {

inline double ToMillis(std::chrono::nanoseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

struct Summary {
  std::size_t count = 0;
  double mean = 0;
  double stddev = 0;
  double min = 0;
  double max = 0;
  double p50 = 0;
  // Null: fewer samples than it takes for one to lie beyond (p99.9: 1000).
  std::optional<double> p90 = {};
  std::optional<double> p99 = {};
  std::optional<double> p999 = {};
};

// `sorted` in ascending order and not empty; `share` in [0, 1]. The nearest rank, as wrk and HDR
// histograms give it: a value that was measured.
double Percentile(const std::vector<double>& sorted, double share);
double Median(std::vector<double> values);
double Mean(const std::vector<double>& values);
// Of a sample (n - 1); 0 for fewer than two values.
double StandardDeviation(const std::vector<double>& values);
// Null for no values.
std::optional<Summary> Summarize(std::vector<double> values);

// Two-sided p of the Mann-Whitney U test: how likely ranks this far apart are when both come from
// one distribution. Exact for small samples without ties, else the normal approximation with the
// corrections for ties and continuity. 1 when either is empty.
double MannWhitney(const std::vector<double>& a, const std::vector<double>& b);

// Two-sided exact p of Wilcoxon's signed-rank test: how likely differences of pairs that lean this
// far to one side are when neither side is larger. Zeros say nothing and are left out; 1 when none
// is left.
double SignedRank(const std::vector<double>& differences);

struct Interval {
  double low = 0;
  double high = 0;
};

// Percentile bootstrap of the median of `values`; `seed` makes it repeatable. `values` not empty.
Interval BootstrapMedian(const std::vector<double>& values, double confidence, std::uint64_t seed);
// The same of median(b) / median(a), each resampled by itself.
Interval BootstrapRatio(const std::vector<double>& a, const std::vector<double>& b,
                        double confidence, std::uint64_t seed);

// Holm's correction: p values as they count when this many are looked at together, in their order.
std::vector<double> Holm(const std::vector<double>& p);

}  // namespace offstage::bench
