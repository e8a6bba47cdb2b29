// Reports for CI systems and other programs.
#include <pugixml.hpp>
#include <sstream>

#include "base/text.h"
#include "scenario/report.h"

namespace offstage::scenario {

namespace {

bool Bad(const ScenarioResult& result) {
  return result.outcome == Outcome::kFailed || result.outcome == Outcome::kError;
}

// XML 1.0 has no place for most control characters.
std::string XmlText(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
    out += control ? "?" : std::string(1, c);
  }
  return out;
}

// The first difference or error, for one-line reports.
std::string Headline(const ScenarioResult& result) {
  if (!result.reason.empty()) return result.reason.substr(0, result.reason.find('\n'));
  for (const StepResult& step : result.steps) {
    if (step.outcome == Outcome::kPassed) continue;
    if (!step.mismatches.empty()) {
      const Mismatch& mismatch = step.mismatches.front();
      return fmt::format("{}: {}: expected {}, but was {}", step.title, mismatch.path,
                         mismatch.expected, mismatch.actual);
    }
    return fmt::format("{}: {}", step.title, step.error);
  }
  return std::string(OutcomeName(result.outcome));
}

// "users.scenario.yml:17" of the step that failed, else the scenario's own.
std::pair<std::string, std::string> PlaceOf(const ScenarioResult& result) {
  for (const StepResult& step : result.steps) {
    if (step.outcome == Outcome::kPassed) continue;
    const auto parts = Split(step.place, ':');
    if (parts.size() >= 3) {
      std::string file(parts[0]);
      for (std::size_t i = 1; i + 2 < parts.size(); ++i)
        file += ":" + std::string(parts[i]);
      return {file, std::string(parts[parts.size() - 2])};
    }
  }
  return {result.file, std::to_string(result.line)};
}

}  // namespace

std::string JUnitReport(const RunSummary& summary) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("testsuites");
  root.append_attribute("name") = "offstage";
  root.append_attribute("tests") = summary.results.size();
  root.append_attribute("failures") = summary.Count(Outcome::kFailed);
  root.append_attribute("errors") = summary.Count(Outcome::kError);
  root.append_attribute("skipped") = summary.Count(Outcome::kSkipped);
  root.append_attribute("time") = fmt::format("{:.3f}", summary.duration_ms / 1000).c_str();
  std::map<std::string, std::vector<const ScenarioResult*>> suites;
  for (const ScenarioResult& result : summary.results)
    suites[result.suite].push_back(&result);
  for (const auto& [name, results] : suites) {
    pugi::xml_node suite = root.append_child("testsuite");
    const auto count = [&results = results](Outcome outcome) {
      std::size_t n = 0;
      for (const ScenarioResult* result : results)
        n += result->outcome == outcome ? 1 : 0;
      return n;
    };
    suite.append_attribute("name") = name.c_str();
    suite.append_attribute("tests") = results.size();
    suite.append_attribute("failures") = count(Outcome::kFailed);
    suite.append_attribute("errors") = count(Outcome::kError);
    suite.append_attribute("skipped") = count(Outcome::kSkipped);
    for (const ScenarioResult* result : results) {
      pugi::xml_node test = suite.append_child("testcase");
      test.append_attribute("classname") = name.c_str();
      test.append_attribute("name") = XmlText(result->name).c_str();
      test.append_attribute("file") = result->file.c_str();
      test.append_attribute("line") = result->line;
      test.append_attribute("time") = fmt::format("{:.3f}", result->duration_ms / 1000).c_str();
      if (result->outcome == Outcome::kSkipped)
        test.append_child("skipped").append_attribute("message") = XmlText(result->reason).c_str();
      if (!Bad(*result)) continue;
      pugi::xml_node failure =
          test.append_child(result->outcome == Outcome::kFailed ? "failure" : "error");
      failure.append_attribute("message") = XmlText(Headline(*result)).c_str();
      failure.text() = XmlText(FailureText(*result, Colour::kOff)).c_str();
    }
  }
  std::ostringstream out;
  document.save(out, "  ");
  return out.str();
}

