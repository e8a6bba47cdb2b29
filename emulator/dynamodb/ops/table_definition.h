// Reading table definitions out of CreateTable's and UpdateTable's members, with the service's
// semantic checks in its order.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/ops/document.h"
#include "dynamodb/ops/shape.h"
#include "dynamodb/table.h"

namespace offstage::dynamodb {

namespace shape {

Shape KeySchemaMember(std::int64_t max_elements);
Shape AttributeDefinitions();
Shape ProjectionMember();
Shape ProvisionedThroughput();
Shape OnDemandThroughput();
Shape WarmThroughput();
Shape StreamSpecification();
Shape SseSpecification();
Shape BillingModeMember();
Shape TableClass();
Shape Tags();

}  // namespace shape

// CreateTable's request as a definition.
aws::Outcome<TableDefinition> ParseTableDefinition(Node request);
// The element of GlobalSecondaryIndexes or of an update's Create; types come from `definitions`.
aws::Outcome<IndexDefinition> ParseIndexDefinition(Node index, Node definitions);
// Refuses by name what would change the table's behaviour and is not emulated: the vector indexes
// of August 2026 (VectorIndexes, VectorIndexUpdates). `operation`: "CreateTable".
aws::Outcome<Unit> CheckEmulated(Node request, std::string_view operation);

Throughput ParseThroughput(Node node);
// "Given value 9 for ReadCapacityUnits is out of bounds ..."
aws::Outcome<Unit> CheckThroughput(const Throughput& throughput);
// The members OnDemandThroughput and WarmThroughput of `node`, a table's or a global index's. What
// is not said stays; a limit of -1 takes it away.
void ParseEchoedThroughput(Node node, std::optional<Throughput>& on_demand_limits,
                           std::optional<Throughput>& warm);
// What a table or index is warm for unless it says more.
Throughput InitialWarmThroughput(BillingMode billing, const std::optional<Throughput>& provisioned);
// "One or more parameter values were invalid: Requested ReadUnitsPerSecond for WarmThroughput for
// table is lower than initial throughput for OnDemand". `whose`: "table" or "index NAME".
aws::Outcome<Unit> CheckWarmThroughput(std::string_view whose,
                                       const std::optional<Throughput>& warm, BillingMode billing,
                                       const std::optional<Throughput>& provisioned);
aws::Outcome<StreamView> ParseStreamSpecification(Node node);
inline constexpr std::size_t kMaxTags = 50;  // AWS "Tags per resource" quota
// Letters, digits, blanks and _.:/=+-@ are allowed in keys and values (AWS "Tagging restrictions").
aws::Outcome<Unit> CheckTagCharacters(Node tags);
std::map<std::string, std::string> ParseTags(Node tags);

std::string_view ProjectionName(ProjectionType type);
std::string_view StreamViewName(StreamView view);

}  // namespace offstage::dynamodb
