// Requests of the streams' operations: JSON checked against what the model says of each member.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/json.h"

namespace offstage::streams {

struct Member {
  enum class Kind { kString, kInteger };
  std::string_view name;
  Kind kind = Kind::kString;
  bool required = false;
  // Length of strings, value of integers.
  std::int64_t min = 0;
  std::int64_t max = INT64_MAX;
  // Strings: one of these, as the service lists them; empty: any.
  std::vector<std::string_view> values = {};
};

// SerializationException for wrong JSON types, then ValidationException with every violation.
aws::Outcome<Json> ParseRequest(std::string_view body, const std::vector<Member>& members);

// Empty when absent.
std::string StringOf(const Json& request, const char* name);
std::int64_t IntegerOf(const Json& request, const char* name, std::int64_t otherwise);

aws::ApiError ValidationError(std::string message);
aws::ApiError NotFound(std::string message);

}  // namespace offstage::streams
