// JSONPath (RFC 9535) as far as scenarios need it: $, .name, ['name'], [0], [-1], [1:3], [*], .*,
// ..name, and filters [?@.price < 10] with == != < <= > >= or mere existence, joined by &&.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace offstage::scenario {

// Thread-compatible.
class JsonPath {
 public:
  // Fails naming the place: "$.a[: expected a number, * or a name in quotes at character 5".
  static Result<JsonPath> Parse(std::string_view text);

  // Points into `root`; empty when there is nothing at the path.
  std::vector<const Json*> Find(const Json& root) const;
  // Whether the path can lead to one place at most.
  bool singular() const { return singular_; }
  // The value: of a singular path the one found, else a list of all; null when nothing is there.
  std::optional<Json> Value(const Json& root) const;

 private:
  struct Condition {
    std::vector<std::string> member;
    std::string operation;
    Json value;
  };
  struct Segment {
    enum class Kind { kName, kIndex, kSlice, kWildcard, kDescend, kFilter } kind = Kind::kName;
    std::string name = {};
    std::int64_t first = 0;
    std::optional<std::int64_t> end = {};
    std::vector<Condition> conditions = {};
  };
  class Parser;
  static void Apply(const Segment& segment, const Json& value, std::vector<const Json*>& out);
  static bool Holds(const Condition& condition, const Json& value);

  std::vector<Segment> segments_;
  bool singular_ = true;
};

}  // namespace offstage::scenario
