#include "dynamodb/store/connection.h"

#include <fmt/format.h>

namespace offstage::dynamodb {

namespace {

// Items lie in an ordinary SQL table whose row id begins with the partition's hash: GetItem is one
// descent by integer, rows lie in Scan order, and a page holds many keys however long the items
// are. A WITHOUT ROWID table keyed by (hash, partition, sort) took twice as long to read from and
// three times as long to write to at 600-byte items, because its inner pages hold whole items; a
// row id in order of insertion scatters a scan over the whole file.
//
// dynamodb_keys_N gives a partition's items in sort key order. A table without sort key needs it
// only for items whose row id another item had taken.
//
// One SQL table for each DynamoDB table: DeleteTable drops pages instead of deleting rows.
constexpr std::string_view kCreateItems =
    "CREATE TABLE dynamodb_items_{0}(id INTEGER PRIMARY KEY, size INTEGER NOT NULL, p BLOB NOT "
    "NULL, s BLOB NOT NULL, "
    "item TEXT NOT NULL);"
    "CREATE TABLE dynamodb_keys_{0}(h INTEGER NOT NULL, p BLOB NOT NULL, s BLOB NOT NULL, id "
    "INTEGER NOT NULL, "
    "PRIMARY KEY(h, p, s)) WITHOUT ROWID;";
// Index rows hold only keys; the item is read by its row id. A write that leaves the index keys
// alone leaves the index alone.
constexpr std::string_view kCreateIndex =
    "CREATE TABLE dynamodb_index_{0}(h INTEGER NOT NULL, p BLOB NOT NULL, s BLOB NOT NULL, id "
    "INTEGER NOT NULL, "
    "PRIMARY KEY(h, p, s, id)) WITHOUT ROWID;";

std::string_view ItemSql(ItemStatement which) {
  switch (which) {
    case ItemStatement::kFind:
      return "SELECT size, p, s, item FROM dynamodb_items_{0} WHERE id = ?1";
    case ItemStatement::kFindSize:
      return "SELECT size, p, s FROM dynamodb_items_{0} WHERE id = ?1";
    case ItemStatement::kFindKey:
      return "SELECT id FROM dynamodb_keys_{0} WHERE h = ?1 AND p = ?2 AND s = ?3";
    case ItemStatement::kInsert:
      return "INSERT INTO dynamodb_items_{0}(id, size, p, s, item) VALUES(?1, ?2, ?3, ?4, ?5)";
    case ItemStatement::kUpdate:
      return "UPDATE dynamodb_items_{0} SET size = ?2, item = ?3 WHERE id = ?1";
    case ItemStatement::kDelete:
      return "DELETE FROM dynamodb_items_{0} WHERE id = ?1";
    case ItemStatement::kInsertKey:
      return "INSERT INTO dynamodb_keys_{0}(h, p, s, id) VALUES(?1, ?2, ?3, ?4)";
    case ItemStatement::kDeleteKey:
      return "DELETE FROM dynamodb_keys_{0} WHERE h = ?1 AND p = ?2 AND s = ?3";
    // Rows (?1, ?2) by id: the whole Scan of a table without sort key.
    case ItemStatement::kScanRows:
      return "SELECT size, item FROM dynamodb_items_{0} WHERE id > ?1 AND id < ?2 ORDER BY id";
    // Behind the key (?1, ?2, ?3) up to but not the hash ?4.
    case ItemStatement::kScanKeys:
      return "SELECT i.size, i.item FROM dynamodb_keys_{0} k CROSS JOIN dynamodb_items_{0} i ON "
             "i.id = k.id "
             "WHERE (k.h, k.p, k.s) > (?1, ?2, ?3) AND k.h < ?4 ORDER BY k.h, k.p, k.s";
    // One partition, sort keys [?3, ?4).
    case ItemStatement::kQueryForward:
      return "SELECT i.size, i.item FROM dynamodb_keys_{0} k CROSS JOIN dynamodb_items_{0} i ON "
             "i.id = k.id "
             "WHERE k.h = ?1 AND k.p = ?2 AND k.s >= ?3 AND k.s < ?4 ORDER BY k.s";
    case ItemStatement::kQueryBackward:
      return "SELECT i.size, i.item FROM dynamodb_keys_{0} k CROSS JOIN dynamodb_items_{0} i ON "
             "i.id = k.id "
             "WHERE k.h = ?1 AND k.p = ?2 AND k.s >= ?3 AND k.s < ?4 ORDER BY k.s DESC";
    case ItemStatement::kCount:
      break;
  }
  return {};
}

std::string_view IndexSql(IndexStatement which) {
  switch (which) {
    case IndexStatement::kInsert:
      return "INSERT INTO dynamodb_index_{1}(h, p, s, id) VALUES(?1, ?2, ?3, ?4)";
    case IndexStatement::kDelete:
      return "DELETE FROM dynamodb_index_{1} WHERE h = ?1 AND p = ?2 AND s = ?3 AND id = ?4";
    // Behind the row (?1, ?2, ?3, ?5) up to but not the hash ?4.
    case IndexStatement::kScan:
      return "SELECT i.size, i.item FROM dynamodb_index_{1} k CROSS JOIN dynamodb_items_{0} i ON "
             "i.id = k.id "
             "WHERE (k.h, k.p, k.s, k.id) > (?1, ?2, ?3, ?5) AND k.h < ?4 ORDER BY k.h, k.p, k.s, "
             "k.id";
    case IndexStatement::kQueryForward:
      return "SELECT i.size, i.item FROM dynamodb_index_{1} k CROSS JOIN dynamodb_items_{0} i ON "
             "i.id = k.id "
             "WHERE k.h = ?1 AND k.p = ?2 AND k.s >= ?3 AND k.s < ?4 ORDER BY k.s, k.id";
    case IndexStatement::kQueryBackward:
      return "SELECT i.size, i.item FROM dynamodb_index_{1} k CROSS JOIN dynamodb_items_{0} i ON "
             "i.id = k.id "
             "WHERE k.h = ?1 AND k.p = ?2 AND k.s >= ?3 AND k.s < ?4 ORDER BY k.s DESC, k.id DESC";
    // The same, behind the row (?5, ?6).
    case IndexStatement::kQueryForwardAfter:
      return "SELECT i.size, i.item FROM dynamodb_index_{1} k CROSS JOIN dynamodb_items_{0} i ON "
             "i.id = k.id "
             "WHERE k.h = ?1 AND k.p = ?2 AND k.s >= ?3 AND k.s < ?4 AND (k.s, k.id) > (?5, ?6) "
             "ORDER BY k.s, k.id";
    case IndexStatement::kQueryBackwardAfter:
      return "SELECT i.size, i.item FROM dynamodb_index_{1} k CROSS JOIN dynamodb_items_{0} i ON "
             "i.id = k.id "
             "WHERE k.h = ?1 AND k.p = ?2 AND k.s >= ?3 AND k.s < ?4 AND (k.s, k.id) < (?5, ?6) "
             "ORDER BY k.s DESC, k.id DESC";
    case IndexStatement::kCount:
      break;
  }
  return {};
}

std::string Sql(std::string_view text, std::int64_t id) {
  return fmt::format(fmt::runtime(text), id);
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::Open(const std::string& path) {
  OFFSTAGE_TRY(auto database, sqlite::Database::Open({.path = path}));
  // Small databases are read through the memory map. It ends at 64 MB: each connection has a map of
  // its own, and the fault on a page's first use costs more than reading the page into the cache
  // (on virtual machines many times more): with 5 million items and all of 2 GB mapped, GetItem
  // took 1.6 times as long at one connection and 2.4 times at 16 as with 10,000, so 1.2 and 1.5
  // times. Checkpoints are the store's own, off the requests' path.
  OFFSTAGE_TRY_VOID(
      database->Execute("PRAGMA mmap_size = 67108864; PRAGMA cache_size = -4096; "
                        "PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;"));
  std::unique_ptr<Connection> connection(new Connection(std::move(database)));
  OFFSTAGE_TRY(connection->begin_, connection->database_->Prepare("BEGIN IMMEDIATE"));
  OFFSTAGE_TRY(connection->begin_read_, connection->database_->Prepare("BEGIN"));
  OFFSTAGE_TRY(connection->commit_, connection->database_->Prepare("COMMIT"));
  return connection;
}

Result<sqlite::Statement*> Connection::Prepared(const Table& table, ItemStatement which) {
  const std::int64_t slot = table.id * static_cast<std::int64_t>(ItemStatement::kCount) +
                            static_cast<std::int64_t>(which);
  const auto found = item_statements_.find(slot);
  if (found != item_statements_.end()) return &found->second;
  OFFSTAGE_TRY(auto statement, database_->Prepare(Sql(ItemSql(which), table.id)));
  return &item_statements_.emplace(slot, std::move(statement)).first->second;
}

Result<sqlite::Statement*> Connection::Prepared(const Table& table, const Index& index,
                                                IndexStatement which) {
  const std::int64_t slot = index.id * static_cast<std::int64_t>(IndexStatement::kCount) +
                            static_cast<std::int64_t>(which);
  const auto found = index_statements_.find(slot);
  if (found != index_statements_.end()) return &found->second;
  OFFSTAGE_TRY(auto statement,
               database_->Prepare(fmt::format(fmt::runtime(IndexSql(which)), table.id, index.id)));
  return &index_statements_.emplace(slot, std::move(statement)).first->second;
}

Status Connection::Begin() {
  return begin_.Run();
}
Status Connection::BeginRead(std::uint64_t commits) {
  if (read_at_ == commits) return Ok();
  EndRead();
  OFFSTAGE_TRY_VOID(begin_read_.Run());
  read_at_ = commits;
  return Ok();
}
void Connection::EndRead() {
  if (read_at_ && !commit_.Run().ok()) Rollback();
  read_at_.reset();
}
Status Connection::Commit() {
  return commit_.Run();
}
void Connection::Rollback() {
  (void)database_->Execute("ROLLBACK").ok();
}

void Connection::ForgetIfOlder(std::uint64_t generation) {
  if (generation_ == generation) return;
  generation_ = generation;
  item_statements_.clear();
  index_statements_.clear();
}

Status CreateItemTables(sqlite::Database& database, std::int64_t table_id) {
  return database.Execute(Sql(kCreateItems, table_id));
}

Status DropItemTables(sqlite::Database& database, std::int64_t table_id) {
  return database.Execute(
      Sql("DROP TABLE dynamodb_items_{0}; DROP TABLE dynamodb_keys_{0};", table_id));
}

Status CreateIndexTable(sqlite::Database& database, std::int64_t index_id) {
  return database.Execute(Sql(kCreateIndex, index_id));
}

Status DropIndexTable(sqlite::Database& database, std::int64_t index_id) {
  return database.Execute(Sql("DROP TABLE dynamodb_index_{0};", index_id));
}

Status ClearItemTables(sqlite::Database& database, std::int64_t table_id) {
  return database.Execute(
      Sql("DELETE FROM dynamodb_items_{0}; DELETE FROM dynamodb_keys_{0};", table_id));
}

Status ClearIndexTable(sqlite::Database& database, std::int64_t index_id) {
  return database.Execute(Sql("DELETE FROM dynamodb_index_{0};", index_id));
}

}  // namespace offstage::dynamodb
