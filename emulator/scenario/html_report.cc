// The report as one page: nothing is loaded from elsewhere, so it can be kept as a build's
// artifact.
#include <algorithm>

#include "base/html.h"
#include "base/text.h"
#include "scenario/report.h"

namespace offstage::scenario {

namespace {

constexpr std::string_view kStyle = R"css(
body{font:15px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#222;background:#fff}
h1{font-size:1.4em}details{border-bottom:1px solid #ddd;padding:.35em 0}summary{cursor:pointer}
.passed{color:#1a7f37}.failed,.error{color:#b3261e}.skipped{color:#8a6d00}.faint{color:#777}
pre{background:#f5f5f5;padding:.7em;overflow:auto;white-space:pre-wrap}table{border-collapse:collapse}
td,th{padding:.2em .8em .2em 0;text-align:left;vertical-align:top}
.lane{position:relative;height:1.1em;background:#f0f0f0;min-width:24em}
.bar{position:absolute;top:.15em;height:.8em;background:#4a7ebb;min-width:2px}
@media (prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}pre,.lane{background:#2a2a2a}details{border-color:#444}}
)css";

std::string Timeline(const std::vector<Hop>& hops) {
  double end = 0.001;
  for (const Hop& hop : hops)
    end = std::max(end, hop.start_ms + hop.duration_ms);
  std::string out = "<table>";
  for (const Hop& hop : hops) {
    const double left = std::clamp(100 * hop.start_ms / end, 0.0, 100.0);
    out += fmt::format(
        "<tr><td>{}</td><td>{:.1f} ms</td><td><div class=lane><div class=bar "
        "style=\"left:{:.1f}%;width:{:.1f}%\"></div></div></td><td class=faint>{}</td></tr>",
        EscapeHtml(hop.name), hop.duration_ms, left,
        std::min(100 * hop.duration_ms / end, 100.0 - left), EscapeHtml(hop.facts));
  }
  return out + "</table>";
}

std::string StepHtml(const StepResult& step) {
  std::string out =
      fmt::format("<p><b class={}>{}</b> {} <span class=faint>{:.1f} ms, {}</span></p>",
                  OutcomeName(step.outcome), step.outcome == Outcome::kPassed ? "✓" : "✗",
                  EscapeHtml(step.title), step.duration_ms, EscapeHtml(step.place));
  if (!step.error.empty()) out += "<pre>" + EscapeHtml(step.error) + "</pre>";
  if (!step.mismatches.empty()) {
    out += "<table><tr><th>where</th><th>expected</th><th>but was</th></tr>";
    for (const Mismatch& mismatch : step.mismatches) {
      out += fmt::format("<tr><td>{}</td><td class=passed>{}</td><td class=failed>{}</td></tr>",
                         EscapeHtml(mismatch.path), EscapeHtml(mismatch.expected),
                         EscapeHtml(mismatch.actual));
    }
    out += "</table>";
  }
  if (!step.curl.empty()) out += "<pre>" + EscapeHtml(step.curl) + "</pre>";
  if (!step.answer.empty()) out += "<pre>" + EscapeHtml(step.answer) + "</pre>";
  if (!step.hops.empty()) out += Timeline(step.hops);
  if (!step.log.empty()) out += "<pre>" + EscapeHtml(Join(step.log, "\n")) + "</pre>";
  return out;
}

std::string ScenarioHtml(const ScenarioResult& result) {
  const bool open = result.outcome == Outcome::kFailed || result.outcome == Outcome::kError;
  std::string out = fmt::format(
      "<details{}><summary><b class={}>{}</b> {} <span class=faint>{:.0f} ms</span></summary>"
      "<p class=faint>{}:{}</p>",
      open ? " open" : "", OutcomeName(result.outcome), OutcomeName(result.outcome),
      EscapeHtml(result.id), result.duration_ms, EscapeHtml(result.file), result.line);
  if (!result.reason.empty()) out += "<pre>" + EscapeHtml(result.reason) + "</pre>";
  for (const StepResult& step : result.steps)
    out += StepHtml(step);
  return out + "</details>";
}

}  // namespace

std::string HtmlReport(const RunSummary& summary) {
  std::string out = fmt::format(
      "<!doctype html><html lang=en><meta charset=utf-8><title>offstage scenarios</title>"
      "<style>{}</style><h1>Scenarios</h1><pre>{}</pre>",
      kStyle, EscapeHtml(SummaryText(summary, Colour::kOff)));
  std::vector<const ScenarioResult*> order;
  for (const ScenarioResult& result : summary.results)
    order.push_back(&result);
  // What went wrong comes first.
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
    return (a->outcome == Outcome::kPassed) < (b->outcome == Outcome::kPassed);
  });
  for (const ScenarioResult* result : order)
    out += ScenarioHtml(*result);
  if (!summary.coverage.statuses.empty()) {
    out += "<h1>Routes</h1><table>";
    for (const std::string& route : summary.coverage.routes) {
      const auto seen = summary.coverage.statuses.find(route);
      std::string statuses = seen == summary.coverage.statuses.end() ? "not reached" : "";
      if (seen != summary.coverage.statuses.end()) {
        for (const int status : seen->second)
          statuses += fmt::format("{} ", status);
      }
      out += fmt::format("<tr><td>{}</td><td>{}</td></tr>", EscapeHtml(route), statuses);
    }
    out += "</table>";
  }
  return out + "</html>\n";
}

}  // namespace offstage::scenario
