#include "bench/sentences.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "bench/report.h"

namespace offstage::bench {

namespace {

// docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html: at 1,769 MB a function has the
// equivalent of one vCPU; CPU is allotted in proportion to memory.
constexpr double kMemoryOfOneCpuMb = 1769;
// docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html: cold starts take from under
// 100 ms to over 1 second, before the code's own part.
constexpr double kLeastColdMs = 100;
// "Single-digit millisecond" (DynamoDB's product page): the middle of it.
constexpr double kDynamoDbCallMs = 5;

std::string Optional(const std::optional<double>& value) {
  return value ? Figure(*value) : "-";
}

double CallsEach(const Measured& measured) {
  double calls = 0;
  for (const auto& [name, each] : measured.calls_each)
    calls += each;
  return calls;
}

}  // namespace

std::string Figure(double value) {
  const double size = std::abs(value);
  if (size >= 99.95) return fmt::format("{:.0f}", value);
  return size >= 9.995 ? fmt::format("{:.1f}", value) : fmt::format("{:.2f}", value);
}

std::string LatencyText(const Summary& summary) {
  return fmt::format("p50 {}  p90 {}  p99 {}  p99.9 {}  max {}  stddev {} ms", Figure(summary.p50),
                     Optional(summary.p90), Optional(summary.p99), Optional(summary.p999),
                     Figure(summary.max), Figure(summary.stddev));
}

std::string PartsText(const Measured& measured) {
  if (measured.handler.empty() || measured.latencies.empty()) return "";
  const double handler = Median(measured.handler);
  const double rest = std::max(0.0, Median(measured.latencies) - handler);
  std::string text = fmt::format("handler {} ms", Figure(handler));
  if (CallsEach(measured) > 0)
    text += fmt::format(" ({} of it while AWS calls are answered)", Figure(Median(measured.calls)));
  return text + fmt::format(", emulator and HTTP {} ms (medians)", Figure(rest));
}

std::string CallsText(const Measured& measured) {
  std::vector<std::string> parts;
  for (const auto& [name, each] : measured.calls_each)
    parts.push_back(fmt::format("{:.4g} {}", each, name));
  std::string text = Join(parts, ", ");
  if (measured.capacity_each)
    text +=
        fmt::format("{}{:.4g} capacity units", text.empty() ? "" : "; ", *measured.capacity_each);
  return text;
}

std::string ColdText(const Measured& measured) {
  const auto cold = measured.MedianColdStart();
  if (!cold) return "";
  std::string text = fmt::format("{} ms: ", Figure(cold->total_ms));
  if (cold->has_parts) {
    text += fmt::format("process start {}, runtime {}, imports {}, ", Figure(cold->process_ms),
                        Figure(cold->runtime_ms), Figure(cold->imports_ms));
  } else {
    text += fmt::format("init {}, ", Figure(cold->init_ms));
  }
  return text + fmt::format("first handler run {} ms (median of {})", Figure(cold->first_run_ms),
                            measured.cold_starts.size());
}

std::string ImportsText(const Measured& measured) {
  constexpr std::size_t kShown = 4;
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(kShown, measured.imports.size()); ++i)
    parts.push_back(
        fmt::format("{} {} ms", measured.imports[i].module, Figure(measured.imports[i].total_ms)));
  return Join(parts, ", ");
}

std::string ComparisonText(const Comparison& comparison) {
  std::string text =
      fmt::format("{} -> {} ms, ratio {:.3f}, 99 % interval {:.3f} to {:.3f}, p {:.2g}: ",
                  Figure(comparison.before_ms), Figure(comparison.after_ms), comparison.ratio,
                  comparison.interval.low, comparison.interval.high, comparison.adjusted_p);
  switch (comparison.verdict) {
    case Verdict::kUnknown:
      return text + fmt::format("{} rounds are too few to tell ({} are needed)", comparison.rounds,
                                kLeastRounds);
    case Verdict::kSame:
      return text + "no difference that can be told from noise";
    case Verdict::kSlower:
      return text + "SLOWER";
    case Verdict::kFaster:
      break;
  }
  return text + "faster";
}

