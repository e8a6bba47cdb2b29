// Counting, coverage and which report a file asks for.
#include <algorithm>
#include <set>

#include "scenario/report.h"

namespace offstage::scenario {

double Coverage::RoutePercent() const {
  if (routes.empty()) return 100;
  return 100.0 * static_cast<double>(routes.size() - routes_missed.size()) /
         static_cast<double>(routes.size());
}

std::size_t RunSummary::Count(Outcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(results.begin(), results.end(),
                    [outcome](const ScenarioResult& r) { return r.outcome == outcome; }));
}

std::vector<std::string> RunSummary::Flaky() const {
  std::set<std::string> passed;
  std::set<std::string> failed;
  for (const ScenarioResult& result : results) {
    if (result.outcome == Outcome::kPassed) passed.insert(result.id);
    if (result.outcome == Outcome::kFailed || result.outcome == Outcome::kError)
      failed.insert(result.id);
  }
  std::vector<std::string> both;
  std::set_intersection(passed.begin(), passed.end(), failed.begin(), failed.end(),
                        std::back_inserter(both));
  return both;
}

Coverage MeasureCoverage(const std::vector<ScenarioResult>& results,
                         const std::vector<KnownRoute>& routes,
                         const std::vector<std::string>& functions) {
  std::map<std::string, std::set<int>> statuses;
  std::set<std::string> ran;
  for (const ScenarioResult& result : results) {
    for (const Reached& reached : result.reached) {
      if (!reached.route.empty()) statuses[reached.route].insert(reached.status);
      if (!reached.function.empty()) ran.insert(reached.function);
    }
  }
  Coverage coverage;
  coverage.functions = functions.size();
  for (const KnownRoute& route : routes) {
    coverage.routes.push_back(route.route);
    if (!statuses.contains(route.route)) coverage.routes_missed.push_back(route.route);
  }
  for (const std::string& function : functions) {
    if (!ran.contains(function)) coverage.functions_missed.push_back(function);
  }
  for (const auto& [route, seen] : statuses)
    coverage.statuses[route] = {seen.begin(), seen.end()};
  return coverage;
}

Result<std::string> ReportFor(const std::string& file, const RunSummary& summary) {
  if (file.ends_with(".xml")) return JUnitReport(summary);
  if (file.ends_with(".json")) return JsonReport(summary);
  if (file.ends_with(".tap")) return TapReport(summary);
  if (file.ends_with(".md")) return MarkdownReport(summary);
  if (file.ends_with(".html")) return HtmlReport(summary);
  return Fail(Error{fmt::format(
      "--report {}: the name's ending says what it is to be: .xml (JUnit), .json, .tap, .md or "
      ".html",
      file)});
}

}  // namespace offstage::scenario
