#include "dynamodb/store/item_history.h"

namespace offstage::dynamodb {

Status CreateHistoryTable(sqlite::Database& database) {
  return database.Execute(
      "CREATE TABLE IF NOT EXISTS dynamodb_history(id INTEGER PRIMARY KEY, table_id INTEGER NOT "
      "NULL, at_ms INTEGER NOT NULL, keys TEXT NOT NULL, item TEXT NOT NULL, size INTEGER NOT "
      "NULL);"
      "CREATE INDEX IF NOT EXISTS dynamodb_history_by_time ON dynamodb_history(table_id, at_ms);");
}

Status AppendHistory(sqlite::Database& database, std::int64_t table_id, std::int64_t at_ms,
                     const PastItem& past) {
  OFFSTAGE_TRY(sqlite::Statement insert,
               database.Prepare("INSERT INTO dynamodb_history(table_id, at_ms, keys, item, size) "
                                "VALUES (?1, ?2, ?3, ?4, ?5)"));
  insert.Bind(1, table_id);
  insert.Bind(2, at_ms);
  insert.Bind(3, past.keys);
  insert.Bind(4, past.item);
  insert.Bind(5, past.size);
  return insert.Run();
}

Status ForEachUndo(sqlite::Database& database, std::int64_t table_id, std::int64_t after_ms,
                   const std::function<Status(const PastItem&)>& callback) {
  // By id: a clock may have been set back between two writes.
  OFFSTAGE_TRY(sqlite::Statement select,
               database.Prepare("SELECT keys, item, size FROM dynamodb_history WHERE table_id = ?1 "
                                "AND at_ms > ?2 ORDER BY id DESC"));
  const sqlite::ResetAtEnd reset(select);
  select.Bind(1, table_id);
  select.Bind(2, after_ms);
  while (true) {
    OFFSTAGE_TRY(const bool more, select.Step());
    if (!more) return Ok();
    OFFSTAGE_TRY_VOID(
        callback({.keys = select.Text(0), .item = select.Text(1), .size = select.Int(2)}));
  }
}

Status ForgetHistory(sqlite::Database& database, std::int64_t table_id, std::int64_t before_ms) {
  OFFSTAGE_TRY(sqlite::Statement remove,
               database.Prepare("DELETE FROM dynamodb_history WHERE table_id = ?1 AND at_ms < ?2"));
  remove.Bind(1, table_id);
  remove.Bind(2, before_ms);
  return remove.Run();
}

}  // namespace offstage::dynamodb