std::vector<std::string> SaturationLines(const Saturation& saturation) {
  std::vector<std::string> lines;
  std::vector<std::string> closed;
  for (const auto& [connections, rate] : saturation.closed)
    closed.push_back(fmt::format("{} at {}", Figure(rate), connections));
  if (!closed.empty())
    lines.push_back("closed loop, requests/s at concurrency: " + Join(closed, ", "));
  for (const SaturationStep& step : saturation.steps) {
    lines.push_back(fmt::format("{}/s: {}/s answered, p50 {}, p99 {} ms from the intended start{}",
                                Figure(step.rate), Figure(step.achieved), Figure(step.p50),
                                Optional(step.p99), step.kept_up ? "" : ": not kept up"));
  }
  lines.push_back(
      saturation.knee > 0
          ? fmt::format("knee: {} requests/s is the highest rate with a median below twice the "
                        "unloaded {} ms",
                        Figure(saturation.knee), Figure(saturation.unloaded_p50))
          : "knee: not found, even the lowest rate tried was not kept up with");
  return lines;
}

std::vector<std::string> EstimateLines(const Measured& measured, int memory_mb) {
  if (measured.handler.empty()) return {};
  const double share = std::min(1.0, memory_mb / kMemoryOfOneCpuMb);
  const double calls = CallsEach(measured);
  const double own = std::max(0.0, Median(measured.handler) - Median(measured.calls));
  const double warm = own / share + calls * kDynamoDbCallMs;
  std::vector<std::string> lines = {
      fmt::format("ESTIMATE, not measured: at {} MB ({:.2f} of a CPU) a warm handler run takes "
                  "about {:.0f} ms: "
                  "{} ms of own code here / {:.2f}, and {:.4g} AWS calls at {:g} ms each",
                  memory_mb, share, warm, Figure(own), share, calls, kDynamoDbCallMs)};
  if (const auto cold = measured.MedianColdStart()) {
    const double code = cold->has_parts ? cold->imports_ms : cold->init_ms;
    lines.push_back(fmt::format(
        "ESTIMATE, not measured: a cold start adds about {:.0f} ms or more: {} ms of loading code "
        "here / {:.2f}, and from {:g} ms to over 1 s for Lambda's own part, as documented",
        code / share + kLeastColdMs, Figure(code), share, kLeastColdMs));
  }
  lines.push_back(
      "the estimate assumes one core of Lambda's to be as fast as one here, and code that uses "
      "one");
  return lines;
}

std::vector<std::string> Caveats(const CaseResult& result) {
  std::vector<std::string> lines;
  const Measured& now = result.now;
  if (result.interrupted)
    lines.push_back(fmt::format("interrupted after {} rounds: what was measured until then",
                                now.round_medians.size()));
  if (now.cold_in_blocks > 0)
    lines.push_back(
        fmt::format("{} of the measured requests met a cold start", now.cold_in_blocks));
  if (now.unanswered > 0)
    lines.push_back(fmt::format(
        "{} requests that were due had no answer when the load ended: the rate is too high, and "
        "the true percentiles are worse",
        now.unanswered));
  if (now.seconds > 0 && now.generator_cpu_seconds > 0.9 * now.seconds)
    lines.push_back("the load generator was busy all the time: the figures may be its own limit");
  if (!now.latencies.empty() && now.latencies.size() < 1000)
    lines.push_back(fmt::format(
        "{} requests are too few for the percentiles shown as - (p99 takes 100, p99.9 takes 1000: "
        "--block or --rounds)",
        now.latencies.size()));
  return lines;
}

std::vector<std::string> SlowestLines(const Measured& measured) {
  if (measured.slowest.empty()) return {};
  std::vector<std::string> lines;
  const Traced& slowest = measured.slowest.front();
  lines.push_back(fmt::format("the slowest took {} ms in the emulator (request {})",
                              Figure(slowest.total_ms), slowest.request_id));
  for (const std::string& fact : Explain(slowest))
    lines.push_back("- " + fact);
  return lines;
}

}  // namespace offstage::bench
