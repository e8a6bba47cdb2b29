// What an Update runs: its actions with everything resolved.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "dynamodb/expressions/operand.h"
#include "dynamodb/expressions/path.h"
#include "dynamodb/expressions/syntax.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

struct UpdateAction {
  UpdateVerb verb = UpdateVerb::kSet;
  Path path;
  // Not of kRemove.
  Operand value;
  int section = 0;
};

enum class UpdateStyle { kExpression, kAttributeUpdates };

struct UpdateProgram {
  std::vector<UpdateAction> actions;
  // Of the actions, in their order.
  std::vector<Path> paths;
  // Values that no Placeholders hold. A deque: they do not move.
  std::deque<AttributeValue> values;
  UpdateStyle style = UpdateStyle::kExpression;
};

// See Update::Apply.
aws::Outcome<Item> ApplyUpdate(const UpdateProgram& program, const Item& item);

}  // namespace offstage::dynamodb
