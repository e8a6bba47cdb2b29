// UpdateItem: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
#include "dynamodb/errors.h"
#include "dynamodb/ops/item_write.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/update_request.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

const Shape& UpdateItemShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = [] {
    Shape update = Structure(
        "UpdateItemInput",
        {{"ReturnConsumedCapacity", ReturnConsumedCapacity()},
         {"TableName", TableName(), Presence::kRequired},
         {"ReturnValues", ReturnValues()},
         {"Key", Attributes(), Presence::kRequired},
         {"ReturnItemCollectionMetrics", ReturnItemCollectionMetrics()},
         {"ReturnValuesOnConditionCheckFailure", ReturnValuesOnConditionCheckFailure()},
         {"ConditionalOperator", ConditionalOperatorMember()},
         {"Expected", Expected()},
         {"AttributeUpdates",
          Map(Structure("AttributeValueUpdate",
                        {{"Action", Enum({"ADD", "DELETE", "PUT"})}, {"Value", Value()}}))},
         {"ConditionExpression", String()},
         {"UpdateExpression", String()},
         {"ExpressionAttributeValues", Attributes()},
         {"ExpressionAttributeNames", ExpressionAttributeNames()}});
    // This operation alone reports only the first value that is not in its enum.
    update.only_first_violation = true;
    // UPDATE_NEW is the service's own slip.
    update.checked_first = {{"TableName"},
                            {"ReturnValues",
                             "1 validation error detected: Failed to satisfy constraint: Member "
                             "must satisfy enum value "
                             "set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"}};
    // Without a key it lists everything, as the others do.
    update.stops_with = "Key";
    return update;
  }();
  return shape;
}

namespace {

struct Parsed {
  Item key;
  std::optional<Update> update;
  std::optional<Condition> condition;
};

// All that the service checks before it looks for the table.
aws::Outcome<Parsed> Parse(Engine& engine, Node request, Placeholders& placeholders) {
  Parsed parsed;
  OFFSTAGE_TRY_VOID(
      CheckExpressionMembers(request, {.expressions = {"UpdateExpression", "ConditionExpression"},
                                       .legacy = {"AttributeUpdates", "Expected"},
                                       .value_users = {}}));
  OFFSTAGE_TRY(parsed.key, ParseItem(request["Key"].raw()));
  OFFSTAGE_TRY_VOID(LoadPlaceholders(request, placeholders));
  OFFSTAGE_TRY(parsed.update, UpdateOf(engine, request, placeholders));
  OFFSTAGE_TRY(parsed.condition, ConditionOf(engine, request, placeholders));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  return parsed;
}

// Attributes of the reply; empty: none.
std::string ReturnedAttributes(std::string_view wanted, const UpdatedItem& updated,
                               const std::optional<Update>& update) {
  const bool old = wanted == "ALL_OLD" || wanted == "UPDATED_OLD";
  if (wanted.empty() || wanted == "NONE") return {};
  if ((old && !updated.existed) || !updated.after) return {};
  if (wanted == "ALL_NEW") return updated.after->text;
  if (wanted == "ALL_OLD") return ToJsonText(updated.before);
  if (!update) return {};
  const Item touched = update->Touched(old ? updated.before : updated.after->item);
  return touched.empty() ? std::string() : ToJsonText(touched);
}

}  // namespace

aws::Outcome<std::string> UpdateItem(Engine& engine, Node request) {
  Placeholders placeholders;
  OFFSTAGE_TRY(const Parsed parsed,
               Enveloped(Parse(engine, request, placeholders), EmptyExpressions::kBare));
  OFFSTAGE_TRY(const TablePtr table, engine.FindTable(request["TableName"].text()));
  OFFSTAGE_TRY(const ItemKey key, KeyFromKeyMember(*table, parsed.key));
  if (parsed.update) OFFSTAGE_TRY_VOID(CheckUpdateTargets(*table, *parsed.update));
  const CapacityDetail detail = CapacityDetailOf(request);

  std::string reply = "{";
  OFFSTAGE_TRY_VOID(engine.store().Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    OFFSTAGE_TRY(const TablePtr now, TableNow(engine, *table));
    OFFSTAGE_TRY_VOID(CheckNoTransaction(engine, *now, key));
    OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> old, session.Find(*now, key));
    const Item before = old ? ParseStoredItem(old->text) : Item();
    // In most regions; in ten the finished item alone counts.
    if (parsed.update && parsed.update->ChargedBytes(before) > kMaxItemBytes) {
      return Fail(ValidationError("Item size to update has exceeded the maximum allowed size"));
    }
    if (parsed.condition && !parsed.condition->Matches(before)) {
      const bool shows = request["ReturnValuesOnConditionCheckFailure"].text() == "ALL_OLD";
      return Fail(ConditionalCheckFailed(shows && old ? old->text : std::string_view()));
    }
    OFFSTAGE_TRY(const UpdatedItem updated, ApplyUpdate(*now, parsed.key, old ? &before : nullptr,
                                                        parsed.update ? &*parsed.update : nullptr));
    OFFSTAGE_TRY(const ConsumedCapacity used,
                 WriteItem(engine, session,
                           {.table = *now,
                            .key = key,
                            .old = old,
                            .new_item = updated.after ? &*updated.after : nullptr,
                            .detail = detail}));
    const std::string attributes =
        ReturnedAttributes(request["ReturnValues"].text(), updated, parsed.update);
    if (!attributes.empty()) AppendMember("Attributes", attributes, reply);
    AppendCapacity(*now, used, detail, reply);
    return Ok();
  }));
  AppendCollectionMetrics(*table, request, ToJsonText(parsed.key), reply);
  return reply + "}";
}

}  // namespace offstage::dynamodb
