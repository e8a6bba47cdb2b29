// BatchGetItem: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html
#include <fmt/format.h>

#include <set>

#include "dynamodb/errors.h"
#include "dynamodb/ops/capacity.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/projection_member.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

namespace {

constexpr std::size_t kMaxKeys = 100;
constexpr std::size_t kMaxReplyBytes = 16 * 1024 * 1024;  // AWS "BatchGetItem" quota

}  // namespace

const Shape& BatchGetItemShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = [] {
    Shape keys = WithWording(
        List(Attributes(), {.min = 1, .max = static_cast<std::int64_t>(kMaxKeys)}), Wording::kBare);
    Shape items = Map(
        Structure("KeysAndAttributes", {{"Keys", std::move(keys), Presence::kRequired},
                                        {"AttributesToGet", AttributesToGet()},
                                        {"ConsistentRead", Boolean()},
                                        {"ProjectionExpression", String()},
                                        {"ExpressionAttributeNames", ExpressionAttributeNames()}}),
        {.min = 1, .max = 100});
    items.wording = Wording::kBare;
    items.key = TableKey();
    items.shows_json = true;
    return Structure("BatchGetItemInput", {{"RequestItems", std::move(items), Presence::kRequired},
                                           {"ReturnConsumedCapacity", ReturnConsumedCapacity()}});
  }();
  return shape;
}

namespace {

struct Wanted {
  Node node;
  std::vector<Item> key_items;
  std::optional<Projection> projection;
  TablePtr table;
  std::vector<ItemKey> keys;
};

// What can be checked of one table's part without the table.
aws::Outcome<Wanted> Parse(Engine& engine, NodeMember part) {
  Wanted wanted;
  wanted.node = part.value;
  OFFSTAGE_TRY_VOID(CheckExpressionMembers(
      part.value,
      {.expressions = {"ProjectionExpression"}, .legacy = {"AttributesToGet"}, .value_users = {}}));
  Placeholders placeholders;
  OFFSTAGE_TRY_VOID(LoadPlaceholders(part.value, placeholders));
  OFFSTAGE_TRY(wanted.projection, ProjectionOf(engine, part.value, placeholders));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  std::set<std::string> seen;
  for (const Node key : part.value["Keys"].elements()) {
    OFFSTAGE_TRY(Item item, ParseItem(key.raw()));
    if (!seen.insert(ToJsonText(item)).second) {
      return Fail(ValidationError("Provided list of item keys contains duplicates"));
    }
    wanted.key_items.push_back(std::move(item));
  }
  return wanted;
}

// Old and new projections do not mix, not even between tables.
aws::Outcome<Unit> CheckOneKindOfProjection(Node items) {
  bool legacy = false;
  bool expressions = false;
  for (const NodeMember part : items.members()) {
    legacy = legacy || part.value["AttributesToGet"];
    expressions = expressions || part.value["ProjectionExpression"];
  }
  if (!legacy || !expressions) return Ok();
  return Fail(ValidationError(
      "Can not use both expression and non-expression parameters in the same request: "
      "Non-expression parameters: {AttributesToGet} Expression parameters: "
      "{ProjectionExpression}"));
}

aws::Outcome<Unit> FindKeys(Engine& engine, std::string_view table, Wanted& wanted) {
  OFFSTAGE_TRY(wanted.table, engine.FindTable(table));
  for (const Item& item : wanted.key_items) {
    OFFSTAGE_TRY(ItemKey key, KeyFromKeyMember(*wanted.table, item));
    wanted.keys.push_back(std::move(key));
  }
  if (!wanted.projection) return Ok();
  return CheckScalarKeys(*wanted.table, wanted.projection->NestedAttributeNames());
}

// Reads one table's items until the reply is full.
class Batch {
 public:
  explicit Batch(CapacityDetail detail) : detail_(detail) {}

  aws::Outcome<Unit> Read(Store& store, std::string_view name, const Wanted& wanted) {
    OFFSTAGE_TRY_INTERNAL(Store::Reader reader, store.Read(ConsistencyOf(wanted.node)));
    std::string items;
    std::string unprocessed;
    ConsumedCapacity used;
    const ReadKind kind = ConsistentRead(wanted.node) ? ReadKind::kStrong : ReadKind::kEventual;
    for (std::size_t i = 0; i < wanted.keys.size(); ++i) {
      OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> found,
                            reader->Find(*wanted.table, wanted.keys[i]));
      const auto size = static_cast<std::size_t>(found ? found->size : 0);
      if (bytes_ + size > kMaxReplyBytes) {
        bytes_ = kMaxReplyBytes;
        unprocessed += unprocessed.empty() ? "" : ",";
        unprocessed += ToJsonText(wanted.key_items[i]);
        continue;
      }
      bytes_ += size;
      used.table_units += ReadUnits(size, kind);
      if (!found) continue;
      items += items.empty() ? "" : ",";
      items += wanted.projection
                   ? ToJsonText(wanted.projection->Apply(ParseStoredItem(found->text)))
                   : std::string(found->text);
    }
    AppendMember(name, fmt::format("[{}]", items), responses_);
    if (!unprocessed.empty()) AppendUnprocessed(name, wanted.node, unprocessed);
    if (detail_ != CapacityDetail::kNone) {
      capacity_ += capacity_.empty() ? "" : ",";
      capacity_ += CapacityJson(*wanted.table, used, detail_);
    }
    return Ok();
  }

  std::string Reply() const {
    std::string reply = "{";
    AppendMember("Responses", responses_ + "}", reply);
    AppendMember("UnprocessedKeys", unprocessed_ + "}", reply);
    if (detail_ != CapacityDetail::kNone)
      AppendMember("ConsumedCapacity", fmt::format("[{}]", capacity_), reply);
    return reply + "}";
  }

 private:
  void AppendUnprocessed(std::string_view name, Node node, std::string_view keys) {
    std::string part = "{";
    AppendMember("Keys", fmt::format("[{}]", keys), part);
    for (const std::string_view member : {"AttributesToGet", "ConsistentRead",
                                          "ProjectionExpression", "ExpressionAttributeNames"}) {
      if (node[member]) AppendMember(member, node[member].raw(), part);
    }
    AppendMember(name, part + "}", unprocessed_);
  }

  const CapacityDetail detail_;
  std::size_t bytes_ = 0;
  std::string responses_ = "{";
  std::string unprocessed_ = "{";
  std::string capacity_;
};

}  // namespace

aws::Outcome<std::string> BatchGetItem(Engine& engine, Node request) {
  std::vector<std::pair<std::string_view, Wanted>> tables;
  std::size_t keys = 0;
  OFFSTAGE_TRY_VOID(CheckOneKindOfProjection(request["RequestItems"]));
  for (const NodeMember part : request["RequestItems"].members()) {
    OFFSTAGE_TRY(Wanted wanted, Parse(engine, part));
    keys += wanted.key_items.size();
    tables.emplace_back(part.name, std::move(wanted));
  }
  if (keys > kMaxKeys)
    return Fail(ValidationError("Too many items requested for the BatchGetItem call"));
  for (auto& [name, wanted] : tables)
    OFFSTAGE_TRY_VOID(FindKeys(engine, name, wanted));

  Batch batch(CapacityDetailOf(request));
  for (const auto& [name, wanted] : tables)
    OFFSTAGE_TRY_VOID(batch.Read(engine.store(), name, wanted));
  return batch.Reply();
}

}  // namespace offstage::dynamodb
