// What came of scenarios: plain values that every report is made from, and their JSON.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "http/message.h"
#include "scenario/matcher.h"

namespace offstage::scenario {

enum class Outcome {
  kPassed,
  kFailed,   // An expectation does not hold.
  kError,    // A step could not be done, or the emulator ended.
  kSkipped,  // `reason` says why.
};
std::string_view OutcomeName(Outcome outcome);

// One hop of a step's trace.
struct Hop {
  std::string name = {};
  // Since the step's start, and how long, in milliseconds.
  double start_ms = 0;
  double duration_ms = 0;
  // "status=200 table=..."
  std::string facts = {};
};

struct StepResult {
  // "GET /users?limit=3".
  std::string title = {};
  // "users.scenario.yml:17".
  std::string place = {};
  Outcome outcome = Outcome::kPassed;
  double duration_ms = 0;
  int attempts = 1;
  // Why it could not be done.
  std::string error = {};
  std::vector<Mismatch> mismatches = {};
  // Kept for failures only: how to send the request again, what came back, what happened.
  std::string curl = {};
  std::string answer = {};
  std::vector<Hop> hops = {};
  std::vector<std::string> log = {};
};

// A route that was reached, for coverage.
struct Reached {
  std::string route = {};
  int status = 0;
  std::string function = {};
};

struct ScenarioResult {
  std::string id = {};
  std::string suite = {};
  std::string name = {};
  std::string file = {};
  int line = 0;
  std::vector<std::string> tags = {};
  Outcome outcome = Outcome::kPassed;
  std::string reason = {};
  double duration_ms = 0;
  // Of it, until the fresh state was there.
  double prepare_ms = 0;
  // Which of several runs of it (--repeat), from 1.
  int run = 1;
  std::vector<StepResult> steps = {};
  // What the scenario expects of the inside and a remote target cannot show.
  std::vector<std::string> not_checked = {};
  std::vector<Reached> reached = {};
};

OrderedJson ToJson(const ScenarioResult& result);
// Of what ToJson made; fails for anything else.
Result<ScenarioResult> FromJson(const Json& json);

}  // namespace offstage::scenario
