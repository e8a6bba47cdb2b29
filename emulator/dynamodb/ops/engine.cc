#include "dynamodb/ops/engine.h"

#include <fmt/format.h>

#include "dynamodb/errors.h"

namespace offstage::dynamodb {

std::string_view TableNameOf(std::string_view name_or_arn) {
  if (!name_or_arn.starts_with("arn:")) return name_or_arn;
  const auto start = name_or_arn.find(":table/");
  if (start == std::string_view::npos) return name_or_arn;
  const std::string_view name = name_or_arn.substr(start + 7);
  return name.substr(0, name.find('/'));
}

std::vector<TablePtr> Engine::Tables() const {
  std::vector<TablePtr> tables = store_->Tables();
  std::erase_if(tables, [](const TablePtr& table) { return !table->backup.empty(); });
  return tables;
}

namespace {

// Of another account or region it is another table.
bool IsNamedBy(const Table& table, std::string_view name_or_arn) {
  return !name_or_arn.starts_with("arn:") || table.arn == name_or_arn;
}

}  // namespace

aws::Outcome<TablePtr> Engine::FindTable(std::string_view name_or_arn) const {
  TablePtr table = store_->FindTable(TableNameOf(name_or_arn));
  if (table == nullptr || !IsNamedBy(*table, name_or_arn)) return Fail(ResourceNotFound());
  return table;
}

aws::Outcome<TablePtr> Engine::DescribedTable(std::string_view name_or_arn) const {
  const std::string_view name = TableNameOf(name_or_arn);
  TablePtr table = store_->FindTable(name);
  if (table == nullptr || !IsNamedBy(*table, name_or_arn)) return Fail(TableNotFound(name));
  return table;
}

std::string Engine::TableArn(std::string_view table) const {
  return fmt::format("arn:aws:dynamodb:{}:{}:table/{}", options_.region, options_.account_id,
                     table);
}

}  // namespace offstage::dynamodb
