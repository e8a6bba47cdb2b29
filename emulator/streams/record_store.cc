#include "streams/record_store.h"

namespace offstage::streams {

namespace {

using sqlite::Database;
using sqlite::Statement;

// AUTOINCREMENT: a position is never given out twice, also when the newest records are gone.
constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS streams(id INTEGER PRIMARY KEY, table_name TEXT NOT NULL, "
    "label TEXT NOT NULL, view_type TEXT NOT NULL, partition_key TEXT NOT NULL, "
    "sort_key TEXT NOT NULL, UNIQUE(table_name, label));"
    "CREATE TABLE IF NOT EXISTS stream_records(position INTEGER PRIMARY KEY AUTOINCREMENT, "
    "stream INTEGER NOT NULL, created_ms INTEGER NOT NULL, event TEXT NOT NULL, "
    "keys TEXT NOT NULL, old_image TEXT NOT NULL, new_image TEXT NOT NULL, "
    "size INTEGER NOT NULL, expired INTEGER NOT NULL);"
    "CREATE INDEX IF NOT EXISTS stream_records_by_stream ON stream_records(stream, position);"
    "CREATE INDEX IF NOT EXISTS stream_records_by_age ON stream_records(created_ms);";

// Old records go with every so manyeth new one.
constexpr std::int64_t kTrimEvery = 128;

Result<std::int64_t> StreamId(Database& database, const StreamSource& stream) {
  OFFSTAGE_TRY(Statement find,
               database.Prepare("SELECT id FROM streams WHERE table_name = ?1 AND label = ?2"));
  find.Bind(1, stream.table);
  find.Bind(2, stream.label);
  OFFSTAGE_TRY(const bool found, find.Step());
  if (found) {
    const std::int64_t id = find.Int(0);
    find.Reset();
    return id;
  }
  find.Reset();
  OFFSTAGE_TRY(Statement insert,
               database.Prepare("INSERT INTO streams(table_name, label, view_type, partition_key, "
                                "sort_key) VALUES(?1, ?2, ?3, ?4, ?5)"));
  insert.Bind(1, stream.table);
  insert.Bind(2, stream.label);
  insert.Bind(3, stream.view_type);
  insert.Bind(4, stream.partition_key);
  insert.Bind(5, stream.sort_key);
  OFFSTAGE_TRY_VOID(insert.Run());
  return database.LastInsertRowId();
}

std::int64_t OldestMillis(std::int64_t now_ms) {
  return now_ms - kRetention.count();
}

Status Trim(Database& database, std::int64_t now_ms) {
  OFFSTAGE_TRY(Statement trim,
               database.Prepare("DELETE FROM stream_records WHERE created_ms < ?1"));
  trim.Bind(1, OldestMillis(now_ms));
  return trim.Run();
}

Record RecordOf(const Statement& row) {
  Record record;
  record.position = row.Int(0);
  record.created_ms = row.Int(1);
  record.event = row.Text(2);
  record.keys = row.Text(3);
  record.old_image = row.Text(4);
  record.new_image = row.Text(5);
  record.size = row.Int(6);
  record.expired = row.Int(7) != 0;
  record.view_type = row.Text(8);
  return record;
}

}  // namespace

Status RecordStore::Append(Database& database, const ItemChange& change, std::int64_t now_ms) {
  if (!ready_) OFFSTAGE_TRY_VOID(database.Execute(kSchema));
  OFFSTAGE_TRY(const std::int64_t stream, StreamId(database, change.stream));
  const std::string_view view = change.stream.view_type;
  const bool shows_old = view == "OLD_IMAGE" || view == "NEW_AND_OLD_IMAGES";
  const bool shows_new = view == "NEW_IMAGE" || view == "NEW_AND_OLD_IMAGES";
  OFFSTAGE_TRY(
      Statement insert,
      database.Prepare("INSERT INTO stream_records(stream, created_ms, event, keys, old_image, "
                       "new_image, size, expired) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
  insert.Bind(1, stream);
  insert.Bind(2, now_ms);
  insert.Bind(3, std::string_view(change.old_image.empty()   ? "INSERT"
                                  : change.new_image.empty() ? "REMOVE"
                                                             : "MODIFY"));
  insert.Bind(4, change.keys);
  insert.Bind(5, shows_old ? change.old_image : std::string_view(""));
  insert.Bind(6, shows_new ? change.new_image : std::string_view(""));
  insert.Bind(
      7, change.keys_size + (shows_old ? change.old_size : 0) + (shows_new ? change.new_size : 0));
  insert.Bind(8, std::int64_t{change.origin == ItemChange::Origin::kTimeToLive ? 1 : 0});
  OFFSTAGE_TRY_VOID(insert.Run());
  if (database.LastInsertRowId() % kTrimEvery == 0) return Trim(database, now_ms);
  return Ok();
}

Status RecordStore::Open(const std::string& file) {
  OFFSTAGE_TRY(auto database, Database::Open({.path = file}));
  OFFSTAGE_TRY_VOID(database->Execute(kSchema));
  const MutexLock lock(mutex_);
  database_ = std::move(database);
  ready_ = true;
  return Ok();
}

Result<std::vector<StreamDescription>> RecordStore::StreamsWithRecords(std::int64_t now_ms) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(
      Statement select,
      database_->Prepare("SELECT table_name, label, view_type, partition_key, sort_key FROM "
                         "streams s WHERE EXISTS (SELECT 1 FROM stream_records r WHERE r.stream = "
                         "s.id AND r.created_ms >= ?1) ORDER BY table_name, label"));
  select.Bind(1, OldestMillis(now_ms));
  std::vector<StreamDescription> out;
  while (true) {
    OFFSTAGE_TRY(const bool more, select.Step());
    if (!more) return out;
    out.push_back({.table = std::string(select.Text(0)),
                   .label = std::string(select.Text(1)),
                   .view_type = std::string(select.Text(2)),
                   .partition_key = std::string(select.Text(3)),
                   .sort_key = std::string(select.Text(4))});
  }
}

Result<std::vector<Record>> RecordStore::Read(const StreamName& stream, const Range& range,
                                              std::int64_t now_ms) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(
      Statement select,
      database_->Prepare("SELECT r.position, r.created_ms, r.event, r.keys, r.old_image, "
                         "r.new_image, r.size, r.expired, s.view_type FROM streams s "
                         "CROSS JOIN stream_records r ON r.stream = s.id WHERE s.table_name = ?1 "
                         "AND s.label = ?2 AND r.position > ?3 AND r.created_ms >= ?4 "
                         "ORDER BY r.position LIMIT ?5"));
  select.Bind(1, stream.table);
  select.Bind(2, stream.label);
  select.Bind(3, range.after);
  select.Bind(4, OldestMillis(now_ms));
  select.Bind(5, range.limit);
  std::vector<Record> out;
  while (true) {
    OFFSTAGE_TRY(const bool more, select.Step());
    if (!more) return out;
    out.push_back(RecordOf(select));
  }
}

Result<std::int64_t> RecordStore::ReadNumber(Statement& statement) {
  OFFSTAGE_TRY(const bool found, statement.Step());
  return found && !statement.IsNull(0) ? statement.Int(0) : std::int64_t{0};
}

Result<std::int64_t> RecordStore::LastPosition() {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement select, database_->Prepare("SELECT seq FROM sqlite_sequence WHERE name = "
                                                    "'stream_records'"));
  return ReadNumber(select);
}

Result<std::int64_t> RecordStore::LastPosition(const StreamName& stream) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(
      Statement select,
      database_->Prepare("SELECT max(position) FROM stream_records WHERE stream = (SELECT id FROM "
                         "streams WHERE table_name = ?1 AND label = ?2)"));
  select.Bind(1, stream.table);
  select.Bind(2, stream.label);
  return ReadNumber(select);
}

bool RecordStore::Has(const StreamName& stream, std::int64_t position, std::int64_t now_ms) {
  const auto found = Read(stream, {.after = position - 1, .limit = 1}, now_ms);
  return found.ok() && !found->empty() && found->front().position == position;
}

}  // namespace offstage::streams
