#include "bench/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <iterator>
#include <set>

#include "base/text.h"

namespace offstage::bench {

namespace {

// Facts below this share of the request are not worth a line.
constexpr double kWorthTelling = 0.05;

std::string_view Attribute(const Span& span, std::string_view name) {
  for (const auto& [key, value] : span.attributes) {
    if (key == name) return value;
  }
  return {};
}

double Number(std::string_view text) {
  return text.empty() ? 0 : std::strtod(std::string(text).c_str(), nullptr);
}

double Millis(std::chrono::microseconds duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

ColdStart ReadColdStart(const Span& gateway, const Span* lambda) {
  ColdStart cold;
  cold.init_ms = Number(Attribute(gateway, "init_us")) / 1000;
  cold.first_run_ms = Number(Attribute(gateway, "handler_us")) / 1000;
  cold.total_ms = Millis(gateway.duration);
  if (lambda == nullptr || Attribute(*lambda, "process_us").empty()) return cold;
  cold.has_parts = true;
  cold.process_ms = Number(Attribute(*lambda, "process_us")) / 1000;
  cold.runtime_ms = Number(Attribute(*lambda, "runtime_us")) / 1000;
  cold.imports_ms = Number(Attribute(*lambda, "code_us")) / 1000;
  return cold;
}

AwsCall ReadCall(const Span& span, Steady::time_point start) {
  AwsCall call{.operation = span.name,
               .table = std::string(Attribute(span, "table")),
               .start_ms = std::chrono::duration<double, std::milli>(span.start - start).count(),
               .duration_ms = Millis(span.duration)};
  if (const auto capacity = Attribute(span, "capacity"); !capacity.empty())
    call.capacity = Number(capacity);
  call.error = std::string(Attribute(span, "error"));
  return call;
}

}  // namespace

double Traced::CallsMs() const {
  // Calls may overlap: what counts is the time in which at least one was under way.
  double sum = 0;
  double covered = 0;
  for (const AwsCall& call : calls) {
    const double from = std::max(call.start_ms, covered);
    const double until = call.start_ms + call.duration_ms;
    if (until > from) sum += until - from;
    covered = std::max(covered, until);
  }
  return sum;
}

std::optional<double> Traced::Capacity() const {
  std::optional<double> units;
  for (const AwsCall& call : calls) {
    if (call.capacity) units = units.value_or(0) + *call.capacity;
  }
  return units;
}

std::vector<Traced> ReadTrace(const scenario::Record& record) {
  std::map<std::string, std::vector<const Span*>, std::less<>> by_request;
  for (const Span& span : record.spans)
    by_request[span.request_id].push_back(&span);
  std::vector<Traced> traced;
  for (const Span& span : record.spans) {
    if (!span.name.starts_with("gateway ")) continue;
    Traced request{.request_id = span.request_id,
                   .route = std::string(Attribute(span, "route")),
                   .function = std::string(Attribute(span, "function")),
                   .status = static_cast<int>(Number(Attribute(span, "status"))),
                   .start = span.start,
                   .total_ms = Millis(span.duration),
                   .handler_ms = Number(Attribute(span, "handler_us")) / 1000,
                   .queued_ms = Number(Attribute(span, "queued_us")) / 1000};
    request.explain = std::string(Attribute(span, "explain"));
    const Span* lambda = nullptr;
    const auto inner = by_request.find(Attribute(span, "invocation"));
    static const std::vector<const Span*> kNone;
    for (const Span* other : inner == by_request.end() ? kNone : inner->second) {
      if (other->name.starts_with("lambda ")) lambda = other;
      if (other->name.starts_with("gateway ") || other->name.starts_with("lambda ")) continue;
      request.calls.push_back(ReadCall(*other, span.start));
    }
    if (Attribute(span, "start") == "cold") request.cold = ReadColdStart(span, lambda);
    // The order of their ends is the order in which they came.
    std::sort(request.calls.begin(), request.calls.end(),
              [](const AwsCall& a, const AwsCall& b) { return a.start_ms < b.start_ms; });
    traced.push_back(std::move(request));
  }
  std::stable_sort(traced.begin(), traced.end(),
                   [](const Traced& a, const Traced& b) { return a.start < b.start; });
  return traced;
}

std::optional<double> PeakMemoryMb(const scenario::Record& record) {
  constexpr std::string_view kLabel = "Max Memory Used: ";
  std::optional<double> most;
  for (const scenario::LogLine& line : record.lines) {
    const auto at = line.text.find(kLabel);
    if (!line.platform || at == std::string::npos) continue;
    const double megabytes = Number(std::string_view(line.text).substr(at + kLabel.size()));
    if (megabytes > 0) most = std::max(most.value_or(0), megabytes);
  }
  return most;
}

namespace {

// "import time:       234 |        567 |   json.decoder": the name two spaces deeper for each
// module that loads it.
struct ImportLine {
  ImportTime time = {};
  std::size_t depth = 0;
};

std::optional<double> MicrosToMillis(std::string_view text) {
  text = Trim(text);
  std::int64_t micros = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), micros);
  if (read.ec != std::errc()) return std::nullopt;
  return static_cast<double>(micros) / 1000;
}

std::optional<ImportLine> ReadImportLine(std::string_view line) {
  constexpr std::string_view kLabel = "import time:";
  if (!line.starts_with(kLabel)) return std::nullopt;
  const auto parts = Split(line.substr(kLabel.size()), '|');
  if (parts.size() != 3) return std::nullopt;
  const auto self = MicrosToMillis(parts[0]);
  const auto total = MicrosToMillis(parts[1]);
  const auto name = parts[2].find_first_not_of(' ');
  if (!self || !total || name == std::string_view::npos || name == 0) return std::nullopt;
  return ImportLine{
      .time = {.module = std::string(Trim(parts[2])), .self_ms = *self, .total_ms = *total},
      .depth = (name - 1) / 2};
}

}  // namespace

