// Evidence: what a step that failed shows: the request, the answer, the trace and the log.
#pragma once

#include <chrono>
#include <string>

#include "scenario/action.h"
#include "scenario/result.h"

namespace offstage::scenario {

// At most some thousand bytes of a text, cut between characters; of binary content its size alone.
std::string Shortened(const std::string& text);

// Puts it into `result`, in place of what an earlier attempt left there. `url`: where the routes
// are, for the curl command; `start`: when the attempt began, from which the trace counts.
void KeepEvidence(const Effect& effect, const Record& record, const std::string& url,
                  std::chrono::steady_clock::time_point start, StepResult& result);
void ForgetEvidence(StepResult& result);

}  // namespace offstage::scenario
