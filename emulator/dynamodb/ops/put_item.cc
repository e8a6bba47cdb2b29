// PutItem: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PutItem.html
#include "dynamodb/errors.h"
#include "dynamodb/ops/item_write.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

const Shape& PutItemShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = [] {
    Shape put =
        Structure("PutItemInput",
                  {{"ReturnConsumedCapacity", ReturnConsumedCapacity()},
                   {"TableName", TableName(), Presence::kRequired},
                   {"Item", Attributes(), Presence::kRequired},
                   {"ConditionalOperator", ConditionalOperatorMember()},
                   {"Expected", Expected()},
                   {"ReturnValues", ReturnValues()},
                   {"ReturnValuesOnConditionCheckFailure", ReturnValuesOnConditionCheckFailure()},
                   {"ReturnItemCollectionMetrics", ReturnItemCollectionMetrics()},
                   {"ConditionExpression", String()},
                   {"ExpressionAttributeValues", Attributes()},
                   {"ExpressionAttributeNames", ExpressionAttributeNames()}});
    put.checked_first = {{"TableName"}};
    return put;
  }();
  return shape;
}

namespace {

struct Parsed {
  NewItem item;
  std::optional<Condition> condition;
};

// All that the service checks before it looks for the table.
aws::Outcome<Parsed> Parse(Engine& engine, Node request, Placeholders& placeholders) {
  OFFSTAGE_TRY(Item item, ParseItem(request["Item"].raw()));
  OFFSTAGE_TRY_VOID(CheckExpressionMembers(
      request,
      {.expressions = {"ConditionExpression"}, .legacy = {"Expected"}, .value_users = {}}));
  OFFSTAGE_TRY_VOID(LoadPlaceholders(request, placeholders));
  OFFSTAGE_TRY(std::optional<Condition> condition, ConditionOf(engine, request, placeholders));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  const std::string_view values = request["ReturnValues"].text();
  if (!values.empty() && values != "ALL_OLD" && values != "NONE") {
    return Fail(ValidationError("ReturnValues can only be ALL_OLD or NONE"));
  }
  return Parsed{MakeNewItem(std::move(item)), std::move(condition)};
}

}  // namespace

aws::Outcome<std::string> PutItem(Engine& engine, Node request) {
  Placeholders placeholders;
  OFFSTAGE_TRY(const Parsed parsed,
               Enveloped(Parse(engine, request, placeholders), EmptyExpressions::kEnveloped));
  if (static_cast<std::size_t>(parsed.item.size) > kMaxItemBytes) {
    return Fail(ValidationError("Item size has exceeded the maximum allowed size"));
  }
  OFFSTAGE_TRY(const TablePtr table, engine.FindTable(request["TableName"].text()));
  OFFSTAGE_TRY(const ItemKey key, KeyFromItem(*table, parsed.item.item));
  OFFSTAGE_TRY_VOID(CheckIndexKeys(*table, parsed.item.item));
  const bool returns_old = request["ReturnValues"].text() == "ALL_OLD";
  const CapacityDetail detail = CapacityDetailOf(request);

  std::string reply = "{";
  OFFSTAGE_TRY_VOID(engine.store().Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    OFFSTAGE_TRY(const TablePtr now, TableNow(engine, *table));
    OFFSTAGE_TRY_VOID(CheckNoTransaction(engine, *now, key));
    const bool wants_text = parsed.condition || returns_old || NeedsOldText(*now);
    OFFSTAGE_TRY_INTERNAL(
        const std::optional<StoredItem> old,
        session.Find(*now, key, wants_text ? ReadSession::Want::kText : ReadSession::Want::kSize));
    if (parsed.condition && !parsed.condition->Matches(old ? ParseStoredItem(old->text) : Item())) {
      const bool shows = request["ReturnValuesOnConditionCheckFailure"].text() == "ALL_OLD";
      return Fail(ConditionalCheckFailed(shows && old ? old->text : std::string_view()));
    }
    if (returns_old && old) AppendMember("Attributes", old->text, reply);
    OFFSTAGE_TRY(
        const ConsumedCapacity used,
        WriteItem(
            engine, session,
            {.table = *now, .key = key, .old = old, .new_item = &parsed.item, .detail = detail}));
    AppendCapacity(*now, used, detail, reply);
    return Ok();
  }));
  AppendCollectionMetrics(*table, request, parsed.item.text, reply);
  return reply + "}";
}

}  // namespace offstage::dynamodb
