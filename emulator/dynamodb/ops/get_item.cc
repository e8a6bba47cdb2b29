// GetItem: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
#include <fmt/format.h>

#include "dynamodb/errors.h"
#include "dynamodb/ops/capacity.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/projection_member.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

const Shape& GetItemShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape =
      Structure("GetItemInput", {{"ReturnConsumedCapacity", ReturnConsumedCapacity()},
                                 {"AttributesToGet", AttributesToGet()},
                                 {"TableName", TableName(), Presence::kRequired},
                                 {"Key", Attributes(), Presence::kRequired},
                                 {"ConsistentRead", Boolean()},
                                 {"ProjectionExpression", String()},
                                 {"ExpressionAttributeNames", ExpressionAttributeNames()}});
  return shape;
}

aws::Outcome<std::string> GetItem(Engine& engine, Node request) {
  OFFSTAGE_TRY_VOID(CheckExpressionMembers(
      request,
      {.expressions = {"ProjectionExpression"}, .legacy = {"AttributesToGet"}, .value_users = {}}));
  OFFSTAGE_TRY(const Item key_item, ParseItem(request["Key"].raw()));
  Placeholders placeholders;
  OFFSTAGE_TRY_VOID(LoadPlaceholders(request, placeholders));
  OFFSTAGE_TRY(const std::optional<Projection> projection,
               ProjectionOf(engine, request, placeholders));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  OFFSTAGE_TRY(const TablePtr table, engine.FindTable(request["TableName"].text()));
  OFFSTAGE_TRY(const ItemKey key, KeyFromKeyMember(*table, key_item));
  if (projection) OFFSTAGE_TRY_VOID(CheckScalarKeys(*table, projection->NestedAttributeNames()));

  OFFSTAGE_TRY_INTERNAL(Store::Reader reader, engine.store().Read(ConsistencyOf(request)));
  OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> found, reader->Find(*table, key));

  std::string reply = "{";
  if (found && projection) {
    AppendMember("Item", ToJsonText(projection->Apply(ParseStoredItem(found->text))), reply);
  } else if (found) {
    reply.reserve(found->text.size() + 64);
    AppendMember("Item", found->text, reply);
  }
  const CapacityDetail detail = CapacityDetailOf(request);
  if (detail != CapacityDetail::kNone) {
    const auto size = static_cast<std::size_t>(found ? found->size : 0);
    const ReadKind kind = ConsistentRead(request) ? ReadKind::kStrong : ReadKind::kEventual;
    AppendCapacity(*table, {.table_units = ReadUnits(size, kind), .indexes = {}}, detail, reply);
  }
  return reply + "}";
}

}  // namespace offstage::dynamodb
