#include "dynamodb/expressions/operand.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dynamodb/expressions/syntax_check.h"

namespace offstage::dynamodb {

namespace {

constexpr std::size_t kMaxPathParts = 32;  // AWS "Nested attribute depth"

OperandFunction FunctionOf(std::string_view name) {
  if (name == "if_not_exists") return OperandFunction::kIfNotExists;
  if (name == "list_append") return OperandFunction::kListAppend;
  if (name == "+") return OperandFunction::kPlus;
  if (name == "-") return OperandFunction::kMinus;
  return OperandFunction::kSize;
}

std::size_t Utf16Length(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) units += byte >= 0xF0 ? 2 : 1;
  }
  return units;
}

// What the function's operands must be, as far as it is known without an item.
TextOutcome<Unit> CheckArguments(const OperandSyntax& syntax, const Operand& operand) {
  using Type = AttributeType;
  if (std::string fault = CheckOperandCount(syntax.name, operand.arguments.size()); !fault.empty())
    return Fail(std::move(fault));
  switch (operand.function) {
    case OperandFunction::kSize:
      return CheckOperandType("size", operand.arguments[0],
                              {Type::kString, Type::kBinary, Type::kList, Type::kMap,
                               Type::kStringSet, Type::kNumberSet, Type::kBinarySet});
    case OperandFunction::kIfNotExists:
      if (operand.arguments[0].kind != Operand::Kind::kPath) {
        return Fail(
            std::string("Operator or function requires a document path; operator or "
                        "function: if_not_exists"));
      }
      return CheckDistinct("if_not_exists", operand.arguments);
    case OperandFunction::kListAppend:
    case OperandFunction::kPlus:
    case OperandFunction::kMinus: {
      const Type wanted =
          operand.function == OperandFunction::kListAppend ? Type::kList : Type::kNumber;
      for (const Operand& argument : operand.arguments) {
        // if_not_exists may stand here, list_append in itself may not.
        if (argument.kind == Operand::Kind::kFunction &&
            argument.function == OperandFunction::kListAppend) {
          return Fail(
              std::string("The function is not allowed to be used this way in an "
                          "expression; function: list_append"));
        }
        OFFSTAGE_TRY_VOID(CheckOperandType(syntax.name, argument, {wanted}));
      }
      return Ok();
    }
  }
  return Ok();
}

}  // namespace

std::optional<AttributeType> StaticType(const Operand& operand) {
  if (operand.kind == Operand::Kind::kPath) return std::nullopt;
  if (operand.kind == Operand::Kind::kValue) return operand.value->type();
  switch (operand.function) {
    case OperandFunction::kIfNotExists:
      return std::nullopt;
    case OperandFunction::kListAppend:
      return AttributeType::kList;
    default:
      return AttributeType::kNumber;
  }
}

TextOutcome<Path> ResolvePath(const PathSyntax& syntax, Placeholders& placeholders) {
  Path path;
  path.steps.reserve(syntax.parts.size());
  for (const PathPart& part : syntax.parts) {
    switch (part.kind) {
      case PathPart::Kind::kName:
        path.steps.emplace_back(part.text);
        break;
      case PathPart::Kind::kIndex:
        path.steps.emplace_back(part.index);
        break;
      case PathPart::Kind::kPlaceholder: {
        const std::string* name = placeholders.UseName(part.text);
        if (name == nullptr) {
          return Fail(fmt::format(
              "An expression attribute name used in the document path is not defined; attribute "
              "name: {}",
              part.text));
        }
        path.steps.emplace_back(*name);
        break;
      }
    }
  }
  if (path.steps.size() > kMaxPathParts) {
    return Fail(fmt::format("The document path has too many nesting levels; nesting levels: {}",
                            path.steps.size()));
  }
  return path;
}

TextOutcome<Operand> ResolveOperand(const OperandSyntax& syntax, Placeholders& placeholders) {
  Operand operand;
  switch (syntax.kind) {
    case OperandSyntax::Kind::kPath: {
      OFFSTAGE_TRY(operand.path, ResolvePath(syntax.path, placeholders));
      return operand;
    }
    case OperandSyntax::Kind::kValue:
      operand.kind = Operand::Kind::kValue;
      operand.value = placeholders.UseValue(syntax.name);
      if (operand.value == nullptr) {
        return Fail(fmt::format(
            "An expression attribute value used in expression is not defined; attribute value: {}",
            syntax.name));
      }
      return operand;
    case OperandSyntax::Kind::kCall:
    case OperandSyntax::Kind::kArithmetic:
      break;
  }
  operand.kind = Operand::Kind::kFunction;
  operand.function = FunctionOf(syntax.name);
  for (const OperandSyntax& argument : syntax.arguments) {
    OFFSTAGE_TRY(Operand resolved, ResolveOperand(argument, placeholders));
    operand.arguments.push_back(std::move(resolved));
  }
  OFFSTAGE_TRY_VOID(CheckArguments(syntax, operand));
  return operand;
}

TextOutcome<Unit> CheckOperandType(std::string_view function, const Operand& operand,
                                   std::initializer_list<AttributeType> allowed) {
  const std::optional<AttributeType> type = StaticType(operand);
  if (!type || std::find(allowed.begin(), allowed.end(), *type) != allowed.end()) return Ok();
  return Fail(fmt::format(
      "Incorrect operand type for operator or function; operator or function: {}, operand type: {}",
      function, TypeName(*type)));
}

TextOutcome<Unit> CheckDistinct(std::string_view function, const std::vector<Operand>& operands) {
  if (operands[0].kind != Operand::Kind::kPath) return Ok();
  for (std::size_t i = 1; i < operands.size(); ++i) {
    if (operands[i].kind != Operand::Kind::kPath || operands[i].path != operands[0].path) continue;
    return Fail(fmt::format(
        "The first operand must be distinct from the remaining operands for this operator or "
        "function; operator: {}, first operand: {}",
        function, PathText(operands[0].path)));
  }
  return Ok();
}

const AttributeValue* Evaluate(const Operand& operand, const Item& item, AttributeValue& computed) {
  switch (operand.kind) {
    case Operand::Kind::kPath:
      return Resolve(operand.path, item);
    case Operand::Kind::kValue:
      return operand.value;
    case Operand::Kind::kFunction:
      break;
  }
  // Conditions have no other function that is an operand.
  AttributeValue inner;
  const AttributeValue* value = Evaluate(operand.arguments[0], item, inner);
  if (value == nullptr) return nullptr;
  const std::optional<std::size_t> size = SizeFunction(*value);
  if (!size) return nullptr;
  computed = AttributeValue::Number(std::to_string(*size));
  return &computed;
}

std::optional<std::size_t> SizeFunction(const AttributeValue& value) {
  switch (value.type()) {
    case AttributeType::kString:
      return Utf16Length(value.text());
    case AttributeType::kBinary:
      return value.text().size();
    case AttributeType::kList:
      return value.list().size();
    case AttributeType::kMap:
      return value.map().size();
    case AttributeType::kStringSet:
    case AttributeType::kNumberSet:
    case AttributeType::kBinarySet:
      return value.set().size();
    case AttributeType::kNumber:
    case AttributeType::kBool:
    case AttributeType::kNull:
      break;
  }
  return std::nullopt;
}

}  // namespace offstage::dynamodb
