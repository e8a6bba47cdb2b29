// Which scenarios run, how often and in what order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "scenario/model.h"

namespace offstage::scenario {

struct SelectionOptions {
  // Parts of ids, any of which must occur (case does not matter); empty: all.
  std::vector<std::string> filters = {};
  // Tags, any of which a scenario must have; "!slow": none may have it.
  std::vector<std::string> tags = {};
  // Ids to run alone (--failed); null: no such wish.
  std::optional<std::vector<std::string>> only = {};
  // "2/5": the second of five parts; empty: all.
  std::string shard = {};
  int repeat = 1;
  enum class Order { kShuffled, kAsWritten } order = Order::kShuffled;
  std::uint64_t seed = 0;
};

// One run of one scenario.
struct Assignment {
  // Into the list of all scenarios.
  std::size_t scenario = 0;
  // From 1.
  int run = 1;
};

// Fails for a shard that is not i/n.
Result<std::vector<Assignment>> Select(const std::vector<Scenario>& scenarios,
                                       const SelectionOptions& options);

}  // namespace offstage::scenario
