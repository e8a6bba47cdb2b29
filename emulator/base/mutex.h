// A mutex that clang's thread-safety analysis understands (-Wthread-safety, the
// `clang` preset). Mark what it guards: `Tables tables_
// OFFSTAGE_GUARDED_BY(mutex_);`
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define OFFSTAGE_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define OFFSTAGE_THREAD_ATTRIBUTE(x)
#endif
#define OFFSTAGE_GUARDED_BY(x) OFFSTAGE_THREAD_ATTRIBUTE(guarded_by(x))
#define OFFSTAGE_REQUIRES(...) OFFSTAGE_THREAD_ATTRIBUTE(requires_capability(__VA_ARGS__))
#define OFFSTAGE_EXCLUDES(...) OFFSTAGE_THREAD_ATTRIBUTE(locks_excluded(__VA_ARGS__))
#define OFFSTAGE_NO_THREAD_SAFETY_ANALYSIS OFFSTAGE_THREAD_ATTRIBUTE(no_thread_safety_analysis)

namespace offstage {

class OFFSTAGE_THREAD_ATTRIBUTE(capability("mutex")) Mutex {
 public:
  void lock() OFFSTAGE_THREAD_ATTRIBUTE(acquire_capability()) { mutex_.lock(); }
  void unlock() OFFSTAGE_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  bool try_lock() OFFSTAGE_THREAD_ATTRIBUTE(try_acquire_capability(true)) {
    return mutex_.try_lock();
  }

 private:
  friend class Condition;
  std::mutex mutex_;
};

// Locks for a scope.
class OFFSTAGE_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) OFFSTAGE_THREAD_ATTRIBUTE(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() OFFSTAGE_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  // For std::condition_variable_any (waits that a std::stop_token ends).
  void lock() OFFSTAGE_NO_THREAD_SAFETY_ANALYSIS { mutex_.lock(); }
  void unlock() OFFSTAGE_NO_THREAD_SAFETY_ANALYSIS { mutex_.unlock(); }

 private:
  friend class Condition;
  Mutex& mutex_;
};

// What threads wait for under a Mutex: `while (!ready_) changed_.wait(lock);` The analysis treats
// the lock as held throughout. Not std::condition_variable_any, which has a mutex of its own that
// whoever is woken finds taken by the waker: one more wait.
class Condition {
 public:
  void notify_one() { condition_.notify_one(); }
  void notify_all() { condition_.notify_all(); }

  void wait(MutexLock& lock) {
    const Borrowed borrowed(lock);
    condition_.wait(borrowed.lock);
  }
  template <typename Clock, typename Duration>
  std::cv_status wait_until(MutexLock& lock,
                            const std::chrono::time_point<Clock, Duration>& deadline) {
    const Borrowed borrowed(lock);
    return condition_.wait_until(borrowed.lock, deadline);
  }
  template <typename Rep, typename Period>
  std::cv_status wait_for(MutexLock& lock, const std::chrono::duration<Rep, Period>& limit) {
    const Borrowed borrowed(lock);
    return condition_.wait_for(borrowed.lock, limit);
  }

 private:
  // The lock in the form that the standard's condition takes; stays locked at its end.
  struct Borrowed {
    explicit Borrowed(MutexLock& from) : lock(from.mutex_.mutex_, std::adopt_lock) {}
    ~Borrowed() { lock.release(); }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;
    mutable std::unique_lock<std::mutex> lock;
  };

  std::condition_variable condition_;
};

}  // namespace offstage
