#include "events/service.h"

#include <algorithm>

#include "base/check.h"

namespace offstage::events {

Service::Service(Sources sources, Dependencies dependencies)
    : checkpoints_(dependencies.checkpoints, dependencies.log),
      scheduler_(std::move(sources.schedules), {.clock = dependencies.clock,
                                                .ids = dependencies.ids,
                                                .log = dependencies.log,
                                                .checkpoints = checkpoints_,
                                                .region = dependencies.region,
                                                .account_id = dependencies.account_id,
                                                .invoke_later = dependencies.invoke_later}) {
  for (StreamMapping& mapping : sources.mappings) {
    OFFSTAGE_CHECK(dependencies.records != nullptr, "mappings need streams to read");
    pollers_.push_back(std::make_unique<StreamPoller>(
        std::move(mapping),
        PollerContext{dependencies.clock, dependencies.log, dependencies.invoker,
                      *dependencies.records, checkpoints_}));
  }
}

Status Service::Start() {
  for (const auto& poller : pollers_)
    OFFSTAGE_TRY_VOID(poller->Start());
  scheduler_.Start();
  return Ok();
}

void Service::RequestStop() {
  for (const auto& poller : pollers_)
    poller->RequestStop();
  scheduler_.RequestStop();
}

void Service::Pause() {
  for (const auto& poller : pollers_)
    poller->Pause();
  scheduler_.Pause();
}

bool Service::Parked() const {
  return std::all_of(pollers_.begin(), pollers_.end(),
                     [](const auto& poller) { return poller->Parked(); });
}

Status Service::Resume() {
  for (const auto& poller : pollers_)
    OFFSTAGE_TRY_VOID(poller->Resume());
  scheduler_.Resume();
  return Ok();
}

std::vector<std::string> Service::Pending() const {
  std::vector<std::string> pending;
  for (const auto& poller : pollers_) {
    std::string words = poller->Pending();
    if (!words.empty()) pending.push_back(std::move(words));
  }
  for (const std::string& name : scheduler_.Due())
    pending.push_back(name + " is due");
  return pending;
}

std::int64_t Service::Begun() const {
  std::int64_t begun = scheduler_.Begun();
  for (const auto& poller : pollers_)
    begun += poller->Begun();
  return begun;
}

void Service::Wake() {
  for (const auto& poller : pollers_)
    poller->Wake();
  scheduler_.Wake();
}

}  // namespace offstage::events
