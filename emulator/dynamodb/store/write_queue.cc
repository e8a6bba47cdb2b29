#include "dynamodb/store/write_queue.h"

#include <algorithm>

namespace offstage::dynamodb {

void WriteQueue::Job::MoveTo(State next) {
  // Notified with the lock held: once it is free the job may be gone.
  const std::lock_guard lock(mutex);
  state = next;
  changed.notify_one();
}

void WriteQueue::Run(Job& job) {
  std::vector<Job*> group;
  {
    std::unique_lock lock(mutex_);
    if (led_) {
      waiting_.push_back(&job);
      lock.unlock();
      std::unique_lock own(job.mutex);
      job.changed.wait(own, [&job] { return job.state != Job::State::kWaiting; });
      if (job.state == Job::State::kDone) return;
      own.unlock();
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
  for (Job* other : group) {
    if (other != &job) other->MoveTo(Job::State::kDone);
  }
  const std::lock_guard lock(mutex_);
  led_ = !waiting_.empty();
  if (led_) waiting_.front()->MoveTo(Job::State::kLeads);
}

}  // namespace offstage::dynamodb
