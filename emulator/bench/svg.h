// Pictures of reports as inline SVG. Internal to bench/.
#pragma once

#include <string>
#include <vector>

#include "bench/results.h"

namespace offstage::bench {

// How often each latency was measured, on a logarithmic axis, with the percentiles marked; before
// behind after when there is a baseline.
std::string LatencyPicture(const CaseResult& result);
// One bar a version: process, runtime, imports, first run.
std::string ColdPicture(const CaseResult& result);
// One lane a hop of the request.
std::string TimelinePicture(const Traced& request);
// Medians of the rounds, both versions: whether the machine was quiet.
std::string RoundsPicture(const CaseResult& result);

}  // namespace offstage::bench
