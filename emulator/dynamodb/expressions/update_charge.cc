// How large UpdateItem takes its own expression to be: what it writes, and so much for each clause.
// Measured by paritysuite/dynamodb-conformance (itemSizeBySurface, 2026-10-09), documented nowhere.
#include <algorithm>
#include <string>

#include "dynamodb/expressions/update.h"
#include "dynamodb/expressions/update_program.h"
#include "dynamodb/value/item_size.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

namespace {

constexpr std::size_t kUpdateBytes = 3;
constexpr std::size_t kWritingClauseBytes = 19;
constexpr std::size_t kRemovingClauseBytes = 1;
constexpr std::size_t kTargetElementBytes = 4;
constexpr std::size_t kOperandPathBytes = 1;
constexpr std::size_t kOperandElementBytes = 14;

std::size_t BytesOf(const PathStep& step) {
  if (const auto* name = std::get_if<std::string>(&step)) return name->size();
  return std::to_string(std::get<std::size_t>(step)).size();
}

std::size_t TargetBytes(const Path& path) {
  std::size_t bytes = path.attribute().size();
  for (std::size_t i = 1; i < path.steps.size(); ++i)
    bytes += kTargetElementBytes + BytesOf(path.steps[i]);
  return bytes;
}

std::size_t FunctionBytes(OperandFunction function) {
  switch (function) {
    case OperandFunction::kPlus:
      return 34;
    case OperandFunction::kMinus:
    case OperandFunction::kListAppend:
      return 37;
    default:
      return 39;
  }
}

// A value counts at every use, what a path leads to never.
std::size_t OperandBytes(const Operand& operand) {
  if (operand.kind == Operand::Kind::kValue) return SizeOf(*operand.value);
  std::size_t bytes = 0;
  if (operand.kind == Operand::Kind::kPath) {
    bytes = kOperandPathBytes;
    for (const PathStep& step : operand.path.steps)
      bytes += kOperandElementBytes + BytesOf(step);
    return bytes;
  }
  bytes = FunctionBytes(operand.function);
  for (const Operand& argument : operand.arguments)
    bytes += OperandBytes(argument);
  return bytes;
}

// Of a set only the members that are new.
std::size_t AddedBytes(const UpdateAction& action, const Item& item) {
  const AttributeValue& value = *action.value.value;
  const AttributeValue* current = Resolve(action.path, item);
  if (!value.is_set() || current == nullptr || current->type() != value.type())
    return SizeOf(value);
  std::size_t bytes = 0;
  for (const std::string& member : value.set()) {
    const AttributeSet& known = current->set();
    if (std::find(known.begin(), known.end(), member) != known.end()) continue;
    bytes += value.is(AttributeType::kNumberSet) ? NumberSize(member) : member.size();
  }
  return bytes;
}

std::size_t ClauseBytes(const UpdateAction& action, const Item& item) {
  switch (action.verb) {
    case UpdateVerb::kSet:
      return kWritingClauseBytes + TargetBytes(action.path) + OperandBytes(action.value);
    case UpdateVerb::kAdd:
      return kWritingClauseBytes + TargetBytes(action.path) + AddedBytes(action, item);
    case UpdateVerb::kRemove:
    case UpdateVerb::kDelete:
      break;
  }
  return kRemovingClauseBytes + TargetBytes(action.path);
}

}  // namespace

std::size_t Update::ChargedBytes(const Item& item) const {
  if (program_->style == UpdateStyle::kAttributeUpdates) return 0;
  std::size_t bytes = kUpdateBytes;
  for (const UpdateAction& action : program_->actions)
    bytes += ClauseBytes(action, item);
  return bytes;
}

}  // namespace offstage::dynamodb
