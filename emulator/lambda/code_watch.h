// CodeWatch: has anything under a folder changed? Asked at every invocation, so it must cost next
// to nothing: on Linux the kernel says so (inotify: one system call), elsewhere and where the
// kernel's watches run out the folder is scanned, at most every 300 ms.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/mutex.h"

namespace offstage::lambda {

// Thread-safe.
class CodeWatch {
 public:
  // `folder` may not exist yet, and may be a file (a zip). `ignored`: a folder below it whose
  // changes do not count (our own data).
  CodeWatch(std::filesystem::path folder, std::filesystem::path ignored);
  ~CodeWatch();
  CodeWatch(const CodeWatch&) = delete;
  CodeWatch& operator=(const CodeWatch&) = delete;

  // A number that is larger than before once a file below the folder was written, made, moved or
  // removed. Version control, caches and editors' temporary files do not count.
  std::uint64_t Generation();

 private:
  struct Scan {
    std::uint64_t files = 0;
    std::uint64_t digest = 0;
    friend bool operator==(const Scan&, const Scan&) = default;
  };

  bool Changed() OFFSTAGE_REQUIRES(mutex_);
  // When a single file was written and its size, or nothing when it is none.
  std::optional<Scan> ScanFile() const;
  bool Counts(const std::filesystem::path& path) const;
  bool StartNotifications() OFFSTAGE_REQUIRES(mutex_);
  void StopNotifications() OFFSTAGE_REQUIRES(mutex_);
  bool WatchTree(const std::filesystem::path& folder) OFFSTAGE_REQUIRES(mutex_);
  bool ReadNotifications() OFFSTAGE_REQUIRES(mutex_);
  bool ScanChanged() OFFSTAGE_REQUIRES(mutex_);
  Scan ScanTree() const;

  const std::filesystem::path folder_;
  const std::filesystem::path ignored_;
  Mutex mutex_;
  std::uint64_t generation_ OFFSTAGE_GUARDED_BY(mutex_) = 1;
  // inotify; -1 when scanning.
  int descriptor_ OFFSTAGE_GUARDED_BY(mutex_) = -1;
  std::unordered_map<int, std::filesystem::path> watched_ OFFSTAGE_GUARDED_BY(mutex_);
  Scan scan_ OFFSTAGE_GUARDED_BY(mutex_);
  std::chrono::steady_clock::time_point next_scan_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::lambda
