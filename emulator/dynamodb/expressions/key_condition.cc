#include "dynamodb/expressions/key_condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dynamodb/expressions/cached_parse.h"
#include "dynamodb/expressions/condition_program.h"
#include "dynamodb/expressions/parser.h"
#include "dynamodb/value/invalid.h"

namespace offstage::dynamodb {

namespace {

Failure<aws::ApiError> InvalidExpression(std::string_view what) {
  return Invalid(fmt::format("Invalid KeyConditionExpression: {}", what));
}

// What no key condition may have, by the name that the service gives it; empty if it may.
std::string_view ForbiddenOperator(ConditionTest test) {
  switch (test) {
    case ConditionTest::kOr:
      return "OR";
    case ConditionTest::kNot:
      return "NOT";
    case ConditionTest::kIn:
      return "IN";
    case ConditionTest::kNotEqual:
      return "<>";
    case ConditionTest::kExists:
      return "attribute_exists";
    case ConditionTest::kNotExists:
      return "attribute_not_exists";
    case ConditionTest::kHasType:
      return "attribute_type";
    case ConditionTest::kContains:
      return "contains";
    default:
      return {};
  }
}

// `flipped`: the value stands first.
KeyOperator OperatorOf(ConditionTest test, bool flipped) {
  switch (test) {
    case ConditionTest::kLess:
      return flipped ? KeyOperator::kGreater : KeyOperator::kLess;
    case ConditionTest::kLessOrEqual:
      return flipped ? KeyOperator::kGreaterOrEqual : KeyOperator::kLessOrEqual;
    case ConditionTest::kGreater:
      return flipped ? KeyOperator::kLess : KeyOperator::kGreater;
    case ConditionTest::kGreaterOrEqual:
      return flipped ? KeyOperator::kLessOrEqual : KeyOperator::kGreaterOrEqual;
    case ConditionTest::kBetween:
      return KeyOperator::kBetween;
    case ConditionTest::kBeginsWith:
      return KeyOperator::kBeginsWith;
    default:
      return KeyOperator::kEqual;
  }
}

bool IsPath(const Operand& operand) {
  return operand.kind == Operand::Kind::kPath;
}

// Looks for what makes `node` unfit as one term.
aws::Outcome<Unit> CheckTerm(const ConditionNode& node) {
  const auto is_function = [](const Operand& operand) {
    return operand.kind == Operand::Kind::kFunction;
  };
  const std::vector<Operand>& operands = node.operands;
  if (std::any_of(operands.begin(), operands.end(), is_function)) {
    return InvalidExpression("KeyConditionExpressions cannot contain nested operations");
  }
  const bool between = node.test == ConditionTest::kBetween;
  if ((between || node.test == ConditionTest::kBeginsWith) && !IsPath(operands[0])) {
    return InvalidExpression(
        fmt::format("Invalid condition in KeyConditionExpression: {} operator must have the key "
                    "attribute as its first operand",
                    between ? "BETWEEN" : "begins_with"));
  }
  const auto paths = std::count_if(operands.begin(), operands.end(), IsPath);
  if (paths > 1) {
    return InvalidExpression(
        "Invalid condition in KeyConditionExpression: Multiple attribute names used in one "
        "condition");
  }
  if (paths == 0) {
    return InvalidExpression(
        "Invalid condition in KeyConditionExpression: No key attribute specified");
  }
  const auto path = std::find_if(operands.begin(), operands.end(), IsPath);
  if (path->path.steps.size() > 1) {
    return InvalidExpression("KeyConditionExpressions cannot have conditions on nested attributes");
  }
  return Ok();
}

aws::Outcome<Unit> AddTerms(const ConditionNode& node, std::vector<KeyTerm>& terms) {
  const std::string_view forbidden = ForbiddenOperator(node.test);
  if (!forbidden.empty()) {
    return Invalid(fmt::format("Invalid operator used in KeyConditionExpression: {}", forbidden));
  }
  if (node.test == ConditionTest::kAnd) {
    for (const ConditionNode& condition : node.conditions) {
      OFFSTAGE_TRY_VOID(AddTerms(condition, terms));
    }
    return Ok();
  }
  OFFSTAGE_TRY_VOID(CheckTerm(node));
  const bool flipped = !IsPath(node.operands[0]);
  KeyTerm term;
  term.attribute = node.operands[flipped ? 1 : 0].path.attribute();
  term.op = OperatorOf(node.test, flipped);
  term.value = *node.operands[flipped ? 0 : 1].value;
  if (node.test == ConditionTest::kBetween) term.upper = *node.operands[2].value;
  for (const KeyTerm& other : terms) {
    if (other.attribute != term.attribute) continue;
    return InvalidExpression("KeyConditionExpressions must only contain one condition per key");
  }
  terms.push_back(std::move(term));
  return Ok();
}

AttributeType TypeOf(KeyType type) {
  switch (type) {
    case KeyType::kString:
      return AttributeType::kString;
    case KeyType::kNumber:
      return AttributeType::kNumber;
    case KeyType::kBinary:
      break;
  }
  return AttributeType::kBinary;
}

aws::Outcome<Unit> CheckValue(const KeyAttribute& key, const AttributeValue& value) {
  if (!value.is(TypeOf(key.type))) {
    return InvalidValue("Condition parameter type does not match schema type");
  }
  if (value.text().empty()) {
    return Invalid(
        fmt::format("One or more parameter values are not valid. The AttributeValue for a key "
                    "attribute cannot contain an empty {} value. Key: {}",
                    key.type == KeyType::kString ? "string" : "binary", key.name));
  }
  return Ok();
}

aws::Outcome<Unit> CheckValues(const KeyAttribute& key, const KeyTerm& term) {
  if (term.op == KeyOperator::kNotIndexable) {
    return Invalid("Attempted conditional constraint is not an indexable operation");
  }
  OFFSTAGE_TRY_VOID(CheckValue(key, term.value));
  if (term.op == KeyOperator::kBetween) OFFSTAGE_TRY_VOID(CheckValue(key, term.upper));
  return Ok();
}

Failure<aws::ApiError> MissedKey(const std::string& name) {
  return Invalid(fmt::format("Query condition missed key schema element: {}", name));
}

const KeyTerm* FindTerm(const std::vector<KeyTerm>& terms, const std::string& name) {
  const auto found = std::find_if(terms.begin(), terms.end(),
                                  [&name](const KeyTerm& term) { return term.attribute == name; });
  return found == terms.end() ? nullptr : &*found;
}

// Of a partition key of several attributes. That it says HASH and equality is on record, the rest
// follows what is said of RANGE.
aws::Outcome<Unit> CheckWholePartition(const std::vector<KeyTerm>& terms,
                                       const std::vector<KeyAttribute>& partition) {
  std::vector<std::string> not_equal;
  for (const KeyAttribute& key : partition) {
    const KeyTerm* term = FindTerm(terms, key.name);
    if (term == nullptr || term->op != KeyOperator::kEqual) not_equal.push_back(key.name);
  }
  if (not_equal.empty()) return Ok();
  return Invalid(
      fmt::format("HASH key attributes {} must have equality conditions specified in the query",
                  fmt::join(not_equal, ", ")));
}

// Sort attributes must be given from the first on, without a gap, all but the last by equality.
aws::Outcome<Unit> AddSortTerms(const std::vector<KeyTerm>& terms, const KeySchema& schema,
                                KeyRange& range) {
  std::vector<std::string> not_equal;
  for (const KeyAttribute& key : schema.sort) {
    const KeyTerm* term = FindTerm(terms, key.name);
    if (term != nullptr) {
      OFFSTAGE_TRY_VOID(CheckValues(key, *term));
      if (!not_equal.empty()) {
        return Invalid(
            fmt::format("RANGE key attributes {} must have equality conditions specified in the "
                        "query because a "
                        "condition is present on key attribute {}",
                        fmt::join(not_equal, ", "), key.name));
      }
      range.sort.push_back(*term);
    }
    if (term == nullptr || term->op != KeyOperator::kEqual) not_equal.push_back(key.name);
  }
  return Ok();
}

}  // namespace

aws::Outcome<KeyCondition> KeyCondition::Compile(std::string_view text, Placeholders& placeholders,
                                                 ExpressionCache* cache) {
  const auto parsed = ParseCached('c', text, cache, &ParseCondition);
  if (!parsed->error.empty()) return InvalidExpression(parsed->error);
  const auto root = ResolveCondition(parsed->tree, placeholders);
  if (!root.ok()) return InvalidExpression(root.error());
  KeyCondition condition;
  OFFSTAGE_TRY_VOID(AddTerms(root.value(), condition.terms));
  return condition;
}

aws::Outcome<KeyRange> KeyCondition::RangeFor(const KeySchema& schema) const {
  const std::size_t keys = schema.partition.size() + schema.sort.size();
  if (terms.size() > keys) {
    return Invalid(fmt::format(
        "The number of query conditions ({}) exceeds the number of key attributes defined in the "
        "schema ({})",
        terms.size(), keys));
  }
  KeyRange range;
  if (schema.partition.size() > 1) OFFSTAGE_TRY_VOID(CheckWholePartition(terms, schema.partition));
  for (const KeyAttribute& key : schema.partition) {
    const KeyTerm* term = FindTerm(terms, key.name);
    if (term == nullptr) return MissedKey(key.name);
    OFFSTAGE_TRY_VOID(CheckValues(key, *term));
    if (term->op != KeyOperator::kEqual) return Invalid("Query key condition not supported");
    range.partition.push_back(term->value);
  }
  const std::size_t wanted = terms.size() - schema.partition.size();
  std::size_t found = 0;
  const KeyAttribute* missed = nullptr;
  for (const KeyAttribute& key : schema.sort) {
    if (FindTerm(terms, key.name) != nullptr) {
      ++found;
    } else if (missed == nullptr) {
      missed = &key;
    }
  }
  if (found < wanted && missed != nullptr) return MissedKey(missed->name);
  OFFSTAGE_TRY_VOID(AddSortTerms(terms, schema, range));
  return range;
}

}  // namespace offstage::dynamodb
