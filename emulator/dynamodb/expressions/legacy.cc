#include "dynamodb/expressions/legacy.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "dynamodb/expressions/condition_program.h"
#include "dynamodb/expressions/legacy_reader.h"
#include "dynamodb/expressions/update_program.h"
#include "dynamodb/value/invalid.h"

namespace offstage::dynamodb {

namespace {

// Types that a comparison's values may have.
enum class Operands { kAny, kScalars, kTexts };

struct Comparison {
  std::string_view name;
  ConditionTest test;
  std::size_t min_values;
  std::size_t max_values;
  Operands operands;
};

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

constexpr std::array<Comparison, 13> kComparisons = {{
    {"EQ", ConditionTest::kEqual, 1, 1, Operands::kAny},
    {"NE", ConditionTest::kNotEqual, 1, 1, Operands::kAny},
    {"LE", ConditionTest::kLessOrEqual, 1, 1, Operands::kScalars},
    {"LT", ConditionTest::kLess, 1, 1, Operands::kScalars},
    {"GE", ConditionTest::kGreaterOrEqual, 1, 1, Operands::kScalars},
    {"GT", ConditionTest::kGreater, 1, 1, Operands::kScalars},
    {"NOT_NULL", ConditionTest::kExists, 0, 0, Operands::kAny},
    {"NULL", ConditionTest::kNotExists, 0, 0, Operands::kAny},
    {"CONTAINS", ConditionTest::kContains, 1, 1, Operands::kScalars},
    {"NOT_CONTAINS", ConditionTest::kNotContains, 1, 1, Operands::kScalars},
    {"BEGINS_WITH", ConditionTest::kBeginsWith, 1, 1, Operands::kTexts},
    {"IN", ConditionTest::kIn, 1, kNoLimit, Operands::kScalars},
    {"BETWEEN", ConditionTest::kBetween, 2, 2, Operands::kScalars},
}};

const Comparison* FindComparison(std::string_view name) {
  const auto found = std::find_if(kComparisons.begin(), kComparisons.end(),
                                  [name](const Comparison& entry) { return entry.name == name; });
  return found == kComparisons.end() ? nullptr : &*found;
}

bool Accepts(Operands operands, const AttributeValue& value) {
  switch (operands) {
    case Operands::kAny:
      return true;
    case Operands::kScalars:
      return value.is_scalar_key();
    case Operands::kTexts:
      break;
  }
  return value.is_string() || value.is(AttributeType::kBinary);
}

aws::Outcome<Unit> CheckValues(const Comparison& comparison,
                               const std::vector<AttributeValue>& values) {
  if (values.size() < comparison.min_values || values.size() > comparison.max_values) {
    return InvalidValue(fmt::format("Invalid number of argument(s) for the {} ComparisonOperator",
                                    comparison.name));
  }
  for (const AttributeValue& value : values) {
    if (value.type() != values.front().type()) {
      return InvalidValue("AttributeValues inside AttributeValueList must be of same type");
    }
  }
  for (const AttributeValue& value : values) {
    if (!Accepts(comparison.operands, value)) {
      return InvalidValue(
          fmt::format("ComparisonOperator {} is not valid for {} AttributeValue type",
                      comparison.name, TypeName(value.type())));
    }
  }
  if (comparison.test == ConditionTest::kBetween && CompareScalars(values[0], values[1]) > 0) {
    return Invalid(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper "
        "bound");
  }
  return Ok();
}

// The service's shape check has let only known names through.
aws::Outcome<const Comparison*> ComparisonOf(const LegacyEntry& entry) {
  const Comparison* comparison = FindComparison(entry.comparison.value_or(""));
  if (comparison == nullptr) return InvalidValue("Unsupported operator on expected attribute");
  return comparison;
}

ConditionNode MakeTest(const std::string& attribute, ConditionTest test,
                       std::vector<AttributeValue> values, ConditionProgram& program) {
  ConditionNode node;
  node.test = test;
  Operand& path = node.operands.emplace_back();
  path.path.steps.emplace_back(attribute);
  for (AttributeValue& value : values) {
    Operand& operand = node.operands.emplace_back();
    operand.kind = Operand::Kind::kValue;
    operand.value = &program.values.emplace_back(std::move(value));
  }
  return node;
}

// What Expected says besides comparisons, and how it may be combined.
aws::Outcome<Unit> CheckExpectedMembers(const LegacyEntry& entry) {
  const std::string& name = entry.attribute;
  if (entry.values && entry.value) {
    return InvalidValue(fmt::format(
        "Value and AttributeValueList cannot be used together for Attribute: {}", name));
  }
  if (!entry.comparison) {
    if (!entry.values) return Ok();
    return InvalidValue(fmt::format(
        "AttributeValueList can only be used with a ComparisonOperator for Attribute: {}", name));
  }
  if (entry.exists) {
    return InvalidValue(fmt::format(
        "Exists and ComparisonOperator cannot be used together for Attribute: {}", name));
  }
  const bool needs_values = *entry.comparison != "NULL" && *entry.comparison != "NOT_NULL";
  if (needs_values && !entry.values && !entry.value) {
    return InvalidValue(fmt::format(
        "Value or AttributeValueList must be used with ComparisonOperator: {} for Attribute: {}",
        *entry.comparison, name));
  }
  return Ok();
}

aws::Outcome<ConditionNode> ExistsTest(LegacyEntry& entry, ConditionProgram& program) {
  const bool exists = entry.exists.value_or(true);
  if (exists && !entry.value) {
    return InvalidValue(fmt::format("Value must be provided when Exists is {} for Attribute: {}",
                                    entry.exists ? "true" : "null", entry.attribute));
  }
  if (!exists && entry.value) {
    return InvalidValue(fmt::format("Value cannot be used when Exists is false for Attribute: {}",
                                    entry.attribute));
  }
  if (!exists) return MakeTest(entry.attribute, ConditionTest::kNotExists, {}, program);
  return MakeTest(entry.attribute, ConditionTest::kEqual, {*std::move(entry.value)}, program);
}

aws::Outcome<ConditionNode> ExpectedTest(LegacyEntry& entry, ConditionProgram& program) {
  OFFSTAGE_TRY_VOID(CheckExpectedMembers(entry));
  if (!entry.comparison) return ExistsTest(entry, program);
  OFFSTAGE_TRY(const Comparison* const comparison, ComparisonOf(entry));
  std::vector<AttributeValue> values = entry.values.value_or(std::vector<AttributeValue>());
  if (entry.value) values.push_back(*std::move(entry.value));
  OFFSTAGE_TRY_VOID(CheckValues(*comparison, values));
  return MakeTest(entry.attribute, comparison->test, std::move(values), program);
}

aws::Outcome<ConditionNode> FilterTest(LegacyEntry& entry, ConditionProgram& program) {
  OFFSTAGE_TRY(const Comparison* const comparison, ComparisonOf(entry));
  std::vector<AttributeValue> values = entry.values.value_or(std::vector<AttributeValue>());
  OFFSTAGE_TRY_VOID(CheckValues(*comparison, values));
  return MakeTest(entry.attribute, comparison->test, std::move(values), program);
}

using MakeNode = aws::Outcome<ConditionNode> (*)(LegacyEntry& entry, ConditionProgram& program);

aws::Outcome<Condition> JoinTests(std::string_view json, ConditionalOperator joined_by,
                                  ValueLayer layer, MakeNode make) {
  OFFSTAGE_TRY(std::vector<LegacyEntry> entries, ReadLegacyEntries(json, layer));
  auto program = std::make_shared<ConditionProgram>();
  program->root.test =
      joined_by == ConditionalOperator::kAnd ? ConditionTest::kAnd : ConditionTest::kOr;
  for (LegacyEntry& entry : entries) {
    OFFSTAGE_TRY(ConditionNode node, make(entry, *program));
    program->root.conditions.push_back(std::move(node));
  }
  return Condition(std::move(program));
}

KeyOperator KeyOperatorOf(ConditionTest test) {
  switch (test) {
    case ConditionTest::kEqual:
      return KeyOperator::kEqual;
    case ConditionTest::kLess:
      return KeyOperator::kLess;
    case ConditionTest::kLessOrEqual:
      return KeyOperator::kLessOrEqual;
    case ConditionTest::kGreater:
      return KeyOperator::kGreater;
    case ConditionTest::kGreaterOrEqual:
      return KeyOperator::kGreaterOrEqual;
    case ConditionTest::kBetween:
      return KeyOperator::kBetween;
    case ConditionTest::kBeginsWith:
      return KeyOperator::kBeginsWith;
    default:
      return KeyOperator::kNotIndexable;
  }
}

aws::Outcome<UpdateVerb> VerbOf(const LegacyEntry& entry) {
  const std::string_view type = entry.value ? TypeName(entry.value->type()) : std::string_view();
  if (!entry.value) {
    if (entry.action == "DELETE") return UpdateVerb::kRemove;
    return InvalidValue("Only DELETE action is allowed when no attribute value is specified");
  }
  if (entry.action == "DELETE") {
    if (entry.value->is_set()) return UpdateVerb::kDelete;
    return InvalidValue(
        fmt::format("DELETE action with value is not supported for the type {}", type));
  }
  if (entry.action != "ADD") return UpdateVerb::kSet;
  // Lists grow at their end; no expression's ADD does that.
  if (entry.value->is_set() || entry.value->is_number() || entry.value->is_list()) {
    return UpdateVerb::kAdd;
  }
  return InvalidValue(fmt::format("ADD action is not supported for the type {}", type));
}

}  // namespace

aws::Outcome<Condition> ConditionFromExpected(std::string_view json, ConditionalOperator joined_by,
                                              ValueLayer layer) {
  return JoinTests(json, joined_by, layer, &ExpectedTest);
}

aws::Outcome<Condition> ConditionFromFilter(std::string_view json, ConditionalOperator joined_by,
                                            ValueLayer layer) {
  return JoinTests(json, joined_by, layer, &FilterTest);
}

aws::Outcome<KeyCondition> KeyConditionFromLegacy(std::string_view json, ValueLayer layer) {
  OFFSTAGE_TRY(std::vector<LegacyEntry> entries, ReadLegacyEntries(json, layer));
  KeyCondition condition;
  for (LegacyEntry& entry : entries) {
    OFFSTAGE_TRY(const Comparison* const comparison, ComparisonOf(entry));
    std::vector<AttributeValue> values = entry.values.value_or(std::vector<AttributeValue>());
    OFFSTAGE_TRY_VOID(CheckValues(*comparison, values));
    KeyTerm& term = condition.terms.emplace_back();
    term.attribute = std::move(entry.attribute);
    term.op = KeyOperatorOf(comparison->test);
    if (!values.empty()) term.value = std::move(values[0]);
    if (term.op == KeyOperator::kBetween) term.upper = std::move(values[1]);
  }
  // Indexes may have keys of up to four and four attributes since November 2025.
  if (condition.terms.empty() || condition.terms.size() > 8) {
    return Invalid("Conditions can be of length 1 or 2 only");
  }
  return condition;
}

aws::Outcome<Update> UpdateFromAttributeUpdates(std::string_view json, ValueLayer layer) {
  OFFSTAGE_TRY(std::vector<LegacyEntry> entries, ReadLegacyEntries(json, layer));
  auto program = std::make_shared<UpdateProgram>();
  program->style = UpdateStyle::kAttributeUpdates;
  for (LegacyEntry& entry : entries) {
    UpdateAction& action = program->actions.emplace_back();
    OFFSTAGE_TRY(action.verb, VerbOf(entry));
    action.path.steps.emplace_back(std::move(entry.attribute));
    program->paths.push_back(action.path);
    if (!entry.value) continue;
    action.value.kind = Operand::Kind::kValue;
    action.value.value = &program->values.emplace_back(*std::move(entry.value));
  }
  return Update(std::move(program));
}

}  // namespace offstage::dynamodb
