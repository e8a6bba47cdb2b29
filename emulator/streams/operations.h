// The four operations: docs.aws.amazon.com/amazondynamodb/latest/APIReference/
// API_Operations_Amazon_DynamoDB_Streams.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/json.h"
#include "streams/requests.h"
#include "streams/service.h"

namespace offstage::streams {

struct Operation {
  std::string_view name;
  std::vector<Member> members;
  aws::Outcome<std::string> (*run)(Service& service, const Json& request) = nullptr;
};

// A record as functions get it from an event source mapping. JSON text.
std::string FunctionRecord(const Record& record, const Service& service, const StreamName& stream);

// Null: there is none of that name.
const Operation* FindOperation(std::string_view name);

}  // namespace offstage::streams
