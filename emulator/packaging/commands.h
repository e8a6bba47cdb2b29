// The programs that builds run.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "process/process.h"

namespace offstage::packaging {

struct CommandResult {
  bool ok = false;
  // Standard output and standard error.
  std::string output = {};
  // "exit status 1", "it took longer than 900 s", "cannot run ...".
  std::string failure = {};
};

// With this process's environment and `extra` ("NAME=value"), which wins.
CommandResult RunCommand(process::Host& host, std::vector<std::string> arguments,
                         const std::filesystem::path& folder, const std::vector<std::string>& extra,
                         std::chrono::seconds timeout);

// In PATH, executable, in PATH's order.
std::vector<std::filesystem::path> FindPrograms(std::string_view name);
// The first; null: not there.
std::optional<std::filesystem::path> FindProgram(std::string_view name);

// Whether the output of pip, npm or bundler says that its index cannot be reached.
bool SaysUnreachable(std::string_view output);
// Or that the index has no such package or version.
bool SaysNotFound(std::string_view output);

}  // namespace offstage::packaging
