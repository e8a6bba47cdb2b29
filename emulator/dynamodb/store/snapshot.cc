#include "dynamodb/store/snapshot.h"

#include "dynamodb/store/store.h"

namespace offstage::dynamodb {

namespace {

// Restores between two checkpoints of the log, which each restore makes longer by the whole
// database.
constexpr int kRestoresPerCheckpoint = 8;

Result<std::int64_t> DataVersion(sqlite::Database& database) {
  OFFSTAGE_TRY(sqlite::Statement read, database.Prepare("PRAGMA data_version"));
  OFFSTAGE_TRY_VOID(read.Step());
  return read.Int(0);
}

}  // namespace

// Differs whenever anybody has written in between: this connection's own changes, and the number of
// other connections' commits.
Result<std::uint64_t> Store::WriteMark() {
  OFFSTAGE_TRY(const std::int64_t others, DataVersion(writer_->database()));
  return (static_cast<std::uint64_t>(others) << 40U) +
         static_cast<std::uint64_t>(writer_->database().TotalChanges());
}

Result<StoreSnapshot> Store::TakeSnapshot() {
  const std::lock_guard lock(writer_mutex_);
  StoreSnapshot snapshot;
  snapshot.id = ++last_snapshot_;
  OFFSTAGE_TRY(snapshot.pages, sqlite::Database::Open({.path = ":memory:"}));
  OFFSTAGE_TRY_VOID(snapshot.pages->CopyFrom(writer_->database()));
  return snapshot;
}

Status Store::Restore(const StoreSnapshot& snapshot) {
  const auto catalogue = LockCatalogue();
  const std::lock_guard lock(writer_mutex_);
  OFFSTAGE_TRY(std::uint64_t mark, WriteMark());
  if (restored_from_ == snapshot.id && restored_mark_ == mark) return EndLag();
  OFFSTAGE_TRY_VOID(writer_->database().CopyFrom(*snapshot.pages));
  {
    const std::unique_lock tables(catalogue_mutex_);
    tables_.clear();
  }
  {
    const std::lock_guard counts(counts_mutex_);
    counts_.clear();
  }
  OFFSTAGE_TRY_VOID(LoadCatalogue());
  ++generation_;
  // Readers that wait for their next use hold the state of the last commit that they know of.
  ++commits_;
  if (++restores_ % kRestoresPerCheckpoint == 0) {
    EndIdleSnapshots();
    OFFSTAGE_TRY_VOID(writer_->database().Execute("PRAGMA wal_checkpoint(PASSIVE)"));
  }
  OFFSTAGE_TRY(mark, WriteMark());
  restored_from_ = snapshot.id;
  restored_mark_ = mark;
  return EndLag();
}

}  // namespace offstage::dynamodb
