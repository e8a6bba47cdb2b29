// The table of operations: name -> shape and function.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dynamodb/ops/document.h"
#include "dynamodb/ops/engine.h"
#include "dynamodb/ops/shape.h"

namespace offstage::dynamodb {

struct Operation {
  std::string_view name;
  const Shape& (*shape)() = nullptr;
  aws::Outcome<std::string> (*run)(Engine& engine, Node request) = nullptr;
};

// Null: not in the table.
const Operation* FindOperation(std::string_view name);
// In order of name.
const std::vector<Operation>& AllOperations();
// An operation that the service has and this program refuses by name.
bool IsKnownButNotEmulated(std::string_view name);

}  // namespace offstage::dynamodb
