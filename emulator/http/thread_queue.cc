#include "http/thread_queue.h"

#include <chrono>

namespace offstage::http {

namespace {
constexpr std::chrono::seconds kIdleThreadLife{10};
}  // namespace

void ThreadQueue::Push(std::function<void()> task) {
  std::vector<std::thread> ended;
  {
    const MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
    ended.swap(ended_);
    if (idle_ < tasks_.size()) {
      threads_.emplace_front();
      const auto self = threads_.begin();
      *self = std::thread([this, self] { Work(self); });
    }
  }
  changed_.notify_one();
  for (std::thread& thread : ended)
    thread.join();
}

void ThreadQueue::Work(std::list<std::thread>::iterator self) {
  MutexLock lock(mutex_);
  while (true) {
    if (tasks_.empty()) {
      if (stopping_) return;
      ++idle_;
      const auto status = changed_.wait_for(lock, kIdleThreadLife);
      --idle_;
      if (tasks_.empty() && !stopping_ && status == std::cv_status::timeout) {
        ended_.push_back(std::move(*self));
        threads_.erase(self);
        return;
      }
      continue;
    }
    std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
  }
}

void ThreadQueue::shutdown() {
  std::list<std::thread> threads;
  std::vector<std::thread> ended;
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    // Workers only erase themselves while not stopping, so the iterators they
    // hold stay unused.
    threads.swap(threads_);
    ended.swap(ended_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads)
    thread.join();
  for (std::thread& thread : ended)
    thread.join();
}

}  // namespace offstage::http
