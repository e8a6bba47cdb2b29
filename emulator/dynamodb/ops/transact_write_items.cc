// TransactWriteItems:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
#include <fmt/format.h>

#include <set>

#include "dynamodb/errors.h"
#include "dynamodb/ops/item_write.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/transaction.h"
#include "dynamodb/ops/update_request.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

namespace {

constexpr std::int64_t kMaxActions = 100;
constexpr std::int64_t kMaxTransactionBytes = 4 * 1024 * 1024;  // AWS "Transactions" quota

Shape ActionShape(std::string_view name, std::vector<ShapeMember> own) {
  using namespace shape;  // NOLINT: the shape's vocabulary
  std::vector<ShapeMember> members = {
      {"TableName", TableName(), Presence::kRequired},
      {"ReturnValuesOnConditionCheckFailure", ReturnValuesOnConditionCheckFailure()},
      {"ExpressionAttributeValues", Attributes()},
      {"ExpressionAttributeNames", ExpressionAttributeNames()}};
  for (ShapeMember& member : own)
    members.push_back(std::move(member));
  return Structure(name, std::move(members));
}

}  // namespace

const Shape& TransactWriteItemsShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = [] {
    const ShapeMember key = {"Key", Attributes(), Presence::kRequired};
    const ShapeMember condition = {"ConditionExpression", String()};
    Shape action = Structure(
        "TransactWriteItem",
        {{"ConditionCheck",
          ActionShape("ConditionCheck",
                      {key, {"ConditionExpression", String(), Presence::kRequired}})},
         {"Put", ActionShape("Put", {{"Item", Attributes(), Presence::kRequired}, condition})},
         {"Delete", ActionShape("Delete", {key, condition})},
         {"Update",
          ActionShape("Update",
                      {key, {"UpdateExpression", String(), Presence::kRequired}, condition})}});
    return Structure("TransactWriteItemsInput",
                     {{"ClientRequestToken", String({.min = 1, .max = 36})},
                      {"ReturnConsumedCapacity", ReturnConsumedCapacity()},
                      {"ReturnItemCollectionMetrics", ReturnItemCollectionMetrics()},
                      {"TransactItems", List(std::move(action), {.min = 1, .max = kMaxActions}),
                       Presence::kRequired}});
  }();
  return shape;
}

