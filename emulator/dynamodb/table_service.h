// TableService: DynamoDB as a deployment needs it, whichever engine keeps the tables: ours over
// SQLite (service.h), or another one over the network (remote.h).
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "aws/service.h"
#include "base/result.h"
#include "dynamodb/table.h"

namespace offstage::dynamodb {

// What EnsureTable did, for the start-up report.
enum class EnsureResult { kCreated, kUnchanged, kUpdated };

// Every table and item of one moment, in memory. Used with the service that made it, one call at a
// time.
class SavedTables {
 public:
  virtual ~SavedTables() = default;
};

// Thread-safe.
class TableService : public aws::JsonService {
 public:
  bool SendsCrc32() const override { return true; }
  std::string_view ErrorTypePrefix(std::string_view error_type) const override;
  std::string_view ContentType() const override { return "application/x-amz-json-1.0"; }

  // Runs an operation by name with a JSON request, as a client would (tests, seeding, the console).
  virtual aws::Outcome<std::string> Run(std::string_view operation, std::string_view request) = 0;

  // Makes the table be as `definition` says: creates it if missing, else brings an existing one up
  // to it where no data is lost. Fails when its key schema differs from the existing table's (the
  // data would not fit), saying how to go on.
  virtual Result<EnsureResult> EnsureTable(const TableDefinition& definition) = 0;

  // Of the tables that belong to the deployment, sorted.
  virtual Result<std::vector<std::string>> TableNames() const = 0;
  // Also of tables that only the engine knows.
  virtual Result<bool> HasTable(std::string_view table) const = 0;

  // Puts each of `items` (DynamoDB JSON objects: {"pk":{"S":"x"}}) into one of TableNames. Fails
  // with the position and reason of an item that PutItem would refuse.
  virtual Status Import(std::string_view table, const std::vector<std::string>& items) = 0;
  // Calls `callback` with each item as DynamoDB JSON text, in Scan order.
  virtual Status Export(std::string_view table,
                        const std::function<Status(std::string_view)>& callback) const = 0;
  // Deletes every item of every table of TableNames; tables stay.
  virtual Status Reset() = 0;
  // Keeps all those tables and items as they are now, and brings them back.
  virtual Result<std::unique_ptr<SavedTables>> Save() = 0;
  virtual Status Restore(const SavedTables& saved) = 0;
  // Deletes items whose TTL attribute lies before the deployment's now; returns how many. An engine
  // that does so itself, by its own clock, answers 0. Ends early, with what it has deleted until
  // then, when asked to stop.
  virtual Result<std::int64_t> ExpireItems(const std::stop_token& stop = {}) = 0;
};

}  // namespace offstage::dynamodb
