// DescribeEndpoints:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeEndpoints.html
#include <fmt/format.h>

#include "base/json.h"
#include "dynamodb/ops/ops.h"

namespace offstage::dynamodb {

const Shape& DescribeEndpointsShape() {
  static const Shape shape = shape::Structure("DescribeEndpointsRequest", {});
  return shape;
}

// The service's own address: SDKs discover endpoints only when told to, and then only of the real
// service.
aws::Outcome<std::string> DescribeEndpoints(Engine& engine, Node) {
  Json endpoint = {{"Address", fmt::format("dynamodb.{}.amazonaws.com", engine.options().region)},
                   {"CachePeriodInMinutes", 1440}};
  return DumpJson(Json{{"Endpoints", Json::array({std::move(endpoint)})}});
}

}  // namespace offstage::dynamodb
