// From a file's `given` to what a target starts a scenario with.
#pragma once

#include <filesystem>

#include "scenario/shapes.h"
#include "scenario/target.h"

namespace offstage::scenario {

// Adds what `given`, its variables replaced, says; data files are relative to `folder`. Items and
// faults come on top of those that are there; users, parameters and the clock take the place of
// those of the same name.
Status AddGiven(const Node& given, const std::filesystem::path& folder, StartingPoint& start);

}  // namespace offstage::scenario
