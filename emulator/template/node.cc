#include "template/node.h"

#include <charconv>

#include "base/check.h"
#include "base/text.h"

namespace offstage::templates {

std::string Position::Text() const {
  if (file == nullptr) {
    return "(generated)";
  }
  if (line == 0) {
    return *file;
  }
  return fmt::format("{}:{}:{}", *file, line, column);
}

Node Node::Null(Position position) {
  Node node;
  node.position_ = std::move(position);
  return node;
}

Node Node::String(std::string text, Position position) {
  return Scalar(Kind::kString, std::move(text), std::move(position));
}

Node Node::Bool(bool value, Position position) {
  return Scalar(Kind::kBool, value ? "true" : "false", std::move(position));
}

Node Node::Integer(long long value, Position position) {
  return Scalar(Kind::kInteger, std::to_string(value), std::move(position));
}

Node Node::Scalar(Kind kind, std::string text, Position position) {
  Node node;
  node.kind_ = kind;
  node.text_ = std::move(text);
  node.position_ = std::move(position);
  return node;
}

Node Node::List() {
  return List(std::vector<Node>());
}

Node Node::List(std::vector<Node> items, Position position) {
  Node node;
  node.kind_ = Kind::kList;
  node.items_ = std::move(items);
  node.position_ = std::move(position);
  return node;
}

Node Node::Map(Position position) {
  Node node;
  node.kind_ = Kind::kMap;
  node.position_ = std::move(position);
  return node;
}

Node Node::FromJson(const Json& json, const Position& position) {
  if (json.is_object()) {
    Node node = Map(position);
    for (const auto& [key, value] : json.items()) {
      node.entries_.push_back({key, FromJson(value, position), position});
    }
    return node;
  }
  if (json.is_array()) {
    Node node = List({}, position);
    for (const Json& item : json) {
      node.items_.push_back(FromJson(item, position));
    }
    return node;
  }
  if (json.is_string()) {
    return String(json.get<std::string>(), position);
  }
  if (json.is_boolean()) {
    return Bool(json.get<bool>(), position);
  }
  if (json.is_number()) {
    return Scalar(json.is_number_float() ? Kind::kFloat : Kind::kInteger, DumpJson(json), position);
  }
  return Null(position);
}

std::optional<long long> Node::AsInteger() const {
  if (kind_ != Kind::kInteger && kind_ != Kind::kString && kind_ != Kind::kFloat) {
    return std::nullopt;
  }
  long long value = 0;
  const char* begin = text_.data();
  const char* end = begin + text_.size();
  if (begin != end && *begin == '+') {
    ++begin;
  }
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> Node::AsNumber() const {
  if (kind_ != Kind::kInteger && kind_ != Kind::kString && kind_ != Kind::kFloat) {
    return std::nullopt;
  }
  try {
    std::size_t used = 0;
    const double value = std::stod(text_, &used);
    return used == text_.size() ? std::optional(value) : std::nullopt;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::optional<bool> Node::AsBool() const {
  if (kind_ != Kind::kBool && kind_ != Kind::kString) {
    return std::nullopt;
  }
  if (EqualsIgnoreCase(text_, "true")) {
    return true;
  }
  if (EqualsIgnoreCase(text_, "false")) {
    return false;
  }
  return std::nullopt;
}

const Node* Node::Find(std::string_view key) const {
  for (const Entry& entry : entries_) {
    if (entry.key == key) {
      return &entry.value;
    }
  }
  return nullptr;
}

Node* Node::Find(std::string_view key) {
  return const_cast<Node*>(std::as_const(*this).Find(key));  // NOLINT
}

std::string Node::TextOf(std::string_view key, std::string_view fallback) const {
  const Node* member = Find(key);
  return member == nullptr || !member->IsScalar() || member->IsNull() ? std::string(fallback)
                                                                      : member->text();
}

Node& Node::Set(std::string_view key, Node value) {
  OFFSTAGE_CHECK(kind_ == Kind::kMap, "only maps have members");
  if (Node* member = Find(key)) {
    *member = std::move(value);
    return *member;
  }
  Position position = value.position();
  entries_.push_back({std::string(key), std::move(value), std::move(position)});
  return entries_.back().value;
}

void Node::Erase(std::string_view key) {
  std::erase_if(entries_, [key](const Entry& entry) { return entry.key == key; });
}

bool SameValue(const Node& a, const Node& b) {
  if (a.kind() != b.kind() || a.text() != b.text() || a.items().size() != b.items().size() ||
      a.entries().size() != b.entries().size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.items().size(); ++i) {
    if (!SameValue(a.items()[i], b.items()[i])) {
      return false;
    }
  }
  return std::all_of(a.entries().begin(), a.entries().end(), [&b](const Entry& entry) {
    const Node* other = b.Find(entry.key);
    return other != nullptr && SameValue(entry.value, *other);
  });
}

namespace {

template <typename J>
J Convert(const Node& node) {
  switch (node.kind()) {
    case Node::Kind::kNull:
      return nullptr;
    case Node::Kind::kBool:
      return node.text() == "true";
    case Node::Kind::kInteger:
      if (const auto value = node.AsInteger()) {
        return *value;
      }
      [[fallthrough]];
    case Node::Kind::kFloat:
      if (const auto value = node.AsNumber()) {
        return *value;
      }
      [[fallthrough]];
    case Node::Kind::kString:
      return node.text();
    case Node::Kind::kList: {
      J list = J::array();
      for (const Node& item : node.items()) {
        list.push_back(Convert<J>(item));
      }
      return list;
    }
    case Node::Kind::kMap:
      break;
  }
  J map = J::object();
  for (const Entry& entry : node.entries()) {
    map[entry.key] = Convert<J>(entry.value);
  }
  return map;
}

}  // namespace

Json ToJson(const Node& node) {
  return Convert<Json>(node);
}

OrderedJson ToOrderedJson(const Node& node) {
  return Convert<OrderedJson>(node);
}

}  // namespace offstage::templates
