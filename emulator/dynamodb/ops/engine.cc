#include "dynamodb/ops/engine.h"

#include <fmt/format.h>

#include <optional>

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

// Names too short for any table pass the constraints, which are made for ARNs.
std::optional<aws::ApiError> TooShort(std::string_view name) {
  if (name.size() >= 3) return std::nullopt;
  return ValidationError(
      "TableName must be at least 3 characters long and at most 255 characters long");
}

// Of another account or region it is another table.
bool IsNamedBy(const Table& table, std::string_view name_or_arn) {
  return !name_or_arn.starts_with("arn:") || table.arn == name_or_arn;
}

}  // namespace

aws::Outcome<TablePtr> Engine::FindTable(std::string_view name_or_arn) const {
  TablePtr table = store_->FindTable(TableNameOf(name_or_arn));
  if (table != nullptr && IsNamedBy(*table, name_or_arn)) return table;
  return Fail(TooShort(name_or_arn).value_or(ResourceNotFound()));
}

aws::Outcome<TablePtr> Engine::DescribedTable(std::string_view name_or_arn) const {
  const std::string_view name = TableNameOf(name_or_arn);
  TablePtr table = store_->FindTable(name);
  if (table != nullptr && IsNamedBy(*table, name_or_arn)) return table;
  return Fail(TooShort(name_or_arn).value_or(TableNotFound(name)));
}

std::string Engine::TableArn(std::string_view table) const {
  return fmt::format("arn:aws:dynamodb:{}:{}:table/{}", options_.region, options_.account_id,
                     table);
}

}  // namespace offstage::dynamodb
