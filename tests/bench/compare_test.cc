// What a comparison must not do: cry wolf on a noisy machine, or miss what is there.
#include "bench/compare.h"

#include <gtest/gtest.h>

#include <random>

namespace offstage::bench {
namespace {

// Medians of rounds on a machine with a load beside it: each round has a level of its own, which
// both versions share, and each version's process one, which they do not; now and then one of them
// meets a burst.
std::vector<Pair> NoisyPairs(std::mt19937_64& random, double slowdown_ms, int rounds = 14) {
  std::lognormal_distribution<double> level(0, 0.35);
  std::lognormal_distribution<double> process(0, 0.06);
  std::bernoulli_distribution burst(0.05);
  std::vector<Pair> pairs;
  for (int i = 0; i < rounds; ++i) {
    const double shared = 4 * level(random);
    pairs.push_back(
        {.before = shared * process(random) * (burst(random) ? 1.6 : 1),
         .after = (shared + slowdown_ms) * process(random) * (burst(random) ? 1.6 : 1)});
  }
  return pairs;
}

Comparison Judged(const std::vector<Pair>& pairs) {
  Comparison comparison = ComparePairs(pairs);
  Conclude({&comparison});
  return comparison;
}

TEST(Comparison, GivesNoFalseAlarmOnUnchangedCode) {
  std::mt19937_64 random(1);
  int alarms = 0;
  for (int i = 0; i < 1000; ++i)
    alarms += Judged(NoisyPairs(random, 0)).verdict != Verdict::kSame ? 1 : 0;
  // Ten is what the rank test alone would let through.
  EXPECT_LE(alarms, 1);
}

TEST(Comparison, GivesNoFalseAlarmForManyRoutesAtOnce) {
  std::mt19937_64 random(2);
  int alarms = 0;
  for (int i = 0; i < 40; ++i) {
    std::vector<Comparison> all;
    for (int route = 0; route < 12; ++route)
      all.push_back(ComparePairs(NoisyPairs(random, 0)));
    std::vector<Comparison*> pointers;
    for (Comparison& comparison : all)
      pointers.push_back(&comparison);
    Conclude(pointers);
    for (const Comparison& comparison : all)
      alarms += comparison.verdict != Verdict::kSame ? 1 : 0;
  }
  EXPECT_LE(alarms, 1);
}

TEST(Comparison, FindsTwoMillisecondsMore) {
  std::mt19937_64 random(3);
  int found = 0;
  for (int i = 0; i < 50; ++i)
    found += Judged(NoisyPairs(random, 2)).verdict == Verdict::kSlower ? 1 : 0;
  EXPECT_GE(found, 47);
}

TEST(Comparison, SaysFasterToo) {
  std::mt19937_64 random(4);
  auto pairs = NoisyPairs(random, 2);
  for (Pair& pair : pairs)
    std::swap(pair.before, pair.after);
  EXPECT_EQ(Judged(pairs).verdict, Verdict::kFaster);
}

TEST(Comparison, SharedDriftCancels) {
  std::vector<Pair> pairs;
  for (int i = 1; i <= 14; ++i)
    pairs.push_back({.before = 3.0 * i, .after = 3.6 * i + 0.001 * i * i});
  const Comparison comparison = Judged(pairs);
  EXPECT_EQ(comparison.verdict, Verdict::kSlower);
  EXPECT_NEAR(comparison.ratio, 1.2, 0.02);
}

TEST(Comparison, ASureButTinyDifferenceIsNone) {
  std::vector<Pair> pairs;
  for (int i = 0; i < 14; ++i)
    pairs.push_back({.before = 10 + 0.001 * i, .after = 10.1 + 0.001 * i});
  EXPECT_EQ(Judged(pairs).verdict, Verdict::kSame);
}

TEST(Comparison, FewRoundsSayNothing) {
  EXPECT_EQ(Judged({{1, 9}, {1, 9}, {1, 9}}).verdict, Verdict::kUnknown);
  EXPECT_EQ(Judged({}).verdict, Verdict::kUnknown);
}

TEST(Comparison, OfTwoRunsIsNotPaired) {
  Comparison comparison = CompareRuns({10, 11, 9, 10, 10.5, 9.5, 10.2, 9.9, 10.1, 10.3},
                                      {15, 16, 14, 15, 15.5, 14.5, 15.2, 14.9, 15.1, 15.3});
  Conclude({&comparison});
  EXPECT_FALSE(comparison.interleaved);
  EXPECT_EQ(comparison.verdict, Verdict::kSlower);
  EXPECT_NEAR(comparison.ratio, 1.5, 0.02);
}

TEST(FailAbove, NeedsSignificanceAndSize) {
  Comparison comparison;
  comparison.ratio = 1.3;
  comparison.verdict = Verdict::kSame;
  EXPECT_FALSE(FailsAbove(comparison, 0.1));
  comparison.verdict = Verdict::kSlower;
  EXPECT_TRUE(FailsAbove(comparison, 0.1));
  EXPECT_FALSE(FailsAbove(comparison, 0.5));
}

TEST(FailAbove, ReadsShares) {
  EXPECT_NEAR(*ParseShare("10%"), 0.1, 1e-12);
  EXPECT_NEAR(*ParseShare("2.5 %"), 0.025, 1e-12);
  EXPECT_NEAR(*ParseShare("0.1"), 0.1, 1e-12);
  for (const char* bad : {"", "%", "ten", "-5%", "1.2.3", "10%%"})
    EXPECT_FALSE(ParseShare(bad)) << bad;
}

}  // namespace
}  // namespace offstage::bench
