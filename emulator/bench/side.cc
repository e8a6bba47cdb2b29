#include "bench/side.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "bench/statistics.h"

namespace offstage::bench {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t kSlowestKept = 5;
constexpr int kCapacityRequests = 3;
constexpr std::size_t kShownBody = 300;
// Environments that are still starting make the first requests of a load slow: that long is waited.
constexpr nanoseconds kLongestWarmUp = 20s;

// What went wrong with a request, as its sender should hear it.
std::string Complaint(const Case& subject, const http::Reply& reply,
                      const scenario::Record& record) {
  std::string text = fmt::format("{} answers {}", subject.name, reply.status);
  if (subject.expected_status != 0) text += fmt::format(", not {}", subject.expected_status);
  if (const std::string* why = reply.headers.Find("x-offstage-explain")) {
    text += ": " + *why;
  } else if (!reply.body.empty() && IsValidUtf8(reply.body)) {
    text += ": " + std::string(Trim(reply.body.substr(0, kShownBody)));
  }
  std::vector<std::string> lines;
  for (const scenario::LogLine& line : record.lines) {
    if (!line.platform) lines.push_back(fmt::format("\n  {} | {}", line.function, line.text));
  }
  constexpr std::size_t kShownLines = 8;
  if (lines.size() > kShownLines) lines.erase(lines.begin(), lines.end() - kShownLines);
  for (const std::string& line : lines)
    text += line;
  return text;
}

bool IsGood(const Case& subject, int status) {
  if (subject.expected_status != 0) return status == subject.expected_status;
  return status >= 200 && status < 400;
}

}  // namespace

Status Side::Locate() {
  const std::string url = target_.url();
  constexpr std::string_view kScheme = "http://";
  if (url.empty()) return Fail(Error{"the template has no API whose routes could be measured"});
  if (!url.starts_with(kScheme)) {
    return Fail(Error{
        fmt::format("{} cannot be measured: the load generator speaks plain http:// alone", url)});
  }
  std::string rest = url.substr(kScheme.size());
  const auto slash = rest.find('/');
  base_ = slash == std::string::npos ? "" : rest.substr(slash);
  while (base_.ends_with('/'))
    base_.pop_back();
  rest = rest.substr(0, slash);
  const auto colon = rest.rfind(':');
  host_ = rest.substr(0, colon);
  port_ = 80;
  if (colon != std::string::npos)
    std::from_chars(rest.data() + colon + 1, rest.data() + rest.size(), port_);
  return Ok();
}

Status Side::Prepare(const Case& subject, std::size_t count, std::uint64_t seed) {
  OFFSTAGE_TRY(requests_, PrepareRequests(subject, target_, count, seed));
  OFFSTAGE_TRY_VOID(Locate());
  wire_.clear();
  next_request_ = 0;
  for (const http::Request& request : requests_) {
    http::Request based = request;
    based.target = base_ + request.target;
    wire_.push_back(ToWire(based, fmt::format("{}:{}", host_, port_)));
  }
  return Ok();
}

Status Side::Restart() {
  if (scenario::Inside* inside = target_.inside()) return inside->ColdStart({"all"});
  return Ok();
}

Status Side::First(const Case& subject, Measured& measured) {
  scenario::Inside* inside = target_.inside();
  if (inside != nullptr) (void)inside->TakeRecord();
  OFFSTAGE_TRY(const http::Reply reply, target_.Send(requests_.front()));
  ++next_request_;
  scenario::Record record;
  if (inside != nullptr) record = inside->TakeRecord();
  if (stop_.load()) return Ok();
  if (!IsGood(subject, reply.status)) return Fail(Error{Complaint(subject, reply, record)});
  for (const Traced& request : ReadTrace(record)) {
    if (request.cold) measured.cold_starts.push_back(*request.cold);
  }
  return Ok();
}

LoadOptions Side::Options(const Case& subject, const LoadShape& shape, nanoseconds duration) const {
  LoadOptions options;
  options.host = host_;
  options.port = port_;
  options.shape = shape;
  options.duration = duration;
  options.expected_status = subject.expected_status;
  options.stop = &stop_;
  return options;
}

Result<LoadResult> Side::Send(const LoadOptions& options) {
  LoadOptions going_on = options;
  going_on.first_request = next_request_;
  OFFSTAGE_TRY(LoadResult load, RunLoad(wire_, going_on));
  next_request_ += load.begun;
  return load;
}

Status Side::WarmUp(const Case& subject, const LoadShape& shape, int requests) {
  LoadShape closed = shape;
  closed.rate = 0;
  LoadOptions options = Options(subject, closed, kLongestWarmUp);
  options.requests = static_cast<std::uint64_t>(requests) *
                     static_cast<std::uint64_t>(std::max(1, shape.concurrency));
  OFFSTAGE_TRY_VOID(Send(options));
  // An open loop finds its own number of environments.
  if (shape.open() && !stop_.load()) OFFSTAGE_TRY_VOID(Send(Options(subject, shape, 500ms)));
  if (scenario::Inside* inside = target_.inside()) (void)inside->TakeRecord();
  return Ok();
}

