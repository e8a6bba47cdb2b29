// Inside the component: what Ref and Fn::GetAtt give for each resource type.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"

namespace offstage::templates {

// How CloudFormation makes the physical id of a resource that is not named explicitly.
enum class IdStyle {
  kName,       // {stack}-{LogicalId}-{13 upper-case}
  kShortName,  // the same in at most 64 characters: functions, roles (12 mixed case)
  kLowerName,  // all lower-case in at most 63 characters: buckets
  kApi,        // 10 lower-case letters and digits
  kUserPool,   // {region}_{9}
  kClient,     // 26 lower-case
  kUuid,
  kRegionUuid,    // {region}:{uuid}: identity pools
  kDistribution,  // E and 13 upper-case
  kLogical,       // the logical id itself
  kSecret,        // {LogicalId}-{12}-{6}: the last part belongs to the ARN only
};

struct AttributeFormat {
  std::string_view name;
  std::string_view format;
};

// In formats, {id} is the physical id, {function} the ARN of the function that FunctionName names,
// {name} the Name property, {region}, {account}, {partition}, {stack} and {logical} are
// what they say; {uuid}, {lower10}, {secret51}, {upper17} and {mixed6} are random parts of the
// resource.
struct ResourceType {
  std::string_view type;
  // The property that names it explicitly; or empty.
  std::string_view name_property;
  IdStyle id_style = IdStyle::kName;
  // What Ref gives.
  std::string_view ref = "{id}";
  // Empty: none.
  std::string_view arn;
  std::vector<AttributeFormat> attributes;
};

// Null: a type that this table does not know.
const ResourceType* FindResourceType(std::string_view type);

// A plausible ARN of a resource of a type that the table does not know:
// "arn:aws:kinesisanalytics:us-east-1:123456789012:application/{id}".
std::string GenericArnFormat(std::string_view type);

}  // namespace offstage::templates
