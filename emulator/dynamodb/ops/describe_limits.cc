// DescribeLimits: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeLimits.html
// The default quotas of an account and of a table.
#include "dynamodb/ops/ops.h"

namespace offstage::dynamodb {

const Shape& DescribeLimitsShape() {
  static const Shape shape = shape::Structure("DescribeLimitsInput", {});
  return shape;
}

aws::Outcome<std::string> DescribeLimits(Engine&, Node) {
  return std::string(R"({"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,)"
                     R"("TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000})");
}

}  // namespace offstage::dynamodb
