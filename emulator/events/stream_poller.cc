#include "events/stream_poller.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/json.h"

namespace offstage::events {

namespace {

using std::chrono::milliseconds;

// Pollers of the service look four times a second; nobody waits that long here.
constexpr milliseconds kPollInterval{50};
// The service does not say how long it waits before it tries a batch again.
constexpr milliseconds kFirstRetryPause{100};
constexpr milliseconds kLongestRetryPause{std::chrono::minutes(1)};
// AWS "payload limit of 6 MB"; a little room for what stands around the records.
constexpr std::size_t kMaxPayload = 6 * 1024 * 1024 - 64 * 1024;

std::string PayloadOf(const std::vector<StreamRecord>& records) {
  std::string payload = R"({"Records":[)";
  for (const StreamRecord& record : records) {
    if (&record != &records.front()) payload += ',';
    payload += record.json;
  }
  return payload + "]}";
}

// What a function that reports item failures did not do: the first sequence number of these,
// "" for all done, null for an answer that is none (all failed).
std::optional<std::string> FirstFailure(const std::string& payload,
                                        const std::vector<StreamRecord>& records) {
  const auto json = ParseJson(payload);
  if (!json.ok() || json->is_null())
    return json.ok() ? std::optional<std::string>("") : std::nullopt;
  if (!json->is_object()) return std::nullopt;
  const auto list = json->find("batchItemFailures");
  if (list == json->end() || list->is_null()) return "";
  if (!list->is_array()) return std::nullopt;
  std::string first;
  for (const Json& failure : *list) {
    const auto id = failure.is_object() ? failure.find("itemIdentifier") : failure.end();
    if (!failure.is_object() || id == failure.end() || !id->is_string()) return std::nullopt;
    const auto text = id->get<std::string>();
    const bool known =
        std::ranges::find(records, text, &StreamRecord::sequence_number) != records.end();
    if (!known) return std::nullopt;
    if (first.empty() || text < first) first = text;
  }
  return first;
}

std::string TimeOf(const StreamRecord& record) {
  return ToIso8601(TimePoint(milliseconds(record.created_ms)));
}

}  // namespace

StreamPoller::StreamPoller(StreamMapping mapping, const PollerContext& context)
    : mapping_(std::move(mapping)), context_(context) {}

StreamPoller::~StreamPoller() = default;

Status StreamPoller::Start() {
  OFFSTAGE_TRY(const std::int64_t last, context_.records.Last());
  {
    const MutexLock lock(mutex_);
    const auto checkpoint = context_.checkpoints.Find(mapping_.name);
    // One beyond the end is of a database that is gone.
    if (checkpoint && *checkpoint <= last) {
      position_ = *checkpoint;
    } else {
      Advance(mapping_.start == StreamMapping::Start::kLatest ? last : 0);
    }
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  return Ok();
}

void StreamPoller::RequestStop() {
  thread_.request_stop();
}

void StreamPoller::Pause() {
  const MutexLock lock(mutex_);
  paused_ = true;
}

bool StreamPoller::Parked() const {
  const MutexLock lock(mutex_);
  return !busy_;
}

Status StreamPoller::Resume() {
  OFFSTAGE_TRY(const std::int64_t last, context_.records.Last());
  const MutexLock lock(mutex_);
  queue_.clear();
  window_end_.reset();
  Advance(last);
  paused_ = false;
  changed_.notify_all();
  return Ok();
}

void StreamPoller::Wake() {
  const MutexLock lock(mutex_);
  woken_ = true;
  changed_.notify_all();
}

std::int64_t StreamPoller::Begun() const {
  const MutexLock lock(mutex_);
  return begun_;
}

bool StreamPoller::HasUnread() const {
  const auto page = context_.records.Read(mapping_.table, position_, 1);
  return page.ok() && !page->records.empty();
}

std::string StreamPoller::Pending() const {
  const MutexLock lock(mutex_);
  const auto seconds_until = [this](TimePoint due) {
    const auto wait = std::chrono::duration_cast<milliseconds>(due - context_.clock.Now());
    return fmt::format("{:.1f} s",
                       static_cast<double>(std::max<std::int64_t>(wait.count(), 0)) / 1000);
  };
  if (busy_) return fmt::format("a batch of {} runs", mapping_.name);
  if (!queue_.empty()) {
    const Batch& next = queue_.front();
    if (next.failures == 0) return fmt::format("a batch waits for {}", mapping_.name);
    return fmt::format("{} tries {} records again in {} (failed {} times)", mapping_.name,
                       next.records.size(), seconds_until(next.due), next.failures);
  }
  if (window_end_ && *window_end_ > context_.clock.Now()) {
    return fmt::format(
        "records wait for the batching window of {}, which closes in {} (`advance` "
        "moves the clock)",
        mapping_.name, seconds_until(*window_end_));
  }
  return HasUnread() ? fmt::format("records of {} wait for {}", mapping_.table, mapping_.name) : "";
}

void StreamPoller::Advance(std::int64_t position) {
  position_ = position;
  context_.checkpoints.Set(mapping_.name, position);
}

void StreamPoller::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (Work()) continue;
    MutexLock lock(mutex_);
    changed_.wait_for(lock, stop, kPollInterval,
                      [this]() OFFSTAGE_NO_THREAD_SAFETY_ANALYSIS { return woken_ && !paused_; });
    woken_ = false;
  }
}

