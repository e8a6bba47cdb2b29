// CreateTable: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
// The reply says CREATING, as clients expect; the table is ACTIVE as soon as it is sent.
// Not emulated: OnDemandThroughput and WarmThroughput (described, without effect), vector indexes
// (refused).
#include <fmt/format.h>

#include "dynamodb/errors.h"
#include "dynamodb/ops/describe.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/table_definition.h"

namespace offstage::dynamodb {

const Shape& CreateTableShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = [] {
    Shape name = Name({.min = 3, .max = 255});
    name.accepts_arn = true;
    const ShapeMember index_name = {"IndexName", IndexName(), Presence::kRequired};
    const ShapeMember projection = {"Projection", ProjectionMember(), Presence::kRequired};
    Shape create = Structure(
        "CreateTableInput",
        {{"AttributeDefinitions", AttributeDefinitions(), Presence::kRequired},
         {"TableName", std::move(name), Presence::kRequiredParameter},
         {"BillingMode", BillingModeMember()},
         {"ProvisionedThroughput", ProvisionedThroughput()},
         {"KeySchema", KeySchemaMember(2), Presence::kRequired},
         {"GlobalSecondaryIndexes",
          List(Structure("GlobalSecondaryIndex",
                         {index_name,
                          {"KeySchema", KeySchemaMember(8), Presence::kRequired},
                          projection,
                          {"ProvisionedThroughput", ProvisionedThroughput()},
                          {"OnDemandThroughput", OnDemandThroughput()},
                          {"WarmThroughput", WarmThroughput()}}))},
         {"LocalSecondaryIndexes",
          List(Structure(
              "LocalSecondaryIndex",
              {index_name, {"KeySchema", KeySchemaMember(2), Presence::kRequired}, projection}))},
         {"StreamSpecification", StreamSpecification()},
         {"SSESpecification", SseSpecification()},
         {"TableClass", TableClass()},
         {"DeletionProtectionEnabled", Boolean()},
         {"OnDemandThroughput", OnDemandThroughput()},
         {"WarmThroughput", WarmThroughput()},
         {"Tags", Tags()}});
    create.checked_first = {{"TableName"}};
    return create;
  }();
  return shape;
}

aws::Outcome<std::string> CreateTable(Engine& engine, Node request) {
  OFFSTAGE_TRY_VOID(CheckEmulated(request, "CreateTable"));
  OFFSTAGE_TRY(TableDefinition definition, ParseTableDefinition(request));
  const auto lock = engine.store().LockCatalogue();
  if (engine.store().FindTable(definition.name) != nullptr) {
    return Fail(ResourceInUse(fmt::format("Table already exists: {}", definition.name)));
  }
  OFFSTAGE_TRY_INTERNAL(const TablePtr table,
                        engine.store().CreateTable(MakeTable(engine, std::move(definition))));
  return DumpJson(Json{{"TableDescription", DescribeTableJson(engine, *table, "CREATING")}});
}

}  // namespace offstage::dynamodb
