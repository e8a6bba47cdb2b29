#include "dynamodb/expressions/condition_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "dynamodb/expressions/parser.h"
#include "dynamodb/expressions/syntax_check.h"
#include "dynamodb/value/attribute_json.h"

namespace offstage::dynamodb {

namespace {

using NodeType = AttributeType;

ConditionTest CompareTest(std::string_view sign) {
  if (sign == "=") return ConditionTest::kEqual;
  if (sign == "<>") return ConditionTest::kNotEqual;
  if (sign == "<") return ConditionTest::kLess;
  if (sign == "<=") return ConditionTest::kLessOrEqual;
  return sign == ">" ? ConditionTest::kGreater : ConditionTest::kGreaterOrEqual;
}

ConditionTest CallTest(std::string_view name) {
  if (name == "attribute_exists") return ConditionTest::kExists;
  if (name == "attribute_not_exists") return ConditionTest::kNotExists;
  if (name == "attribute_type") return ConditionTest::kHasType;
  return name == "begins_with" ? ConditionTest::kBeginsWith : ConditionTest::kContains;
}

TextOutcome<Unit> CheckOrdered(std::string_view name, const ConditionNode& node) {
  for (const Operand& operand : node.operands) {
    OFFSTAGE_TRY_VOID(
        CheckOperandType(name, operand, {NodeType::kString, NodeType::kNumber, NodeType::kBinary}));
  }
  return Ok();
}

TextOutcome<Unit> CheckBetween(const ConditionNode& node) {
  OFFSTAGE_TRY_VOID(CheckDistinct("BETWEEN", node.operands));
  OFFSTAGE_TRY_VOID(CheckOrdered("BETWEEN", node));
  const Operand& low = node.operands[1];
  const Operand& high = node.operands[2];
  if (low.kind != Operand::Kind::kValue || high.kind != Operand::Kind::kValue) return Ok();
  if (low.value->type() != high.value->type()) {
    return Fail(fmt::format(
        "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
        "operand: {}, upper bound operand: {}",
        JavaText(*low.value), JavaText(*high.value)));
  }
  if (CompareScalars(*low.value, *high.value) > 0) {
    return Fail(fmt::format(
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
        "lower bound operand: {}, upper bound operand: {}",
        JavaText(*low.value), JavaText(*high.value)));
  }
  return Ok();
}

std::optional<AttributeType> TypeOfName(std::string_view name) {
  for (int i = 0; i < 10; ++i) {
    if (TypeName(static_cast<AttributeType>(i)) == name) return static_cast<AttributeType>(i);
  }
  return std::nullopt;
}

// The sets of names are listed as the service's Java iterates over them.
TextOutcome<Unit> CheckTypeOperand(const Operand& operand) {
  if (operand.kind == Operand::Kind::kPath) {
    return Fail(std::string(
        "Incorrect operand type for operator or function; operator or function: attribute_type, "
        "operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}"));
  }
  OFFSTAGE_TRY_VOID(CheckOperandType("attribute_type", operand, {NodeType::kString}));
  if (operand.kind != Operand::Kind::kValue || TypeOfName(operand.value->text())) return Ok();
  return Fail(fmt::format(
      "Invalid attribute type name found; type: {}, valid types: {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}",
      operand.value->text()));
}

TextOutcome<Unit> CheckCall(std::string_view name, const ConditionNode& node) {
  if (std::string fault = CheckOperandCount(name, node.operands.size()); !fault.empty())
    return Fail(std::move(fault));
  // attribute_type takes a value too, whatever the developer guide says.
  const bool wants_path =
      node.test == ConditionTest::kExists || node.test == ConditionTest::kNotExists;
  if (wants_path && node.operands[0].kind != Operand::Kind::kPath) {
    return Fail(fmt::format(
        "Operator or function requires a document path; operator or function: {}", name));
  }
  OFFSTAGE_TRY_VOID(CheckDistinct(name, node.operands));
  if (node.test == ConditionTest::kHasType) return CheckTypeOperand(node.operands[1]);
  if (node.test != ConditionTest::kBeginsWith) return Ok();
  for (const Operand& operand : node.operands) {
    OFFSTAGE_TRY_VOID(CheckOperandType(name, operand, {NodeType::kString, NodeType::kBinary}));
  }
  return Ok();
}

TextOutcome<Unit> ResolveOperands(const std::vector<OperandSyntax>& syntax,
                                  Placeholders& placeholders, ConditionNode& node) {
  node.operands.reserve(syntax.size());
  for (const OperandSyntax& operand : syntax) {
    OFFSTAGE_TRY(Operand resolved, ResolveOperand(operand, placeholders));
    node.operands.push_back(std::move(resolved));
  }
  return Ok();
}

TextOutcome<Unit> ResolveTest(const ConditionSyntax& syntax, Placeholders& placeholders,
                              ConditionNode& node) {
  switch (syntax.kind) {
    case ConditionSyntax::Kind::kCompare:
      node.test = CompareTest(syntax.name);
      OFFSTAGE_TRY_VOID(ResolveOperands(syntax.operands, placeholders, node));
      OFFSTAGE_TRY_VOID(CheckDistinct(syntax.name, node.operands));
      if (node.test == ConditionTest::kEqual || node.test == ConditionTest::kNotEqual) return Ok();
      return CheckOrdered(syntax.name, node);
    case ConditionSyntax::Kind::kBetween:
      node.test = ConditionTest::kBetween;
      OFFSTAGE_TRY_VOID(ResolveOperands(syntax.operands, placeholders, node));
      return CheckBetween(node);
    case ConditionSyntax::Kind::kIn:
      node.test = ConditionTest::kIn;
      OFFSTAGE_TRY_VOID(ResolveOperands(syntax.operands, placeholders, node));
      if (node.operands.size() > kMaxInOperands + 1) {
        return Fail(fmt::format(
            "The IN operator is provided with too many operands; number of operands: {}",
            node.operands.size() - 1));
      }
      return CheckDistinct("IN", node.operands);
    default:
      // A call: its only operand is the call itself.
      node.test = CallTest(syntax.operands[0].name);
      OFFSTAGE_TRY_VOID(ResolveOperands(syntax.operands[0].arguments, placeholders, node));
      return CheckCall(syntax.operands[0].name, node);
  }
}

bool IsOrdered(ConditionTest test, int order) {
  switch (test) {
    case ConditionTest::kLess:
      return order < 0;
    case ConditionTest::kLessOrEqual:
      return order <= 0;
    case ConditionTest::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

bool AreOrdered(ConditionTest test, const AttributeValue& a, const AttributeValue& b) {
  if (a.type() != b.type() || !a.is_scalar_key()) return false;
  return IsOrdered(test, CompareScalars(a, b));
}

bool Contains(const AttributeValue& whole, const AttributeValue& part) {
  const auto& members = [&]() -> const AttributeSet& { return whole.set(); };
  switch (whole.type()) {
    case NodeType::kString:
    case NodeType::kBinary:
      return part.is(whole.type()) && whole.text().find(part.text()) != std::string::npos;
    case NodeType::kList:
      return std::find(whole.list().begin(), whole.list().end(), part) != whole.list().end();
    case NodeType::kStringSet:
      if (!part.is(NodeType::kString)) return false;
      break;
    case NodeType::kNumberSet:
      if (!part.is(NodeType::kNumber)) return false;
      break;
    case NodeType::kBinarySet:
      if (!part.is(NodeType::kBinary)) return false;
      break;
    default:
      return false;
  }
  return std::find(members().begin(), members().end(), part.text()) != members().end();
}

bool HoldsForValue(ConditionTest test, const AttributeValue& value, const AttributeValue& operand) {
  switch (test) {
    case ConditionTest::kEqual:
      return value == operand;
    case ConditionTest::kHasType:
      return operand.is_string() && TypeName(value.type()) == operand.text();
    case ConditionTest::kBeginsWith:
      return value.type() == operand.type() &&
             (value.is(NodeType::kString) || value.is(NodeType::kBinary)) &&
             value.text().compare(0, operand.text().size(), operand.text()) == 0;
    case ConditionTest::kContains:
      return Contains(value, operand);
    case ConditionTest::kNotContains:
      return !Contains(value, operand);
    default:
      return AreOrdered(test, value, operand);
  }
}

bool HoldsBetween(const ConditionNode& node, const AttributeValue& value, const Item& item) {
  AttributeValue computed;
  const AttributeValue* low = Evaluate(node.operands[1], item, computed);
  if (low == nullptr || !AreOrdered(ConditionTest::kGreaterOrEqual, value, *low)) return false;
  const AttributeValue* high = Evaluate(node.operands[2], item, computed);
  return high != nullptr && AreOrdered(ConditionTest::kLessOrEqual, value, *high);
}

bool HoldsIn(const ConditionNode& node, const AttributeValue& value, const Item& item) {
  for (std::size_t i = 1; i < node.operands.size(); ++i) {
    AttributeValue computed;
    const AttributeValue* candidate = Evaluate(node.operands[i], item, computed);
    if (candidate != nullptr && value == *candidate) return true;
  }
  return false;
}

}  // namespace

TextOutcome<ConditionNode> ResolveCondition(const ConditionSyntax& syntax,
                                            Placeholders& placeholders) {
  ConditionNode node;
  switch (syntax.kind) {
    case ConditionSyntax::Kind::kOr:
      node.test = ConditionTest::kOr;
      break;
    case ConditionSyntax::Kind::kAnd:
      node.test = ConditionTest::kAnd;
      break;
    case ConditionSyntax::Kind::kNot:
      node.test = ConditionTest::kNot;
      break;
    default:
      OFFSTAGE_TRY_VOID(ResolveTest(syntax, placeholders, node));
      return node;
  }
  for (const ConditionSyntax& condition : syntax.conditions) {
    OFFSTAGE_TRY(ConditionNode resolved, ResolveCondition(condition, placeholders));
    node.conditions.push_back(std::move(resolved));
  }
  return node;
}

bool Holds(const ConditionNode& node, const Item& item) {
  const auto holds = [&item](const ConditionNode& condition) { return Holds(condition, item); };
  switch (node.test) {
    case ConditionTest::kOr:
      return std::any_of(node.conditions.begin(), node.conditions.end(), holds);
    case ConditionTest::kAnd:
      return std::all_of(node.conditions.begin(), node.conditions.end(), holds);
    case ConditionTest::kNot:
      return !holds(node.conditions[0]);
    default:
      break;
  }
  AttributeValue computed;
  const AttributeValue* value = Evaluate(node.operands[0], item, computed);
  if (node.test == ConditionTest::kExists) return value != nullptr;
  if (node.test == ConditionTest::kNotExists) return value == nullptr;
  // What is not there differs from everything, and satisfies nothing else.
  if (value == nullptr) return node.test == ConditionTest::kNotEqual;
  if (node.test == ConditionTest::kBetween) return HoldsBetween(node, *value, item);
  if (node.test == ConditionTest::kIn) return HoldsIn(node, *value, item);
  AttributeValue computed_operand;
  const AttributeValue* operand = Evaluate(node.operands[1], item, computed_operand);
  if (node.test == ConditionTest::kNotEqual) return operand == nullptr || *value != *operand;
  return operand != nullptr && HoldsForValue(node.test, *value, *operand);
}

}  // namespace offstage::dynamodb