bool StreamPoller::Work() {
  Batch batch;
  {
    const MutexLock lock(mutex_);
    if (paused_) return false;
    if (queue_.empty() && !Fetch()) return false;
    if (queue_.front().due > context_.clock.Now()) return false;
    batch = std::move(queue_.front());
    queue_.pop_front();
    busy_ = true;
    ++begun_;
  }
  const std::int64_t last = batch.records.back().position;
  std::vector<Batch> rest = Deliver(std::move(batch));
  const MutexLock lock(mutex_);
  busy_ = false;
  // A pause ends with everything forgotten.
  if (paused_) return false;
  if (rest.empty() && queue_.empty()) context_.checkpoints.Set(mapping_.name, position_);
  if (rest.empty() && !queue_.empty()) context_.checkpoints.Set(mapping_.name, last);
  queue_.insert(queue_.begin(), std::make_move_iterator(rest.begin()),
                std::make_move_iterator(rest.end()));
  return true;
}

bool StreamPoller::Fetch() {
  const auto page = context_.records.Read(mapping_.table, position_, mapping_.batch_size);
  if (!page.ok()) {
    context_.log.Warn("a stream cannot be read",
                      {{"mapping", mapping_.name}, {"why", page.error().message}});
    return false;
  }
  if (page->records.empty()) return false;
  arn_ = page->arn;
  shard_ = page->shard;
  const bool full = page->records.size() >= static_cast<std::size_t>(mapping_.batch_size);
  if (mapping_.window.count() > 0 && !full) {
    // Open from the first record on.
    const TimePoint end =
        TimePoint(milliseconds(page->records.front().created_ms)) + mapping_.window;
    window_end_ = end;
    if (context_.clock.Now() < end) return false;
  }
  window_end_.reset();
  Batch batch;
  std::size_t bytes = 0;
  std::int64_t read = position_;
  for (const StreamRecord& record : page->records) {
    const auto json = mapping_.filters.empty() ? Result<Json>(Json()) : ParseJson(record.json);
    const bool wanted = json.ok() && MatchesAny(mapping_.filters, *json);
    if (wanted && !batch.records.empty() && bytes + record.json.size() > kMaxPayload) break;
    read = record.position;
    if (!wanted) continue;
    bytes += record.json.size();
    batch.records.push_back(record);
  }
  if (batch.records.empty()) {
    Advance(read);
    return false;
  }
  position_ = read;
  queue_.push_back(std::move(batch));
  return true;
}

StreamPoller::Batch StreamPoller::DropOld(Batch batch) const {
  if (!mapping_.max_age) return batch;
  const std::int64_t oldest = ToEpochMillis(context_.clock.Now() - *mapping_.max_age);
  Batch old;
  std::erase_if(batch.records, [&](const StreamRecord& record) {
    if (record.created_ms >= oldest) return false;
    old.records.push_back(record);
    return true;
  });
  old.failures = batch.failures;
  if (!old.records.empty()) Report(old, Discard::kTooOld, nullptr);
  return batch;
}

