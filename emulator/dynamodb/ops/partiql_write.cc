// INSERT, UPDATE, DELETE:
// docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.update.html and its
// neighbours. An UPDATE changes items that are there and makes none.
#include "dynamodb/ops/partiql_write.h"

#include <fmt/format.h>

#include "dynamodb/errors.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/update_request.h"
#include "dynamodb/partiql/set_clauses.h"
#include "dynamodb/partiql/where.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

namespace {

using partiql::Expression;
using partiql::Returning;
using Kind = partiql::Statement::Kind;

aws::ApiError DuplicateItem() {
  return {.type = "DuplicateItemException", .message = "Duplicate primary key exists in table"};
}

aws::Outcome<Item> InsertedItem(const PartiqlStatement& statement) {
  const Expression& literal = statement.statement.insert.item;
  if (literal.kind == Expression::Kind::kParameter) {
    OFFSTAGE_TRY(AttributeValue value, partiql::ToValue(literal, statement.parameters));
    if (value.is_map()) return std::move(value.map());
  }
  if (literal.kind != Expression::Kind::kStruct) {
    return Fail(
        ValidationError("Unsupported format in item expression. Please use struct format {...} to "
                        "express item values for insert statement."));
  }
  Item item;
  for (std::size_t i = 0; i + 1 < literal.parts.size(); i += 2) {
    const Expression& key = literal.parts[i];
    // Each attribute's value is a root of its own in texts about it.
    OFFSTAGE_TRY(const AttributeValue name, partiql::ToValue(key, statement.parameters));
    OFFSTAGE_TRY(AttributeValue value,
                 partiql::ToValue(literal.parts[i + 1], statement.parameters));
    if (key.kind != Expression::Kind::kString)
      return Fail(ValidationError("Unsupported data type in the names of an item"));
    item.Set(name.text(), std::move(value));
  }
  return item;
}

aws::Outcome<Unit> PlanInsert(const PartiqlStatement& statement, PartiqlWrite& write) {
  OFFSTAGE_TRY(Item item, InsertedItem(statement));
  write.item = MakeNewItem(std::move(item));
  if (static_cast<std::size_t>(write.item->size) > kMaxItemBytes) {
    return Fail(ValidationError("Item size has exceeded the maximum allowed size"));
  }
  return Ok();
}

aws::Outcome<Unit> PlanKey(const std::optional<Expression>& where,
                           const PartiqlStatement& statement, PartiqlWrite& write) {
  std::optional<partiql::KeyedWhere> keyed;
  if (where) {
    OFFSTAGE_TRY(keyed,
                 partiql::SplitKey(*where, write.table->definition.key, statement.parameters));
  }
  if (!keyed) {
    return Fail(ValidationError(
        "Where clause does not contain a mandatory equality on all key attributes"));
  }
  OFFSTAGE_TRY(write.key, KeyFromKeyMember(*write.table, keyed->key));
  write.key_item = std::move(keyed->key);
  write.condition = std::move(keyed->condition);
  return Ok();
}

// What RETURNING shows of an update.
std::string Returned(Returning returning, const UpdatedItem& updated, const Update& update) {
  const bool old = returning == Returning::kAllOld || returning == Returning::kModifiedOld;
  const Item& item = old ? updated.before : updated.after->item;
  switch (returning) {
    case Returning::kNothing:
      return {};
    case Returning::kAllOld:
    case Returning::kAllNew:
      return ToJsonText(item);
    default: {
      const Item touched = update.Touched(item);
      return touched.empty() ? std::string() : ToJsonText(touched);
    }
  }
}

}  // namespace

