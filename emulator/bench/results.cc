#include "bench/results.h"

#include <algorithm>

namespace offstage::bench {

double Measured::RequestsPerSecond() const {
  return seconds <= 0 ? 0 : static_cast<double>(latencies.size()) / seconds;
}

std::optional<ColdStart> Measured::MedianColdStart() const {
  if (cold_starts.empty()) return std::nullopt;
  const auto median = [this](double ColdStart::*part) {
    std::vector<double> values;
    for (const ColdStart& cold : cold_starts)
      values.push_back(cold.*part);
    return Median(std::move(values));
  };
  ColdStart typical;
  typical.init_ms = median(&ColdStart::init_ms);
  typical.first_run_ms = median(&ColdStart::first_run_ms);
  typical.total_ms = median(&ColdStart::total_ms);
  typical.has_parts = std::all_of(cold_starts.begin(), cold_starts.end(),
                                  [](const ColdStart& cold) { return cold.has_parts; });
  typical.process_ms = median(&ColdStart::process_ms);
  typical.runtime_ms = median(&ColdStart::runtime_ms);
  typical.imports_ms = median(&ColdStart::imports_ms);
  return typical;
}

}  // namespace offstage::bench
