#include "bench/report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "bench/sentences.h"

namespace offstage::bench {

namespace {

std::string Head(const RunInfo& info) {
  std::string text = fmt::format("{}: {} rounds of {:g} ms a request", info.stack, info.rounds,
                                 info.block_seconds * 1000);
  if (!info.baseline.empty()) text += ", against " + info.baseline;
  return text;
}

void AddLine(std::string& out, std::string_view label, const std::string& text) {
  if (!text.empty()) out += fmt::format("  {:<9} {}\n", label, text);
}

std::string CaseText(const CaseResult& result, const RunInfo& info) {
  std::string out = result.FullName() + "\n";
  if (!result.measured()) {
    AddLine(out, "NO FIGURE", result.error.empty() ? "nothing was measured" : result.error);
    return out;
  }
  const Measured& now = result.now;
  const Summary summary = *Summarize(now.latencies);
  AddLine(out, "latency", LatencyText(summary));
  AddLine(out, "requests",
          fmt::format("{}, {} a second; the generator took {:.2f} of a core", summary.count,
                      Figure(now.RequestsPerSecond()),
                      now.seconds > 0 ? now.generator_cpu_seconds / now.seconds : 0));
  AddLine(out, "where", PartsText(now));
  AddLine(out, "calls", CallsText(now));
  if (now.peak_memory_mb)
    AddLine(out, "memory", fmt::format("{:.0f} MB at most in the handler", *now.peak_memory_mb));
  AddLine(out, "cold", ColdText(now));
  AddLine(out, "imports", ImportsText(now));
  if (result.comparison) {
    AddLine(out, "compared", ComparisonText(*result.comparison));
    if (!result.comparison->interleaved)
      AddLine(out, "", "the two ran at different times: what the machine did then counts as well");
  }
  if (result.cold_comparison) AddLine(out, "cold", ComparisonText(*result.cold_comparison));
  if (result.saturation) {
    for (const std::string& line : SaturationLines(*result.saturation))
      AddLine(out, "load", line);
  }
  if (info.estimate_memory_mb) {
    for (const std::string& line : EstimateLines(now, *info.estimate_memory_mb))
      AddLine(out, "on AWS", line);
  }
  for (const std::string& line : SlowestLines(now))
    AddLine(out, "", line);
  for (const std::string& line : Caveats(result))
    AddLine(out, "note", line);
  return out;
}

std::string Cell(const std::optional<double>& value) {
  return value ? Figure(*value) : "–";
}

// What Markdown would take for its own.
std::string Plain(const std::string& text) {
  return ReplaceAll(ReplaceAll(text, "|", "\\|"), "<", "&lt;");
}

std::string MarkdownRow(const CaseResult& result) {
  if (!result.measured()) {
    return fmt::format("| `{}` | no figure: {} |||||||\n", Plain(result.FullName()),
                       Plain(result.error.substr(0, result.error.find('\n'))));
  }
  const Summary summary = *Summarize(result.now.latencies);
  const auto cold = result.now.MedianColdStart();
  return fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | {} |\n", Plain(result.FullName()),
                     Figure(summary.p50), Cell(summary.p90), Cell(summary.p99), Cell(summary.p999),
                     Figure(summary.max), cold ? Figure(cold->total_ms) : "–", summary.count);
}

std::string MarkdownComparison(const BenchRun& run) {
  std::string out =
      "\n| request | before, ms | after, ms | ratio | 99 % interval | p | verdict |\n"
      "|---|--:|--:|--:|---|--:|---|\n";
  bool any = false;
  const auto add = [&](const std::string& name, const Comparison& comparison) {
    any = true;
    const bool fails = run.info.fail_above && FailsAbove(comparison, *run.info.fail_above);
    out += fmt::format("| `{}` | {} | {} | {:.3f} | {:.3f} to {:.3f} | {:.2g} | {}{}{} |\n",
                       Plain(name), Figure(comparison.before_ms), Figure(comparison.after_ms),
                       comparison.ratio, comparison.interval.low, comparison.interval.high,
                       comparison.adjusted_p, fails ? "**" : "", VerdictName(comparison.verdict),
                       fails ? "**, over the limit" : "");
  };
  for (const CaseResult& result : run.results) {
    if (result.comparison) add(result.FullName(), *result.comparison);
    if (result.cold_comparison) add(result.FullName() + " (cold start)", *result.cold_comparison);
  }
  return any ? out : "";
}

}  // namespace

std::string ConsoleReport(const BenchRun& run) {
  std::string out = Head(run.info) + "\n";
  for (const std::string& note : run.info.notes)
    out += "  note: " + note + "\n";
  for (const CaseResult& result : run.results)
    out += "\n" + CaseText(result, run.info);
  return out;
}

std::string MarkdownReport(const BenchRun& run) {
  std::string out = "### Latency\n\n" + Head(run.info) + "; " + run.info.machine + "\n\n";
  out +=
      "| request | p50, ms | p90 | p99 | p99.9 | max | cold start | requests |\n"
      "|---|--:|--:|--:|--:|--:|--:|--:|\n";
  for (const CaseResult& result : run.results)
    out += MarkdownRow(result);
  out += MarkdownComparison(run);
  for (const CaseResult& result : run.results) {
    if (!result.measured()) continue;
    out += fmt::format("\n<details><summary>{}</summary>\n\n```\n{}```\n</details>\n",
                       Plain(result.FullName()), CaseText(result, run.info));
  }
  for (const std::string& note : run.info.notes)
    out += "\n" + Plain(note) + "\n";
  return out;
}

Result<std::string> ReportFor(const std::string& file, const BenchRun& run) {
  if (file.ends_with(".md")) return MarkdownReport(run);
  if (file.ends_with(".html")) return HtmlReport(run);
  return Fail(Error{fmt::format(
      "--report takes a file that ends in .md or .html, not {}; JSON is --json FILE", file)});
}

}  // namespace offstage::bench
