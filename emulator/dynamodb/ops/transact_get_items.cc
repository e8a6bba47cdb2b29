// TransactGetItems:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactGetItems.html
#include <fmt/format.h>

#include <set>

#include "dynamodb/errors.h"
#include "dynamodb/ops/capacity.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/projection_member.h"
#include "dynamodb/ops/transaction.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

const Shape& TransactGetItemsShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = [] {
    Shape get = Structure("Get", {{"TableName", TableName(), Presence::kRequired},
                                  {"Key", Attributes(), Presence::kRequired},
                                  {"ProjectionExpression", String()},
                                  {"ExpressionAttributeNames", ExpressionAttributeNames()}});
    Shape item = Structure("TransactGetItem", {{"Get", std::move(get), Presence::kRequired}});
    return Structure(
        "TransactGetItemsInput",
        {{"ReturnConsumedCapacity", ReturnConsumedCapacity()},
         {"TransactItems", List(std::move(item), {.min = 1, .max = 100}), Presence::kRequired}});
  }();
  return shape;
}

namespace {

constexpr std::size_t kMaxBytes = 4 * 1024 * 1024;  // AWS "Transactions" quota

struct Get {
  TablePtr table;
  Item key_item;
  ItemKey key;
  std::optional<Projection> projection;
};

aws::Outcome<Get> Parse(Engine& engine, Node node) {
  Get get;
  OFFSTAGE_TRY(get.key_item, ParseItem(node["Key"].raw(), ValueLayer::kOlder));
  OFFSTAGE_TRY_VOID(CheckExpressionMembers(
      node, {.expressions = {"ProjectionExpression"}, .legacy = {}, .value_users = {}}));
  Placeholders placeholders;
  OFFSTAGE_TRY_VOID(LoadPlaceholders(node, placeholders));
  OFFSTAGE_TRY(get.projection, ProjectionOf(engine, node, placeholders));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  return get;
}

// Keys that do not fit cancel the transaction, each with its reason.
aws::Outcome<Unit> FindKeys(Engine& engine, Node request, std::vector<Get>& gets) {
  CancellationReasons reasons;
  std::set<std::string> seen;
  std::vector<std::string> items;
  bool repeats = false;
  std::size_t position = 0;
  for (const Node node : request["TransactItems"].elements()) {
    Get& get = gets[position++];
    OFFSTAGE_TRY(get.table, engine.FindTable(node["Get"]["TableName"].text()));
    auto key = KeyFromKeyMember(*get.table, get.key_item);
    if (!key.ok()) {
      reasons.emplace_back(std::move(key).error());
      continue;
    }
    reasons.emplace_back();
    get.key = std::move(key).value();
    items.push_back(IdentityOf(*get.table, get.key));
    repeats = !seen.insert(items.back()).second || repeats;
  }
  if (auto cancelled = Cancelled(reasons)) return Fail(std::move(*cancelled));
  if (repeats) {
    return Fail(
        ValidationError("Transaction request cannot include multiple operations on one item"));
  }
  return engine.transactions().CheckAllFree(items);
}

}  // namespace

aws::Outcome<std::string> TransactGetItems(Engine& engine, Node request) {
  std::vector<Get> gets;
  for (const Node node : request["TransactItems"].elements()) {
    OFFSTAGE_TRY(Get get, Parse(engine, node["Get"]));
    gets.push_back(std::move(get));
  }
  OFFSTAGE_TRY_VOID(FindKeys(engine, request, gets));

  std::string responses;
  std::map<std::string, std::pair<const Table*, ConsumedCapacity>> used;
  std::size_t bytes = 0;
  OFFSTAGE_TRY_INTERNAL(Store::Reader reader, engine.store().Read());
  for (const Get& get : gets) {
    OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> found, reader->Find(*get.table, get.key));
    const auto size = static_cast<std::size_t>(found ? found->size : 0);
    bytes += size;
    auto& [table, units] = used[get.table->definition.name];
    table = get.table.get();
    units.table_units += ReadUnits(size, ReadKind::kTransactional);
    std::string response = "{";
    if (found && get.projection) {
      const Item projected = get.projection->Apply(ParseStoredItem(found->text));
      if (!projected.empty()) AppendMember("Item", ToJsonText(projected), response);
    } else if (found) {
      AppendMember("Item", found->text, response);
    }
    responses += responses.empty() ? "" : ",";
    responses += response + "}";
  }
  if (bytes > kMaxBytes) {
    return Fail(ValidationError(
        "Collection size of items exceeded, which can also be caused by the aggregate size of "
        "the items in the transaction exceeding the 4MB limit"));
  }
  std::string reply = "{";
  AppendMember("Responses", fmt::format("[{}]", responses), reply);
  const CapacityDetail detail = CapacityDetailOf(request);
  if (detail != CapacityDetail::kNone) {
    std::string list;
    for (const auto& [name, entry] : used) {
      list += list.empty() ? "" : ",";
      list += CapacityJson(*entry.first, entry.second, detail, CapacityKind::kRead);
    }
    AppendMember("ConsumedCapacity", fmt::format("[{}]", list), reply);
  }
  return reply + "}";
}

}  // namespace offstage::dynamodb
