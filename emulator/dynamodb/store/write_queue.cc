#include "dynamodb/store/write_queue.h"

#include <algorithm>

namespace offstage::dynamodb {

std::shared_ptr<WriteQueue::Job::Bell> WriteQueue::Job::BellOfThisThread() {
  thread_local const auto bell = std::make_shared<Bell>();
  return bell;
}

void WriteQueue::Job::MoveTo(State next) {
  const std::shared_ptr<Bell> kept = bell;
  {
    const std::lock_guard lock(kept->mutex);
    state = next;
  }
  // The job may be gone by now. Rung outside the lock: whoever wakes needs it at once.
  kept->rung.notify_one();
}

WriteQueue::Job::State WriteQueue::Job::AwaitMove() {
  std::unique_lock lock(bell->mutex);
  bell->rung.wait(lock, [this] { return state != State::kWaiting; });
  return state;
}

void WriteQueue::Run(Job& job) {
  std::vector<Job*> group;
  {
    std::unique_lock lock(mutex_);
    if (led_) {
      waiting_.push_back(&job);
      lock.unlock();
      if (job.AwaitMove() == Job::State::kDone) return;
      // The leader before has chosen this one, the first in line.
      lock.lock();
      const auto end =
          waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), kMaxGroup));
      group.assign(waiting_.begin(), end);
      waiting_.erase(waiting_.begin(), end);
    } else {
      led_ = true;
      group.push_back(&job);
    }
  }
  run_(group);
  // The next group first: it must not wait until everybody of this one has been told.
  Job* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    led_ = !waiting_.empty();
    if (led_) next = waiting_.front();
  }
  if (next != nullptr) next->MoveTo(Job::State::kLeads);
  for (Job* other : group) {
    if (other != &job) other->MoveTo(Job::State::kDone);
  }
}

}  // namespace offstage::dynamodb