aws::Outcome<PartiqlWrite> PlanPartiqlWrite(Engine& engine, const PartiqlStatement& statement) {
  const partiql::Statement& tree = statement.statement;
  PartiqlWrite write;
  write.kind = tree.kind;
  const std::optional<Expression>* where = nullptr;
  if (tree.kind == Kind::kUpdate) {
    where = &tree.update.where;
    write.returning = tree.update.returning;
    OFFSTAGE_TRY(write.update, partiql::CompileClauses(tree.update.clauses, statement.parameters));
  } else if (tree.kind == Kind::kDelete) {
    where = &tree.remove.where;
    write.returning = tree.remove.returning;
    if (write.returning != Returning::kNothing && write.returning != Returning::kAllOld) {
      return Fail(ValidationError(
          fmt::format("Invalid returning clause: RETURNING {} *. Only RETURNING ALL OLD * is "
                      "allowed in DELETE statements.",
                      partiql::ToText(write.returning))));
    }
  } else {
    OFFSTAGE_TRY_VOID(PlanInsert(statement, write));
  }
  if (where != nullptr && *where) {
    OFFSTAGE_TRY([[maybe_unused]] const Condition sound,
                 partiql::CompileWhere(**where, statement.parameters));
  }
  if (!tree.table().index.empty())
    return Fail(ValidationError("This operation is not supported on an index"));
  OFFSTAGE_TRY(write.table, engine.FindTable(tree.table().table));
  if (tree.kind == Kind::kInsert) {
    OFFSTAGE_TRY(write.key, KeyFromItem(*write.table, write.item->item));
    OFFSTAGE_TRY_VOID(CheckIndexKeys(*write.table, write.item->item));
    return write;
  }
  OFFSTAGE_TRY_VOID(PlanKey(*where, statement, write));
  if (write.update) OFFSTAGE_TRY_VOID(CheckUpdateTargets(*write.table, *write.update));
  return write;
}

aws::Outcome<Unit> PreparePartiqlWrite(WriteSession& session, PartiqlWrite& write,
                                       bool shows_item) {
  OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> old, session.Find(*write.table, write.key));
  write.old_size = old ? old->size : 0;
  if (write.kind == Kind::kInsert) {
    if (old) return Fail(DuplicateItem());
    return Ok();
  }
  const Item before = old ? ParseStoredItem(old->text) : Item();
  const bool fails = (write.kind == Kind::kUpdate && !old) ||
                     (write.condition && !write.condition->Matches(before));
  if (fails)
    return Fail(ConditionalCheckFailed(shows_item && old ? old->text : std::string_view()));
  if (write.kind == Kind::kDelete) {
    if (old && write.returning == Returning::kAllOld) write.returned = old->text;
    return Ok();
  }
  OFFSTAGE_TRY(UpdatedItem updated,
               ApplyUpdate(*write.table, write.key_item, &before, &*write.update));
  write.returned = Returned(write.returning, updated, *write.update);
  write.item = *std::move(updated.after);
  return Ok();
}

aws::Outcome<ConsumedCapacity> ApplyPartiqlWrite(Engine& engine, WriteSession& session,
                                                 const PartiqlWrite& write, CapacityDetail detail) {
  const auto want =
      NeedsOldText(*write.table) ? ReadSession::Want::kText : ReadSession::Want::kSize;
  OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> old,
                        session.Find(*write.table, write.key, want));
  return WriteItem(engine, session,
                   {.table = *write.table,
                    .key = write.key,
                    .old = old,
                    .new_item = write.item ? &*write.item : nullptr,
                    .detail = detail});
}

aws::Outcome<ConsumedCapacity> RunPartiqlWrite(Engine& engine, PartiqlWrite& write,
                                               const PartiqlWriteOptions& options) {
  ConsumedCapacity used;
  OFFSTAGE_TRY_VOID(engine.store().Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    OFFSTAGE_TRY(write.table, TableNow(engine, *write.table));
    OFFSTAGE_TRY_VOID(CheckNoTransaction(engine, *write.table, write.key));
    OFFSTAGE_TRY_VOID(PreparePartiqlWrite(session, write, options.shows_item));
    OFFSTAGE_TRY(used, ApplyPartiqlWrite(engine, session, write, options.detail));
    return Ok();
  }));
  return used;
}

}  // namespace offstage::dynamodb
