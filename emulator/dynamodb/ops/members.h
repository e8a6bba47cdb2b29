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

namespace offstage::dynamodb {

namespace shape {

// TableName of item operations; an ARN is accepted too.
Shape TableName();
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
aws::Outcome<Unit> LoadPlaceholders(Node request, Placeholders& placeholders);

// The condition that ConditionExpression or Expected make; null when there is none.
aws::Outcome<std::optional<Condition>> ConditionOf(Engine& engine, Node request,
                                                   Placeholders& placeholders);

// The service puts "1 validation error detected: " in front of some of PutItem's and UpdateItem's
// own checks: of values, of expressions, of mixtures, not of what stands against the table.
aws::ApiError Enveloped(aws::ApiError error);
template <typename T>
aws::Outcome<T> Enveloped(aws::Outcome<T> outcome) {
  if (outcome.ok()) return outcome;
  return Fail(Enveloped(std::move(outcome).error()));
}

bool ConsistentRead(Node request);

}  // namespace offstage::dynamodb
