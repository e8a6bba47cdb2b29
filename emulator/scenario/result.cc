#include "scenario/result.h"

#include <cmath>

namespace offstage::scenario {

std::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return "passed";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kError:
      return "error";
    case Outcome::kSkipped:
      break;
  }
  return "skipped";
}

namespace {

Outcome OutcomeNamed(std::string_view name) {
  for (const Outcome outcome : {Outcome::kPassed, Outcome::kFailed, Outcome::kSkipped}) {
    if (OutcomeName(outcome) == name) return outcome;
  }
  return Outcome::kError;
}

// Two decimals: microseconds of a measurement that jitters by more say nothing.
double Rounded(double millis) {
  return std::round(millis * 100) / 100;
}

OrderedJson StepToJson(const StepResult& step) {
  OrderedJson json = {{"title", step.title},
                      {"place", step.place},
                      {"outcome", OutcomeName(step.outcome)},
                      {"duration_ms", Rounded(step.duration_ms)}};
  if (step.attempts != 1) json["attempts"] = step.attempts;
  if (!step.error.empty()) json["error"] = step.error;
  for (const Mismatch& mismatch : step.mismatches) {
    json["mismatches"].push_back(
        {{"path", mismatch.path}, {"expected", mismatch.expected}, {"actual", mismatch.actual}});
  }
  if (!step.curl.empty()) json["curl"] = step.curl;
  if (!step.answer.empty()) json["answer"] = step.answer;
  for (const Hop& hop : step.hops) {
    json["trace"].push_back({{"name", hop.name},
                             {"start_ms", Rounded(hop.start_ms)},
                             {"duration_ms", Rounded(hop.duration_ms)},
                             {"facts", hop.facts}});
  }
  if (!step.log.empty()) json["log"] = step.log;
  return json;
}

StepResult StepFromJson(const Json& json) {
  StepResult step;
  step.title = json.value("title", "");
  step.place = json.value("place", "");
  step.outcome = OutcomeNamed(json.value("outcome", ""));
  step.duration_ms = json.value("duration_ms", 0.0);
  step.attempts = json.value("attempts", 1);
  step.error = json.value("error", "");
  for (const Json& mismatch : json.value("mismatches", Json::array())) {
    step.mismatches.push_back({.path = mismatch.value("path", ""),
                               .expected = mismatch.value("expected", ""),
                               .actual = mismatch.value("actual", "")});
  }
  step.curl = json.value("curl", "");
  step.answer = json.value("answer", "");
  for (const Json& hop : json.value("trace", Json::array())) {
    step.hops.push_back({.name = hop.value("name", ""),
                         .start_ms = hop.value("start_ms", 0.0),
                         .duration_ms = hop.value("duration_ms", 0.0),
                         .facts = hop.value("facts", "")});
  }
  step.log = json.value("log", std::vector<std::string>());
  return step;
}

}  // namespace

OrderedJson ToJson(const ScenarioResult& result) {
  OrderedJson json = {{"id", result.id},
                      {"suite", result.suite},
                      {"name", result.name},
                      {"file", result.file},
                      {"line", result.line},
                      {"tags", result.tags},
                      {"outcome", OutcomeName(result.outcome)},
                      {"duration_ms", Rounded(result.duration_ms)},
                      {"prepare_ms", Rounded(result.prepare_ms)},
                      {"run", result.run}};
  if (!result.reason.empty()) json["reason"] = result.reason;
  if (!result.not_checked.empty()) json["not_checked"] = result.not_checked;
  json["steps"] = OrderedJson::array();
  for (const StepResult& step : result.steps)
    json["steps"].push_back(StepToJson(step));
  json["reached"] = OrderedJson::array();
  for (const Reached& reached : result.reached) {
    json["reached"].push_back(
        {{"route", reached.route}, {"status", reached.status}, {"function", reached.function}});
  }
  return json;
}

Result<ScenarioResult> FromJson(const Json& json) {
  try {
    ScenarioResult result;
    result.id = json.at("id").get<std::string>();
    result.suite = json.value("suite", "");
    result.name = json.value("name", "");
    result.file = json.value("file", "");
    result.line = json.value("line", 0);
    result.tags = json.value("tags", std::vector<std::string>());
    result.outcome = OutcomeNamed(json.value("outcome", ""));
    result.reason = json.value("reason", "");
    result.duration_ms = json.value("duration_ms", 0.0);
    result.prepare_ms = json.value("prepare_ms", 0.0);
    result.run = json.value("run", 1);
    result.not_checked = json.value("not_checked", std::vector<std::string>());
    for (const Json& step : json.value("steps", Json::array()))
      result.steps.push_back(StepFromJson(step));
    for (const Json& reached : json.value("reached", Json::array())) {
      result.reached.push_back({.route = reached.value("route", ""),
                                .status = reached.value("status", 0),
                                .function = reached.value("function", "")});
    }
    return result;
  } catch (const Json::exception& wrong) {
    return Fail(Error{fmt::format("not a scenario's result: {}", wrong.what())});
  }
}

}  // namespace offstage::scenario
