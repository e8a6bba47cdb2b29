// Runner: one scenario against one target.
#pragma once

#include <cstdint>
#include <filesystem>

#include "scenario/model.h"
#include "scenario/result.h"
#include "scenario/target.h"

namespace offstage::scenario {

struct RunOptions {
  // Of the whole run; with a scenario's id it decides every generated value.
  std::uint64_t seed = 0;
  // Of the curl commands in failures.
  std::string curl_url = "http://127.0.0.1:3000";
  SchemaCheck check_schema = {};
  // Where snapshots are, beside each file: "__snapshots__"; and whether they are written anew.
  enum class Snapshots { kCompare, kUpdate } snapshots = Snapshots::kCompare;
};

// Runs setup, steps and teardown. Stops at the first step that fails; teardown runs whatever
// happened. Never throws for what is wrong with a scenario.
ScenarioResult RunScenario(const Scenario& scenario, Target& target, const RunOptions& options);

}  // namespace offstage::scenario
