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
  OFFSTAGE_TRY(auto service, dynamodb::Service::Create(options));
  for (const templates::Table& table : stack.tables) {
    OFFSTAGE_TRY(const auto definition, ToTableDefinition(table));
    auto ensured = service->EnsureTable(definition);
    if (!ensured.ok()) {
      return Fail(Error{fmt::format("{}: table {}: {}", table.position.Text(), table.path,
                                    ensured.error().message)});
    }
  }
  return service;
}

Result<std::string> ResolveTable(const templates::Stack& stack, const dynamodb::Service& tables,
                                 const std::string& name) {
  if (const templates::Table* table = stack.FindTable(name)) return table->name;
  if (tables.FindTable(name)) return name;
  std::vector<std::string> known;
  for (const auto& summary : tables.Tables())
    known.push_back(DisplayName(stack, summary.definition.name));
  return Fail(Error{fmt::format("there is no table {}; tables here: {}", name,
                                known.empty() ? "none" : Join(known, ", "))});
}

Result<std::vector<ImportCount>> ImportTables(const templates::Stack& stack,
                                              dynamodb::Service& tables,
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

Status ExportTables(const templates::Stack& stack, const dynamodb::Service& tables,
                    const std::vector<std::string>& names, DataFormat format, std::ostream& out) {
  std::vector<std::string> physical;
  for (const std::string& name : names) {
    OFFSTAGE_TRY(std::string table, ResolveTable(stack, tables, name));
    physical.push_back(std::move(table));
  }
  if (names.empty()) {
    for (const auto& summary : tables.Tables())
      physical.push_back(summary.definition.name);
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
