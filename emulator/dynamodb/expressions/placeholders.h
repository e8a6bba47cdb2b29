// Placeholders: what ExpressionAttributeNames and ExpressionAttributeValues give to the expressions
// of one request, and which of it they have used.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/value/attribute_value.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

// Thread-compatible. Compiled expressions borrow from it: it outlives them and does not move.
class Placeholders {
 public:
  Placeholders() = default;
  Placeholders(const Placeholders&) = delete;
  Placeholders& operator=(const Placeholders&) = delete;

  // `json`: the member's text ({"#n":"name"}; {":v":{"S":"x"}}), which the request's shape has been
  // checked on. Fail as the service does for empty maps, keys like "n" or ":" and bad values. The
  // service reads names before values. The older layer names the key of a bad value, the current
  // one does not.
  aws::Outcome<Unit> SetNames(std::string_view json);
  aws::Outcome<Unit> SetValues(std::string_view json, ValueLayer layer = ValueLayer::kCurrent);

  // "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}"; to be asked
  // once all expressions are compiled. Names are reported before values.
  aws::Outcome<Unit> CheckAllUsed() const;

  bool has_names() const { return names_given_; }
  bool has_values() const { return values_given_; }

  // For the compiler: null when not defined; marks it as used.
  const std::string* UseName(std::string_view placeholder);
  const AttributeValue* UseValue(std::string_view placeholder);

 private:
  struct Name {
    std::string key;
    std::string name;
    bool used = false;
  };
  struct Value {
    std::string key;
    AttributeValue value;
    bool used = false;
  };
  std::vector<Name> names_;
  std::vector<Value> values_;
  bool names_given_ = false;
  bool values_given_ = false;
};

}  // namespace offstage::dynamodb
