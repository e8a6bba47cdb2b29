// DynamoDB: tables of one deployment over one SQLite file, and the operations of its API.
#pragma once

#include <chrono>
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
#include "dynamodb/table_service.h"
#include "interfaces/change_sink.h"

namespace offstage::dynamodb {

enum class Persistence {
  kFile,
  // The same code on a temporary file that is deleted at the end.
  kInMemory,
};

// What AWS does and one machine need not, on request.
struct Modes {
  // How far reads without ConsistentRead, those of global indexes among them, lag behind writes, as
  // they may on AWS; 0: not at all.
  std::chrono::milliseconds read_lag{0};
  // Whether tables' provisioned throughput is a limit (provisioned_capacity.h).
  enum class Capacity { kUnlimited, kEnforced } capacity = Capacity::kUnlimited;
  // How long a transaction that writes is under way before it is committed; who meets its items
  // meanwhile gets a TransactionConflict (ops/ongoing_transactions.h). Null: transactions never
  // meet, since writers come one after the other.
  std::optional<std::chrono::milliseconds> transaction_time = {};
};

struct Options {
  // The deployment's database file; its folder must exist. Not used with kInMemory.
  std::string database_file;
  Persistence persistence = Persistence::kFile;
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  Modes modes = {};
  // The four below must outlive the service.
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  Log* log = nullptr;
  // Told of each item change inside its transaction; null: nobody listens.
  ChangeSink* changes = nullptr;
};

class Engine;  // dynamodb/ops/engine.h: what operations see of the service.
class ProvisionedCapacity;

// Thread-safe.
class Service : public TableService, public StreamDirectory {
 public:
  // Opens or creates the database. Fails with the path and the reason when the file cannot be
  // written, is no database, or was written by a newer version.
  static Result<std::unique_ptr<Service>> Create(const Options& options);
  ~Service() override;

  aws::Outcome<std::string> Execute(const aws::Call& call, aws::CallFacts& facts) override;
  aws::Outcome<std::string> Run(std::string_view operation, std::string_view request) override;
  // Names of all operations that Execute answers, sorted.
  static std::vector<std::string> OperationNames();

  // Of an existing table, adds, changes and removes global indexes, stream, TTL, tags and billing;
  // local indexes must be the same.
  Result<EnsureResult> EnsureTable(const TableDefinition& definition) override;
  std::vector<StreamDescription> Streams() const override;
  std::string StreamDatabase() const override;

  Result<std::vector<std::string>> TableNames() const override;
  Result<bool> HasTable(std::string_view table) const override;

  // In one transaction: all or none.
  Status Import(std::string_view table, const std::vector<std::string>& items) override;
  // From one snapshot.
  Status Export(std::string_view table,
                const std::function<Status(std::string_view)>& callback) const override;
  // No stream records are made.
  Status Reset() override;
  // Takes about a millisecond a megabyte. No stream records are made; tokens of earlier
  // transactions are forgotten.
  Result<std::unique_ptr<SavedTables>> Save() override;
  Status Restore(const SavedTables& saved) override;
  Result<std::int64_t> ExpireItems(const std::stop_token& stop = {}) override;

 private:
  explicit Service(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
  // Null: not enforced.
  std::unique_ptr<ProvisionedCapacity> capacity_;
};

}  // namespace offstage::dynamodb
