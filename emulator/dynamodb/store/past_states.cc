#include "dynamodb/store/past_states.h"

#include <algorithm>

namespace offstage::dynamodb {

namespace {

constexpr std::chrono::milliseconds kShortestTick{2};

}  // namespace

PastStates::PastStates(std::string path, std::chrono::milliseconds lag,
                       const std::atomic<std::uint64_t>& commits)
    : path_(std::move(path)),
      lag_(lag),
      commits_(commits),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

Result<std::shared_ptr<PastStates::State>> PastStates::Take() const {
  auto state = std::make_shared<State>();
  state->taken = std::chrono::steady_clock::now();
  state->commits = commits_;
  OFFSTAGE_TRY(state->connection, Connection::Open(path_));
  OFFSTAGE_TRY_VOID(state->connection->BeginRead(state->commits));
  // SQLite fixes what a transaction sees at its first read.
  OFFSTAGE_TRY_VOID(state->connection->database().Execute("SELECT 1 FROM dynamodb_meta LIMIT 1"));
  return state;
}

Status PastStates::Restart() {
  OFFSTAGE_TRY(std::shared_ptr<State> state, Take());
  const std::lock_guard lock(mutex_);
  states_.clear();
  states_.push_back(std::move(state));
  return Ok();
}

Result<std::shared_ptr<PastStates::State>> PastStates::Get() {
  const auto wanted = std::chrono::steady_clock::now() - lag_;
  const std::lock_guard lock(mutex_);
  if (states_.empty()) {
    OFFSTAGE_TRY(std::shared_ptr<State> state, Take());
    states_.push_back(std::move(state));
  }
  std::size_t found = 0;
  while (found + 1 < states_.size() && states_[found + 1]->taken <= wanted)
    ++found;
  return states_[found];
}

void PastStates::Run(const std::stop_token& stop) {
  const auto tick = std::max(lag_ / 8, kShortestTick);
  std::mutex unused;
  while (true) {
    {
      std::unique_lock lock(unused);
      if (stopping_.wait_for(lock, stop, tick, [&] { return stop.stop_requested(); })) return;
    }
    const auto wanted = std::chrono::steady_clock::now() - lag_;
    // Taken under the lock: a state from before a Restart must not come behind the one it made.
    const std::lock_guard lock(mutex_);
    while (states_.size() > 1 && states_[1]->taken <= wanted)
      states_.pop_front();
    // Without commits the last state still holds.
    if (states_.empty() || states_.back()->commits == commits_) continue;
    // Failing to take one makes reads staler, which they may be; the next tick tries again.
    if (auto state = Take(); state.ok()) states_.push_back(std::move(state).value());
  }
}

}  // namespace offstage::dynamodb
