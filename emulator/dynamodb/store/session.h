// Sessions: reading and writing items within one SQLite transaction. Keys and items are bytes here;
// what they mean is known to ops/.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dynamodb/store/connection.h"
#include "dynamodb/store/key.h"
#include "dynamodb/store/table.h"

namespace offstage::dynamodb {

struct StoredItem {
  std::int64_t row = 0;
  // By DynamoDB's rules.
  std::int64_t size = 0;
  // DynamoDB JSON; valid until the session is used again. Empty when only the size was asked for.
  std::string_view text;
};

// Which items a cursor goes through. Ends are bytes, `first` included, `end` not.
struct QueryRange {
  std::uint32_t hash = 0;
  std::string partition;
  std::string first;
  // Null: to the end of the partition.
  std::optional<std::string> end;
  Direction direction = Direction::kForward;
  // Goes on behind this one. `row` matters only to indexes, whose sort keys repeat.
  struct After {
    std::string sort;
    std::int64_t row = 0;
  };
  std::optional<After> after;
};

struct ScanRange {
  // Partition hashes.
  std::uint64_t first = 0;
  std::uint64_t end = std::uint64_t{1} << 31;
  // Goes on behind this one; `row` as FindRow gives it.
  struct After {
    IndexKey key;
    std::int64_t row = 0;
  };
  std::optional<After> after;
  // Only this row of a table without sort key; with a negative one, none. Null: all.
  std::optional<std::int64_t> single_row;
};

// Items one after the other. Must not outlive its session; one cursor of a kind at a time.
class Cursor {
 public:
  explicit Cursor(sqlite::Statement& statement) : statement_(&statement) {}
  Cursor(Cursor&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor() {
    if (statement_ != nullptr) statement_->Reset();
  }

  // False at the end.
  Result<bool> Next() { return statement_->Step(); }
  // Of the row that Next has moved to.
  std::int64_t size() const { return statement_->Int(0); }
  std::string_view text() const { return statement_->Text(1); }

 private:
  sqlite::Statement* statement_;
};

// Thread-compatible.
class ReadSession {
 public:
  explicit ReadSession(Connection& connection) : connection_(connection) {}
  // A statement that is not reset would keep its snapshot, and an old one, for the next session.
  ~ReadSession() { Release(); }
  ReadSession(const ReadSession&) = delete;
  ReadSession& operator=(const ReadSession&) = delete;

  enum class Want { kText, kSize };
  // Null: no such item.
  Result<std::optional<StoredItem>> Find(const Table& table, const ItemKey& key,
                                         Want want = Want::kText);
  // The item's row, or the one it would have.
  Result<std::int64_t> FindRow(const Table& table, const ItemKey& key);

  // `range` must stay where it is for as long as the cursor is used. `index` null: the table
  // itself.
  Result<Cursor> Query(const Table& table, const Index* index, const QueryRange& range);
  Result<Cursor> Scan(const Table& table, const Index* index, const ScanRange& range);

  Connection& connection() { return connection_; }

 protected:
  // Lets go of the text that Find has given out.
  void Release();

  Connection& connection_;

 private:
  Result<std::optional<StoredItem>> FindAt(const Table& table, const ItemKey& key, std::int64_t row,
                                           Want want);

  // The statement behind the text that Find gave out last; null: none.
  sqlite::Statement* found_ = nullptr;
};

// How a write moves an item within an index.
struct IndexMove {
  const Index* index = nullptr;
  // Null: not in the index before or after (a sparse index).
  std::optional<IndexKey> before;
  std::optional<IndexKey> after;
};

struct CountDelta {
  std::int64_t items = 0;
  std::int64_t bytes = 0;
};

// Thread-compatible.
class WriteSession : public ReadSession {
 public:
  using ReadSession::ReadSession;

  // `old`: what Find in this session answered for the key.
  Status Put(const Table& table, const ItemKey& key, const std::optional<StoredItem>& old,
             std::string_view text, std::int64_t size, const std::vector<IndexMove>& moves);
  Status Delete(const Table& table, const ItemKey& key, const StoredItem& old,
                const std::vector<IndexMove>& moves);
  // An index row alone, for indexes made after their items.
  Status InsertIndexRow(const Table& table, const Index& index, const IndexKey& key,
                        std::int64_t row);

  // Lets go of all that was read, before the transaction ends.
  void Finish() { Release(); }

  // What the writes so far have changed, by table id.
  const std::map<std::int64_t, CountDelta>& deltas() const { return deltas_; }

 private:
  Result<std::int64_t> FreeRow(const Table& table, const ItemKey& key);
  Status MoveIndexRows(const Table& table, std::int64_t row, const std::vector<IndexMove>& moves);
  Status DeleteIndexRow(const Table& table, const Index& index, const IndexKey& key,
                        std::int64_t row);

  std::map<std::int64_t, CountDelta> deltas_;
};

}  // namespace offstage::dynamodb
