// DeleteTable: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DeleteTable.html
#include <fmt/format.h>

#include "dynamodb/errors.h"
#include "dynamodb/ops/describe.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"

namespace offstage::dynamodb {

const Shape& DeleteTableShape() {
  static const Shape shape = shape::Structure(
      "DeleteTableInput", {{"TableName", shape::TableName(), Presence::kRequired}});
  return shape;
}

aws::Outcome<std::string> DeleteTable(Engine& engine, Node request) {
  const auto lock = engine.store().LockCatalogue();
  OFFSTAGE_TRY(const TablePtr table, engine.DescribedTable(request["TableName"].text()));
  if (table->definition.deletion_protection) {
    return Fail(
        ValidationError(fmt::format("Resource cannot be deleted as it is currently protected "
                                    "against deletion. Disable deletion "
                                    "protection first.")));
  }
  Json description = DescribeTableJson(engine, *table, "DELETING");
  OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const Unit dropped, engine.store().DropTable(*table));
  // A table on its way out shows neither keys nor indexes.
  for (const char* member : {"AttributeDefinitions", "KeySchema", "CreationDateTime",
                             "WarmThroughput", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"}) {
    description.erase(member);
  }
  return DumpJson(Json{{"TableDescription", std::move(description)}});
}

}  // namespace offstage::dynamodb
