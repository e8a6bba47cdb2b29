// Reports of a run.
#pragma once

#include <string>

#include "base/result.h"
#include "bench/results.h"

namespace offstage::bench {

// What a person reads at the terminal.
std::string ConsoleReport(const BenchRun& run);
// For a pull request.
std::string MarkdownReport(const BenchRun& run);
// One page that loads nothing from elsewhere, with its pictures as SVG.
std::string HtmlReport(const BenchRun& run);

// The report that the file's extension asks for: .md or .html. Fails for others, naming them; JSON
// and CSV are Google Benchmark's (--json, --benchmark_out).
Result<std::string> ReportFor(const std::string& file, const BenchRun& run);

// "1.23", "12.3", "123": three digits are what a measurement is good for.
std::string Figure(double value);

}  // namespace offstage::bench
