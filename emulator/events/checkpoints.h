// Checkpoints: how far event sources have come, kept from run to run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "base/log.h"
#include "base/mutex.h"

namespace offstage::events {

// Thread-safe.
class Checkpoints {
 public:
  // `file` empty: nothing is kept. A file that cannot be read counts as empty. `log` outlives this.
  Checkpoints(std::filesystem::path file, Log& log);

  // Of a stream's position or a rate's beginning (seconds since the epoch), by the source's name.
  std::optional<std::int64_t> Find(const std::string& name) const;
  // Written at once: after a crash a batch is delivered twice rather than never.
  void Set(const std::string& name, std::int64_t value);

 private:
  const std::filesystem::path file_;
  Log& log_;
  mutable Mutex mutex_;
  std::map<std::string, std::int64_t> values_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::events
