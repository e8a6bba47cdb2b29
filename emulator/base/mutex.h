// A mutex that clang's thread-safety analysis understands (-Wthread-safety, the
// `clang` preset). Mark what it guards: `Tables tables_
// OFFSTAGE_GUARDED_BY(mutex_);`
#pragma once

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
  std::mutex mutex_;
};

// Locks for a scope. Waits on a condition through
// `std::condition_variable_any`: `while (!ready_) changed_.wait(lock);`
class OFFSTAGE_THREAD_ATTRIBUTE(scoped_lockable) MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) OFFSTAGE_THREAD_ATTRIBUTE(acquire_capability(mutex))
      : mutex_(mutex) {
    mutex_.lock();
  }
  ~MutexLock() OFFSTAGE_THREAD_ATTRIBUTE(release_capability()) { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  // For condition variables only; the analysis treats the lock as held
  // throughout.
  void lock() OFFSTAGE_NO_THREAD_SAFETY_ANALYSIS { mutex_.lock(); }
  void unlock() OFFSTAGE_NO_THREAD_SAFETY_ANALYSIS { mutex_.unlock(); }

 private:
  Mutex& mutex_;
};

}  // namespace offstage
