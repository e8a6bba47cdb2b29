// StateFolder: where one stack's state lives between runs: `.offstage/{stack}/` with the database,
// the names that were made up, and a note of the running emulator.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace offstage::app {

// What a running `start` tells other commands about itself.
struct RunningEmulator {
  std::int64_t pid = 0;
  int api_port = 0;
  int aws_port = 0;
};

// Holds the folder's lock while it lives, so two emulators never share one database.
// Thread-compatible.
class StateFolder {
 public:
  // Makes `data/stack_name` and locks it. Fails when it cannot be written, or when another process
  // holds the lock (saying which, and where it listens).
  static Result<StateFolder> Lock(const std::filesystem::path& data, const std::string& stack_name);
  StateFolder(StateFolder&& other) noexcept;
  StateFolder& operator=(StateFolder&&) = delete;
  // Takes the note of the running emulator away and releases the lock.
  ~StateFolder();

  std::filesystem::path database() const { return folder_ / "offstage.db"; }
  // Unpacked zip files, by content.
  std::filesystem::path archives() const { return folder_ / "archives"; }
  // How far event sources have come.
  std::filesystem::path event_sources() const { return folder_ / "event-sources.json"; }
  // The certificate authority that handlers are told to believe.
  std::filesystem::path certificates() const { return folder_ / "tls"; }

  // The text stored under names.json; empty when there is none.
  Result<std::string> ReadNames() const;
  Status WriteNames(std::string_view json) const;

  // Tells other commands (`invoke`, `data`) where this emulator listens.
  Status Announce(const RunningEmulator& running);

 private:
  StateFolder(std::filesystem::path folder, int lock) : folder_(std::move(folder)), lock_(lock) {}

  std::filesystem::path folder_;
  int lock_ = -1;
};

// The emulator that holds the folder's lock now, if any.
std::optional<RunningEmulator> FindRunning(const std::filesystem::path& data,
                                           const std::string& stack_name);

}  // namespace offstage::app
