// Shapes of members that many operations have, and reading them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/condition.h"
#include "dynamodb/expressions/placeholders.h"
#include "dynamodb/ops/document.h"
#include "dynamodb/ops/engine.h"
#include "dynamodb/ops/shape.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

namespace shape {

// TableName of item operations; an ARN is accepted too.
Shape TableName();
// Keys of RequestItems.
std::shared_ptr<const Shape> TableKey();
Shape IndexName();
Shape ReturnConsumedCapacity();
Shape ReturnItemCollectionMetrics();
Shape ReturnValues();
Shape ReturnValuesOnConditionCheckFailure();
Shape ConditionalOperatorMember();
Shape AttributesToGet();
Shape ExpressionAttributeNames();
Shape Expected();
Shape Conditions();

}  // namespace shape

// The expression members and their older counterparts that an operation has, in the order in which
// the service lists them.
struct ExpressionMembers {
  std::vector<std::string_view> expressions;
  std::vector<std::string_view> legacy;
  // Those that ExpressionAttributeValues could serve: "... : ConditionExpression is null".
  std::vector<std::string_view> value_users;
};

// Refuses mixtures of old and new members, and placeholders without expressions.
aws::Outcome<Unit> CheckExpressionMembers(Node request, const ExpressionMembers& members);
// Reads ExpressionAttributeNames and -Values.
aws::Outcome<Unit> LoadPlaceholders(Node request, Placeholders& placeholders,
                                    ValueLayer layer = ValueLayer::kCurrent);
// ConditionalOperator joins at least two legacy conditions; `conditions`: the member that holds
// them.
aws::Outcome<Unit> CheckConditionalOperator(Node request, Node conditions);

// The condition that ConditionExpression or Expected make; null when there is none.
aws::Outcome<std::optional<Condition>> ConditionOf(Engine& engine, Node request,
                                                   Placeholders& placeholders);

// PutItem, UpdateItem and DeleteItem put "1 validation error detected: " in front of what is wrong
// with the request itself (values, expressions, mixtures), not of what does not fit the table.
// UpdateItem leaves the text about an empty expression bare.
enum class EmptyExpressions { kEnveloped, kBare };
aws::ApiError Enveloped(aws::ApiError error, EmptyExpressions empty);
template <typename T>
aws::Outcome<T> Enveloped(aws::Outcome<T> outcome, EmptyExpressions empty) {
  if (outcome.ok()) return outcome;
  return Fail(Enveloped(std::move(outcome).error(), empty));
}

bool ConsistentRead(Node request);
// The same as the store takes it.
Consistency ConsistencyOf(Node request);

}  // namespace offstage::dynamodb
