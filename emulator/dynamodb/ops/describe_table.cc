// DescribeTable: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
// ItemCount and TableSizeBytes are exact here; the service's are up to six hours old.
#include "dynamodb/ops/describe.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"

namespace offstage::dynamodb {

const Shape& DescribeTableShape() {
  static const Shape shape = shape::Structure(
      "DescribeTableInput", {{"TableName", shape::TableName(), Presence::kRequired}});
  return shape;
}

aws::Outcome<std::string> DescribeTable(Engine& engine, Node request) {
  OFFSTAGE_TRY(const TablePtr table, engine.DescribedTable(request["TableName"].text()));
  return DumpJson(Json{{"Table", DescribeTableJson(engine, *table, "ACTIVE")}});
}

}  // namespace offstage::dynamodb
