#include "bench/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/html.h"
#include "bench/report.h"

namespace offstage::bench {

namespace {

constexpr double kWidth = 720;
constexpr double kLabelWidth = 170;
constexpr double kRow = 22;
constexpr int kBins = 60;

std::string Open(double height, const std::string& title) {
  return fmt::format(
      "<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=img aria-label=\"{}\"><title>{}</title>", kWidth,
      height, EscapeHtml(title), EscapeHtml(title));
}

std::string Bar(double x, double y, double width, double height, std::string_view kind,
                const std::string& tip) {
  return fmt::format(
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" class=\"{}\"><title>{}"
      "</title></rect>",
      x, y, std::max(width, 0.5), height, kind, EscapeHtml(tip));
}

std::string Words(double x, double y, const std::string& text, std::string_view anchor = "start") {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", x, y, anchor,
                     EscapeHtml(text));
}

// Milliseconds to a place on a logarithmic axis.
class Axis {
 public:
  Axis(double low, double high)
      : low_(std::log(std::max(low, 1e-3))), high_(std::log(std::max(high, low * 1.05))) {}
  double Place(double value) const {
    return kWidth * (std::log(std::max(value, 1e-3)) - low_) / (high_ - low_);
  }
  int Bin(double value) const {
    return std::clamp(static_cast<int>(Place(value) / kWidth * kBins), 0, kBins - 1);
  }
  double Value(int bin) const { return std::exp(low_ + (high_ - low_) * bin / kBins); }

 private:
  double low_;
  double high_;
};

std::string Histogram(const std::vector<double>& values, const Axis& axis, std::string_view kind,
                      double base, double height) {
  std::vector<double> counts(kBins);
  for (const double value : values)
    ++counts[static_cast<std::size_t>(axis.Bin(value))];
  const double most = *std::max_element(counts.begin(), counts.end());
  std::string out;
  for (int bin = 0; bin < kBins; ++bin) {
    const double count = counts[static_cast<std::size_t>(bin)];
    if (count == 0) continue;
    const double tall = std::max(1.0, height * count / most);
    out += Bar(kWidth * bin / kBins, base - tall, kWidth / kBins - 1, tall, kind,
               fmt::format("{} to {} ms: {:.0f}", Figure(axis.Value(bin)),
                           Figure(axis.Value(bin + 1)), count));
  }
  return out;
}

std::string Marks(const Summary& summary, const Axis& axis, double base) {
  std::string out;
  const auto mark = [&](const std::optional<double>& value, const std::string& name, double y) {
    if (!value) return;
    const double x = axis.Place(*value);
    out += fmt::format("<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1:.1f}\" y2=\"{2:.1f}\"/>", x, y,
                       base);
    out += Words(std::min(x + 3, kWidth - 90), y + 4, fmt::format("{} {}", name, Figure(*value)));
  };
  mark(summary.p50, "p50", 10);
  mark(summary.p90, "p90", 24);
  mark(summary.p99, "p99", 38);
  mark(summary.p999, "p99.9", 52);
  return out;
}

}  // namespace

std::string LatencyPicture(const CaseResult& result) {
  constexpr double kBase = 150;
  const auto summary = Summarize(result.now.latencies);
  if (!summary) return "";
  double low = summary->min;
  double high = summary->max;
  if (result.before && !result.before->latencies.empty()) {
    const auto [least, most] =
        std::minmax_element(result.before->latencies.begin(), result.before->latencies.end());
    low = std::min(low, *least);
    high = std::max(high, *most);
  }
  const Axis axis(low, high);
  std::string out = Open(kBase + 18, "Latency distribution");
  if (result.before && !result.before->latencies.empty())
    out += Histogram(result.before->latencies, axis, "before", kBase, 90);
  out += Histogram(result.now.latencies, axis, "now", kBase, 90);
  out += Marks(*summary, axis, kBase);
  out += Words(0, kBase + 14, Figure(low) + " ms");
  return out + Words(kWidth, kBase + 14, Figure(high) + " ms", "end") + "</svg>";
}

