#include "dynamodb/store/store.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "base/json.h"
#include "dynamodb/store/item_history.h"

namespace offstage::dynamodb {

namespace {

using sqlite::ResetAtEnd;
using sqlite::Statement;

constexpr std::string_view kVersion = "1";
constexpr std::int64_t kEndOfTime = std::numeric_limits<std::int64_t>::max();
// Commits between two checkpoints: about 4 MB of log at one page each.
constexpr int kWritesPerCheckpoint = 1000;
// Pages of log above which a checkpoint waits for readers to let it start the log anew.
constexpr std::int64_t kLongLogPages = 16 * 1024;
// How long it waits: meanwhile it keeps writers out, who would give up with "database is locked".
// Whoever still reads the log then is left to the next checkpoint.
constexpr const char* kCheckpointPatience = "PRAGMA busy_timeout = 20";
constexpr std::size_t kMaxIdleReaders = 16;

Result<std::string> ReadText(sqlite::Database& database, const std::string& sql) {
  OFFSTAGE_TRY(Statement statement, database.Prepare(sql));
  OFFSTAGE_TRY(const bool found, statement.Step());
  return found ? std::string(statement.Text(0)) : std::string();
}

}  // namespace

Result<std::unique_ptr<Store>> Store::Open(const StoreOptions& options) {
  std::string path = options.path;
  std::unique_ptr<WorkFolder> folder;
  if (path.empty()) {
    OFFSTAGE_TRY(folder, WorkFolder::Make());
    path = (folder->path() / "dynamodb.db").string();
  }
  std::unique_ptr<Store> store(new Store(path));
  store->temporary_ = std::move(folder);
  store->read_lag_ = options.read_lag;
  auto prepared = store->Prepare();
  if (!prepared.ok()) {
    return Fail(Error{fmt::format("the DynamoDB data in {} cannot be opened: {}", path,
                                  prepared.error().message)});
  }
  return store;
}

Status Store::Prepare() {
  OFFSTAGE_TRY(writer_, Connection::Open(path_));
  OFFSTAGE_TRY(checkpointer_, Connection::Open(path_));
  OFFSTAGE_TRY_VOID(checkpointer_->database().Execute(kCheckpointPatience));
  sqlite::Database& database = writer_->database();
  if (temporary_ != nullptr) {
    // Nobody opens the file again: neither its commits nor its checkpoints wait for the disk.
    for (Connection* connection : {writer_.get(), checkpointer_.get()})
      OFFSTAGE_TRY_VOID(connection->database().Execute("PRAGMA synchronous = OFF"));
  }
  // Room for the pages that the log holds between two checkpoints.
  OFFSTAGE_TRY_VOID(database.Execute("PRAGMA cache_size = -8192"));
  OFFSTAGE_TRY_VOID(database.Execute(
      "CREATE TABLE IF NOT EXISTS dynamodb_meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) "
      "WITHOUT ROWID;"
      "CREATE TABLE IF NOT EXISTS dynamodb_tables(id INTEGER PRIMARY KEY, name TEXT NOT NULL "
      "UNIQUE, "
      "description TEXT NOT NULL);"
      "CREATE TABLE IF NOT EXISTS dynamodb_counts(id INTEGER PRIMARY KEY, items INTEGER NOT NULL, "
      "bytes INTEGER NOT NULL);"
      "INSERT OR IGNORE INTO dynamodb_meta VALUES('version', '1'), ('last_id', '0');"));
  OFFSTAGE_TRY(const std::string version,
               ReadText(database, "SELECT value FROM dynamodb_meta WHERE name = 'version'"));
  if (version != kVersion) {
    return Fail(Error{fmt::format(
        "it has format {}, this program reads format {}; use the newer program, or another "
        "--data folder",
        version, kVersion)});
  }
  OFFSTAGE_TRY_VOID(CreateHistoryTable(database));
  OFFSTAGE_TRY_VOID(LoadCatalogue());
  OFFSTAGE_TRY_VOID(ForgetSavedCounts());
  if (read_lag_.count() > 0) past_ = std::make_unique<PastStates>(path_, read_lag_, commits_);
  checkpoint_thread_ = std::jthread([this](const std::stop_token& stop) { RunCheckpoints(stop); });
  return Ok();
}

Status Store::LoadCatalogue() {
  sqlite::Database& database = writer_->database();
  OFFSTAGE_TRY(
      Statement select,
      database.Prepare("SELECT t.id, t.description, c.items, c.bytes FROM dynamodb_tables t "
                       "LEFT JOIN dynamodb_counts c ON c.id = t.id"));
  while (true) {
    OFFSTAGE_TRY(const bool more, select.Step());
    if (!more) break;
    OFFSTAGE_TRY(const Json json, ParseJson(select.Text(1)));
    OFFSTAGE_TRY(Table table, TableFromJson(json));
    table.id = select.Int(0);
    counts_[table.id] = {
        .items = select.Int(2), .bytes = select.Int(3), .known = !select.IsNull(2)};
    Publish(std::make_shared<const Table>(std::move(table)));
  }
  return Ok();
}

Status Store::ForgetSavedCounts() {
  // Counts are saved at the end only: a program that was killed leaves none, and they are taken
  // from the items when first asked for.
  return writer_->database().Execute("DELETE FROM dynamodb_counts");
}

Store::~Store() {
  checkpoint_thread_.request_stop();
  if (checkpoint_thread_.joinable()) checkpoint_thread_.join();
  if (writer_ != nullptr && temporary_ == nullptr) (void)SaveCounts().ok();
  readers_.clear();
  checkpointer_.reset();
  writer_.reset();
}

Status Store::SaveCounts() {
  return Change(
      [this](WriteSession& session) -> Status {
        OFFSTAGE_TRY(Statement insert,
                     session.connection().database().Prepare(
                         "INSERT OR REPLACE INTO dynamodb_counts VALUES(?1, ?2, ?3)"));
        for (const auto& [id, counter] : counts_) {
          if (!counter.known) continue;
          insert.Bind(1, id);
          insert.Bind(2, counter.items);
          insert.Bind(3, counter.bytes);
          OFFSTAGE_TRY_VOID(insert.Run());
        }
        return Ok();
      },
      [] {});
}

TablePtr Store::FindTable(std::string_view name) const {
  const std::shared_lock lock(catalogue_mutex_);
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second;
}

std::vector<TablePtr> Store::Tables() const {
  const std::shared_lock lock(catalogue_mutex_);
  std::vector<TablePtr> out;
  out.reserve(tables_.size());
  for (const auto& [name, table] : tables_)
    out.push_back(table);
  return out;
}

void Store::Publish(TablePtr table) {
  const std::unique_lock lock(catalogue_mutex_);
  std::string name = table->definition.name;
  tables_.insert_or_assign(std::move(name), std::move(table));
}

Status Store::Change(const std::function<Status(WriteSession&)>& change,
                     const std::function<void()>& committed) {
  const std::lock_guard lock(writer_mutex_);
  OFFSTAGE_TRY_VOID(writer_->Begin());
  WriteSession session(*writer_);
  Status done = change(session);
  if (done.ok()) done = writer_->Commit();
  if (!done.ok()) {
    writer_->Rollback();
    return done;
  }
  committed();
  ++generation_;
  ++commits_;
  return EndLag();
}

Status Store::SaveTable(WriteSession& session, const Table& table) {
  OFFSTAGE_TRY(
      Statement save,
      session.connection().database().Prepare(
          "INSERT OR REPLACE INTO dynamodb_tables(id, name, description) VALUES(?1, ?2, ?3)"));
  const std::string text = DumpJson(TableToJson(table));
  save.Bind(1, table.id);
  save.Bind(2, table.definition.name);
  save.Bind(3, text);
  return save.Run();
}

namespace {

// Ids are never used twice, so that no connection mistakes an old statement for a new table's.
Result<std::int64_t> NextId(sqlite::Database& database) {
  OFFSTAGE_TRY(Statement next,
               database.Prepare("UPDATE dynamodb_meta SET value = CAST(value AS INTEGER) + 1 "
                                "WHERE name = 'last_id' RETURNING CAST(value AS INTEGER)"));
  OFFSTAGE_TRY(const bool found, next.Step());
  const std::int64_t id = found ? next.Int(0) : 0;
  next.Reset();
  return id;
}

}  // namespace

Status Store::MakeIndexes(WriteSession& session, Table& table, const FillIndex& fill) {
  sqlite::Database& database = session.connection().database();
  for (Index& index : table.indexes) {
    if (index.id != 0) continue;
    OFFSTAGE_TRY(index.id, NextId(database));
    OFFSTAGE_TRY_VOID(CreateIndexTable(database, index.id));
    if (!fill) continue;
    OFFSTAGE_TRY(Statement rows,
                 database.Prepare(fmt::format("SELECT id, item FROM dynamodb_items_{}", table.id)));
    while (true) {
      OFFSTAGE_TRY(const bool more, rows.Step());
      if (!more) break;
      OFFSTAGE_TRY(const std::optional<IndexKey> key, fill(index, rows.Text(1)));
      if (key) OFFSTAGE_TRY_VOID(session.InsertIndexRow(table, index, *key, rows.Int(0)));
    }
  }
  return Ok();
}

Result<TablePtr> Store::CreateTable(Table table) {
  TablePtr made;
  OFFSTAGE_TRY_VOID(Change(
      [&](WriteSession& session) -> Status {
        sqlite::Database& database = session.connection().database();
        OFFSTAGE_TRY(table.id, NextId(database));
        OFFSTAGE_TRY_VOID(CreateItemTables(database, table.id));
        OFFSTAGE_TRY_VOID(MakeIndexes(session, table, {}));
        return SaveTable(session, table);
      },
      [&] {
        SetCount(table.id, {.items = 0, .bytes = 0, .known = true});
        made = std::make_shared<const Table>(std::move(table));
        Publish(made);
      }));
  return made;
}

Result<TablePtr> Store::UpdateTable(Table table, const FillIndex& fill) {
  const TablePtr before = FindTable(table.definition.name);
  OFFSTAGE_CHECK(before != nullptr && before->id == table.id,
                 "only a table that exists is updated");
  TablePtr made;
  OFFSTAGE_TRY_VOID(Change(
      [&](WriteSession& session) -> Status {
        for (const Index& index : before->indexes) {
          const Index* kept = table.FindIndex(index.definition.name);
          if (kept != nullptr && kept->id == index.id) continue;
          OFFSTAGE_TRY_VOID(DropIndexTable(session.connection().database(), index.id));
        }
        OFFSTAGE_TRY_VOID(MakeIndexes(session, table, fill));
        return SaveTable(session, table);
      },
      [&] {
        made = std::make_shared<const Table>(std::move(table));
        Publish(made);
      }));
  return made;
}

Status Store::DropTable(const Table& table) {
  return Change(
      [&](WriteSession& session) -> Status {
        sqlite::Database& database = session.connection().database();
        OFFSTAGE_TRY_VOID(DropItemTables(database, table.id));
        OFFSTAGE_TRY_VOID(ForgetHistory(database, table.id, kEndOfTime));
        for (const Index& index : table.indexes)
          OFFSTAGE_TRY_VOID(DropIndexTable(database, index.id));
        return database.Execute(fmt::format("DELETE FROM dynamodb_tables WHERE id = {}", table.id));
      },
      [&] {
        {
          const std::lock_guard counts(counts_mutex_);
          counts_.erase(table.id);
        }
        const std::unique_lock lock(catalogue_mutex_);
        tables_.erase(table.definition.name);
      });
}

Status Store::ClearTable(const Table& table) {
  return Change(
      [&](WriteSession& session) -> Status {
        sqlite::Database& database = session.connection().database();
        OFFSTAGE_TRY_VOID(ClearItemTables(database, table.id));
        OFFSTAGE_TRY_VOID(ForgetHistory(database, table.id, kEndOfTime));
        for (const Index& index : table.indexes)
          OFFSTAGE_TRY_VOID(ClearIndexTable(database, index.id));
        return Ok();
      },
      [&] { SetCount(table.id, {.items = 0, .bytes = 0, .known = true}); });
}

void Store::SetCount(std::int64_t table_id, const Counter& counter) {
  const std::lock_guard lock(counts_mutex_);
  counts_[table_id] = counter;
}

aws::Outcome<Unit> Store::Write(const Work& work) {
  WriteQueue::Job job(work);
  writes_.Run(job);
  if (job.bug) std::rethrow_exception(job.bug);
  return std::move(job.outcome);
}

namespace {

// Runs one write of a group. Fails when the group's transaction cannot go on.
Status RunJob(WriteQueue::Job& job, WriteSession& session) {
  try {
    job.outcome = job.work(session);
  } catch (...) {
    job.bug = std::current_exception();
  }
  session.Finish();
  const bool failed = job.bug != nullptr || !job.outcome.ok();
  if (!failed || session.deltas().empty()) return Ok();
  return Fail(Error{job.bug ? "another write of the same moment has failed"
                            : job.outcome.error().explanation});
}

}  // namespace

void Store::RunGroup(const std::vector<WriteQueue::Job*>& group) {
  const std::lock_guard lock(writer_mutex_);
  writer_->ForgetIfOlder(generation_);
  for (std::span<WriteQueue::Job* const> left(group); !left.empty();)
    left = left.subspan(RunTransaction(left));
}

// Runs writes in one transaction, up to the first that makes it fail; returns how many have been
// dealt with. Those behind have not begun and get a transaction of their own.
std::size_t Store::RunTransaction(std::span<WriteQueue::Job* const> jobs) {
  std::vector<std::map<std::int64_t, CountDelta>> deltas;
  Status done = writer_->Begin();
  const bool begun = done.ok();
  std::size_t ran = 0;
  while (done.ok() && ran < jobs.size()) {
    WriteSession session(*writer_);
    done = RunJob(*jobs[ran++], session);
    if (done.ok() && !session.deltas().empty()) deltas.push_back(session.deltas());
  }
  if (done.ok()) done = writer_->Commit();
  if (!done.ok()) {
    if (begun) writer_->Rollback();
    ran = std::max<std::size_t>(ran, 1);
    for (WriteQueue::Job* job : jobs.first(ran))
      if (job->outcome.ok()) job->outcome = Fail(aws::InternalServerError(done.error()));
    return ran;
  }
  if (deltas.empty()) return ran;
  ++commits_;
  for (const auto& delta : deltas)
    AddCounts(delta);
  NoteWrites();
  return ran;
}

void Store::AddCounts(const std::map<std::int64_t, CountDelta>& deltas) {
  const std::lock_guard lock(counts_mutex_);
  for (const auto& [id, delta] : deltas) {
    Counter& counter = counts_[id];
    counter.items += delta.items;
    counter.bytes += delta.bytes;
  }
}

Store::Reader::~Reader() {
  session_.reset();
  if (connection_ == nullptr) return;
  const std::lock_guard lock(store_->readers_mutex_);
  if (store_->readers_.size() < kMaxIdleReaders) store_->readers_.push_back(std::move(connection_));
}

Status Store::EndLag() {
  return past_ == nullptr ? Ok() : past_->Restart();
}

Result<Store::Reader> Store::Read(Consistency consistency) {
  if (past_ != nullptr && consistency == Consistency::kEventual) {
    OFFSTAGE_TRY(std::shared_ptr<PastStates::State> past, past_->Get());
    return Reader(std::move(past));
  }
  // Before the snapshot is taken, so that it is never thought to be newer than it is.
  const std::uint64_t commits = commits_;
  std::unique_ptr<Connection> connection;
  {
    const std::lock_guard lock(readers_mutex_);
    if (!readers_.empty()) {
      connection = std::move(readers_.back());
      readers_.pop_back();
    }
  }
  if (connection == nullptr) {
    OFFSTAGE_TRY(connection, Connection::Open(path_));
  }
  connection->ForgetIfOlder(generation_);
  OFFSTAGE_TRY_VOID(connection->BeginRead(commits));
  return Reader(*this, std::move(connection));
}

Result<CountDelta> Store::Counts(const Table& table) {
  {
    const std::lock_guard lock(counts_mutex_);
    const Counter& counter = counts_[table.id];
    if (counter.known) return CountDelta{.items = counter.items, .bytes = counter.bytes};
  }
  // No writer may come between counting and remembering the count.
  const std::lock_guard writers(writer_mutex_);
  OFFSTAGE_TRY(Statement count,
               writer_->database().Prepare(fmt::format(
                   "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM dynamodb_items_{}", table.id)));
  OFFSTAGE_TRY_VOID(count.Step());
  const std::lock_guard lock(counts_mutex_);
  Counter& counter = counts_[table.id];
  counter = {.items = count.Int(0), .bytes = count.Int(1), .known = true};
  return CountDelta{.items = counter.items, .bytes = counter.bytes};
}

void Store::NoteWrites() {
  if (++writes_since_checkpoint_ < kWritesPerCheckpoint) return;
  writes_since_checkpoint_ = 0;
  const std::lock_guard lock(checkpoint_mutex_);
  checkpoint_asked_ = true;
  checkpoint_wanted_.notify_one();
}

// Nothing behind the oldest snapshot can be copied out of the log.
void Store::EndIdleSnapshots() {
  const std::lock_guard lock(readers_mutex_);
  for (const auto& reader : readers_)
    reader->EndRead();
}

namespace {

// A checkpoint is 2 ms of work. At the priority of the requests it took a core of two from them for
// that long, a dozen times a second: UpdateItem's p99 was a quarter higher.
void YieldToRequests() {
#ifdef __linux__
  // A niceness is a thread's own here. Should it be refused, checkpoints only disturb more. A tenth
  // of a request's share is left to it: the log must not grow faster than it is copied.
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10);
#endif
}

}  // namespace

// Copies the log into the database and syncs it, which no request should wait for.
void Store::RunCheckpoints(const std::stop_token& stop) {
  YieldToRequests();
  sqlite::Database& database = checkpointer_->database();
  while (true) {
    {
      std::unique_lock lock(checkpoint_mutex_);
      checkpoint_wanted_.wait(lock, stop, [this] { return checkpoint_asked_; });
      if (stop.stop_requested()) return;
      checkpoint_asked_ = false;
    }
    EndIdleSnapshots();
    const auto checkpoint = [&database](std::string_view mode) -> Result<std::int64_t> {
      OFFSTAGE_TRY(Statement run, database.Prepare(fmt::format("PRAGMA wal_checkpoint({})", mode)));
      OFFSTAGE_TRY_VOID(run.Step());
      return run.Int(1);
    };
    const auto pages = checkpoint("PASSIVE");
    if (!pages.ok() || *pages <= kLongLogPages) continue;
    // Requests may have left snapshots while the pages were copied.
    EndIdleSnapshots();
    (void)checkpoint("RESTART").ok();
  }
}

}  // namespace offstage::dynamodb
