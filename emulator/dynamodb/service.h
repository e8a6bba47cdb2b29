// DynamoDB: tables of one deployment over one SQLite file, and the operations of its API.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/result.h"
#include "dynamodb/table.h"
#include "interfaces/change_sink.h"

namespace offstage::dynamodb {

enum class Persistence {
  kFile,
  // The same code on a temporary file that is deleted at the end.
  kInMemory,
};

struct Options {
  // The deployment's database file; its folder must exist. Not used with kInMemory.
  std::string database_file;
  Persistence persistence = Persistence::kFile;
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  // The four below must outlive the service.
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  Log* log = nullptr;
  // Told of each item change inside its transaction; null: nobody listens.
  ChangeSink* changes = nullptr;
};

// What EnsureTable did, for the start-up report.
enum class EnsureResult { kCreated, kUnchanged, kUpdated };

// Every table and item of one moment, in memory. Used with the service that made it, one call at a
// time.
class SavedTables {
 public:
  virtual ~SavedTables() = default;
};

class Engine;  // dynamodb/ops/engine.h: what operations see of the service.

// Thread-safe.
class Service : public aws::JsonService, public StreamDirectory {
 public:
  // Opens or creates the database. Fails with the path and the reason when the file cannot be
  // written, is no database, or was written by a newer version.
  static Result<std::unique_ptr<Service>> Create(const Options& options);
  ~Service() override;

  aws::Outcome<std::string> Execute(const aws::Call& call, aws::CallFacts& facts) override;
  bool SendsCrc32() const override { return true; }
  std::string_view ErrorTypePrefix(std::string_view error_type) const override;
  std::string_view ContentType() const override { return "application/x-amz-json-1.0"; }

  // Runs an operation by name with a JSON request, as a client would (tests, seeding, the console).
  aws::Outcome<std::string> Run(std::string_view operation, std::string_view request);
  // Names of all operations that Execute answers, sorted.
  static std::vector<std::string> OperationNames();

  // Makes the table be as `definition` says: creates it if missing; adds, changes and removes
  // global indexes, stream, TTL, tags and billing of an existing one. Fails when its key schema or
  // its local indexes differ from those of the existing table (the data would not fit), saying how
  // to go on.
  Result<EnsureResult> EnsureTable(const TableDefinition& definition);
  // Removes the table and its items, deletion protection or not; fine when there is none.
  Status DropTable(std::string_view table);

  std::vector<StreamDescription> Streams() const override;
  std::string StreamDatabase() const override;

  // Sorted by name.
  std::vector<TableSummary> Tables() const;
  // Null: no such table.
  std::optional<TableSummary> FindTable(std::string_view table) const;

  // Puts each of `items` (DynamoDB JSON objects: {"pk":{"S":"x"}}) in one transaction: all or none.
  // Fails with the position and reason of the first item that PutItem would refuse.
  Status Import(std::string_view table, const std::vector<std::string>& items);
  // Calls `callback` with each item as DynamoDB JSON text, in Scan order, from one snapshot.
  Status Export(std::string_view table,
                const std::function<Status(std::string_view)>& callback) const;
  // Deletes every item of every table; tables stay. No stream records are made.
  Status Reset();
  // Keeps all tables and items as they are now, and brings them back in about a millisecond a
  // megabyte. No stream records are made; tokens of earlier transactions are forgotten.
  Result<std::unique_ptr<SavedTables>> Save();
  Status Restore(const SavedTables& saved);
  // Deletes items whose TTL attribute lies before the clock's now; returns how many. Ends early,
  // with what it has deleted until then, when asked to stop.
  Result<std::int64_t> ExpireItems(const std::stop_token& stop = {});

 private:
  explicit Service(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace offstage::dynamodb