namespace {

enum class ActionKind { kConditionCheck, kPut, kDelete, kUpdate };

struct Action {
  ActionKind kind = ActionKind::kPut;
  Node node;
  // The whole item of a Put, the key of all others.
  NewItem item;
  std::unique_ptr<Placeholders> placeholders;
  std::optional<Condition> condition;
  std::optional<Update> update;
  TablePtr table;
  // Null when what the request says does not fit the table: the reason is in `fault`.
  std::optional<ItemKey> key;
  std::optional<aws::ApiError> fault;
  // Filled within the transaction.
  std::int64_t row_size = 0;
  std::optional<NewItem> after;
};

aws::Outcome<Action> ParseAction(Engine& engine, Node node) {
  static constexpr std::pair<std::string_view, ActionKind> kKinds[] = {
      {"ConditionCheck", ActionKind::kConditionCheck},
      {"Put", ActionKind::kPut},
      {"Delete", ActionKind::kDelete},
      {"Update", ActionKind::kUpdate}};
  Action action;
  int found = 0;
  for (const auto& [name, kind] : kKinds) {
    if (!node[name]) continue;
    ++found;
    action.kind = kind;
    action.node = node[name];
  }
  if (found != 1) {
    return Fail(
        ValidationError("TransactItems can only contain one of Check, Put, Update or Delete"));
  }
  const bool put = action.kind == ActionKind::kPut;
  auto item = ParseItem(action.node[put ? "Item" : "Key"].raw(), ValueLayer::kOlder);
  // That a key is nested too deeply is said behind what is wrong with the action's expressions.
  const bool deep_key =
      !put && !item.ok() && item.error().message.starts_with("Nesting Levels have exceeded");
  if (item.ok()) {
    action.item = MakeNewItem(std::move(item).value());
  } else if (!deep_key) {
    return Fail(std::move(item).error());
  }
  OFFSTAGE_TRY_VOID(CheckExpressionMembers(
      action.node, {.expressions = {"UpdateExpression", "ConditionExpression"},
                    .legacy = {},
                    .value_users = {"ConditionExpression"}}));
  action.placeholders = std::make_unique<Placeholders>();
  OFFSTAGE_TRY_VOID(LoadPlaceholders(action.node, *action.placeholders, ValueLayer::kOlder));
  OFFSTAGE_TRY(action.update, UpdateOf(engine, action.node, *action.placeholders));
  OFFSTAGE_TRY(action.condition, ConditionOf(engine, action.node, *action.placeholders));
  OFFSTAGE_TRY_VOID(action.placeholders->CheckAllUsed());
  if (deep_key) return Fail(std::move(item).error());
  if (put && static_cast<std::size_t>(action.item.size) > kMaxItemBytes) {
    return Fail(ValidationError("Item size has exceeded the maximum allowed size"));
  }
  return action;
}

aws::Outcome<ItemKey> KeyOf(const Action& action) {
  if (action.kind != ActionKind::kPut) {
    OFFSTAGE_TRY(ItemKey key, KeyFromKeyMember(*action.table, action.item.item));
    if (action.update) OFFSTAGE_TRY_VOID(CheckUpdateTargets(*action.table, *action.update));
    return key;
  }
  OFFSTAGE_TRY(ItemKey key, KeyFromItem(*action.table, action.item.item));
  OFFSTAGE_TRY_VOID(CheckIndexKeys(*action.table, action.item.item));
  return key;
}

// Tables and keys. What does not fit a table cancels the transaction later, with its reason.
aws::Outcome<Unit> FindTargets(Engine& engine, std::vector<Action>& actions) {
  std::set<std::string> seen;
  std::int64_t bytes = 0;
  for (Action& action : actions) {
    OFFSTAGE_TRY(action.table, engine.FindTable(action.node["TableName"].text()));
    bytes += action.item.size;
    auto key = KeyOf(action);
    if (!key.ok()) {
      if (!BelongsIntoReasons(key.error())) return Fail(std::move(key).error());
      action.fault = std::move(key).error();
      continue;
    }
    action.key = std::move(key).value();
    if (!seen.insert(IdentityOf(*action.table, *action.key)).second) {
      return Fail(
          ValidationError("Transaction request cannot include multiple operations on one item"));
    }
  }
  if (bytes > kMaxTransactionBytes) {
    // "Transaction payload" and "size cannot exceed" are on record (ScyllaDB's
    // test/alternator/test_transact.py), the whole text is not.
    return Fail(ValidationError(
        fmt::format("Transaction payload size cannot exceed {} bytes", kMaxTransactionBytes)));
  }
  return Ok();
}

// The item's state against the action's condition, and what it becomes. Writes nothing.
aws::Outcome<Unit> Prepare(WriteSession& session, Action& action) {
  OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> old,
                        session.Find(*action.table, *action.key));
  action.row_size = old ? old->size : 0;
  const bool reads = action.condition || action.kind == ActionKind::kUpdate;
  const Item before = old && reads ? ParseStoredItem(old->text) : Item();
  if (action.condition && !action.condition->Matches(before)) {
    const bool shows = action.node["ReturnValuesOnConditionCheckFailure"].text() == "ALL_OLD";
    return Fail(ConditionalCheckFailed(shows && old ? old->text : std::string_view()));
  }
  if (action.kind != ActionKind::kUpdate) return Ok();
  OFFSTAGE_TRY(UpdatedItem updated,
               ApplyUpdate(*action.table, action.item.item, old ? &before : nullptr,
                           action.update ? &*action.update : nullptr));
  action.after = std::move(updated.after);
  return Ok();
}

aws::Outcome<ConsumedCapacity> Apply(Engine& engine, WriteSession& session, const Action& action,
                                     CapacityDetail detail) {
  ConsumedCapacity used;
  if (action.kind == ActionKind::kConditionCheck) {
    used.table_units = WriteUnits(static_cast<std::size_t>(action.row_size));
  } else {
    const auto want =
        NeedsOldText(*action.table) ? ReadSession::Want::kText : ReadSession::Want::kSize;
    OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> old,
                          session.Find(*action.table, *action.key, want));
    const NewItem* next = action.kind == ActionKind::kPut ? &action.item
                          : action.after                  ? &*action.after
                                                          : nullptr;
    OFFSTAGE_TRY(used, WriteItem(engine, session,
                                 {.table = *action.table,
                                  .key = *action.key,
                                  .old = old,
                                  .new_item = next,
                                  .detail = detail}));
  }
  // Prepared and committed: everything is written twice.
  used.table_units *= 2;
  for (IndexUnits& index : used.indexes)
    index.units *= 2;
  return used;
}