std::string ColdPicture(const CaseResult& result) {
  struct Line {
    std::string name;
    ColdStart cold;
  };
  std::vector<Line> lines;
  if (result.before) {
    if (const auto cold = result.before->MedianColdStart()) lines.push_back({"before", *cold});
  }
  if (const auto cold = result.now.MedianColdStart())
    lines.push_back({result.before ? "after" : "cold start", *cold});
  if (lines.empty()) return "";
  double longest = 0.001;
  for (const Line& line : lines)
    longest = std::max(longest, line.cold.total_ms);
  std::string out = Open(kRow * static_cast<double>(lines.size()) + 20, "Cold start");
  double y = 2;
  for (const Line& line : lines) {
    const double scale = (kWidth - kLabelWidth) / longest;
    double x = kLabelWidth;
    out += Words(0, y + 14, fmt::format("{} {} ms", line.name, Figure(line.cold.total_ms)));
    const auto part = [&](double millis, std::string_view kind, const std::string& name) {
      out +=
          Bar(x, y, millis * scale, kRow - 5, kind, fmt::format("{} {} ms", name, Figure(millis)));
      x += millis * scale;
    };
    if (line.cold.has_parts) {
      part(line.cold.process_ms, "process", "process start");
      part(line.cold.runtime_ms, "runtime", "runtime");
      part(line.cold.imports_ms, "imports", "imports");
      part(std::max(0.0, line.cold.init_ms - line.cold.process_ms - line.cold.runtime_ms -
                             line.cold.imports_ms),
           "rest", "ready");
    } else {
      part(line.cold.init_ms, "process", "init");
    }
    part(line.cold.first_run_ms, "run", "first handler run");
    part(std::max(0.0, line.cold.total_ms - line.cold.init_ms - line.cold.first_run_ms), "rest",
         "emulator");
    y += kRow;
  }
  double x = kLabelWidth;
  for (const auto& [kind, name] :
       {std::pair<std::string_view, std::string>{"process", "process start"},
        {"runtime", "runtime"},
        {"imports", "imports"},
        {"run", "first handler run"},
        {"rest", "emulator"}}) {
    out += Bar(x, y + 4, 9, 9, kind, name) + Words(x + 12, y + 13, name);
    x += 28 + 7.5 * static_cast<double>(name.size());
  }
  return out + "</svg>";
}

std::string TimelinePicture(const Traced& request) {
  constexpr std::size_t kMostLanes = 25;
  struct Lane {
    std::string name;
    double start = 0;
    double length = 0;
    std::string_view kind = "calls";
  };
  std::vector<Lane> lanes = {{"gateway " + request.route, 0, request.total_ms, "rest"}};
  if (request.cold) lanes.push_back({"init", request.queued_ms, request.cold->init_ms, "imports"});
  if (!request.function.empty()) {
    // The handler ends when the answer leaves; where exactly it began, its own calls bound.
    double begin = std::max(0.0, request.total_ms - request.handler_ms);
    if (!request.calls.empty()) begin = std::min(begin, request.calls.front().start_ms);
    lanes.push_back({request.function, begin, request.handler_ms, "run"});
  }
  for (const AwsCall& call : request.calls) {
    lanes.push_back({call.operation + (call.table.empty() ? "" : " " + call.table), call.start_ms,
                     call.duration_ms, "calls"});
  }
  const std::size_t left_out = lanes.size() > kMostLanes ? lanes.size() - kMostLanes : 0;
  lanes.resize(lanes.size() - left_out);
  const double scale = (kWidth - 2 * kLabelWidth) / std::max(request.total_ms, 0.001);
  std::string out = Open(kRow * static_cast<double>(lanes.size() + (left_out > 0 ? 1 : 0)) + 4,
                         "Timeline of request " + request.request_id);
  double y = 2;
  for (const Lane& lane : lanes) {
    std::string name = lane.name;
    constexpr std::size_t kShown = 44;
    if (name.size() > kShown) name = name.substr(0, kShown - 3) + "...";
    out += Words(0, y + 14, name);
    out += Bar(
        2 * kLabelWidth - 60 + lane.start * scale, y, lane.length * scale, kRow - 5, lane.kind,
        fmt::format("{}: {} ms, from {} ms", lane.name, Figure(lane.length), Figure(lane.start)));
    out += Words(kWidth, y + 14, Figure(lane.length) + " ms", "end");
    y += kRow;
  }
  if (left_out > 0) out += Words(0, y + 14, fmt::format("and {} more calls", left_out));
  return out + "</svg>";
}

std::string RoundsPicture(const CaseResult& result) {
  constexpr double kHeight = 90;
  const auto& now = result.now.round_medians;
  if (now.size() < 2) return "";
  std::vector<double> all = now;
  if (result.before)
    all.insert(all.end(), result.before->round_medians.begin(), result.before->round_medians.end());
  const double high = *std::max_element(all.begin(), all.end()) * 1.05;
  const double low = *std::min_element(all.begin(), all.end()) * 0.95;
  const auto line = [&](const std::vector<double>& values, std::string_view kind) {
    std::string points;
    for (std::size_t i = 0; i < values.size(); ++i) {
      points += fmt::format("{:.1f},{:.1f} ",
                            kWidth * static_cast<double>(i) /
                                static_cast<double>(std::max<std::size_t>(1, values.size() - 1)),
                            kHeight - kHeight * (values[i] - low) / std::max(high - low, 1e-9));
    }
    return fmt::format("<polyline class=\"{}\" points=\"{}\"/>", kind, points);
  };
  std::string out = Open(kHeight + 18, "Median of each round");
  if (result.before) out += line(result.before->round_medians, "before");
  out += line(now, "now");
  return out +
         Words(0, kHeight + 14,
               fmt::format("median of each round, {} to {} ms", Figure(low), Figure(high))) +
         "</svg>";
}

}  // namespace offstage::bench
