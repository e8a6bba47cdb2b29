// Snapshots: answers kept in files beside the scenarios, reviewed like code. Internal to scenario/.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "scenario/matcher.h"
#include "scenario/runner.h"

namespace offstage::scenario {

// folder/__snapshots__/name.json, the name made safe.
std::filesystem::path SnapshotFile(const std::filesystem::path& folder, const std::string& name);

// The differences between the snapshot and `actual`; with kUpdate the file is written and there are
// none. A snapshot that does not exist is a difference: it has to be reviewed first.
std::vector<Mismatch> CompareSnapshot(const std::filesystem::path& file, const Json& actual,
                                      RunOptions::Snapshots mode);

}  // namespace offstage::scenario