Status Side::NoteCapacity(const Case& subject, Measured& measured) {
  scenario::Inside* inside = target_.inside();
  if (inside == nullptr || stop_.load()) return Ok();
  (void)inside->TakeRecord();
  inside->NoteCapacity(true);
  LoadOptions options = Options(subject, {}, 5s);
  options.requests = kCapacityRequests;
  const auto sent = Send(options);
  inside->NoteCapacity(false);
  if (!sent.ok()) return Fail(sent.error());
  const auto traced = ReadTrace(inside->TakeRecord());
  double units = 0;
  bool any = false;
  for (const Traced& request : traced) {
    any = any || request.Capacity().has_value();
    units += request.Capacity().value_or(0);
  }
  if (any) measured.capacity_each = units / static_cast<double>(traced.size());
  return Ok();
}

Result<std::vector<double>> Side::Block(const Case& subject, const LoadShape& shape,
                                        nanoseconds duration, Measured& measured) {
  scenario::Inside* inside = target_.inside();
  if (inside != nullptr) (void)inside->TakeRecord();
  OFFSTAGE_TRY(const LoadResult load, Send(Options(subject, shape, duration)));
  if (log_ != nullptr) log_->Write(subject.name + "/" + shape.Text(), label_, load);
  std::vector<double> latencies;
  latencies.reserve(load.samples.size());
  for (const Sample& sample : load.samples)
    latencies.push_back(ToMillis(sample.latency()));
  measured.latencies.insert(measured.latencies.end(), latencies.begin(), latencies.end());
  measured.seconds += ToMillis(load.elapsed) / 1000;
  measured.generator_cpu_seconds += ToMillis(load.cpu) / 1000;
  measured.failures += load.failures;
  if (measured.first_failure.empty()) measured.first_failure = load.first_failure;
  measured.unanswered += load.unanswered;
  if (!load.samples.empty())
    measured.reply_bytes =
        static_cast<double>(load.reply_bytes) / static_cast<double>(load.samples.size());
  if (inside != nullptr && !stop_.load()) Digest(inside->TakeRecord(), measured);
  return latencies;
}

Result<std::vector<ImportTime>> Side::Imports(const Case& subject) {
  scenario::Inside* inside = target_.inside();
  if (inside == nullptr) return std::vector<ImportTime>();
  OFFSTAGE_TRY_VOID(Prepare(subject, 1, 1));
  OFFSTAGE_TRY_VOID(Restart());
  (void)inside->TakeRecord();
  OFFSTAGE_TRY([[maybe_unused]] const http::Reply reply, target_.Send(requests_.front()));
  std::vector<std::string> lines;
  for (const scenario::LogLine& line : inside->TakeRecord().lines) {
    if (!line.platform) lines.push_back(line.text);
  }
  return ReadImportTimes(lines);
}

Result<LoadResult> Side::Probe(const Case& subject, const LoadShape& shape, nanoseconds duration) {
  auto load = Send(Options(subject, shape, duration));
  if (scenario::Inside* inside = target_.inside()) (void)inside->TakeRecord();
  return load;
}

void Side::Digest(const scenario::Record& record, Measured& measured) {
  std::vector<Traced> traced = ReadTrace(record);
  const auto seen = static_cast<double>(measured.handler.size());
  std::map<std::string, double> counts;
  for (const Traced& request : traced) {
    measured.handler.push_back(request.handler_ms);
    measured.calls.push_back(request.CallsMs());
    if (request.cold) ++measured.cold_in_blocks;
    for (const AwsCall& call : request.calls)
      ++counts[call.table.empty() ? call.operation : call.operation + " " + call.table];
  }
  const double all = seen + static_cast<double>(traced.size());
  for (auto& [name, mean] : measured.calls_each)
    mean *= all > 0 ? seen / all : 0;
  for (const auto& [name, count] : counts)
    measured.calls_each[name] += count / all;
  if (const auto peak = PeakMemoryMb(record))
    measured.peak_memory_mb = std::max(measured.peak_memory_mb.value_or(0), *peak);
  std::move(traced.begin(), traced.end(), std::back_inserter(measured.slowest));
  const std::size_t kept = std::min(kSlowestKept, measured.slowest.size());
  std::partial_sort(measured.slowest.begin(),
                    measured.slowest.begin() + static_cast<std::ptrdiff_t>(kept),
                    measured.slowest.end(),
                    [](const Traced& a, const Traced& b) { return a.total_ms > b.total_ms; });
  measured.slowest.resize(kept);
}

}  // namespace offstage::bench
