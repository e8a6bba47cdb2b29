#include <fmt/format.h>

#include "base/html.h"
#include "bench/report.h"
#include "bench/sentences.h"
#include "bench/svg.h"

namespace offstage::bench {

namespace {

constexpr std::string_view kStyle = R"css(
body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222;background:#fff}
h1{font-size:1.4em}h2{font-size:1.1em;margin-top:2em;border-top:1px solid #ddd;padding-top:.7em}
table{border-collapse:collapse}td,th{padding:.2em .9em .2em 0;text-align:right}
td:first-child,th:first-child{text-align:left}.faint{color:#777}.slower,.error{color:#b3261e}.faster{color:#1a7f37}
svg{width:100%;height:auto;font:12px system-ui,sans-serif;margin:.5em 0}svg text{fill:currentColor}
svg line{stroke:currentColor;stroke-dasharray:2 2}rect.now{fill:#2f6db5;opacity:.85}rect.before{fill:#b9b9b9}
polyline{fill:none;stroke-width:2}polyline.now{stroke:#2f6db5}polyline.before{stroke:#999}
.process{fill:#8e9aaf}.runtime{fill:#6a89cc}.imports{fill:#e58e26}.run{fill:#38ada9}.calls{fill:#b0559b}.rest{fill:#d0d0d0}
pre{white-space:pre-wrap}
@media (prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}h2{border-color:#444}rect.before,.rest{fill:#555}}
)css";

std::string Row(const CaseResult& result) {
  if (!result.measured()) {
    return fmt::format("<tr><td>{}</td><td colspan=7 class=error>no figure: {}</td></tr>",
                       EscapeHtml(result.FullName()), EscapeHtml(result.error));
  }
  const Summary summary = *Summarize(result.now.latencies);
  const auto cell = [](const std::optional<double>& value) { return value ? Figure(*value) : "–"; };
  const auto cold = result.now.MedianColdStart();
  return fmt::format(
      "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>"
      "</tr>",
      EscapeHtml(result.FullName()), Figure(summary.p50), cell(summary.p90), cell(summary.p99),
      cell(summary.p999), Figure(summary.max), cold ? Figure(cold->total_ms) : "–", summary.count);
}

std::string Paragraph(const std::string& label, const std::string& text) {
  if (text.empty()) return "";
  return fmt::format("<div><b>{}</b> {}</div>", label, EscapeHtml(text));
}

std::string List(const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  std::string out = "<ul>";
  for (const std::string& line : lines)
    out += "<li>" + EscapeHtml(line.starts_with("- ") ? line.substr(2) : line) + "</li>";
  return out + "</ul>";
}

std::string CaseHtml(const CaseResult& result, const RunInfo& info) {
  std::string out = fmt::format("<h2>{}</h2><p class=faint>{}</p>", EscapeHtml(result.FullName()),
                                EscapeHtml(result.source));
  const Measured& now = result.now;
  if (result.comparison) {
    out += fmt::format("<p class={}>{}</p>", VerdictName(result.comparison->verdict),
                       EscapeHtml(ComparisonText(*result.comparison)));
  }
  out += "<h3>Latency</h3>" + LatencyPicture(result);
  out += Paragraph("latency", LatencyText(*Summarize(now.latencies)));
  out += Paragraph("where", PartsText(now)) + Paragraph("calls", CallsText(now));
  if (now.peak_memory_mb)
    out += Paragraph("memory", fmt::format("{:.0f} MB at most", *now.peak_memory_mb));
  out += RoundsPicture(result);
  if (!now.cold_starts.empty()) {
    out += "<h3>Cold start</h3>" + ColdPicture(result) + Paragraph("cold", ColdText(now)) +
           Paragraph("imports", ImportsText(now));
    if (result.cold_comparison)
      out += Paragraph("compared", ComparisonText(*result.cold_comparison));
  }
  if (result.saturation) out += "<h3>Saturation</h3>" + List(SaturationLines(*result.saturation));
  if (!now.slowest.empty()) {
    out += "<h3>The slowest requests</h3>";
    for (const Traced& request : now.slowest)
      out += TimelinePicture(request) + List(Explain(request));
  }
  if (info.estimate_memory_mb)
    out += "<h3>On AWS: an estimate</h3>" + List(EstimateLines(now, *info.estimate_memory_mb));
  return out + List(Caveats(result));
}

}  // namespace

std::string HtmlReport(const BenchRun& run) {
  const RunInfo& info = run.info;
  std::string out = fmt::format(
      "<!doctype html><html lang=en><meta charset=utf-8><title>offstage bench: "
      "{0}</title><style>{1}"
      "</style><h1>Latency of {0}</h1><p class=faint>{2}; {3}; {4}, {5} rounds of {6:g} ms a "
      "request"
      "{7}</p>",
      EscapeHtml(info.stack), kStyle, EscapeHtml(info.date), EscapeHtml(info.machine),
      EscapeHtml(info.version), info.rounds, info.block_seconds * 1000,
      info.baseline.empty() ? "" : ", against " + EscapeHtml(info.baseline));
  out += List(info.notes);
  out +=
      "<table><tr><th>milliseconds</th><th>p50</th><th>p90</th><th>p99</th><th>p99.9</th>"
      "<th>max</th><th>cold start</th><th>requests</th></tr>";
  for (const CaseResult& result : run.results)
    out += Row(result);
  out += "</table>";
  for (const CaseResult& result : run.results) {
    if (result.measured()) out += CaseHtml(result, info);
  }
  return out + "</html>\n";
}

}  // namespace offstage::bench
