// Store: the tables of one deployment in one SQLite file. One connection writes, several read.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "aws/api_error.h"
#include "base/mutex.h"
#include "base/result.h"
#include "base/work_folder.h"
#include "dynamodb/store/past_states.h"
#include "dynamodb/store/session.h"
#include "dynamodb/store/snapshot.h"
#include "dynamodb/store/table.h"
#include "dynamodb/store/write_queue.h"

namespace offstage::dynamodb {

struct StoreOptions {
  // The database file; empty: a temporary one that is deleted at the end.
  std::string path;
  // How far reads that need not be consistent lag behind writes; 0: not at all.
  std::chrono::milliseconds read_lag{0};
};

// kEventual: may miss the writes of the last moment, if the store was opened with a lag.
enum class Consistency { kEventual, kStrong };

// Thread-safe.
class Store {
 public:
  static Result<std::unique_ptr<Store>> Open(const StoreOptions& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Null: no such table. Names' case matters.
  TablePtr FindTable(std::string_view name) const;
  // By name.
  std::vector<TablePtr> Tables() const;

  // Gives the table and its indexes their ids and makes their SQL tables. Fails when the name is
  // taken: callers ask first, under the catalogue lock.
  Result<TablePtr> CreateTable(Table table);
  // Replaces the definition. Indexes with id 0 are made and filled by `fill`; those missing are
  // dropped.
  using FillIndex =
      std::function<Result<std::optional<IndexKey>>(const Index& index, std::string_view item)>;
  Result<TablePtr> UpdateTable(Table table, const FillIndex& fill);
  Status DropTable(const Table& table);
  Status ClearTable(const Table& table);
  // Held by operations that look at the catalogue and then change it.
  std::unique_lock<std::mutex> LockCatalogue() { return std::unique_lock(catalogue_change_); }
  // Another number: a table or index that was there before may be gone. An operation that failed
  // because of that begins anew.
  std::uint64_t generation() const { return generation_; }

  // Runs `work` in one transaction with other writers' (write_queue.h), maybe on another thread: it
  // sees all earlier writes, and when Write returns its own are durable. `work` must not write
  // before it is sure to succeed: an error means that it has changed nothing. When it fails after
  // it has written, or the commit fails, all that the transaction has done so far is undone, and
  // each writer of that gets an InternalServerError, which SDKs retry.
  using Work = WriteQueue::Work;
  aws::Outcome<Unit> Write(const Work& work);

  // A connection for reading, back in the pool at the end of its scope. All its reads see the same
  // state: that of the last write acknowledged before Read, or a newer one.
  class Reader {
   public:
    Reader(Store& store, std::unique_ptr<Connection> connection)
        : store_(&store),
          connection_(std::move(connection)),
          session_(std::in_place, *connection_) {}
    explicit Reader(std::shared_ptr<PastStates::State> past)
        : past_(std::move(past)),
          past_lock_(past_->mutex),
          session_(std::in_place, *past_->connection) {}
    // Only before the session is used.
    Reader(Reader&& other) noexcept
        : store_(other.store_),
          connection_(std::move(other.connection_)),
          past_(std::move(other.past_)),
          past_lock_(std::move(other.past_lock_)),
          session_(std::in_place, past_ != nullptr ? *past_->connection : *connection_) {
      other.session_.reset();
    }
    Reader& operator=(Reader&&) = delete;
    ~Reader();
    ReadSession* operator->() { return &*session_; }
    ReadSession& operator*() { return *session_; }

   private:
    // Null when it reads a past state.
    Store* store_ = nullptr;
    std::unique_ptr<Connection> connection_;
    std::shared_ptr<PastStates::State> past_;
    std::unique_lock<std::mutex> past_lock_;
    std::optional<ReadSession> session_;
  };
  Result<Reader> Read(Consistency consistency = Consistency::kStrong);
  // Everything written until now is there for every read, the lag notwithstanding.
  Status EndLag();

  // The database file, a temporary one too.
  const std::string& path() const { return path_; }

  // A copy of the whole database in memory: every table, item and index, and what other components
  // keep beside them.
  Result<StoreSnapshot> TakeSnapshot();
  // Makes the database be as it was when `snapshot` was taken from this store. Nothing is copied
  // when nothing has been written since the last Restore from the same snapshot. Reads that are
  // under way end on what they began with.
  Status Restore(const StoreSnapshot& snapshot);

  // Items and bytes of the table now.
  Result<CountDelta> Counts(const Table& table);

 private:
  struct Counter {
    std::int64_t items = 0;
    std::int64_t bytes = 0;
    // False after a crash, until counted again.
    bool known = false;
  };

  explicit Store(std::string path)
      : path_(std::move(path)),
        writes_([this](const std::vector<WriteQueue::Job*>& group) { RunGroup(group); }) {}
  Status Prepare();
  Status LoadCatalogue();
  Status ForgetSavedCounts();
  Status SaveCounts();
  Result<std::uint64_t> WriteMark();
  Status SaveTable(WriteSession& session, const Table& table);
  Status MakeIndexes(WriteSession& session, Table& table, const FillIndex& fill);
  void Publish(TablePtr table);
  void SetCount(std::int64_t table_id, const Counter& counter);
  void AddCounts(const std::map<std::int64_t, CountDelta>& deltas);
  // Runs one catalogue change in a transaction, then `committed`, which publishes it, before any
  // other write: nobody sees a change that did not last, and no write misses a new index.
  Status Change(const std::function<Status(WriteSession&)>& change,
                const std::function<void()>& committed);
  void RunGroup(const std::vector<WriteQueue::Job*>& group);
  std::size_t RunTransaction(std::span<WriteQueue::Job* const> jobs);
  void RunCheckpoints(const std::stop_token& stop);
  void EndIdleSnapshots();
  void NoteWrites();

  const std::string path_;
  // Set for a database that ends with the store.
  std::unique_ptr<WorkFolder> temporary_;
  std::chrono::milliseconds read_lag_{0};

  std::mutex catalogue_change_;
  mutable std::shared_mutex catalogue_mutex_;
  // By name. Guarded by catalogue_mutex_.
  std::map<std::string, TablePtr, std::less<>> tables_;
  std::atomic<std::uint64_t> generation_{0};
  // Transactions committed so far.
  std::atomic<std::uint64_t> commits_{0};

  // Null without a lag.
  std::unique_ptr<PastStates> past_;

  WriteQueue writes_;
  std::mutex writer_mutex_;
  // Guarded by writer_mutex_.
  std::unique_ptr<Connection> writer_;
  // The last snapshot restored and the database's state right after it. Guarded by writer_mutex_.
  std::uint64_t last_snapshot_ = 0;
  std::uint64_t restored_from_ = 0;
  std::uint64_t restored_mark_ = 0;
  int restores_ = 0;

  std::mutex readers_mutex_;
  // Idle ones. Guarded by readers_mutex_.
  std::vector<std::unique_ptr<Connection>> readers_;

  std::mutex counts_mutex_;
  // By table id. Guarded by counts_mutex_.
  std::map<std::int64_t, Counter> counts_;

  std::atomic<int> writes_since_checkpoint_{0};
  std::mutex checkpoint_mutex_;
  std::condition_variable_any checkpoint_wanted_;
  // From the start, for the log that a killed process has left: it would grow from kill to kill.
  bool checkpoint_asked_ = true;
  std::unique_ptr<Connection> checkpointer_;
  std::jthread checkpoint_thread_;
};

}  // namespace offstage::dynamodb
