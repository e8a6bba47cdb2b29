#include "dynamodb/ops/backup_items.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "dynamodb/errors.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/store/item_history.h"
#include "dynamodb/value/attribute_json.h"

namespace offstage::dynamodb {

namespace {

// The newest state that can be restored lies some minutes back.
constexpr std::int64_t kRestoreLagMs = 5LL * 60 * 1000;
constexpr std::int64_t kDayMs = 24LL * 3600 * 1000;

}  // namespace

std::string ToText(const BackupFacts& facts) {
  return DumpJson(Json{{"id", facts.id},
                       {"name", facts.name},
                       {"created_ms", facts.created_ms},
                       {"source_table", facts.source_table},
                       {"source_arn", facts.source_arn},
                       {"source_id", facts.source_id},
                       {"source_created_ms", facts.source_created_ms}});
}

BackupFacts FactsOf(const Table& backup) {
  BackupFacts facts;
  const auto json = ParseJson(backup.backup);
  if (!json.ok()) return facts;
  facts.id = json->value("id", "");
  facts.name = json->value("name", "");
  facts.created_ms = json->value("created_ms", std::int64_t{0});
  facts.source_table = json->value("source_table", "");
  facts.source_arn = json->value("source_arn", "");
  facts.source_id = json->value("source_id", "");
  facts.source_created_ms = json->value("source_created_ms", std::int64_t{0});
  return facts;
}

std::string BackupArn(const BackupFacts& facts) {
  return fmt::format("{}/backup/{}", facts.source_arn, facts.id);
}

aws::Outcome<TablePtr> BackedUpTable(const Engine& engine, std::string_view table) {
  auto found = engine.FindTable(table);
  if (found.ok()) return found;
  return Fail(aws::ApiError{.type = "TableNotFoundException",
                            .message = fmt::format("Table not found: {}", TableNameOf(table))});
}

aws::Outcome<TablePtr> FindBackup(Engine& engine, std::string_view arn) {
  for (const TablePtr& table : engine.store().Tables()) {
    if (!table->backup.empty() && BackupArn(FactsOf(*table)) == arn) return table;
  }
  return Fail(aws::ApiError{.type = "BackupNotFoundException",
                            .message = fmt::format("Backup not found: {}", arn)});
}

aws::Outcome<Unit> CopyItems(Engine& engine, const Table& from, const Table& to) {
  return engine.store().Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    OFFSTAGE_TRY_INTERNAL(Store::Reader reader, engine.store().Read());
    const ScanRange everything;
    OFFSTAGE_TRY_INTERNAL(Cursor cursor, reader->Scan(from, nullptr, everything));
    while (true) {
      OFFSTAGE_TRY_INTERNAL(const bool more, cursor.Next());
      if (!more) return Ok();
      const Item item = ParseStoredItem(cursor.text());
      const ItemKey key = KeyOfStored(to, cursor.text());
      OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const Unit put,
                            session.Put(to, key, std::nullopt, cursor.text(), cursor.size(),
                                        MovesBetween(to, nullptr, &item)));
    }
  });
}

namespace {

Status UndoWrite(WriteSession& session, const Table& table, const PastItem& past) {
  const ItemKey key = KeyOfStored(table, past.keys);
  OFFSTAGE_TRY(const std::optional<StoredItem> now, session.Find(table, key));
  // The session reuses the memory behind the text with its next statement.
  const std::string text(now ? now->text : std::string_view());
  const std::string_view view = text;
  const std::string_view* before = now ? &view : nullptr;
  if (past.item.empty()) {
    return now ? session.Delete(table, key, *now, MovesBetween(table, before, nullptr)) : Ok();
  }
  const Item item = ParseStoredItem(past.item);
  return session.Put(table, key, now, past.item, past.size, MovesBetween(table, before, &item));
}

}  // namespace

aws::Outcome<Unit> UndoWrites(Engine& engine, const Table& from, const Table& to,
                              std::int64_t at_ms) {
  return engine.store().Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    OFFSTAGE_TRY_INTERNAL(
        [[maybe_unused]] const Unit done,
        ForEachUndo(session.connection().database(), from.id, at_ms,
                    [&](const PastItem& past) { return UndoWrite(session, to, past); }));
    return Ok();
  });
}

aws::Outcome<Unit> ForgetOldHistory(Engine& engine, const Table& table) {
  const std::int64_t before = table.definition.point_in_time_recovery
                                  ? RestoreWindowOf(table, engine.NowMillis()).earliest_ms
                                  : std::numeric_limits<std::int64_t>::max();
  return engine.store().Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const Unit done,
                          ForgetHistory(session.connection().database(), table.id, before));
    return Ok();
  });
}

RestoreWindow RestoreWindowOf(const Table& table, std::int64_t now_ms) {
  const std::int64_t since =
      table.continuous_backups_since_ms != 0 ? table.continuous_backups_since_ms : table.created_ms;
  RestoreWindow window;
  window.earliest_ms = std::max(since, now_ms - table.definition.recovery_period_days * kDayMs);
  window.latest_ms = std::max(since, now_ms - kRestoreLagMs);
  return window;
}

}  // namespace offstage::dynamodb
