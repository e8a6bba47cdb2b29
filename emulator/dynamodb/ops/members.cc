#include "dynamodb/ops/members.h"

#include <fmt/format.h>

#include "dynamodb/errors.h"
#include "dynamodb/expressions/legacy.h"

namespace offstage::dynamodb {

namespace shape {

Shape TableName() {
  Shape shape = Name({.min = 1, .max = 255});
  shape.accepts_arn = true;
  return shape;
}

std::shared_ptr<const Shape> TableKey() {
  Shape shape = Name({.min = 3, .max = 255});
  shape.accepts_arn = true;
  return std::make_shared<const Shape>(std::move(shape));
}

Shape IndexName() {
  return Name({.min = 3, .max = 255});
}
Shape ReturnConsumedCapacity() {
  return Enum({"INDEXES", "TOTAL", "NONE"});
}
Shape ReturnItemCollectionMetrics() {
  return Enum({"SIZE", "NONE"});
}
Shape ReturnValues() {
  return Enum({"ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"});
}
Shape ReturnValuesOnConditionCheckFailure() {
  return Enum({"ALL_OLD", "NONE"});
}
Shape ConditionalOperatorMember() {
  return Enum({"OR", "AND"});
}
Shape AttributesToGet() {
  return List(String(), {.min = 1, .max = 255});
}
Shape ExpressionAttributeNames() {
  return Map(String());
}

namespace {

Shape ComparisonOperator() {
  return Enum({"IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE",
               "BEGINS_WITH", "GE", "CONTAINS"});
}

}  // namespace

Shape Expected() {
  return Map(Structure("ExpectedAttributeValue", {{"AttributeValueList", List(Value())},
                                                  {"ComparisonOperator", ComparisonOperator()},
                                                  {"Exists", Boolean()},
                                                  {"Value", Value()}}));
}

Shape Conditions() {
  return Map(
      Structure("Condition", {{"AttributeValueList", List(Value())},
                              {"ComparisonOperator", ComparisonOperator(), Presence::kRequired}}));
}

}  // namespace shape

namespace {

std::vector<std::string_view> Present(Node request, const std::vector<std::string_view>& names) {
  std::vector<std::string_view> present;
  for (const std::string_view name : names) {
    if (request[name]) present.push_back(name);
  }
  return present;
}

}  // namespace

aws::Outcome<Unit> CheckExpressionMembers(Node request, const ExpressionMembers& members) {
  const auto expressions = Present(request, members.expressions);
  auto legacy = Present(request, members.legacy);
  // FilterExpression is half a year older than KeyConditionExpression: KeyConditions may stand
  // beside any expression but its own successor.
  if (!request["KeyConditionExpression"]) std::erase(legacy, "KeyConditions");
  if (!expressions.empty() && !legacy.empty()) {
    return Fail(ValidationError(fmt::format(
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {{{}}} Expression parameters: {{{}}}",
        fmt::join(legacy, ", "), fmt::join(expressions, ", "))));
  }
  if (!expressions.empty()) return Ok();
  if (request["ExpressionAttributeNames"]) {
    return Fail(
        ValidationError("ExpressionAttributeNames can only be specified when using expressions"));
  }
  if (request["ExpressionAttributeValues"]) {
    std::string nulls;
    for (const std::string_view name : members.value_users) {
      nulls += fmt::format("{}{} is null", nulls.empty() ? ": " : " and ", name);
    }
    return Fail(ValidationError(fmt::format(
        "ExpressionAttributeValues can only be specified when using expressions{}", nulls)));
  }
  return Ok();
}

aws::Outcome<Unit> LoadPlaceholders(Node request, Placeholders& placeholders, ValueLayer layer) {
  if (const Node names = request["ExpressionAttributeNames"]) {
    OFFSTAGE_TRY_VOID(placeholders.SetNames(names.raw()));
  }
  if (const Node values = request["ExpressionAttributeValues"]) {
    OFFSTAGE_TRY_VOID(placeholders.SetValues(values.raw(), layer));
  }
  return Ok();
}

aws::Outcome<Unit> CheckConditionalOperator(Node request, Node conditions) {
  if (!request["ConditionalOperator"]) return Ok();
  if (conditions.size() == 0) {
    return Fail(ValidationError("ConditionalOperator cannot be used without Filter or Expected"));
  }
  if (conditions.size() == 1) {
    return Fail(ValidationError(
        "ConditionalOperator can only be used when Filter or Expected has two or more elements"));
  }
  return Ok();
}

aws::Outcome<std::optional<Condition>> ConditionOf(Engine& engine, Node request,
                                                   Placeholders& placeholders) {
  std::optional<Condition> out;
  if (const Node text = request["ConditionExpression"]) {
    OFFSTAGE_TRY(Condition condition, Condition::Compile(text.text(), Condition::Kind::kCondition,
                                                         placeholders, &engine.expressions()));
    out = std::move(condition);
    return out;
  }
  const Node expected = request["Expected"];
  OFFSTAGE_TRY_VOID(CheckConditionalOperator(request, expected));
  if (expected && expected.size() > 0) {
    const auto joined_by = request["ConditionalOperator"].text() == "OR"
                               ? ConditionalOperator::kOr
                               : ConditionalOperator::kAnd;
    OFFSTAGE_TRY(Condition condition, ConditionFromExpected(expected.raw(), joined_by));
    out = std::move(condition);
  }
  return out;
}

aws::ApiError Enveloped(aws::ApiError error, EmptyExpressions empty) {
  constexpr std::string_view kEnvelope = "1 validation error detected: ";
  if (error.type != "ValidationException" || error.message.starts_with(kEnvelope)) return error;
  if (empty == EmptyExpressions::kBare &&
      (error.message.starts_with("Value provided in ExpressionAttribute") ||
       error.message.ends_with("The expression can not be empty;")))
    return error;
  error.message.insert(0, kEnvelope);
  return error;
}

Consistency ConsistencyOf(Node request) {
  return ConsistentRead(request) ? Consistency::kStrong : Consistency::kEventual;
}

bool ConsistentRead(Node request) {
  const Node node = request["ConsistentRead"];
  return node.is_true();
}

}  // namespace offstage::dynamodb