std::vector<StreamPoller::Batch> StreamPoller::Deliver(Batch batch) {
  batch = DropOld(std::move(batch));
  if (batch.records.empty()) return {};
  const InvokeResult result =
      context_.invoker.Invoke({.function = mapping_.function, .payload = PayloadOf(batch.records)});
  const bool ran = result.status == InvokeStatus::kOk ||
                   result.status == InvokeStatus::kFunctionError ||
                   result.status == InvokeStatus::kTooLarge;
  if (!ran) {
    // Throttled, or functions are stopped: does not count as a try.
    batch.due = context_.clock.Now() + std::chrono::seconds(1);
    return {std::move(batch)};
  }
  if (result.status != InvokeStatus::kOk) return Retry(std::move(batch), result);
  if (!mapping_.reports_item_failures) return {};
  const auto first = FirstFailure(result.payload, batch.records);
  if (first && first->empty()) return {};
  if (first) {
    std::erase_if(batch.records,
                  [&first](const StreamRecord& record) { return record.sequence_number < *first; });
  }
  return Retry(std::move(batch), result);
}

// Bisecting does not count as a retry.
std::vector<StreamPoller::Batch> StreamPoller::Retry(Batch batch, const InvokeResult& result) {
  if (mapping_.bisect && batch.records.size() > 1) {
    const auto middle =
        batch.records.begin() + static_cast<std::ptrdiff_t>(batch.records.size() / 2);
    Batch first{.records = {batch.records.begin(), middle}, .failures = batch.failures};
    Batch second{.records = {middle, batch.records.end()}, .failures = batch.failures};
    return {std::move(first), std::move(second)};
  }
  ++batch.failures;
  if (mapping_.max_retries && batch.failures > *mapping_.max_retries) {
    Report(batch, Discard::kRetriesExhausted, &result);
    return {};
  }
  const auto pause = std::min<milliseconds>(
      kFirstRetryPause * (1LL << std::min(batch.failures - 1, 16)), kLongestRetryPause);
  batch.due = context_.clock.Now() + pause;
  return {std::move(batch)};
}

std::string DestinationService(const std::string& destination) {
  if (destination.empty()) return {};
  for (const auto& [mark, name] : {std::pair(":sqs:", "SQS"), std::pair(":sns:", "SNS"),
                                   std::pair(":s3:", "S3"), std::pair("kafka:", "Kafka")}) {
    if (destination.find(mark) != std::string::npos) return name;
  }
  return destination;
}

// docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
void StreamPoller::Report(const Batch& batch, Discard why, const InvokeResult* result) const {
  std::string arn;
  std::string shard;
  {
    const MutexLock lock(mutex_);
    arn = arn_;
    shard = shard_;
  }
  const char* condition = why == Discard::kTooOld ? "RecordAgeExceeded" : "RetryAttemptsExhausted";
  OrderedJson record = {{"requestContext",
                         {{"requestId", result == nullptr ? "" : result->request_id},
                          {"functionArn", mapping_.function_arn},
                          {"condition", condition},
                          {"approximateInvokeCount", batch.failures}}},
                        {"version", "1.0"},
                        {"timestamp", ToIso8601(context_.clock.Now())},
                        {"DDBStreamBatchInfo",
                         {{"shardId", shard},
                          {"startSequenceNumber", batch.records.front().sequence_number},
                          {"endSequenceNumber", batch.records.back().sequence_number},
                          {"approximateArrivalOfFirstRecord", TimeOf(batch.records.front())},
                          {"approximateArrivalOfLastRecord", TimeOf(batch.records.back())},
                          {"batchSize", batch.records.size()},
                          {"streamArn", arn}}}};
  const std::string service = DestinationService(mapping_.on_failure);
  context_.log.Warn(
      service.empty()
          ? "records of a stream are given up"
          : fmt::format("records of a stream are given up; {} is not emulated, so that its "
                        "destination does not get the record",
                        service),
      {{"mapping", mapping_.name},
       {"destination", mapping_.on_failure.empty() ? "none" : mapping_.on_failure},
       {"record", record.dump()}});
}

}  // namespace offstage::events
