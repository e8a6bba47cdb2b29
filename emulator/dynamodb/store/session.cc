#include "dynamodb/store/session.h"

namespace offstage::dynamodb {

namespace {

using sqlite::BlobView;
using sqlite::ResetAtEnd;
using sqlite::Statement;

// Sorts above every key: the longest is four components of 2,048 bytes, each escaped.
const std::string& AboveAllKeys() {
  static const std::string bytes(32 * 1024, '\xFF');
  return bytes;
}

bool HasSortKey(const Table& table) {
  return !table.definition.key.sort.empty();
}

}  // namespace

Result<std::optional<StoredItem>> ReadSession::FindAt(const Table& table, const ItemKey& key,
                                                      std::int64_t row, Want want) {
  OFFSTAGE_TRY(Statement * find,
               connection_.Prepared(
                   table, want == Want::kText ? ItemStatement::kFind : ItemStatement::kFindSize));
  // Not reset at the end: the text is to stay valid until the next use.
  Release();
  find->Bind(1, row);
  OFFSTAGE_TRY(const bool found, find->Step());
  std::optional<StoredItem> item;
  if (found && find->Blob(1) == key.partition && find->Blob(2) == key.sort) {
    item = StoredItem{.row = row, .size = find->Int(0), .text = {}};
    if (want == Want::kText) {
      item->text = find->Text(3);
      found_ = find;
      return item;
    }
  }
  find->Reset();
  return item;
}

void ReadSession::Release() {
  if (found_ != nullptr) found_->Reset();
  found_ = nullptr;
}

Result<std::optional<StoredItem>> ReadSession::Find(const Table& table, const ItemKey& key,
                                                    Want want) {
  OFFSTAGE_TRY(std::optional<StoredItem> item, FindAt(table, key, key.PreferredRow(), want));
  if (item) return item;
  OFFSTAGE_TRY(Statement * find, connection_.Prepared(table, ItemStatement::kFindKey));
  std::int64_t row = 0;
  {
    const ResetAtEnd reset(*find);
    find->Bind(1, static_cast<std::int64_t>(key.hash));
    find->Bind(2, BlobView{key.partition});
    find->Bind(3, BlobView{key.sort});
    OFFSTAGE_TRY(const bool found, find->Step());
    if (!found) return item;
    row = find->Int(0);
  }
  return FindAt(table, key, row, want);
}

Result<std::int64_t> ReadSession::FindRow(const Table& table, const ItemKey& key) {
  OFFSTAGE_TRY(const std::optional<StoredItem> item, Find(table, key, Want::kSize));
  return item ? item->row : key.PreferredRow();
}

Result<Cursor> ReadSession::Query(const Table& table, const Index* index, const QueryRange& range) {
  const bool forward = range.direction == Direction::kForward;
  Statement* query = nullptr;
  if (index == nullptr) {
    OFFSTAGE_TRY(query, connection_.Prepared(table, forward ? ItemStatement::kQueryForward
                                                            : ItemStatement::kQueryBackward));
  } else if (!range.after) {
    OFFSTAGE_TRY(query, connection_.Prepared(table, *index,
                                             forward ? IndexStatement::kQueryForward
                                                     : IndexStatement::kQueryBackward));
  } else {
    OFFSTAGE_TRY(query, connection_.Prepared(table, *index,
                                             forward ? IndexStatement::kQueryForwardAfter
                                                     : IndexStatement::kQueryBackwardAfter));
  }
  query->Reset();
  query->Bind(1, static_cast<std::int64_t>(range.hash));
  query->Bind(2, BlobView{range.partition});
  query->Bind(3, BlobView{range.first});
  query->Bind(
      4, BlobView{range.end ? std::string_view(*range.end) : std::string_view(AboveAllKeys())});
  if (index != nullptr && range.after) {
    query->Bind(5, BlobView{range.after->sort});
    query->Bind(6, range.after->row);
  }
  return Cursor(*query);
}

Result<Cursor> ReadSession::Scan(const Table& table, const Index* index, const ScanRange& range) {
  if (index == nullptr && !HasSortKey(table)) {
    OFFSTAGE_TRY(Statement * rows, connection_.Prepared(table, ItemStatement::kScanRows));
    rows->Reset();
    if (range.single_row) {
      rows->Bind(1, *range.single_row - 1);
      rows->Bind(2, *range.single_row + 1);
      return Cursor(*rows);
    }
    rows->Bind(1,
               range.after ? range.after->row : static_cast<std::int64_t>(range.first << 32) - 1);
    rows->Bind(2, static_cast<std::int64_t>(
                      range.end < (std::uint64_t{1} << 31)
                          ? range.end << 32
                          : std::uint64_t{std::numeric_limits<std::int64_t>::max()}));
    return Cursor(*rows);
  }
  Statement* scan = nullptr;
  if (index == nullptr) {
    OFFSTAGE_TRY(scan, connection_.Prepared(table, ItemStatement::kScanKeys));
  } else {
    OFFSTAGE_TRY(scan, connection_.Prepared(table, *index, IndexStatement::kScan));
  }
  scan->Reset();
  if (range.after) {
    scan->Bind(1, static_cast<std::int64_t>(range.after->key.hash));
    scan->Bind(2, BlobView{range.after->key.partition});
    scan->Bind(3, BlobView{range.after->key.sort});
  } else {
    // Below every row of the first hash: partitions are never empty.
    scan->Bind(1, static_cast<std::int64_t>(range.first));
    scan->Bind(2, BlobView{});
    scan->Bind(3, BlobView{});
  }
  scan->Bind(4, static_cast<std::int64_t>(range.end));
  if (index != nullptr) scan->Bind(5, range.after ? range.after->row : std::int64_t{-1});
  return Cursor(*scan);
}

Result<std::int64_t> WriteSession::FreeRow(const Table& table, const ItemKey& key) {
  OFFSTAGE_TRY(Statement * find, connection_.Prepared(table, ItemStatement::kFindSize));
  for (std::int64_t row = key.PreferredRow();; ++row) {
    const ResetAtEnd reset(*find);
    find->Bind(1, row);
    OFFSTAGE_TRY(const bool taken, find->Step());
    if (!taken) return row;
  }
}

Status WriteSession::Put(const Table& table, const ItemKey& key,
                         const std::optional<StoredItem>& old, std::string_view text,
                         std::int64_t size, const std::vector<IndexMove>& moves) {
  CountDelta& delta = deltas_[table.id];
  if (old) {
    OFFSTAGE_TRY(Statement * update, connection_.Prepared(table, ItemStatement::kUpdate));
    update->Bind(1, old->row);
    update->Bind(2, size);
    update->Bind(3, text);
    OFFSTAGE_TRY_VOID(update->Run());
    delta.bytes += size - old->size;
    return MoveIndexRows(table, old->row, moves);
  }
  OFFSTAGE_TRY(const std::int64_t row, FreeRow(table, key));
  OFFSTAGE_TRY(Statement * insert, connection_.Prepared(table, ItemStatement::kInsert));
  insert->Bind(1, row);
  insert->Bind(2, size);
  insert->Bind(3, BlobView{key.partition});
  insert->Bind(4, BlobView{key.sort});
  insert->Bind(5, text);
  OFFSTAGE_TRY_VOID(insert->Run());
  if (HasSortKey(table) || row != key.PreferredRow()) {
    OFFSTAGE_TRY(Statement * insert_key, connection_.Prepared(table, ItemStatement::kInsertKey));
    insert_key->Bind(1, static_cast<std::int64_t>(key.hash));
    insert_key->Bind(2, BlobView{key.partition});
    insert_key->Bind(3, BlobView{key.sort});
    insert_key->Bind(4, row);
    OFFSTAGE_TRY_VOID(insert_key->Run());
  }
  delta.items += 1;
  delta.bytes += size;
  return MoveIndexRows(table, row, moves);
}

Status WriteSession::Delete(const Table& table, const ItemKey& key, const StoredItem& old,
                            const std::vector<IndexMove>& moves) {
  OFFSTAGE_TRY_VOID(MoveIndexRows(table, old.row, moves));
  OFFSTAGE_TRY(Statement * remove, connection_.Prepared(table, ItemStatement::kDelete));
  remove->Bind(1, old.row);
  OFFSTAGE_TRY_VOID(remove->Run());
  if (HasSortKey(table) || old.row != key.PreferredRow()) {
    OFFSTAGE_TRY(Statement * remove_key, connection_.Prepared(table, ItemStatement::kDeleteKey));
    remove_key->Bind(1, static_cast<std::int64_t>(key.hash));
    remove_key->Bind(2, BlobView{key.partition});
    remove_key->Bind(3, BlobView{key.sort});
    OFFSTAGE_TRY_VOID(remove_key->Run());
  }
  CountDelta& delta = deltas_[table.id];
  delta.items -= 1;
  delta.bytes -= old.size;
  return Ok();
}

Status WriteSession::MoveIndexRows(const Table& table, std::int64_t row,
                                   const std::vector<IndexMove>& moves) {
  for (const IndexMove& move : moves) {
    if (move.before == move.after) continue;
    if (move.before) OFFSTAGE_TRY_VOID(DeleteIndexRow(table, *move.index, *move.before, row));
    if (move.after) OFFSTAGE_TRY_VOID(InsertIndexRow(table, *move.index, *move.after, row));
  }
  return Ok();
}

Status WriteSession::InsertIndexRow(const Table& table, const Index& index, const IndexKey& key,
                                    std::int64_t row) {
  OFFSTAGE_TRY(Statement * insert, connection_.Prepared(table, index, IndexStatement::kInsert));
  insert->Bind(1, static_cast<std::int64_t>(key.hash));
  insert->Bind(2, BlobView{key.partition});
  insert->Bind(3, BlobView{key.sort});
  insert->Bind(4, row);
  return insert->Run();
}

Status WriteSession::DeleteIndexRow(const Table& table, const Index& index, const IndexKey& key,
                                    std::int64_t row) {
  OFFSTAGE_TRY(Statement * remove, connection_.Prepared(table, index, IndexStatement::kDelete));
  remove->Bind(1, static_cast<std::int64_t>(key.hash));
  remove->Bind(2, BlobView{key.partition});
  remove->Bind(3, BlobView{key.sort});
  remove->Bind(4, row);
  return remove->Run();
}

}  // namespace offstage::dynamodb
