// Path: where in an item a document path such as `a.b[3].c` leads, names resolved.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

// A map member's name or a list index.
using PathStep = std::variant<std::string, std::size_t>;

// Thread-compatible. The first step is always a name, the attribute's.
struct Path {
  std::vector<PathStep> steps;

  const std::string& attribute() const { return std::get<std::string>(steps.front()); }
  friend bool operator==(const Path&, const Path&) = default;
};

// Null when the item has nothing there.
const AttributeValue* Resolve(const Path& path, const Item& item);

// As the service's texts spell it: "[a, b, [3], c]".
std::string PathText(const Path& path);

// "Two document paths overlap with each other; ..." when one lies inside another or is the same, or
// "... conflict ..." when two take one thing for a map and for a list; else empty.
std::string OverlapText(const std::vector<Path>& paths);

}  // namespace offstage::dynamodb
