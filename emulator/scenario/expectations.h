// Expectations of a step against what came of it. Internal to scenario/.
#pragma once

#include <string>
#include <vector>

#include "scenario/action.h"
#include "scenario/runner.h"

namespace offstage::scenario {

struct ExpectationContext {
  const Step& step;
  const Effect& effect;
  const Record& record;
  // Null: a remote target; expectations of the inside are named in `not_checked` instead.
  Inside* inside = nullptr;
  const RunOptions& options;
  std::vector<std::string>& not_checked;
};

// `expect` with its variables replaced. All differences, not only the first.
std::vector<Mismatch> CheckExpectations(const Node& expect, const ExpectationContext& context);

}  // namespace offstage::scenario
