// ThreadQueue: cpp-httplib's task queue with as many threads as there are
// connections.
//
// The library holds a thread for a connection's whole life, so a fixed pool
// starves behind idle keep-alive connections and long polls. Threads are made
// when none is idle and end after being idle for a while. Private to http/.
#pragma once

#include <httplib.h>

#include <deque>
#include <functional>
#include <list>
#include <thread>
#include <vector>

#include "base/mutex.h"

namespace offstage::http {

// Thread-safe.
class ThreadQueue final : public httplib::TaskQueue {
 public:
  ~ThreadQueue() override { shutdown(); }

  // httplib::TaskQueue; newer versions return bool from enqueue, which costs
  // this class one #if.
#if defined(CPPHTTPLIB_VERSION_NUM) && CPPHTTPLIB_VERSION_NUM >= 0x001000
  bool enqueue(std::function<void()> task) override {
    Push(std::move(task));
    return true;
  }
#else
  void enqueue(std::function<void()> task) override {
    Push(std::move(task));
  }
#endif
  // Waits for running tasks and joins every thread.
  void shutdown() override;

 private:
  void Push(std::function<void()> task) OFFSTAGE_EXCLUDES(mutex_);
  void Work(std::list<std::thread>::iterator self) OFFSTAGE_EXCLUDES(mutex_);

  Mutex mutex_;
  Condition changed_;
  std::deque<std::function<void()>> tasks_ OFFSTAGE_GUARDED_BY(mutex_);
  std::size_t idle_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  bool stopping_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  std::list<std::thread> threads_ OFFSTAGE_GUARDED_BY(mutex_);
  // Ended by themselves; joined by whoever comes next.
  std::vector<std::thread> ended_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::http
