// Query: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Query.html
// An empty page may still carry LastEvaluatedKey: Limit and the 1 MB count items before the filter.
#include <fmt/format.h>

#include "dynamodb/errors.h"
#include "dynamodb/expressions/key_condition.h"
#include "dynamodb/expressions/legacy.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/read_page.h"
#include "dynamodb/ops/read_position.h"
#include "dynamodb/value/attribute_json.h"

namespace offstage::dynamodb {

const Shape& QueryShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = [] {
    Shape query =
        Structure("QueryInput", {{"TableName", TableName(), Presence::kRequired},
                                 {"ReturnConsumedCapacity", ReturnConsumedCapacity()},
                                 {"Select", Enum({"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                                  "ALL_PROJECTED_ATTRIBUTES"})},
                                 {"IndexName", IndexName()},
                                 {"QueryFilter", Conditions()},
                                 {"ConditionalOperator", ConditionalOperatorMember()},
                                 {"AttributesToGet", AttributesToGet()},
                                 {"Limit", WithWording(Integer({.min = 1}), Wording::kBare)},
                                 {"KeyConditions", Conditions()},
                                 {"ExclusiveStartKey", Attributes()},
                                 {"ConsistentRead", Boolean()},
                                 {"ScanIndexForward", Boolean()},
                                 {"KeyConditionExpression", String()},
                                 {"FilterExpression", String()},
                                 {"ProjectionExpression", String()},
                                 {"ExpressionAttributeValues", Attributes()},
                                 {"ExpressionAttributeNames", ExpressionAttributeNames()}});
    query.checked_first = {{"ConditionalOperator",
                            "Failed to satisfy constraint: Member must satisfy enum value set: "
                            "[ALL, OR]"}};
    return query;
  }();
  return shape;
}

namespace {

aws::Outcome<KeyCondition> KeyConditionOf(Engine& engine, Node request,
                                          Placeholders& placeholders) {
  if (const Node text = request["KeyConditionExpression"]) {
    return KeyCondition::Compile(text.text(), placeholders, &engine.expressions());
  }
  const Node legacy = request["KeyConditions"];
  if (!legacy) {
    return Fail(
        ValidationError("Either the KeyConditions or KeyConditionExpression parameter must be "
                        "specified in the request."));
  }
  return KeyConditionFromLegacy(legacy.raw());
}

// A partition with one item has one page.
aws::ApiError NothingToGoOnFrom(const Item& start) {
  return ValidationError(
      fmt::format("The provided exclusive start key is invalid: ExclusiveStartKey: {{{}={}}}",
                  start.begin()->name, JavaText(start.begin()->value)));
}

}  // namespace

aws::Outcome<std::string> Query(Engine& engine, Node request) {
  OFFSTAGE_TRY_VOID(CheckExpressionMembers(
      request,
      {.expressions = {"ProjectionExpression", "FilterExpression", "KeyConditionExpression"},
       .legacy = {"AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"},
       .value_users = {"FilterExpression", "KeyConditionExpression"}}));
  Placeholders placeholders;
  OFFSTAGE_TRY(PageRequest page,
               ParsePageRequest(engine, request, PageOperation::kQuery, placeholders));
  OFFSTAGE_TRY(const KeyCondition condition, KeyConditionOf(engine, request, placeholders));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  OFFSTAGE_TRY(const TablePtr table, engine.FindTable(request["TableName"].text()));
  OFFSTAGE_TRY(const Index* index, IndexOf(*table, request, page));
  if (page.start) OFFSTAGE_TRY_VOID(CheckStartPartition(*table, index, *page.start));
  const KeySchema& schema = index != nullptr ? index->definition.key : table->definition.key;
  OFFSTAGE_TRY(const KeyRange keys, condition.RangeFor(schema));
  if (page.start)
    OFFSTAGE_TRY_VOID(CheckStartKey(*table, index, *page.start, PageOperation::kQuery));
  OFFSTAGE_TRY_VOID(CheckFilterAttributes(schema, page, request));
  OFFSTAGE_TRY_VOID(CheckSelectOf(index, request, page));
  OFFSTAGE_TRY_VOID(CheckScalarKeys(*table, page));

  QueryRange range = RangeOf(schema, keys);
  const Node forward = request["ScanIndexForward"];
  if (forward && !forward.is_true()) range.direction = Direction::kBackward;
  OFFSTAGE_TRY_INTERNAL(Store::Reader reader, engine.store().Read(ConsistencyOf(request)));
  if (page.start) OFFSTAGE_TRY_VOID(StartQueryBehind(*reader, *table, index, *page.start, range));
  if (index == nullptr && schema.sort.empty()) {
    if (page.start) return Fail(NothingToGoOnFrom(*page.start));
    page.single_row = true;
    OFFSTAGE_TRY(const ScanRange row, SingleRow(*reader, *table, std::move(range)));
    OFFSTAGE_TRY_INTERNAL(Cursor single, reader->Scan(*table, nullptr, row));
    return ReadPage(*table, nullptr, page, std::move(single));
  }
  OFFSTAGE_TRY_INTERNAL(Cursor cursor, reader->Query(*table, index, range));
  return ReadPage(*table, index, page, std::move(cursor));
}

}  // namespace offstage::dynamodb
