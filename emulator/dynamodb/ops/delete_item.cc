// DeleteItem: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteItem.html
#include "dynamodb/errors.h"
#include "dynamodb/ops/item_write.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/value/attribute_json.h"

namespace offstage::dynamodb {

const Shape& DeleteItemShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape =
      Structure("DeleteItemInput",
                {{"ReturnConsumedCapacity", ReturnConsumedCapacity()},
                 {"TableName", TableName(), Presence::kRequired},
                 {"ReturnItemCollectionMetrics", ReturnItemCollectionMetrics()},
                 {"ReturnValues", ReturnValues()},
                 {"ReturnValuesOnConditionCheckFailure", ReturnValuesOnConditionCheckFailure()},
                 {"Key", Attributes(), Presence::kRequired},
                 {"ConditionalOperator", ConditionalOperatorMember()},
                 {"Expected", Expected()},
                 {"ConditionExpression", String()},
                 {"ExpressionAttributeValues", Attributes()},
                 {"ExpressionAttributeNames", ExpressionAttributeNames()}});
  return shape;
}

namespace {

struct Parsed {
  Item key;
  std::optional<Condition> condition;
};

// All that the service checks before it looks for the table.
aws::Outcome<Parsed> Parse(Engine& engine, Node request, Placeholders& placeholders) {
  Parsed parsed;
  OFFSTAGE_TRY(parsed.key, ParseItem(request["Key"].raw()));
  OFFSTAGE_TRY_VOID(CheckExpressionMembers(
      request,
      {.expressions = {"ConditionExpression"}, .legacy = {"Expected"}, .value_users = {}}));
  OFFSTAGE_TRY_VOID(LoadPlaceholders(request, placeholders));
  OFFSTAGE_TRY(parsed.condition, ConditionOf(engine, request, placeholders));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  const std::string_view values = request["ReturnValues"].text();
  if (!values.empty() && values != "ALL_OLD" && values != "NONE") {
    return Fail(ValidationError("ReturnValues can only be ALL_OLD or NONE"));
  }
  return parsed;
}

}  // namespace

aws::Outcome<std::string> DeleteItem(Engine& engine, Node request) {
  Placeholders placeholders;
  OFFSTAGE_TRY(const Parsed parsed,
               Enveloped(Parse(engine, request, placeholders), EmptyExpressions::kEnveloped));
  OFFSTAGE_TRY(const TablePtr table, engine.FindTable(request["TableName"].text()));
  OFFSTAGE_TRY(const ItemKey key, KeyFromKeyMember(*table, parsed.key));
  const CapacityDetail detail = CapacityDetailOf(request);

  std::string reply = "{";
  OFFSTAGE_TRY_VOID(engine.store().Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    OFFSTAGE_TRY(const TablePtr now, TableNow(engine, *table));
    OFFSTAGE_TRY_VOID(CheckNoTransaction(engine, *now, key));
    OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> old, session.Find(*now, key));
    if (parsed.condition && !parsed.condition->Matches(old ? ParseStoredItem(old->text) : Item())) {
      const bool shows = request["ReturnValuesOnConditionCheckFailure"].text() == "ALL_OLD";
      return Fail(ConditionalCheckFailed(shows && old ? old->text : std::string_view()));
    }
    if (request["ReturnValues"].text() == "ALL_OLD" && old)
      AppendMember("Attributes", old->text, reply);
    OFFSTAGE_TRY(
        const ConsumedCapacity used,
        WriteItem(engine, session, {.table = *now, .key = key, .old = old, .detail = detail}));
    AppendCapacity(*now, used, detail, reply);
    return Ok();
  }));
  AppendCollectionMetrics(*table, request, ToJsonText(parsed.key), reply);
  return reply + "}";
}

}  // namespace offstage::dynamodb
