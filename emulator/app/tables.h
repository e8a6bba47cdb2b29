// The data of a stack: its tables in SQLite, opened with or without a running emulator.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "app/seed.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/result.h"
#include "dynamodb/remote/tables.h"
#include "dynamodb/service.h"
#include "interfaces/change_sink.h"
#include "template/stack.h"

namespace offstage::app {

// What opening tables needs; all outlive the service.
struct TableContext {
  const Clock& clock;
  IdSource& ids;
  Log& log;
  // Told of each change; null: nobody.
  ChangeSink* changes = nullptr;
  dynamodb::Modes modes = {};
};

// Opens the database (`database` empty: in memory) and makes every table of the stack be there.
Result<std::unique_ptr<dynamodb::Service>> OpenTables(const templates::Stack& stack,
                                                      const std::filesystem::path& database,
                                                      const TableContext& context);

// The same in another engine, which must answer. What is created there is deleted at the end of an
// in-memory deployment. The endpoint and the log outlive the service.
Result<std::unique_ptr<dynamodb::RemoteTables>> OpenRemoteTables(
    const templates::Stack& stack, dynamodb::RemoteEndpoint& endpoint,
    dynamodb::RemoteOptions::AtEnd at_end, Log& log);

// The physical name of the table that a person or a data file names: physical name, logical id or
// path. Fails naming the tables that there are.
Result<std::string> ResolveTable(const templates::Stack& stack,
                                 const dynamodb::TableService& tables, const std::string& name);

struct ImportCount {
  std::string table;
  std::size_t items = 0;
};

// Puts all items, a transaction a table. Fails with the table and the first item that is refused.
Result<std::vector<ImportCount>> ImportTables(const templates::Stack& stack,
                                              dynamodb::TableService& tables,
                                              const std::vector<SeedTable>& seed);

enum class DataFormat { kPlainJson, kDynamoDbJson };

// Writes the named tables (all when empty), by their logical ids where they have one, as a document
// that ReadSeedFile reads. One item at a time: tables may be larger than memory.
Status ExportTables(const templates::Stack& stack, const dynamodb::TableService& tables,
                    const std::vector<std::string>& names, DataFormat format, std::ostream& out);

}  // namespace offstage::app
