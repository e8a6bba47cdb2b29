// Action: what a step does, and what came of it. Internal to scenario/.
#pragma once

#include <optional>
#include <string>

#include "scenario/model.h"
#include "scenario/target.h"

namespace offstage::scenario {

class People;

// What expectations look at.
struct Effect {
  // HTTP steps.
  std::optional<http::Request> request = {};
  std::optional<http::Reply> reply = {};
  // Steps that give a value: the body as JSON (or as text), a function's answer, items.
  std::optional<Json> value = {};
  std::optional<InvokeResult> invocation = {};
  // A user pool said no; `value` is then {"errorType", "errorMessage"}.
  std::optional<PoolRefusal> refusal = {};
  double duration_ms = 0;
};

// Does the step; its variables are replaced already. Fails when it cannot be done at all (no
// answer, no such table).
Result<Effect> Act(const Step& step, const Node& node, Target& target, People& people);

// The faults that a map, or a list of maps, asks for.
std::vector<FaultRequest> ToFaults(const Node& node);

// "GET /users?limit=3", "put-item UsersTable", or the step's own name.
std::string TitleOf(const Step& step, const Node& node);

// The request as a command for a terminal; `base` is the API's URL.
std::string ToCurl(const http::Request& request, const std::string& base);

}  // namespace offstage::scenario
