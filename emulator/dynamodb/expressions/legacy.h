// The parameters from before expressions, turned into what expressions compile to. Each takes the
// member's JSON text, on which the request's shape (types, enums, required members) was checked.
// docs.aws.amazon.com/amazondynamodb/latest/developerguide/LegacyConditionalParameters.html
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "dynamodb/expressions/condition.h"
#include "dynamodb/expressions/key_condition.h"
#include "dynamodb/expressions/update.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

enum class ConditionalOperator { kAnd, kOr };

// Expected of PutItem, UpdateItem and DeleteItem.
aws::Outcome<Condition> ConditionFromExpected(std::string_view json, ConditionalOperator joined_by,
                                              ValueLayer layer = ValueLayer::kCurrent);
// ScanFilter and QueryFilter.
aws::Outcome<Condition> ConditionFromFilter(std::string_view json, ConditionalOperator joined_by,
                                            ValueLayer layer = ValueLayer::kCurrent);
// KeyConditions of Query.
aws::Outcome<KeyCondition> KeyConditionFromLegacy(std::string_view json,
                                                  ValueLayer layer = ValueLayer::kCurrent);
// AttributeUpdates of UpdateItem.
aws::Outcome<Update> UpdateFromAttributeUpdates(std::string_view json,
                                                ValueLayer layer = ValueLayer::kCurrent);

}  // namespace offstage::dynamodb
