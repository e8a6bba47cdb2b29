#include "sqlite/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <utility>

namespace offstage::sqlite {

namespace {

Failure<Error> FailWith(sqlite3* handle, std::string_view doing) {
  return Fail(Error{fmt::format("SQLite, {}: {}", doing,
                                handle == nullptr ? "out of memory" : sqlite3_errmsg(handle))});
}

std::string OpenFailure(const OpenOptions& options, const std::string& reason) {
  return fmt::format(
      "cannot open the database {}: {}; is the folder there and "
      "may this user write to it?",
      options.path, reason);
}

}  // namespace

Statement::Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

void Statement::Bind(int index, std::string_view text) {
  // A null pointer would bind NULL; an empty view may carry one.
  sqlite3_bind_text64(handle_, index, text.data() == nullptr ? "" : text.data(), text.size(),
                      SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::Bind(int index, BlobView blob) {
  if (blob.bytes.empty()) {
    sqlite3_bind_zeroblob(handle_, index, 0);
  } else {
    sqlite3_bind_blob64(handle_, index, blob.bytes.data(), blob.bytes.size(), SQLITE_STATIC);
  }
}

void Statement::Bind(int index, std::int64_t number) {
  sqlite3_bind_int64(handle_, index, number);
}
void Statement::BindNull(int index) {
  sqlite3_bind_null(handle_, index);
}

Result<bool> Statement::Step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return FailWith(sqlite3_db_handle(handle_), sqlite3_sql(handle_));
}

Status Statement::Run() {
  const ResetAtEnd reset(*this);
  while (true) {
    OFFSTAGE_TRY(const bool more, Step());
    if (!more) return Ok();
  }
}

void Statement::Reset() {
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

std::string_view Statement::Text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::string_view Statement::Blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::int64_t Statement::Int(int column) const {
  return sqlite3_column_int64(handle_, column);
}
bool Statement::IsNull(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

Result<std::unique_ptr<Database>> Database::Open(const OpenOptions& options) {
  sqlite3* handle = nullptr;
  const int flags =
      (options.access == Access::kReadOnly ? SQLITE_OPEN_READONLY
                                           : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
      SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(options.path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<Database> database(new Database(handle));
  if (code != SQLITE_OK) {
    return Fail(
        Error{OpenFailure(options, handle == nullptr ? "out of memory" : sqlite3_errmsg(handle))});
  }
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, options.busy_timeout_ms);
  if (options.access == Access::kReadWrite) {
    // WAL lets readers run beside the writer. NORMAL: a killed process loses no
    // commit (the log is in the page cache); only a power cut could.
    auto status = database->Execute(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
        "PRAGMA foreign_keys=ON;");
    if (!status.ok()) return Fail(Error{OpenFailure(options, status.error().message)});
  }
  return database;
}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

Result<Statement> Database::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return FailWith(handle_, sql);
  return Statement(statement);
}

Status Database::Execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return FailWith(handle_, sql);
  return Ok();
}

Status Database::CopyFrom(Database& source) {
  sqlite3_backup* backup = sqlite3_backup_init(handle_, "main", source.handle_, "main");
  if (backup == nullptr) return FailWith(handle_, "copying a database");
  const int code = sqlite3_backup_step(backup, -1);
  sqlite3_backup_finish(backup);
  if (code != SQLITE_DONE) {
    return Fail(Error{fmt::format("SQLite, copying a database: {}", sqlite3_errstr(code))});
  }
  return Ok();
}

std::int64_t Database::TotalChanges() const {
  return sqlite3_total_changes64(handle_);
}

std::int64_t Database::Changes() const {
  return sqlite3_changes64(handle_);
}
std::int64_t Database::LastInsertRowId() const {
  return sqlite3_last_insert_rowid(handle_);
}

Result<Transaction> Transaction::Begin(Database& database) {
  OFFSTAGE_TRY_VOID(database.Execute("BEGIN IMMEDIATE"));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  if (database_ != nullptr) (void)database_->Execute("ROLLBACK").ok();
}

Status Transaction::Commit() {
  OFFSTAGE_TRY_VOID(database_->Execute("COMMIT"));
  database_ = nullptr;
  return Ok();
}

}  // namespace offstage::sqlite
