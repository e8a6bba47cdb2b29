#include "dynamodb/expressions/syntax_check.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "dynamodb/expressions/parser.h"
#include "dynamodb/expressions/reserved_words.h"

namespace offstage::dynamodb {

namespace {

enum class Place { kCondition, kOperand, kUpdate };

struct Function {
  std::string_view name;
  std::size_t operands;
  Place place;
};

constexpr std::array<Function, 8> kFunctions = {{
    {"attribute_exists", 1, Place::kCondition},
    {"attribute_not_exists", 1, Place::kCondition},
    {"attribute_type", 2, Place::kCondition},
    {"begins_with", 2, Place::kCondition},
    {"contains", 2, Place::kCondition},
    {"size", 1, Place::kOperand},
    {"if_not_exists", 2, Place::kUpdate},
    {"list_append", 2, Place::kUpdate},
}};

constexpr std::size_t kMaxListIndex = 2147483647;

std::string CheckPath(const PathSyntax& path) {
  for (const PathPart& part : path.parts) {
    if (part.kind == PathPart::Kind::kIndex) {
      if (part.text.size() > 10 || part.index > kMaxListIndex) {
        return fmt::format("List index is not within the allowable range; index: [{}]", part.text);
      }
    } else if (part.kind == PathPart::Kind::kName && IsReservedWord(part.text)) {
      return fmt::format("Attribute name is a reserved keyword; reserved keyword: {}", part.text);
    }
  }
  return {};
}

std::string CheckFunction(const OperandSyntax& call, Place place) {
  const Function* function = nullptr;
  for (const Function& candidate : kFunctions) {
    if (candidate.name == call.name) function = &candidate;
  }
  if (function == nullptr) return fmt::format("Invalid function name; function: {}", call.name);
  if (place == Place::kUpdate && function->place != Place::kUpdate) {
    return fmt::format("The function is not allowed in an update expression; function: {}",
                       call.name);
  }
  if (place != Place::kUpdate && function->place == Place::kUpdate) {
    return fmt::format("The function is not allowed in a condition expression; function: {}",
                       call.name);
  }
  if (function->place != place) {
    return fmt::format(
        "The function is not allowed to be used this way in an expression; function: {}",
        call.name);
  }
  return {};
}

std::string CheckOperand(const OperandSyntax& operand, Place place) {
  switch (operand.kind) {
    case OperandSyntax::Kind::kPath:
      return CheckPath(operand.path);
    case OperandSyntax::Kind::kValue:
      return {};
    case OperandSyntax::Kind::kCall: {
      std::string error = CheckFunction(operand, place);
      if (!error.empty()) return error;
      break;
    }
    case OperandSyntax::Kind::kArithmetic:
      break;
  }
  // What a condition's function is given is an operand.
  const Place inside = place == Place::kUpdate ? Place::kUpdate : Place::kOperand;
  for (const OperandSyntax& argument : operand.arguments) {
    std::string error = CheckOperand(argument, inside);
    if (!error.empty()) return error;
  }
  return {};
}

std::string CheckTree(const ConditionSyntax& node) {
  const Place place =
      node.kind == ConditionSyntax::Kind::kCall ? Place::kCondition : Place::kOperand;
  for (const OperandSyntax& operand : node.operands) {
    std::string error = CheckOperand(operand, place);
    if (!error.empty()) return error;
  }
  for (const ConditionSyntax& condition : node.conditions) {
    std::string error = CheckTree(condition);
    if (!error.empty()) return error;
  }
  return {};
}

int CountOperators(const OperandSyntax& operand) {
  int count =
      operand.kind == OperandSyntax::Kind::kCall || operand.kind == OperandSyntax::Kind::kArithmetic
          ? 1
          : 0;
  for (const OperandSyntax& argument : operand.arguments)
    count += CountOperators(argument);
  return count;
}

int CountOperators(const ConditionSyntax& node) {
  int count = 0;
  switch (node.kind) {
    case ConditionSyntax::Kind::kAnd:
    case ConditionSyntax::Kind::kOr:
      count = static_cast<int>(node.conditions.size()) - 1;
      break;
    case ConditionSyntax::Kind::kCall:
      // Its operand, the call, counts itself.
      break;
    default:
      count = 1;
  }
  for (const OperandSyntax& operand : node.operands)
    count += CountOperators(operand);
  for (const ConditionSyntax& condition : node.conditions)
    count += CountOperators(condition);
  return count;
}

std::string CheckOperatorCount(int count) {
  if (count <= kMaxOperators) return {};
  return fmt::format("The expression contains too many operators; operator count: {}", count);
}

constexpr std::string_view VerbName(UpdateVerb verb) {
  switch (verb) {
    case UpdateVerb::kSet:
      return "SET";
    case UpdateVerb::kRemove:
      return "REMOVE";
    case UpdateVerb::kAdd:
      return "ADD";
    case UpdateVerb::kDelete:
      return "DELETE";
  }
  return {};
}

// All actions of one verb, wherever they are written.
std::string CheckVerb(const std::vector<UpdateActionSyntax>& actions, UpdateVerb verb) {
  int section = -1;
  bool repeated = false;
  for (const UpdateActionSyntax& action : actions) {
    if (action.verb != verb) continue;
    repeated = repeated || (section >= 0 && section != action.section);
    section = action.section;
    std::string error = CheckPath(action.path);
    if (error.empty()) error = CheckOperand(action.value, Place::kUpdate);
    if (!error.empty()) return error;
  }
  if (!repeated) return {};
  return fmt::format("The \"{}\" section can only be used once in an update expression;",
                     VerbName(verb));
}

}  // namespace

std::string CheckOperandCount(std::string_view function, std::size_t given) {
  for (const Function& known : kFunctions) {
    if (known.name != function || known.operands == given) continue;
    return fmt::format(
        "Incorrect number of operands for operator or function; operator or function: {}, number "
        "of operands: {}",
        function, given);
  }
  return {};
}

std::string CheckCondition(const ConditionSyntax& condition) {
  std::string error = CheckOperatorCount(CountOperators(condition));
  return error.empty() ? CheckTree(condition) : error;
}

std::string CheckUpdate(const std::vector<UpdateActionSyntax>& actions) {
  int operators = 0;
  for (const UpdateActionSyntax& action : actions)
    operators += CountOperators(action.value);
  std::string error = CheckOperatorCount(operators);
  // Section by section, in the order in which they appear first.
  std::array<bool, 4> seen = {};
  for (const UpdateActionSyntax& action : actions) {
    bool& checked = seen[static_cast<std::size_t>(action.verb)];
    if (!error.empty()) return error;
    if (checked) continue;
    checked = true;
    error = CheckVerb(actions, action.verb);
  }
  return error;
}

std::string CheckProjection(const std::vector<PathSyntax>& paths) {
  for (const PathSyntax& path : paths) {
    std::string error = CheckPath(path);
    if (!error.empty()) return error;
  }
  return {};
}

}  // namespace offstage::dynamodb
