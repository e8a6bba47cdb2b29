// Reports of a run: for people, for CI systems, for other programs.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "scenario/result.h"

namespace offstage::scenario {

// A route of the stack, for coverage.
struct KnownRoute {
  // "GET /users/{userID}", as spans name it.
  std::string route = {};
  std::string function = {};
};

struct Coverage {
  std::vector<std::string> routes = {};
  std::vector<std::string> routes_missed = {};
  std::vector<std::string> functions_missed = {};
  std::size_t functions = 0;
  // "GET /users" to the statuses seen.
  std::map<std::string, std::vector<int>> statuses = {};

  double RoutePercent() const;
};

struct RunSummary {
  std::vector<ScenarioResult> results = {};
  Coverage coverage = {};
  std::uint64_t seed = 0;
  int jobs = 1;
  double duration_ms = 0;
  std::string command = {};

  std::size_t Count(Outcome outcome) const;
  bool Good() const { return Count(Outcome::kFailed) + Count(Outcome::kError) == 0; }
  // Ids of scenarios that passed in some runs and failed in others.
  std::vector<std::string> Flaky() const;
};

Coverage MeasureCoverage(const std::vector<ScenarioResult>& results,
                         const std::vector<KnownRoute>& routes,
                         const std::vector<std::string>& functions);

enum class Colour { kOff, kOn };

// One line: "  ✓ users: A user is found  12 ms".
std::string ResultLine(const ScenarioResult& result, Colour colour);
// What went wrong, in full: step, differences, request, trace, log. Empty when nothing did.
std::string FailureText(const ScenarioResult& result, Colour colour);
// "42 scenarios: 40 passed, 2 failed, in 3.1 s (random seed 17, 2 at once)", flaky ones, coverage.
std::string SummaryText(const RunSummary& summary, Colour colour);

// Files. Each is a whole document.
std::string JUnitReport(const RunSummary& summary);
std::string JsonReport(const RunSummary& summary);
std::string TapReport(const RunSummary& summary);
std::string MarkdownReport(const RunSummary& summary);
// One page without anything from elsewhere.
std::string HtmlReport(const RunSummary& summary);
// "::error file=...,line=...::text" lines for GitHub's log. `folder`: where the files' names start
// from, below the repository ("backend"); empty: the repository itself.
std::string GitHubAnnotations(const RunSummary& summary, const std::filesystem::path& folder = {});

// The report that a file's name asks for: .xml JUnit, .json, .tap, .md, .html. Fails naming these.
Result<std::string> ReportFor(const std::string& file, const RunSummary& summary);

}  // namespace offstage::scenario
