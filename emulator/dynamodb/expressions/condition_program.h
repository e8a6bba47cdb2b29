// What a Condition runs: the tree with everything resolved.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "dynamodb/expressions/operand.h"
#include "dynamodb/expressions/placeholders.h"
#include "dynamodb/expressions/syntax.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

enum class ConditionTest : std::uint8_t {
  kOr,
  kAnd,
  kNot,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  // Three operands.
  kBetween,
  // The operand, then the list.
  kIn,
  kExists,
  kNotExists,
  kHasType,
  kBeginsWith,
  kContains,
  // Of the legacy API.
  kNotContains,
};

struct ConditionNode {
  ConditionTest test = ConditionTest::kAnd;
  std::vector<ConditionNode> conditions;
  std::vector<Operand> operands;
};

struct ConditionProgram {
  ConditionNode root;
  // Values that no Placeholders hold. A deque: they do not move.
  std::deque<AttributeValue> values;
};

// Resolves placeholders and checks operands from left to right; the first problem met is reported.
TextOutcome<ConditionNode> ResolveCondition(const ConditionSyntax& syntax,
                                            Placeholders& placeholders);

bool Holds(const ConditionNode& node, const Item& item);

}  // namespace offstage::dynamodb
