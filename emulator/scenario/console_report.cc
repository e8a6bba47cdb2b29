// Reports for a terminal.
#include "base/text.h"
#include "scenario/report.h"

namespace offstage::scenario {

namespace {

constexpr std::string_view kRed = "31";
constexpr std::string_view kGreen = "32";
constexpr std::string_view kYellow = "33";
constexpr std::string_view kFaint = "2";
constexpr std::string_view kBold = "1";

std::string Painted(std::string_view text, std::string_view code, Colour colour) {
  return colour == Colour::kOff ? std::string(text) : fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

std::string Indented(const std::string& text, std::string_view indent) {
  std::string out;
  for (const std::string_view line : Split(text, '\n'))
    out += fmt::format("{}{}\n", indent, line);
  return out;
}

std::string Millis(double millis) {
  return millis < 1000 ? fmt::format("{:.0f} ms", millis) : fmt::format("{:.1f} s", millis / 1000);
}

std::string MismatchText(const Mismatch& mismatch, Colour colour) {
  return fmt::format("      {}\n        expected  {}\n        but was   {}\n",
                     Painted(mismatch.path, kBold, colour),
                     Painted(mismatch.expected, kGreen, colour),
                     Painted(mismatch.actual, kRed, colour));
}

std::string StepText(const StepResult& step, std::size_t number, Colour colour) {
  std::string out =
      fmt::format("    step {}  {}  {}\n", number, step.title, Painted(step.place, kFaint, colour));
  if (!step.error.empty()) out += Indented(step.error, "      ");
  for (const Mismatch& mismatch : step.mismatches)
    out += MismatchText(mismatch, colour);
  if (!step.curl.empty()) out += "      request\n" + Indented(step.curl, "        ");
  if (!step.answer.empty()) out += "      answer\n" + Indented(step.answer, "        ");
  if (!step.hops.empty()) out += "      trace\n";
  for (const Hop& hop : step.hops) {
    out += fmt::format("        {:>8.1f} ms  +{:<8} {}  {}\n", hop.start_ms,
                       fmt::format("{:.1f} ms", hop.duration_ms), hop.name,
                       Painted(hop.facts, kFaint, colour));
  }
  if (!step.log.empty()) out += "      log\n";
  for (const std::string& line : step.log)
    out += Indented(line, "        ");
  return out;
}

}  // namespace

std::string ResultLine(const ScenarioResult& result, Colour colour) {
  const std::string run = result.run > 1 ? fmt::format(" (run {})", result.run) : "";
  switch (result.outcome) {
    case Outcome::kPassed:
      return fmt::format("  {} {}{}  {}", Painted("✓", kGreen, colour), result.id, run,
                         Painted(Millis(result.duration_ms), kFaint, colour));
    case Outcome::kSkipped:
      return fmt::format("  {} {}  {}", Painted("-", kYellow, colour), result.id,
                         Painted("skipped: " + result.reason, kFaint, colour));
    default:
      return fmt::format("  {} {}{}  {}", Painted("✗", kRed, colour), result.id, run,
                         Painted(Millis(result.duration_ms), kFaint, colour));
  }
}

std::string FailureText(const ScenarioResult& result, Colour colour) {
  if (result.outcome == Outcome::kPassed || result.outcome == Outcome::kSkipped) return "";
  std::string out =
      fmt::format("\n  {} {}  {}\n", Painted("✗", kRed, colour), Painted(result.id, kBold, colour),
                  Painted(fmt::format("{}:{}", result.file, result.line), kFaint, colour));
  if (!result.reason.empty()) out += Indented(result.reason, "    ");
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    if (result.steps[i].outcome != Outcome::kPassed)
      out += StepText(result.steps[i], i + 1, colour);
  }
  return out;
}

std::string SummaryText(const RunSummary& summary, Colour colour) {
  const auto part = [&](Outcome outcome, std::string_view word, std::string_view code) {
    const std::size_t count = summary.Count(outcome);
    return count == 0 ? std::string()
                      : ", " + Painted(fmt::format("{} {}", count, word), code, colour);
  };
  std::string out = fmt::format(
      "\n{} scenarios{}{}{}{}, in {} (random seed {}, {} at once)\n", summary.results.size(),
      part(Outcome::kPassed, "passed", kGreen), part(Outcome::kFailed, "failed", kRed),
      part(Outcome::kError, "in error", kRed), part(Outcome::kSkipped, "skipped", kYellow),
      Millis(summary.duration_ms), summary.seed, summary.jobs);
  for (const std::string& id : summary.Flaky())
    out += fmt::format("flaky: {} passed in some runs and failed in others\n", id);
  const Coverage& coverage = summary.coverage;
  if (!coverage.routes.empty()) {
    out += fmt::format("routes reached: {} of {} ({:.0f} %)",
                       coverage.routes.size() - coverage.routes_missed.size(),
                       coverage.routes.size(), coverage.RoutePercent());
    if (!coverage.routes_missed.empty())
      out += "; not reached: " + Join(coverage.routes_missed, ", ");
    out += "\n";
  }
  if (!coverage.functions_missed.empty())
    out += fmt::format("functions that never ran: {}\n", Join(coverage.functions_missed, ", "));
  std::size_t unchecked = 0;
  for (const ScenarioResult& result : summary.results)
    unchecked += result.not_checked.size();
  if (unchecked > 0) {
    out += fmt::format(
        "not checked, because only the routes of the target can be reached: {} steps "
        "or expectations\n",
        unchecked);
  }
  return out;
}

}  // namespace offstage::scenario
