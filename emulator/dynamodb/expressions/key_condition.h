// KeyCondition: which keys a Query wants.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/expression_cache.h"
#include "dynamodb/expressions/placeholders.h"
#include "dynamodb/table.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

enum class KeyOperator {
  kEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  // Two values, both included.
  kBetween,
  kBeginsWith,
  // Of KeyConditions: a comparison that no key is found by (NE, CONTAINS, ...).
  kNotIndexable,
};

struct KeyTerm {
  std::string attribute;
  KeyOperator op = KeyOperator::kEqual;
  AttributeValue value;
  // The upper end of kBetween.
  AttributeValue upper;
};

// What a key schema makes of it.
struct KeyRange {
  // One for each partition attribute, in the schema's order.
  std::vector<AttributeValue> partition;
  // For the leading sort attributes, in the schema's order; all but the last are kEqual.
  std::vector<KeyTerm> sort;
};

// Thread-compatible.
struct KeyCondition {
  // In order of appearance, one for each attribute.
  std::vector<KeyTerm> terms;

  // "Invalid KeyConditionExpression: ..." Copies what it needs of `placeholders`.
  static aws::Outcome<KeyCondition> Compile(std::string_view text, Placeholders& placeholders,
                                            ExpressionCache* cache);

  // Fails as the service does when `schema` cannot answer it: "Query condition missed key schema
  // element: pk", "Query key condition not supported", "One or more parameter values were invalid:
  // Condition parameter type does not match schema type".
  aws::Outcome<KeyRange> RangeFor(const KeySchema& schema) const;
};

}  // namespace offstage::dynamodb
