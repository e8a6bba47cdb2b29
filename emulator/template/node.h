// Node: a template as a tree that remembers where each value was written. Templates are read into
// it, intrinsic functions are resolved from one Node into another (positions survive), and only
// what leaves this component becomes JSON.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace offstage::templates {

// Where a value was written. Cheap to copy.
struct Position {
  // As given by the user, or relative to the root template's folder; null: made by a transform.
  std::shared_ptr<const std::string> file;
  // From 1; 0: unknown.
  int line = 0;
  int column = 0;

  // "sam/api.template.yml:12:5"
  std::string Text() const;
};

class Node;
struct Entry;

// A value: null, boolean, number, text, list or map (in the order written). Scalars keep the text
// as written, because CloudFormation compares and joins text ("1.0" stays "1.0").
// Thread-compatible.
class Node {
 public:
  enum class Kind { kNull, kBool, kInteger, kFloat, kString, kList, kMap };

  Node() = default;
  static Node Null(Position position = {});
  static Node String(std::string text, Position position = {});
  static Node Bool(bool value, Position position = {});
  static Node Integer(long long value, Position position = {});
  // `text` as written; `kind` one of the scalar kinds.
  static Node Scalar(Kind kind, std::string text, Position position);
  // Two, because a default of the first would need to know Entry.
  static Node List();
  static Node List(std::vector<Node> items, Position position = {});
  static Node Map(Position position = {});
  static Node FromJson(const Json& json, const Position& position = {});

  Kind kind() const { return kind_; }
  bool IsNull() const { return kind_ == Kind::kNull; }
  bool IsString() const { return kind_ == Kind::kString; }
  bool IsList() const { return kind_ == Kind::kList; }
  bool IsMap() const { return kind_ == Kind::kMap; }
  bool IsScalar() const { return kind_ != Kind::kList && kind_ != Kind::kMap; }
  const Position& position() const { return position_; }
  void set_position(Position position) { position_ = std::move(position); }

  // Scalars: the text that Ref and Fn::Sub would insert ("true", "3"); lists, maps and null: "".
  const std::string& text() const { return text_; }
  // A number, or text that is one ("30"): SAM and CloudFormation accept both.
  std::optional<long long> AsInteger() const;
  std::optional<double> AsNumber() const;
  // A boolean, or the text "true"/"false" in any case.
  std::optional<bool> AsBool() const;

  // Empty unless a list.
  const std::vector<Node>& items() const { return items_; }
  std::vector<Node>& items() { return items_; }
  // Empty unless a map.
  const std::vector<Entry>& entries() const { return entries_; }
  std::vector<Entry>& entries() { return entries_; }

  // The member `key` of a map, or null. The pointer lives until the map is changed.
  const Node* Find(std::string_view key) const;
  Node* Find(std::string_view key);
  // The member at the end of the path; null when any step is missing.
  template <typename... Keys>
  const Node* FindPath(std::string_view key, Keys... more) const {
    const Node* child = Find(key);
    if constexpr (sizeof...(more) == 0) {
      return child;
    } else {
      return child == nullptr ? nullptr : child->FindPath(more...);
    }
  }
  // The text of the scalar member `key`, or `fallback`.
  std::string TextOf(std::string_view key, std::string_view fallback = {}) const;
  // Adds or replaces; returns the member. The node must be a map.
  Node& Set(std::string_view key, Node value);
  void Erase(std::string_view key);
  bool Contains(std::string_view key) const { return Find(key) != nullptr; }

 private:
  Kind kind_ = Kind::kNull;
  std::string text_;
  std::vector<Node> items_;
  std::vector<Entry> entries_;
  Position position_;
};

struct Entry {
  std::string key;
  Node value;
  Position key_position;
};

// Same kind and content; positions and the order of map members do not matter.
bool SameValue(const Node& a, const Node& b);

// Maps lose their order; integers too large for 64 bits become floats.
Json ToJson(const Node& node);
OrderedJson ToOrderedJson(const Node& node);

}  // namespace offstage::templates
