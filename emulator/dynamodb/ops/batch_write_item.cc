// BatchWriteItem: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
// Everything is checked before anything is written; nothing is ever left unprocessed here.
#include <fmt/format.h>

#include <set>

#include "dynamodb/errors.h"
#include "dynamodb/ops/item_write.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

namespace {

constexpr std::size_t kMaxRequests = 25;
constexpr std::int64_t kMaxRequestBytes = 16 * 1024 * 1024;  // AWS "BatchWriteItem" quota

}  // namespace

const Shape& BatchWriteItemShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = [] {
    Shape items = Map(List(Structure(
        "WriteRequest",
        {{"PutRequest", Structure("PutRequest", {{"Item", Attributes(), Presence::kRequired}})},
         {"DeleteRequest",
          Structure("DeleteRequest", {{"Key", Attributes(), Presence::kRequired}})}})));
    items.key = TableKey();
    items.value_min = 1;
    items.value_max = static_cast<std::int64_t>(kMaxRequests);
    return Structure("BatchWriteItemInput",
                     {{"RequestItems", std::move(items), Presence::kRequired},
                      {"ReturnConsumedCapacity", ReturnConsumedCapacity()},
                      {"ReturnItemCollectionMetrics", ReturnItemCollectionMetrics()}});
  }();
  return shape;
}

namespace {

struct Request {
  std::string_view table_name;
  bool puts = false;
  // The whole item, or its key.
  NewItem item;
  TablePtr table;
  ItemKey key;
  // The request as it came.
  std::string_view text;
  // A transaction holds the item: the caller gets the request back.
  bool unprocessed = false;
};

aws::Outcome<Request> Parse(std::string_view table, Node node) {
  const Node put = node["PutRequest"];
  const Node remove = node["DeleteRequest"];
  if (static_cast<bool>(put) == static_cast<bool>(remove)) {
    return Fail(ValidationError(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
        "the supported datatypes"));
  }
  Request request;
  request.table_name = table;
  request.puts = static_cast<bool>(put);
  request.text = node.raw();
  OFFSTAGE_TRY(Item item,
               ParseItem(put ? put["Item"].raw() : remove["Key"].raw(), ValueLayer::kOlder));
  request.item = MakeNewItem(std::move(item));
  if (put && static_cast<std::size_t>(request.item.size) > kMaxItemBytes) {
    return Fail(ValidationError("Item size has exceeded the maximum allowed size"));
  }
  return request;
}

aws::Outcome<std::vector<Request>> ParseAll(Node items) {
  std::vector<Request> requests;
  std::int64_t bytes = 0;
  for (const NodeMember part : items.members()) {
    for (const Node node : part.value.elements()) {
      OFFSTAGE_TRY(Request request, Parse(part.name, node));
      bytes += request.item.size;
      requests.push_back(std::move(request));
    }
  }
  if (requests.size() > kMaxRequests) {
    return Fail(ValidationError("Too many items requested for the BatchWriteItem call"));
  }
  if (bytes > kMaxRequestBytes) {
    return Fail(ValidationError(
        "Item collection too large: aggregate size of items in BatchWriteItem exceeds 16MB limit"));
  }
  return requests;
}

aws::Outcome<Unit> FindKeys(Engine& engine, std::vector<Request>& requests) {
  std::set<std::string> seen;
  for (Request& request : requests) {
    OFFSTAGE_TRY(request.table, engine.FindTable(request.table_name));
    if (request.puts) {
      OFFSTAGE_TRY(request.key,
                   KeyFromItem(*request.table, request.item.item, ItemKeyWording::kBatch));
      OFFSTAGE_TRY_VOID(CheckIndexKeys(*request.table, request.item.item));
    } else {
      OFFSTAGE_TRY(request.key, KeyFromKeyMember(*request.table, request.item.item));
    }
    if (!seen.insert(IdentityOf(*request.table, request.key)).second) {
      return Fail(ValidationError("Provided list of item keys contains duplicates"));
    }
  }
  return Ok();
}

std::string UnprocessedItems(const std::vector<Request>& requests) {
  std::map<std::string_view, std::vector<std::string_view>> left;
  for (const Request& request : requests) {
    if (request.unprocessed) left[request.table_name].push_back(request.text);
  }
  std::string out = "{";
  for (const auto& [table, texts] : left)
    AppendMember(table, fmt::format("[{}]", fmt::join(texts, ",")), out);
  return out + "}";
}

std::string Reply(Node request, const std::vector<Request>& requests,
                  std::map<std::string_view, ConsumedCapacity> used) {
  std::string reply = "{";
  AppendMember("UnprocessedItems", UnprocessedItems(requests), reply);
  const CapacityDetail detail = CapacityDetailOf(request);
  std::string capacity;
  std::map<std::string_view, std::set<std::string>> metrics;
  std::map<std::string_view, const Table*> tables;
  for (const Request& item : requests) {
    tables[item.table_name] = item.table.get();
    if (!item.unprocessed && WantsCollectionMetrics(*item.table, request)) {
      metrics[item.table_name].insert(CollectionMetricsJson(*item.table, item.item.text));
    }
  }
  for (const auto& [name, table] : tables) {
    capacity += capacity.empty() ? "" : ",";
    if (detail != CapacityDetail::kNone) capacity += CapacityJson(*table, used[name], detail);
  }
  if (detail != CapacityDetail::kNone)
    AppendMember("ConsumedCapacity", fmt::format("[{}]", capacity), reply);
  if (!metrics.empty()) {
    std::string all = "{";
    for (const auto& [name, collections] : metrics) {
      AppendMember(name, fmt::format("[{}]", fmt::join(collections, ",")), all);
    }
    AppendMember("ItemCollectionMetrics", all + "}", reply);
  }
  return reply + "}";
}

}  // namespace

aws::Outcome<std::string> BatchWriteItem(Engine& engine, Node request) {
  if (request["RequestItems"].size() == 0) {
    return Fail(ValidationError("The requestItems parameter is required for BatchWriteItem"));
  }
  OFFSTAGE_TRY(std::vector<Request> requests, ParseAll(request["RequestItems"]));
  OFFSTAGE_TRY_VOID(FindKeys(engine, requests));

  const CapacityDetail detail = CapacityDetailOf(request);
  std::map<std::string_view, ConsumedCapacity> used;
  OFFSTAGE_TRY_VOID(engine.store().Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    for (Request& item : requests) {
      OFFSTAGE_TRY(item.table, TableNow(engine, *item.table));
    }
    for (Request& item : requests) {
      item.unprocessed = !CheckNoTransaction(engine, *item.table, item.key).ok();
      if (item.unprocessed) continue;
      const auto want =
          NeedsOldText(*item.table) ? ReadSession::Want::kText : ReadSession::Want::kSize;
      OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> old,
                            session.Find(*item.table, item.key, want));
      OFFSTAGE_TRY(const ConsumedCapacity units,
                   WriteItem(engine, session,
                             {.table = *item.table,
                              .key = item.key,
                              .old = old,
                              .new_item = item.puts ? &item.item : nullptr,
                              .detail = detail}));
      used[item.table_name].Add(units);
    }
    return Ok();
  }));
  return Reply(request, requests, used);
}

}  // namespace offstage::dynamodb
