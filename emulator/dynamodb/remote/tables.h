// RemoteTables: a deployment's tables in another DynamoDB-compatible engine (DynamoDB Local, a
// ScyllaDB Alternator cluster, a shared DynamoDB). Clients' calls go there as they are; the
// deployment's own work (tables of the template, seed data, scenarios' fresh starts) goes through
// the same API.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/log.h"
#include "base/mutex.h"
#include "dynamodb/remote/endpoint.h"
#include "dynamodb/table_service.h"

namespace offstage::dynamodb {

struct RemoteOptions {
  std::string region = "us-east-1";
  // What becomes of tables that EnsureTable has created, when the service ends.
  enum class AtEnd { kKeep, kDelete } at_end = AtEnd::kKeep;
  // Outlives the service.
  Log* log = nullptr;
};

// Thread-safe. The endpoint outlives it.
class RemoteTables : public TableService {
 public:
  RemoteTables(RemoteEndpoint& endpoint, RemoteOptions options);
  ~RemoteTables() override;

  aws::Outcome<std::string> Execute(const aws::Call& call, aws::CallFacts& facts) override;
  aws::Outcome<std::string> Run(std::string_view operation, std::string_view request) override;

  // Creates a missing table, and global indexes that an existing one lacks. Indexes and settings
  // that the template does not name are left alone: others may use the table too.
  Result<EnsureResult> EnsureTable(const TableDefinition& definition) override;
  // Those that EnsureTable was asked for.
  Result<std::vector<std::string>> TableNames() const override;
  Result<bool> HasTable(std::string_view table) const override;

  // In batches: when it fails, earlier batches are written.
  Status Import(std::string_view table, const std::vector<std::string>& items) override;
  Status Export(std::string_view table,
                const std::function<Status(std::string_view)>& callback) const override;
  Status Reset() override;
  // Reads every item.
  Result<std::unique_ptr<SavedTables>> Save() override;
  // Writes and deletes what differs.
  Status Restore(const SavedTables& saved) override;
  // 0: the engine expires items itself.
  Result<std::int64_t> ExpireItems(const std::stop_token& stop = {}) override;

 private:
  // Item texts by key text.
  using Items = std::map<std::string, std::string>;
  struct Saved;

  aws::Outcome<Json> Call(const std::string& operation, const Json& request) const;
  Status CreateTable(const TableDefinition& definition);
  Status AddMissingIndexes(const TableDefinition& definition, const Json& description,
                           EnsureResult& result);
  Status WaitUntilActive(const std::string& table) const;
  Status WriteBatches(const std::string& table, const std::vector<Json>& requests) const;
  Status DeleteKeys(const std::string& table, const std::vector<std::string>& keys) const;
  // Every item of one of TableNames.
  Result<Items> ReadItems(const std::string& table) const;
  std::map<std::string, KeySchema> Known() const;

  RemoteEndpoint& endpoint_;
  const RemoteOptions options_;
  mutable Mutex mutex_;
  // By table name.
  std::map<std::string, KeySchema> tables_ OFFSTAGE_GUARDED_BY(mutex_);
  std::vector<std::string> created_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::dynamodb
