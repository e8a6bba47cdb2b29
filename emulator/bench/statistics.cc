#include "bench/statistics.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <random>

#include "base/check.h"

namespace offstage::bench {

namespace {

constexpr int kResamples = 4000;
// The exact distribution costs a * b * (a * b) steps; above this the normal one is close.
constexpr std::size_t kExactLimit = 20;

// Number of ways to reach each U with sample sizes `a` and `b`, by the classic recurrence: the
// largest value is of the second sample (and adds nothing) or of the first (and beats all of the
// second).
std::vector<double> UDistribution(std::size_t a, std::size_t b) {
  std::vector<std::vector<double>> ways(a + 1, std::vector<double>(a * b + 1, 0));
  for (std::size_t i = 0; i <= a; ++i)
    ways[i][0] = 1;
  for (std::size_t j = 1; j <= b; ++j) {
    for (std::size_t i = 1; i <= a; ++i) {
      for (std::size_t u = j; u <= a * b; ++u)
        ways[i][u] += ways[i - 1][u - j];
    }
  }
  return ways[a];
}

double ExactP(double u, std::size_t a, std::size_t b) {
  const std::vector<double> ways = UDistribution(a, b);
  const double total = std::accumulate(ways.begin(), ways.end(), 0.0);
  const double smaller = std::min(u, static_cast<double>(a * b) - u);
  double below = 0;
  for (std::size_t i = 0; i < ways.size() && static_cast<double>(i) <= smaller; ++i)
    below += ways[i];
  return std::min(1.0, 2 * below / total);
}

std::vector<double> Resample(const std::vector<double>& values, std::mt19937_64& generator) {
  std::vector<double> sample(values.size());
  std::uniform_int_distribution<std::size_t> index(0, values.size() - 1);
  for (double& value : sample)
    value = values[index(generator)];
  return sample;
}

Interval Middle(std::vector<double> estimates, double confidence) {
  std::sort(estimates.begin(), estimates.end());
  const double tail = (1 - confidence) / 2;
  return {.low = Percentile(estimates, tail), .high = Percentile(estimates, 1 - tail)};
}

}  // namespace

double Percentile(const std::vector<double>& sorted, double share) {
  OFFSTAGE_CHECK(!sorted.empty(), "a percentile needs values");
  const auto count = static_cast<double>(sorted.size());
  // Rounding must not turn 0.9 * 10 into rank 10.
  const double rank = std::ceil(share * count - 1e-9);
  const double index = std::clamp(rank - 1, 0.0, count - 1);
  return sorted[static_cast<std::size_t>(index)];
}

double Median(std::vector<double> values) {
  OFFSTAGE_CHECK(!values.empty(), "a median needs values");
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

double Mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double StandardDeviation(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  const double mean = Mean(values);
  double squares = 0;
  for (const double value : values)
    squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

std::optional<Summary> Summarize(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::sort(values.begin(), values.end());
  Summary summary{.count = values.size(),
                  .mean = Mean(values),
                  .stddev = StandardDeviation(values),
                  .min = values.front(),
                  .max = values.back(),
                  .p50 = Median(values)};
  const auto when = [&values](std::size_t needed, double share) -> std::optional<double> {
    if (values.size() < needed) return std::nullopt;
    return Percentile(values, share);
  };
  summary.p90 = when(10, 0.9);
  summary.p99 = when(100, 0.99);
  summary.p999 = when(1000, 0.999);
  return summary;
}

double MannWhitney(const std::vector<double>& a, const std::vector<double>& b) {
  if (a.empty() || b.empty()) return 1;
  struct Ranked {
    double value;
    bool first;
  };
  std::vector<Ranked> all;
  for (const double value : a)
    all.push_back({value, true});
  for (const double value : b)
    all.push_back({value, false});
  std::sort(all.begin(), all.end(),
            [](const Ranked& x, const Ranked& y) { return x.value < y.value; });
  double rank_sum = 0;
  double ties = 0;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    while (end < all.size() && all[end].value == all[i].value)
      ++end;
    const double rank = (static_cast<double>(i + 1) + static_cast<double>(end)) / 2;
    const auto equal = static_cast<double>(end - i);
    ties += equal * equal * equal - equal;
    for (; i < end; ++i)
      rank_sum += all[i].first ? rank : 0;
  }
  const auto na = static_cast<double>(a.size());
  const auto nb = static_cast<double>(b.size());
  const double u = rank_sum - na * (na + 1) / 2;
  if (ties == 0 && a.size() <= kExactLimit && b.size() <= kExactLimit)
    return ExactP(u, a.size(), b.size());
  const double n = na + nb;
  const double variance = na * nb / 12 * (n + 1 - ties / (n * (n - 1)));
  if (variance <= 0) return 1;
  const double distance = std::max(0.0, std::abs(u - na * nb / 2) - 0.5);
  return std::erfc(distance / std::sqrt(variance) / std::sqrt(2.0));
}

double SignedRank(const std::vector<double>& differences) {
  std::vector<double> left;
  std::copy_if(differences.begin(), differences.end(), std::back_inserter(left),
               [](double difference) { return difference != 0; });
  if (left.empty()) return 1;
  std::sort(left.begin(), left.end(), [](double a, double b) { return std::abs(a) < std::abs(b); });
  const std::size_t n = left.size();
  double positive = 0;
  for (std::size_t i = 0; i < n;) {
    std::size_t end = i;
    while (end < n && std::abs(left[end]) == std::abs(left[i]))
      ++end;
    const double rank = (static_cast<double>(i + 1) + static_cast<double>(end)) / 2;
    for (; i < end; ++i)
      positive += left[i] > 0 ? rank : 0;
  }
  // How many of the 2^n ways to give signs reach each sum of ranks.
  const std::size_t most = n * (n + 1) / 2;
  std::vector<double> ways(most + 1, 0);
  ways[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t sum = most; sum >= rank; --sum)
      ways[sum] += ways[sum - rank];
  }
  // Ties give half ranks: rounded to the side that claims less.
  const double smaller = std::ceil(std::min(positive, static_cast<double>(most) - positive));
  double below = 0;
  for (std::size_t sum = 0; sum <= most && static_cast<double>(sum) <= smaller; ++sum)
    below += ways[sum];
  return std::min(1.0, 2 * below / std::pow(2.0, static_cast<double>(n)));
}

Interval BootstrapMedian(const std::vector<double>& values, double confidence, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<double> estimates(kResamples);
  for (double& estimate : estimates)
    estimate = Median(Resample(values, generator));
  return Middle(std::move(estimates), confidence);
}

Interval BootstrapRatio(const std::vector<double>& a, const std::vector<double>& b,
                        double confidence, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<double> estimates(kResamples);
  for (double& estimate : estimates) {
    const double divisor = Median(Resample(a, generator));
    estimate = Median(Resample(b, generator)) / divisor;
  }
  return Middle(std::move(estimates), confidence);
}

std::vector<double> Holm(const std::vector<double>& p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&p](std::size_t x, std::size_t y) { return p[x] < p[y]; });
  std::vector<double> adjusted(p.size());
  double least = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    least = std::max(least, std::min(1.0, p[order[i]] * static_cast<double>(p.size() - i)));
    adjusted[order[i]] = least;
  }
  return adjusted;
}

}  // namespace offstage::bench
