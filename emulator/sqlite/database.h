// SQLite behind a small interface: the only includer of sqlite3.h.
//
//   OFFSTAGE_TRY(auto database, Database::Open({.path = file}));
//   OFFSTAGE_TRY(auto insert, database->Prepare("INSERT INTO t(k, v) VALUES
//   (?1, ?2)")); insert.Bind(1, BlobView{key}); insert.Bind(2, text);
//   OFFSTAGE_TRY_VOID(insert.Run());
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace offstage::sqlite {

// Bytes to be bound or read as a BLOB (a string_view is TEXT).
struct BlobView {
  std::string_view bytes;
};

// A prepared statement. Thread-compatible; used with its connection, by one
// thread at a time. Must not outlive its Database.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // Parameters count from 1. Text and blobs are borrowed until the next Reset()
  // or Run().
  void Bind(int index, std::string_view text);
  void Bind(int index, BlobView blob);
  void Bind(int index, std::int64_t number);
  void BindNull(int index);

  // Moves to the next row: true when there is one.
  Result<bool> Step();
  // Runs to the end without looking at rows, then resets.
  Status Run();
  // Ready to be bound and run again. Statements must be reset before the
  // connection's transaction ends.
  void Reset();

  // Columns count from 0 and are valid until the next Step() or Reset().
  std::string_view Text(int column) const;
  std::string_view Blob(int column) const;
  std::int64_t Int(int column) const;
  bool IsNull(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  sqlite3_stmt* handle_ = nullptr;
};

// Resets a statement at the end of a scope, however it is left.
class ResetAtEnd {
 public:
  explicit ResetAtEnd(Statement& statement) : statement_(statement) {}
  ~ResetAtEnd() { statement_.Reset(); }
  ResetAtEnd(const ResetAtEnd&) = delete;
  ResetAtEnd& operator=(const ResetAtEnd&) = delete;

 private:
  Statement& statement_;
};

enum class Access { kReadWrite, kReadOnly };

struct OpenOptions {
  std::string path;
  Access access = Access::kReadWrite;
  // How many milliseconds a statement waits for another connection's or
  // process's lock.
  int busy_timeout_ms = 10'000;
};

// One connection. Thread-compatible: one thread at a time. WAL,
// synchronous=NORMAL (a killed process loses nothing; a power cut may lose the
// last moments, which is right for a development tool).
class Database {
 public:
  // Creates the file if it is missing and may be written; ":memory:" is a private one in memory.
  // Fails with SQLite's reason and the path.
  static Result<std::unique_ptr<Database>> Open(const OpenOptions& options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  Result<Statement> Prepare(std::string_view sql);
  // Runs one or more statements without parameters.
  Status Execute(const std::string& sql);
  // Replaces this database's content by `source`'s, page by page. Both are otherwise idle; readers
  // of this database on other connections keep what they see until their transaction ends.
  Status CopyFrom(Database& source);
  // Rows changed by this connection since it was opened.
  std::int64_t TotalChanges() const;
  // Rows changed by the last INSERT, UPDATE or DELETE.
  std::int64_t Changes() const;
  std::int64_t LastInsertRowId() const;

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  sqlite3* handle_;
};

// Rolls back at the end of its scope unless committed. BEGIN IMMEDIATE: takes
// the write lock at once.
class Transaction {
 public:
  static Result<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Status Commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace offstage::sqlite