std::string JsonReport(const RunSummary& summary) {
  OrderedJson json = {{"scenarios", summary.results.size()},
                      {"passed", summary.Count(Outcome::kPassed)},
                      {"failed", summary.Count(Outcome::kFailed)},
                      {"errors", summary.Count(Outcome::kError)},
                      {"skipped", summary.Count(Outcome::kSkipped)},
                      {"flaky", summary.Flaky()},
                      {"duration_ms", summary.duration_ms},
                      {"seed", summary.seed},
                      {"jobs", summary.jobs}};
  OrderedJson statuses = OrderedJson::object();
  for (const auto& [route, seen] : summary.coverage.statuses)
    statuses[route] = seen;
  json["coverage"] = {{"routes", summary.coverage.routes},
                      {"routes_missed", summary.coverage.routes_missed},
                      {"functions_missed", summary.coverage.functions_missed},
                      {"statuses", std::move(statuses)}};
  json["results"] = OrderedJson::array();
  for (const ScenarioResult& result : summary.results)
    json["results"].push_back(ToJson(result));
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string TapReport(const RunSummary& summary) {
  std::string out = fmt::format("TAP version 13\n1..{}\n", summary.results.size());
  std::size_t number = 0;
  for (const ScenarioResult& result : summary.results) {
    // '#' begins a directive.
    const std::string name = ReplaceAll(ReplaceAll(result.id, "#", "\\#"), "\n", " ");
    out += fmt::format("{} {} - {}", Bad(result) ? "not ok" : "ok", ++number, name);
    if (result.outcome == Outcome::kSkipped) out += " # SKIP " + result.reason;
    out += "\n";
    if (!Bad(result)) continue;
    std::string message;
    AppendJsonString(Headline(result), message);
    const auto [file, line] = PlaceOf(result);
    out += fmt::format("  ---\n  message: {}\n  at: {}:{}\n  ...\n", message, file, line);
  }
  return out;
}

std::string MarkdownReport(const RunSummary& summary) {
  std::string out = fmt::format(
      "## Scenarios: {}\n\n| passed | failed | errors | skipped | time | routes reached |\n"
      "|---|---|---|---|---|---|\n| {} | {} | {} | {} | {:.1f} s | {:.0f} % |\n",
      summary.Good() ? "all passed" : "some failed", summary.Count(Outcome::kPassed),
      summary.Count(Outcome::kFailed), summary.Count(Outcome::kError),
      summary.Count(Outcome::kSkipped), summary.duration_ms / 1000,
      summary.coverage.RoutePercent());
  for (const ScenarioResult& result : summary.results) {
    if (!Bad(result)) continue;
    out += fmt::format("\n<details><summary>✗ {}</summary>\n\n````\n{}````\n\n</details>\n",
                       result.id, FailureText(result, Colour::kOff));
  }
  for (const std::string& id : summary.Flaky())
    out += fmt::format("\nFlaky: {}\n", id);
  if (!summary.coverage.routes_missed.empty())
    out += fmt::format("\nNot reached: `{}`\n", Join(summary.coverage.routes_missed, "`, `"));
  return out;
}

// docs.github.com/actions/reference/workflow-commands-for-github-actions
std::string GitHubAnnotations(const RunSummary& summary, const std::filesystem::path& folder) {
  const auto escape = [](std::string text, bool property) {
    text = ReplaceAll(std::move(text), "%", "%25");
    text = ReplaceAll(ReplaceAll(std::move(text), "\r", "%0D"), "\n", "%0A");
    if (property) text = ReplaceAll(ReplaceAll(std::move(text), ":", "%3A"), ",", "%2C");
    return text;
  };
  std::string out;
  for (const ScenarioResult& result : summary.results) {
    if (!Bad(result)) continue;
    const auto [file, line] = PlaceOf(result);
    const std::string path = (folder / file).lexically_normal().string();
    out += fmt::format("::error file={},line={},title={}::{}\n", escape(path, true), line,
                       escape(result.id, true), escape(Headline(result), false));
  }
  return out;
}

}  // namespace offstage::scenario
