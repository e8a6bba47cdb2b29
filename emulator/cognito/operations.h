// The table of operations that are emulated.
#pragma once

#include <string_view>
#include <vector>

#include "cognito/engine.h"

namespace offstage::cognito {

struct Operation {
  std::string_view name;
  aws::Outcome<Json> (*run)(Engine& engine, const Json& request);
};

// Sorted by name.
const std::vector<Operation>& AllOperations();
// Null: not emulated.
const Operation* FindOperation(std::string_view name);

}  // namespace offstage::cognito
