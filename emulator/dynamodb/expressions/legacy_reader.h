// The legacy parameters' JSON as structs: a list of conditions or changes, each on one attribute.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/value/attribute_value.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

// A member of Expected, ScanFilter, QueryFilter, KeyConditions or AttributeUpdates; each uses some.
struct LegacyEntry {
  std::string attribute;
  std::optional<std::string> comparison;
  std::optional<std::vector<AttributeValue>> values;
  std::optional<AttributeValue> value;
  std::optional<bool> exists;
  std::string action;
};

// In the order written; of an attribute written twice the last. Fails for bad values.
aws::Outcome<std::vector<LegacyEntry>> ReadLegacyEntries(std::string_view json, ValueLayer layer);

}  // namespace offstage::dynamodb
