// Scan: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html
// Items come in the order of their partition's hash, as the service returns them.
#include <fmt/format.h>

#include "dynamodb/errors.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/read_page.h"
#include "dynamodb/ops/read_position.h"
#include "dynamodb/value/key_encoding.h"

namespace offstage::dynamodb {

const Shape& ScanShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape =
      Structure("ScanInput", {{"TableName", TableName(), Presence::kRequired},
                              {"Select", Enum({"SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES",
                                               "ALL_PROJECTED_ATTRIBUTES"})},
                              {"IndexName", IndexName()},
                              {"TotalSegments", Integer({.min = 1, .max = 1000000})},
                              {"ReturnConsumedCapacity", ReturnConsumedCapacity()},
                              {"ConditionalOperator", ConditionalOperatorMember()},
                              {"ScanFilter", Conditions()},
                              {"Segment", Integer({.min = 0, .max = 999999})},
                              {"Limit", Integer({.min = 1})},
                              {"AttributesToGet", AttributesToGet()},
                              {"ExclusiveStartKey", Attributes()},
                              {"ConsistentRead", Boolean()},
                              {"FilterExpression", String()},
                              {"ProjectionExpression", String()},
                              {"ExpressionAttributeValues", Attributes()},
                              {"ExpressionAttributeNames", ExpressionAttributeNames()}});
  return shape;
}

aws::Outcome<std::string> Scan(Engine& engine, Node request) {
  OFFSTAGE_TRY_VOID(CheckExpressionMembers(
      request, {.expressions = {"ProjectionExpression", "FilterExpression"},
                .legacy = {"AttributesToGet", "ScanFilter", "ConditionalOperator"},
                .value_users = {"FilterExpression"}}));
  Placeholders placeholders;
  OFFSTAGE_TRY(PageRequest page,
               ParsePageRequest(engine, request, PageOperation::kScan, placeholders));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  OFFSTAGE_TRY(const TablePtr table, engine.FindTable(request["TableName"].text()));
  OFFSTAGE_TRY(const Index* index, IndexOf(*table, request, page));
  if (page.start)
    OFFSTAGE_TRY_VOID(CheckStartKey(*table, index, *page.start, PageOperation::kScan));
  OFFSTAGE_TRY_VOID(CheckSelectOf(index, request, page));

  ScanRange range;
  if (const Node total = request["TotalSegments"]) {
    const HashRange segment = SegmentRange(static_cast<std::uint32_t>(request["Segment"].integer()),
                                           static_cast<std::uint32_t>(total.integer()));
    range.first = segment.first;
    range.end = segment.end;
  }
  OFFSTAGE_TRY_INTERNAL(Store::Reader reader, engine.store().Read(ConsistencyOf(request)));
  if (page.start)
    OFFSTAGE_TRY_VOID(StartScanBehind(
        *reader, *table, index, *page.start,
        {.segment = request["Segment"].integer(), .total = request["TotalSegments"].integer()},
        range));
  OFFSTAGE_TRY_VOID(CheckScalarKeys(*table, page));
  OFFSTAGE_TRY_INTERNAL(Cursor cursor, reader->Scan(*table, index, range));
  return ReadPage(*table, index, page, std::move(cursor));
}

}  // namespace offstage::dynamodb
