// Loader: scenario files into scenarios.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "scenario/model.h"

namespace offstage::scenario {

// Everything that is wrong, one "file:line:column: text" a line.
struct LoadFailure {
  std::vector<std::string> problems;
};

// Files as they are; in folders every *.scenario.yml and *.scenario.yaml below (hidden folders and
// node_modules left out), sorted. Fails for a path that does not exist.
Result<std::vector<std::filesystem::path>> FindFiles(
    const std::vector<std::filesystem::path>& paths);

// The scenarios of all files, in order. Reports every problem of every file at once.
Result<std::vector<Scenario>, LoadFailure> LoadFiles(
    const std::vector<std::filesystem::path>& files);

struct Loaded {
  std::vector<Scenario> scenarios = {};
  std::vector<Bench> benches = {};
};
// The same, with what the files have for `offstage bench`.
Result<Loaded, LoadFailure> LoadSuites(const std::vector<std::filesystem::path>& files);

}  // namespace offstage::scenario
