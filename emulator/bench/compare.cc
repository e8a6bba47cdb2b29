#include "bench/compare.h"

#include <cmath>
#include <cstdlib>
#include <string>

#include "base/text.h"

namespace offstage::bench {

namespace {

// Any fixed number: the same data give the same interval.
constexpr std::uint64_t kSeed = 20'251'125;

}  // namespace

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kUnknown:
      return "unknown";
    case Verdict::kSame:
      return "same";
    case Verdict::kSlower:
      return "slower";
    case Verdict::kFaster:
      break;
  }
  return "faster";
}

Comparison ComparePairs(const std::vector<Pair>& pairs) {
  Comparison comparison;
  comparison.rounds = pairs.size();
  if (pairs.empty()) return comparison;
  std::vector<double> before;
  std::vector<double> after;
  std::vector<double> ratios;
  std::vector<double> differences;
  for (const Pair& pair : pairs) {
    before.push_back(pair.before);
    after.push_back(pair.after);
    ratios.push_back(pair.after / pair.before);
    differences.push_back(std::log(pair.after / pair.before));
  }
  comparison.before_ms = Median(before);
  comparison.after_ms = Median(after);
  comparison.ratio = Median(ratios);
  comparison.interval = BootstrapMedian(ratios, kConfidence, kSeed);
  comparison.p = SignedRank(differences);
  comparison.adjusted_p = comparison.p;
  return comparison;
}

Comparison CompareRuns(const std::vector<double>& before, const std::vector<double>& after) {
  Comparison comparison;
  comparison.interleaved = false;
  comparison.rounds = std::min(before.size(), after.size());
  if (comparison.rounds == 0) return comparison;
  comparison.before_ms = Median(before);
  comparison.after_ms = Median(after);
  comparison.ratio = comparison.after_ms / comparison.before_ms;
  comparison.interval = BootstrapRatio(before, after, kConfidence, kSeed);
  comparison.p = MannWhitney(before, after);
  comparison.adjusted_p = comparison.p;
  return comparison;
}

void Conclude(std::vector<Comparison*> comparisons) {
  std::erase_if(comparisons, [](const Comparison* c) { return c->rounds < kLeastRounds; });
  std::vector<double> p;
  for (const Comparison* comparison : comparisons)
    p.push_back(comparison->p);
  p = Holm(p);
  for (std::size_t i = 0; i < comparisons.size(); ++i) {
    Comparison& comparison = *comparisons[i];
    comparison.adjusted_p = p[i];
    comparison.verdict = Verdict::kSame;
    if (comparison.adjusted_p >= kSignificance) continue;
    if (comparison.interval.low > 1 + kLeastEffect) comparison.verdict = Verdict::kSlower;
    if (comparison.interval.high < 1 / (1 + kLeastEffect)) comparison.verdict = Verdict::kFaster;
  }
}

bool FailsAbove(const Comparison& comparison, double share) {
  return comparison.verdict == Verdict::kSlower && comparison.ratio > 1 + share;
}

std::optional<double> ParseShare(std::string_view text) {
  std::string number(Trim(text));
  double scale = 1;
  if (number.ends_with('%')) {
    number = Trim(std::string_view(number).substr(0, number.size() - 1));
    scale = 0.01;
  }
  if (number.empty() || number.find_first_not_of("0123456789.") != std::string::npos)
    return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(number.c_str(), &end) * scale;
  if (*end != '\0' || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace offstage::bench
