// ListTables: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ListTables.html
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"

namespace offstage::dynamodb {

const Shape& ListTablesShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape =
      Structure("ListTablesInput", {{"ExclusiveStartTableName", Name({.min = 3, .max = 255})},
                                    {"Limit", Integer({.min = 1, .max = 100})}});
  return shape;
}

aws::Outcome<std::string> ListTables(Engine& engine, Node request) {
  const std::string_view start = request["ExclusiveStartTableName"].text();
  const auto limit = request["Limit"] ? static_cast<std::size_t>(request["Limit"].integer()) : 100;
  Json names = Json::array();
  Json reply = Json::object();
  for (const TablePtr& table : engine.Tables()) {
    if (!start.empty() && table->definition.name <= start) continue;
    if (names.size() == limit) {
      reply["LastEvaluatedTableName"] = names.back();
      break;
    }
    names.push_back(table->definition.name);
  }
  reply["TableNames"] = std::move(names);
  return DumpJson(reply);
}

}  // namespace offstage::dynamodb