std::vector<ImportTime> ReadImportTimes(const std::vector<std::string>& lines) {
  constexpr double kWorthNaming = 1;  // Milliseconds.
  std::vector<ImportTime> imports;
  // A module stands after those that it loads.
  std::vector<ImportTime> inner;
  std::vector<ImportTime> inner_of_slowest;
  double most = 0;
  for (const std::string& line : lines) {
    auto read = ReadImportLine(line);
    if (!read) continue;
    if (read->depth == 1) inner.push_back(std::move(read->time));
    if (read->depth != 0) continue;
    if (read->time.total_ms > most) {
      most = read->time.total_ms;
      for (ImportTime& part : inner)
        part.module += " in " + read->time.module;
      inner_of_slowest = std::move(inner);
    }
    inner.clear();
    imports.push_back(std::move(read->time));
  }
  std::move(inner_of_slowest.begin(), inner_of_slowest.end(), std::back_inserter(imports));
  std::erase_if(imports, [](const ImportTime& import) { return import.total_ms < kWorthNaming; });
  std::stable_sort(imports.begin(), imports.end(), [](const ImportTime& a, const ImportTime& b) {
    return a.total_ms > b.total_ms;
  });
  return imports;
}

namespace {

// Calls of one operation on one table.
struct CallGroup {
  int count = 0;
  double total_ms = 0;
  double slowest_ms = 0;
  double capacity = 0;
  bool has_capacity = false;
  // None began before the one before it had ended.
  bool one_after_another = true;
  double last_end = 0;
};

std::string CallName(const std::string& operation, const std::string& table) {
  return table.empty() ? operation : operation + " on " + table;
}

std::string BatchHint(const std::string& operation, const CallGroup& group) {
  if (group.count < 2 || !group.one_after_another) return "";
  if (operation == "dynamodb.GetItem")
    return ", one after another: a BatchGetItem asks for up to 100 items at once";
  if (operation == "dynamodb.PutItem" || operation == "dynamodb.DeleteItem")
    return ", one after another: a BatchWriteItem takes up to 25 at once";
  return ", one after another";
}

void ExplainCalls(const Traced& request, std::vector<std::string>& facts) {
  std::map<std::pair<std::string, std::string>, CallGroup> groups;
  for (const AwsCall& call : request.calls) {
    CallGroup& group = groups[{call.operation, call.table}];
    group.one_after_another = group.one_after_another && call.start_ms >= group.last_end;
    group.last_end = std::max(group.last_end, call.start_ms + call.duration_ms);
    ++group.count;
    group.total_ms += call.duration_ms;
    group.slowest_ms = std::max(group.slowest_ms, call.duration_ms);
    group.capacity += call.capacity.value_or(0);
    group.has_capacity = group.has_capacity || call.capacity.has_value();
    if (!call.error.empty())
      facts.push_back(
          fmt::format("{} failed: {}", CallName(call.operation, call.table), call.error));
  }
  std::vector<std::pair<double, std::string>> lines;
  for (const auto& [key, group] : groups) {
    const auto& [operation, table] = key;
    std::string line =
        fmt::format("{} {} took {:.1f} ms in the emulator{}", group.count,
                    CallName(operation, table), group.total_ms, BatchHint(operation, group));
    if (group.has_capacity) line += fmt::format("; {:g} capacity units", group.capacity);
    if (operation == "dynamodb.Scan")
      line += "; a Scan reads the whole table, so it grows with the table";
    lines.emplace_back(group.total_ms, std::move(line));
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (auto& [time, line] : lines)
    facts.push_back(std::move(line));
}

}  // namespace

std::vector<std::string> Explain(const Traced& request) {
  std::vector<std::string> facts;
  const double total = std::max(request.total_ms, 1e-6);
  const auto share = [total](double part) { return fmt::format("{:.0f} %", 100 * part / total); };
  if (request.cold) {
    const ColdStart& cold = *request.cold;
    std::string line = fmt::format("a cold start: {:.1f} ms before the handler ran ({})",
                                   cold.init_ms, share(cold.init_ms));
    if (cold.has_parts) {
      line += fmt::format(": process {:.1f}, runtime {:.1f}, the handler's modules {:.1f} ms",
                          cold.process_ms, cold.runtime_ms, cold.imports_ms);
    }
    facts.push_back(std::move(line));
  }
  if (request.queued_ms > kWorthTelling * total)
    facts.push_back(fmt::format("{:.1f} ms waiting for an environment ({})", request.queued_ms,
                                share(request.queued_ms)));
  if (!request.function.empty()) {
    const double calls = request.CallsMs();
    const double own = std::max(0.0, request.handler_ms - calls);
    facts.push_back(
        fmt::format("{} ran {:.1f} ms ({}): {:.1f} ms of it while AWS calls were answered, {:.1f} "
                    "ms in its own "
                    "code and SDK",
                    request.function, request.handler_ms, share(request.handler_ms), calls, own));
  }
  ExplainCalls(request, facts);
  const double rest = request.total_ms - request.handler_ms - request.queued_ms -
                      (request.cold ? request.cold->init_ms : 0);
  if (rest > kWorthTelling * total)
    facts.push_back(
        fmt::format("{:.1f} ms in the emulator's gateway and runtime ({})", rest, share(rest)));
  if (!request.explain.empty()) facts.push_back("the gateway says: " + request.explain);
  return facts;
}

}  // namespace offstage::bench
