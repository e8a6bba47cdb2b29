// StreamPoller: one event source mapping of a DynamoDB stream: reads records, filters them and
// hands them to the function in batches, in order, as Lambda's pollers do.
// docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
// Not emulated: tumbling windows; ParallelizationFactor (batches run one after the other);
// destinations (the record of a discarded batch is logged).
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/mutex.h"
#include "events/checkpoints.h"
#include "events/filter.h"
#include "events/record_source.h"
#include "interfaces/invoker.h"

namespace offstage::events {

// Lambda's own defaults stand where the template is silent.
struct StreamMapping {
  // For people and as the checkpoint's name: "Stack/Function/Event".
  std::string name = {};
  // Physical names.
  std::string function = {};
  std::string function_arn = {};
  std::string table = {};
  enum class Start { kTrimHorizon, kLatest } start = Start::kTrimHorizon;
  int batch_size = 100;
  // MaximumBatchingWindowInSeconds, on the deployment's clock.
  std::chrono::seconds window{0};
  // Null: until the record is too old.
  std::optional<int> max_retries = {};
  // Null: as long as the stream keeps records.
  std::optional<std::chrono::seconds> max_age = {};
  bool bisect = false;
  // FunctionResponseTypes: ReportBatchItemFailures.
  bool reports_item_failures = false;
  std::vector<Filter> filters = {};
  // DestinationConfig.OnFailure; empty: none.
  std::string on_failure = {};
};

// The service that an OnFailure destination belongs to, in words: "SQS"; the destination itself
// when it is none that Lambda knows; empty for none.
std::string DestinationService(const std::string& destination);

// All outlive the poller.
struct PollerContext {
  const Clock& clock;
  Log& log;
  Invoker& invoker;
  RecordSource& records;
  Checkpoints& checkpoints;
};

// Thread-safe.
class StreamPoller {
 public:
  StreamPoller(StreamMapping mapping, const PollerContext& context);
  // Stops and waits for the batch that runs.
  ~StreamPoller();
  StreamPoller(const StreamPoller&) = delete;
  StreamPoller& operator=(const StreamPoller&) = delete;

  // From the checkpoint, else where the mapping's StartingPosition says.
  Status Start();
  void RequestStop();

  // Begins no further batch until Resume.
  void Pause();
  // Whether no batch is under way (or the pause is over).
  bool Parked() const;
  // Forgets what was under way, and goes on behind the newest record.
  Status Resume();

  // What is not done yet, in words; empty: everything is.
  std::string Pending() const;
  // Batches begun so far.
  std::int64_t Begun() const;
  // Looks at once.
  void Wake();

  const StreamMapping& mapping() const { return mapping_; }

 private:
  // Records that are tried together.
  struct Batch {
    std::vector<StreamRecord> records = {};
    int failures = 0;
    // Not to be tried before; on the deployment's clock.
    TimePoint due = {};
  };
  enum class Discard { kRetriesExhausted, kTooOld };

  void Run(const std::stop_token& stop);
  // False: there is nothing to do now.
  bool Work();
  // Fills the queue from the stream. False: nothing new, or a batching window is open.
  bool Fetch() OFFSTAGE_REQUIRES(mutex_);
  Batch DropOld(Batch batch) const;
  // What remains to be tried of it; empty: done.
  std::vector<Batch> Deliver(Batch batch);
  std::vector<Batch> Retry(Batch batch, const InvokeResult& result);
  void Report(const Batch& batch, Discard why, const InvokeResult* result) const;
  void Advance(std::int64_t position) OFFSTAGE_REQUIRES(mutex_);
  bool HasUnread() const OFFSTAGE_REQUIRES(mutex_);

  const StreamMapping mapping_;
  const PollerContext context_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Batch> queue_ OFFSTAGE_GUARDED_BY(mutex_);
  // The last record fetched; the checkpoint is the last one done.
  std::int64_t position_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  std::string arn_ OFFSTAGE_GUARDED_BY(mutex_);
  std::string shard_ OFFSTAGE_GUARDED_BY(mutex_);
  // Records wait for a batching window to close, which is then.
  std::optional<TimePoint> window_end_ OFFSTAGE_GUARDED_BY(mutex_);
  std::int64_t begun_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  bool busy_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  bool paused_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  bool woken_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  // Last: ends before what it uses.
  std::jthread thread_;
};

}  // namespace offstage::events