struct Totals {
  const Table* table = nullptr;
  ConsumedCapacity used;
  std::set<std::string> collections;
};

std::string Reply(std::map<std::string, Totals>& totals, CapacityDetail detail, CapacityKind kind) {
  std::string reply = "{";
  if (detail != CapacityDetail::kNone) {
    std::string list;
    for (const auto& [name, total] : totals) {
      list += list.empty() ? "" : ",";
      list += CapacityJson(*total.table, total.used, detail, kind);
    }
    AppendMember("ConsumedCapacity", fmt::format("[{}]", list), reply);
  }
  std::string metrics = "{";
  for (const auto& [name, total] : totals) {
    if (total.collections.empty()) continue;
    AppendMember(name, fmt::format("[{}]", fmt::join(total.collections, ",")), metrics);
  }
  if (metrics.size() > 1) AppendMember("ItemCollectionMetrics", metrics + "}", reply);
  return reply + "}";
}

// A repeated token is answered like the first time, but charged for reading.
std::string ReplayReply(const std::vector<Action>& actions, CapacityDetail detail) {
  std::map<std::string, Totals> totals;
  for (const Action& action : actions) {
    Totals& total = totals[action.table->definition.name];
    total.table = action.table.get();
    total.used.table_units +=
        ReadUnits(static_cast<std::size_t>(std::max(action.item.size, action.row_size)),
                  ReadKind::kTransactional);
  }
  return Reply(totals, detail, CapacityKind::kRead);
}

aws::Outcome<std::string> Execute(Engine& engine, WriteSession& session,
                                  std::vector<Action>& actions, Node request) {
  for (Action& action : actions) {
    OFFSTAGE_TRY(action.table, TableNow(engine, *action.table));
  }
  CancellationReasons reasons;
  // The first action that does not fit its table ends the search: the others are not looked at.
  const auto misfit =
      std::ranges::find_if(actions, [](const Action& action) { return action.fault.has_value(); });
  if (misfit != actions.end()) {
    reasons.resize(actions.size());
    reasons[static_cast<std::size_t>(misfit - actions.begin())] = *misfit->fault;
    if (auto cancelled = Cancelled(reasons)) return Fail(std::move(*cancelled));
  }
  for (Action& action : actions) {
    auto prepared = Prepare(session, action);
    if (prepared.ok()) {
      reasons.emplace_back();
      continue;
    }
    if (!BelongsIntoReasons(prepared.error())) return Fail(std::move(prepared).error());
    reasons.emplace_back(std::move(prepared).error());
  }
  if (auto cancelled = Cancelled(reasons)) return Fail(std::move(*cancelled));

  const CapacityDetail detail = CapacityDetailOf(request);
  std::map<std::string, Totals> totals;
  for (const Action& action : actions) {
    OFFSTAGE_TRY(const ConsumedCapacity used, Apply(engine, session, action, detail));
    Totals& total = totals[action.table->definition.name];
    total.table = action.table.get();
    total.used.Add(used);
    if (WantsCollectionMetrics(*action.table, request) &&
        action.kind != ActionKind::kConditionCheck) {
      total.collections.insert(CollectionMetricsJson(*action.table, action.item.text));
    }
  }
  return Reply(totals, detail, CapacityKind::kWrite);
}

}  // namespace

aws::Outcome<std::string> TransactWriteItems(Engine& engine, Node request) {
  std::vector<Action> actions;
  for (const Node node : request["TransactItems"].elements()) {
    OFFSTAGE_TRY(Action action, ParseAction(engine, node));
    actions.push_back(std::move(action));
  }
  OFFSTAGE_TRY_VOID(FindTargets(engine, actions));
  std::vector<std::string> items;
  for (const Action& action : actions)
    items.push_back(action.key ? IdentityOf(*action.table, *action.key) : std::string());

  return WriteOnce(
      engine,
      {.tokens = engine.tokens(),
       .token = std::string(request["ClientRequestToken"].text()),
       .content = request["TransactItems"].raw(),
       .items = std::move(items)},
      [&] { return ReplayReply(actions, CapacityDetailOf(request)); },
      [&](WriteSession& session) { return Execute(engine, session, actions, request); });
}

}  // namespace offstage::dynamodb
