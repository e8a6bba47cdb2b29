// The lines that console and Markdown have in common. Internal to bench/.
#pragma once

#include <string>
#include <vector>

#include "bench/results.h"

namespace offstage::bench {

// "p50 3.21  p90 3.9 ..."; percentiles that too few samples give are "-".
std::string LatencyText(const Summary& summary);
// "handler 2.50 ms (0.81 of it while AWS calls are answered), emulator and HTTP 0.71 ms"; empty:
// nothing is known of the inside.
std::string PartsText(const Measured& measured);
// "1 dynamodb.GetItem UsersTable; 0.5 capacity units"; empty: none.
std::string CallsText(const Measured& measured);
std::string ColdText(const Measured& measured);
std::string ImportsText(const Measured& measured);
// "3.20 -> 3.21 ms: ratio 1.003, 99 % interval 0.990 to 1.020, p 0.81: same".
std::string ComparisonText(const Comparison& comparison);
std::vector<std::string> SaturationLines(const Saturation& saturation);
// What AWS would add, labelled; empty when there is nothing to estimate from.
std::vector<std::string> EstimateLines(const Measured& measured, int memory_mb);
// What the reader must know to trust the figures (failures never come this far).
std::vector<std::string> Caveats(const CaseResult& result);
// Facts about the slowest request, and about one that is typical of the cold ones.
std::vector<std::string> SlowestLines(const Measured& measured);

}  // namespace offstage::bench
