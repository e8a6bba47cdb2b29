#include "dynamodb/ops/item_write.h"

#include <algorithm>

#include "dynamodb/errors.h"
#include "dynamodb/ops/table_definition.h"
#include "dynamodb/store/item_history.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

namespace {

StreamSource SourceOf(const Table& table) {
  const TableDefinition& definition = table.definition;
  StreamSource source = {.table = definition.name,
                         .label = table.stream_label,
                         .view_type = StreamViewName(definition.stream),
                         .partition_key = definition.key.partition[0].name,
                         .sort_key = {}};
  if (!definition.key.sort.empty()) source.sort_key = definition.key.sort[0].name;
  return source;
}

}  // namespace

NewItem MakeNewItem(Item item) {
  NewItem out;
  AppendJson(item, out.text);
  out.size = static_cast<std::int64_t>(SizeOf(item));
  out.item = std::move(item);
  return out;
}

bool NeedsOldText(const Table& table) {
  return !table.indexes.empty() || table.definition.stream != StreamView::kOff ||
         table.definition.point_in_time_recovery;
}

namespace {

// Leaves what the write changed to those who follow the table: its stream, its recovery.
Status RecordChange(Engine& engine, WriteSession& session, const ItemWrite& write,
                    std::string_view old_text) {
  const Table& table = write.table;
  const bool streams =
      table.definition.stream != StreamView::kOff && engine.options().changes != nullptr;
  if (!streams && !table.definition.point_in_time_recovery) return Ok();
  const std::string_view new_text =
      write.new_item != nullptr ? std::string_view(write.new_item->text) : std::string_view();
  // Stored texts are canonical: a write that changes nothing leaves no record.
  if (old_text == new_text) return Ok();
  const std::int64_t old_size = write.old ? write.old->size : 0;
  const std::string keys =
      AttributesOfStored(new_text.empty() ? old_text : new_text, KeyAttributeNames(table, nullptr));
  sqlite::Database& database = session.connection().database();
  if (table.definition.point_in_time_recovery) {
    OFFSTAGE_TRY_VOID(AppendHistory(database, table.id, engine.NowMillis(),
                                    {.keys = keys, .item = old_text, .size = old_size}));
  }
  if (!streams) return Ok();
  return engine.options().changes->Append(
      database, {.stream = SourceOf(table),
                 .keys = keys,
                 .old_image = old_text,
                 .new_image = new_text,
                 .keys_size = static_cast<std::int64_t>(SizeOf(ParseStoredItem(keys))),
                 .old_size = old_size,
                 .new_size = write.new_item != nullptr ? write.new_item->size : 0,
                 .origin = write.origin});
}

}  // namespace

aws::Outcome<ConsumedCapacity> WriteItem(Engine& engine, WriteSession& session,
                                         const ItemWrite& write) {
  const Table& table = write.table;
  ConsumedCapacity used;
  const std::int64_t old_size = write.old ? write.old->size : 0;
  const std::int64_t new_size = write.new_item != nullptr ? write.new_item->size : 0;
  used.table_units = WriteUnits(static_cast<std::size_t>(std::max(old_size, new_size)));
  // The session reuses the memory behind the old text with its next statement.
  std::string old_text;
  if (write.old && NeedsOldText(table)) old_text = write.old->text;
  const std::string_view old_view = old_text;
  const Item* after = write.new_item != nullptr ? &write.new_item->item : nullptr;
  if (write.detail != CapacityDetail::kNone && !table.indexes.empty()) {
    const Item before = write.old ? ParseStoredItem(old_view) : Item();
    used.indexes = IndexWriteUnits(table, write.old ? &before : nullptr, after);
  }
  const std::vector<IndexMove> moves = MovesBetween(table, write.old ? &old_view : nullptr, after);
  if (write.new_item != nullptr) {
    OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const Unit put,
                          session.Put(table, write.key, write.old, write.new_item->text,
                                      write.new_item->size, moves));
  } else if (write.old) {
    OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const Unit gone,
                          session.Delete(table, write.key, *write.old, moves));
  }
  OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const Unit recorded,
                        RecordChange(engine, session, write, old_view));
  return used;
}

aws::Outcome<TablePtr> TableNow(Engine& engine, const Table& table) {
  TablePtr now = engine.store().FindTable(table.definition.name);
  if (now == nullptr || now->id != table.id) return Fail(ResourceNotFound());
  return now;
}

aws::Outcome<Unit> CheckNoTransaction(Engine& engine, const Table& table, const ItemKey& key) {
  if (!engine.transactions().enabled()) return Ok();
  return engine.transactions().CheckFree(IdentityOf(table, key));
}

}  // namespace offstage::dynamodb
