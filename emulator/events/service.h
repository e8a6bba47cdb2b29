// What invokes functions without a request: streams of tables and schedules, of one deployment.
// docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/result.h"
#include "events/checkpoints.h"
#include "events/record_source.h"
#include "events/scheduler.h"
#include "events/stream_poller.h"
#include "interfaces/invoker.h"

namespace offstage::events {

struct Sources {
  std::vector<StreamMapping> mappings = {};
  std::vector<ScheduledFunction> schedules = {};
};

// All outlive the service.
struct Dependencies {
  const Clock& clock;
  IdSource& ids;
  Log& log;
  Invoker& invoker;
  // InvocationType Event.
  std::function<void(InvokeRequest)> invoke_later = {};
  // Null: no streams can be read; there must be no mappings then.
  RecordSource* records = nullptr;
  std::string region = {};
  std::string account_id = {};
  // Where progress is kept from run to run; empty: nowhere.
  std::filesystem::path checkpoints = {};
};

// Thread-safe.
class Service {
 public:
  Service(Sources sources, Dependencies dependencies);

  // Begins to invoke functions.
  Status Start();
  // Begins nothing more; the destructor waits for what runs (which ends when functions are
  // stopped).
  void RequestStop();

  // Begins nothing until Resume. Whether nothing is under way any more: Parked.
  void Pause();
  bool Parked() const;
  // Goes on from now: behind the newest records, and with what becomes due after the clock's now.
  Status Resume();

  // What waits, runs or is due, in words; empty: nothing.
  std::vector<std::string> Pending() const;
  // Batches and schedules begun so far: the same before and after means that nothing came between.
  std::int64_t Begun() const;
  // Looks for work at once.
  void Wake();

 private:
  Checkpoints checkpoints_;
  std::vector<std::unique_ptr<StreamPoller>> pollers_;
  Scheduler scheduler_;
};

}  // namespace offstage::events
