// WHERE clauses: as a condition on items, and what they say about keys.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/condition.h"
#include "dynamodb/expressions/key_condition.h"
#include "dynamodb/partiql/syntax.h"
#include "dynamodb/partiql/values.h"
#include "dynamodb/table.h"

namespace offstage::dynamodb::partiql {

// The result owns all that it needs. Fails with ValidationException: "Unrecognized function: ...",
// "Incorrect operand type for operator or function; ...", ...
aws::Outcome<Condition> CompileWhere(const Expression& where, const Parameters& parameters);

// Whether the expression is the item's attribute `name`.
bool IsAttribute(const Expression& expression, std::string_view name);

// The values that the attribute must have one of for the clause to hold; empty: any.
std::vector<AttributeValue> PinnedValues(const Expression& where, std::string_view attribute,
                                         const Parameters& parameters);

// What stands between ANDs, at whatever depth of brackets.
std::vector<const Expression*> Conjuncts(const Expression& where);
// What stands between ORs.
std::vector<const Expression*> Disjuncts(const Expression& where);

// A comparison of `attribute` with values that a key can be searched by; null for any other
// expression.
std::optional<KeyTerm> AsKeyTerm(const Expression& expression, std::string_view attribute,
                                 const Parameters& parameters);

// The key that a write names, and what else its clause says.
struct KeyedWhere {
  Item key;
  std::optional<Condition> condition;
};
// Null: not every key attribute is compared with one value ("Where clause does not contain a
// mandatory equality on all key attributes").
aws::Outcome<std::optional<KeyedWhere>> SplitKey(const Expression& where, const KeySchema& schema,
                                                 const Parameters& parameters);

// Names of all attributes in the clause, each once, in order of appearance.
std::vector<std::string> AttributesIn(const Expression& where);

// "Overlapping conditions with range keys are not supported in where clause": whether two branches
// of an OR ask for the same items of one partition.
bool HasOverlappingBranches(const Expression& where, const KeySchema& schema,
                            const Parameters& parameters);

}  // namespace offstage::dynamodb::partiql
