#include "app/tables.h"

#include <fmt/format.h>

#include "app/provision/tables.h"
#include "base/json.h"
#include "base/text.h"

namespace offstage::app {

namespace {

// How people know the table: the path in the stack, or the physical name of one made by API.
std::string DisplayName(const templates::Stack& stack, const std::string& physical_name) {
  for (const templates::Table& table : stack.tables) {
    if (table.name == physical_name) return table.path;
  }
  return physical_name;
}

Status EnsureTables(const templates::Stack& stack, dynamodb::TableService& service) {
  for (const templates::Table& table : stack.tables) {
    OFFSTAGE_TRY(const auto definition, ToTableDefinition(table));
    auto ensured = service.EnsureTable(definition);
    if (!ensured.ok()) {
      return Fail(Error{fmt::format("{}: table {}: {}", table.position.Text(), table.path,
                                    ensured.error().message)});
    }
  }
  return Ok();
}

}  // namespace

Result<std::unique_ptr<dynamodb::Service>> OpenTables(const templates::Stack& stack,
                                                      const std::filesystem::path& database,
                                                      const TableContext& context) {
  dynamodb::Options options;
  options.database_file = database.string();
  options.persistence =
      database.empty() ? dynamodb::Persistence::kInMemory : dynamodb::Persistence::kFile;
  options.region = stack.region;
  options.account_id = stack.account_id;
  options.clock = &context.clock;
  options.ids = &context.ids;
  options.log = &context.log;
  options.changes = context.changes;
  options.modes = context.modes;
  OFFSTAGE_TRY(auto service, dynamodb::Service::Create(options));
  OFFSTAGE_TRY_VOID(EnsureTables(stack, *service));
  return service;
}

Result<std::unique_ptr<dynamodb::RemoteTables>> OpenRemoteTables(
    const templates::Stack& stack, dynamodb::RemoteEndpoint& endpoint,
    dynamodb::RemoteOptions::AtEnd at_end, Log& log) {
  auto service = std::make_unique<dynamodb::RemoteTables>(
      endpoint, dynamodb::RemoteOptions{.region = stack.region, .at_end = at_end, .log = &log});
  // A stack without tables meets the endpoint here too, not at the first call.
  const auto answers = service->Run("ListTables", R"({"Limit":1})");
  if (!answers.ok()) {
    const aws::ApiError& error = answers.error();
    if (!error.explanation.empty()) return Fail(Error{error.explanation});
    return Fail(Error{
        fmt::format("--dynamodb-endpoint {}: {}: {}", endpoint.url(), error.type, error.message)});
  }
  OFFSTAGE_TRY_VOID(EnsureTables(stack, *service));
  return service;
}

Result<std::string> ResolveTable(const templates::Stack& stack,
                                 const dynamodb::TableService& tables, const std::string& name) {
  if (const templates::Table* table = stack.FindTable(name)) return table->name;
  OFFSTAGE_TRY(const bool exists, tables.HasTable(name));
  if (exists) return name;
  std::vector<std::string> known;
  OFFSTAGE_TRY(const std::vector<std::string> names, tables.TableNames());
  for (const std::string& table : names)
    known.push_back(DisplayName(stack, table));
  return Fail(Error{fmt::format("there is no table {}; tables here: {}", name,
                                known.empty() ? "none" : Join(known, ", "))});
}

Result<std::vector<ImportCount>> ImportTables(const templates::Stack& stack,
                                              dynamodb::TableService& tables,
                                              const std::vector<SeedTable>& seed) {
  // Names first: nothing is written when one of them is wrong.
  std::vector<std::string> names;
  for (const SeedTable& table : seed) {
    OFFSTAGE_TRY(std::string name, ResolveTable(stack, tables, table.table));
    names.push_back(std::move(name));
  }
  std::vector<ImportCount> counts;
  for (std::size_t i = 0; i < seed.size(); ++i) {
    const auto imported = tables.Import(names[i], seed[i].items);
    if (!imported.ok())
      return Fail(Error{fmt::format("table {}: {}", seed[i].table, imported.error().message)});
    counts.push_back({.table = seed[i].table, .items = seed[i].items.size()});
  }
  return counts;
}

Status ExportTables(const templates::Stack& stack, const dynamodb::TableService& tables,
                    const std::vector<std::string>& names, DataFormat format, std::ostream& out) {
  std::vector<std::string> physical;
  for (const std::string& name : names) {
    OFFSTAGE_TRY(std::string table, ResolveTable(stack, tables, name));
    physical.push_back(std::move(table));
  }
  if (names.empty()) {
    OFFSTAGE_TRY(physical, tables.TableNames());
  }
  out << "{";
  const char* table_separator = "\n";
  for (const std::string& table : physical) {
    std::string quoted;
    AppendJsonString(DisplayName(stack, table), quoted);
    out << table_separator << quoted << ": [";
    table_separator = ",\n";
    const char* separator = "\n";
    OFFSTAGE_TRY_VOID(tables.Export(table, [&](std::string_view item) -> Status {
      out << separator << "  "
          << (format == DataFormat::kPlainJson ? ToPlainJson(item) : std::string(item));
      separator = ",\n";
      if (!out) return Fail(Error{"cannot write the export: is the disk full?"});
      return Ok();
    }));
    out << "\n]";
  }
  out << "\n}\n";
  out.flush();
  if (!out) return Fail(Error{"cannot write the export: is the disk full?"});
  return Ok();
}

}  // namespace offstage::app
