// Many scenarios from one: `examples` and `matrix`.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "scenario/shapes.h"

namespace offstage::scenario {

// Variables of one of them, by name.
using ExampleRow = std::vector<std::pair<std::string, Node>>;

// The rows of a scenario's `examples`, each with every combination of its `matrix`; one empty row
// without either.
std::vector<ExampleRow> ExampleRows(const Node& scenario, Problems& problems);

// The name with the row's variables in it, or behind it when it names none.
std::string NameOfExample(const std::string& pattern, const ExampleRow& row);

}  // namespace offstage::scenario
