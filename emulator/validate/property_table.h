// What properties each resource type has, and what they hold.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace offstage::validate {

// What a member holds, as far as the table follows it.
enum class Holds { kAnything, kObject, kList, kMap };

struct Member {
  bool required = false;
  Holds holds = Holds::kAnything;
  // Of the object, or of each element of the list or map; with kAnything empty.
  std::string_view shape = {};
};

using Shape = std::map<std::string_view, Member>;

struct TypeProperties {
  std::map<std::string_view, Shape> shapes = {};
  // What Fn::GetAtt takes; empty for SAM's types.
  std::vector<std::string_view> attributes = {};

  // "-" is the properties themselves. Null: not followed.
  const Shape* Find(std::string_view shape) const;
};

// Null: a type that the table lacks. Thread-safe.
const TypeProperties* FindTypeProperties(std::string_view type);
std::vector<std::string> KnownTypes();

// The table as written (property_table_text.cc says how).
std::string_view PropertyTableText();

}  // namespace offstage::validate
