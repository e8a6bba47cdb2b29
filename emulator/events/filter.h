// Filter: FilterCriteria of an event source mapping.
// docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html ("Filter rule syntax")
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace offstage::events {

// Thread-compatible.
class Filter {
 public:
  // `pattern`: JSON text. Fails for text that is no JSON object, and names operators that are
  // unknown.
  static Result<Filter> Parse(const std::string& pattern);
  bool Matches(const Json& record) const;

 private:
  explicit Filter(Json pattern) : pattern_(std::move(pattern)) {}
  Json pattern_;
};

// Whether any of them matches; none at all let everything through.
bool MatchesAny(const std::vector<Filter>& filters, const Json& record);

}  // namespace offstage::events
