// How each kind of code is built into a folder.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "packaging/plan.h"
#include "process/process.h"

namespace offstage::packaging {

struct Workshop {
  process::Host& host;
  bool offline = false;
  std::chrono::seconds step_timeout{900};
  // An index that could not be reached once is not asked again: each try costs seconds.
  std::atomic<bool> pip_unreachable{false};
  std::atomic<bool> npm_unreachable{false};
};

struct Made {
  std::vector<std::string> notes = {};
  // Empty: it is made.
  std::string failure = {};
};

// Fills `artifact`, an empty folder, from the task's source, which stays as it is. `scratch` is a
// folder that may be made and filled.
Made Make(Workshop& workshop, const Task& task, const std::filesystem::path& artifact,
          const std::filesystem::path& scratch);

}  // namespace offstage::packaging
