#include "cognito/operations.h"

#include <algorithm>

#include "cognito/ops/ops.h"

namespace offstage::cognito {

const std::vector<Operation>& AllOperations() {
#define OFFSTAGE_COGNITO_ROW(name) {#name, &name},
  static const std::vector<Operation> kTable = {OFFSTAGE_COGNITO_OPERATIONS(OFFSTAGE_COGNITO_ROW)};
#undef OFFSTAGE_COGNITO_ROW
  return kTable;
}

const Operation* FindOperation(std::string_view name) {
  const auto& table = AllOperations();
  const auto row = std::lower_bound(
      table.begin(), table.end(), name,
      [](const Operation& operation, std::string_view wanted) { return operation.name < wanted; });
  return row != table.end() && row->name == name ? &*row : nullptr;
}

}  // namespace offstage::cognito
