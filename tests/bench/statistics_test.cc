#include "bench/statistics.h"

#include <gtest/gtest.h>

#include <numeric>

namespace offstage::bench {
namespace {

std::vector<double> UpTo(int count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 1.0);
  return values;
}

TEST(Percentile, IsTheNearestRank) {
  const auto values = UpTo(10);
  EXPECT_EQ(Percentile(values, 0.5), 5);
  EXPECT_EQ(Percentile(values, 0.9), 9);
  EXPECT_EQ(Percentile(values, 0.91), 10);
  EXPECT_EQ(Percentile(values, 0), 1);
  EXPECT_EQ(Percentile(values, 1), 10);
  EXPECT_EQ(Percentile({7}, 0.99), 7);
  EXPECT_EQ(Percentile(UpTo(1000), 0.999), 999);
}

TEST(Summarize, GivesNoPercentileThatTooFewSamplesCannotSay) {
  EXPECT_FALSE(Summarize({}));
  const auto nine = *Summarize(UpTo(9));
  EXPECT_EQ(nine.p50, 5);
  EXPECT_FALSE(nine.p90);
  const auto hundred = *Summarize(UpTo(100));
  EXPECT_EQ(hundred.p90, 90);
  EXPECT_EQ(hundred.p99, 99);
  EXPECT_FALSE(hundred.p999);
  EXPECT_EQ(Summarize(UpTo(1000))->p999, 999);
}

TEST(Summarize, GivesTheSampleDeviation) {
  const auto summary = *Summarize({2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_EQ(summary.mean, 5);
  EXPECT_NEAR(summary.stddev, 2.13809, 1e-5);
  EXPECT_EQ(summary.max, 9);
}

// Expected values from the definition: 2 of the 20 orders of 3 and 3 are as extreme.
TEST(MannWhitney, IsExactForSmallSamples) {
  EXPECT_NEAR(MannWhitney({1, 2, 3}, {4, 5, 6}), 0.1, 1e-12);
  EXPECT_NEAR(MannWhitney({4, 5, 6}, {1, 2, 3}), 0.1, 1e-12);
  EXPECT_NEAR(MannWhitney({1, 3, 5}, {2, 4, 6}), 0.7, 1e-12);
  // 2 / C(20, 10).
  EXPECT_NEAR(MannWhitney(UpTo(10), {11, 12, 13, 14, 15, 16, 17, 18, 19, 20}), 2.0 / 184756, 1e-12);
}

// By the textbook's formula: U 5.5, variance 22.2, with continuity.
TEST(MannWhitney, CorrectsForTies) {
  EXPECT_NEAR(MannWhitney({1, 2, 2, 3, 4}, {2, 3, 4, 4, 5}), 0.162587, 1e-6);
  EXPECT_EQ(MannWhitney({1, 1, 1}, {1, 1, 1}), 1);
  EXPECT_EQ(MannWhitney({}, {1}), 1);
}

// All on one side: 2 of the 2^n ways to give signs.
TEST(SignedRank, IsExact) {
  EXPECT_NEAR(SignedRank({1, 2, 3, 4, 5, 6}), 2.0 / 64, 1e-12);
  EXPECT_NEAR(SignedRank({-1, -2, -3, -4, -5, -6}), 2.0 / 64, 1e-12);
  // The smallest against the rest: sums 0 and 1 of ranks.
  EXPECT_NEAR(SignedRank({-1, 2, 3, 4, 5, 6}), 4.0 / 64, 1e-12);
  EXPECT_EQ(SignedRank({1, -1}), 1);
  EXPECT_EQ(SignedRank({0, 0}), 1);
  EXPECT_EQ(SignedRank({}), 1);
}

TEST(Bootstrap, HoldsTheMedianAndRepeats) {
  const auto values = UpTo(21);
  const Interval interval = BootstrapMedian(values, 0.99, 1);
  EXPECT_LT(interval.low, 11);
  EXPECT_GT(interval.high, 11);
  EXPECT_GT(interval.low, 1);
  const Interval again = BootstrapMedian(values, 0.99, 1);
  EXPECT_EQ(interval.low, again.low);
  EXPECT_EQ(interval.high, again.high);
}

TEST(Bootstrap, OfARatioFollowsTheScale) {
  const Interval interval = BootstrapRatio({10, 10, 10}, {15, 15, 15}, 0.95, 1);
  EXPECT_EQ(interval.low, 1.5);
  EXPECT_EQ(interval.high, 1.5);
}

TEST(Holm, MultipliesTheSmallestMost) {
  EXPECT_EQ(Holm({}), std::vector<double>());
  const auto adjusted = Holm({0.01, 0.04, 0.03});
  EXPECT_NEAR(adjusted[0], 0.03, 1e-12);
  EXPECT_NEAR(adjusted[2], 0.06, 1e-12);
  EXPECT_NEAR(adjusted[1], 0.06, 1e-12);
}

}  // namespace
}  // namespace offstage::bench
