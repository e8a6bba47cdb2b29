// Connection: one SQLite connection and the statements it has prepared for each table.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "dynamodb/store/table.h"
#include "sqlite/database.h"

namespace offstage::dynamodb {

enum class Direction { kForward, kBackward };

// Prepared when first used. What the names mean is said beside their SQL (connection.cc).
enum class ItemStatement {
  kFind,
  kFindSize,
  kFindKey,
  kInsert,
  kUpdate,
  kDelete,
  kInsertKey,
  kDeleteKey,
  kScanRows,
  kScanKeys,
  kQueryForward,
  kQueryBackward,
  kCount,
};
enum class IndexStatement {
  kInsert,
  kDelete,
  kScan,
  kQueryForward,
  kQueryBackward,
  kQueryForwardAfter,
  kQueryBackwardAfter,
  kCount,
};

// Thread-compatible: one thread at a time.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> Open(const std::string& path);

  sqlite::Database& database() { return *database_; }

  Result<sqlite::Statement*> Prepared(const Table& table, ItemStatement which);
  Result<sqlite::Statement*> Prepared(const Table& table, const Index& index, IndexStatement which);
  Status Begin();
  Status Commit();
  void Rollback();

  // From here to EndRead all reads see one state of the database. Does nothing when that state was
  // begun with the same number of commits: beginning and ending takes and gives back a lock of the
  // file, two system calls that a GetItem notices.
  Status BeginRead(std::uint64_t commits);
  void EndRead();

  // Drops the statements of tables that are no more once their number has moved on.
  void ForgetIfOlder(std::uint64_t generation);

 private:
  using Statements = std::unordered_map<std::int64_t, sqlite::Statement>;

  explicit Connection(std::unique_ptr<sqlite::Database> database)
      : database_(std::move(database)) {}

  // Declared before the statements: they are finalized first.
  std::unique_ptr<sqlite::Database> database_;
  sqlite::Statement begin_;
  sqlite::Statement begin_read_;
  sqlite::Statement commit_;
  // Null: no read transaction.
  std::optional<std::uint64_t> read_at_;
  // By table or index id and kind.
  Statements item_statements_;
  Statements index_statements_;
  std::uint64_t generation_ = 0;
};

// The SQL tables of a table or an index, made and dropped inside the caller's transaction.
Status CreateItemTables(sqlite::Database& database, std::int64_t table_id);
Status DropItemTables(sqlite::Database& database, std::int64_t table_id);
Status CreateIndexTable(sqlite::Database& database, std::int64_t index_id);
Status DropIndexTable(sqlite::Database& database, std::int64_t index_id);
Status ClearItemTables(sqlite::Database& database, std::int64_t table_id);
Status ClearIndexTable(sqlite::Database& database, std::int64_t index_id);

}  // namespace offstage::dynamodb
