#include "base/id.h"
#include "template/reader.h"

namespace offstage::templates {

Error ErrorAt(const Position& position, std::string_view message) {
  return {fmt::format("{}: {}", position.Text(), message)};
}

std::size_t NodeCost(std::string_view text) {
  return 1 + text.size() / 64;
}

std::size_t TreeCost(const Node& node) {
  std::size_t cost = NodeCost(node.text());
  for (const Node& item : node.items()) {
    cost += TreeCost(item);
  }
  for (const Entry& entry : node.entries()) {
    cost += NodeCost(entry.key) + TreeCost(entry.value);
  }
  return cost;
}

namespace {

bool IsDigits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
}

bool IsInteger(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    text.remove_prefix(1);
  }
  return IsDigits(text) && (text.size() == 1 || text.front() != '0');
}

// YAML 1.1 wants a dot in a float: "1e3" is text, "1.0e+3" a number.
bool IsFloat(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    text.remove_prefix(1);
  }
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    return false;
  }
  const std::string_view whole = text.substr(0, dot);
  std::string_view rest = text.substr(dot + 1);
  const std::size_t exponent = rest.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    std::string_view digits = rest.substr(exponent + 1);
    if (digits.empty() || (digits.front() != '-' && digits.front() != '+') ||
        !IsDigits(digits.substr(1))) {
      return false;
    }
    rest = rest.substr(0, exponent);
  }
  return (IsDigits(whole) && (rest.empty() || IsDigits(rest))) || (whole.empty() && IsDigits(rest));
}

std::optional<bool> PlainBool(std::string_view text) {
  static constexpr std::string_view kTrue[] = {"true", "True", "TRUE", "yes", "Yes",
                                               "YES",  "on",   "On",   "ON"};
  static constexpr std::string_view kFalse[] = {"false", "False", "FALSE", "no", "No",
                                                "NO",    "off",   "Off",   "OFF"};
  if (std::find(std::begin(kTrue), std::end(kTrue), text) != std::end(kTrue)) {
    return true;
  }
  if (std::find(std::begin(kFalse), std::end(kFalse), text) != std::end(kFalse)) {
    return false;
  }
  return std::nullopt;
}

}  // namespace

Node PlainScalar(std::string_view text, Position position) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") {
    return Node::Null(std::move(position));
  }
  if (const auto value = PlainBool(text)) {
    return Node::Bool(*value, std::move(position));
  }
  if (IsInteger(text)) {
    return Node::Scalar(Node::Kind::kInteger, std::string(text), std::move(position));
  }
  if (IsFloat(text)) {
    return Node::Scalar(Node::Kind::kFloat, std::string(text), std::move(position));
  }
  return Node::String(std::string(text), std::move(position));
}

Node ExpandShortTag(std::string_view name, Node value, const Position& position) {
  std::string key =
      name == "Ref" || name == "Condition" ? std::string(name) : fmt::format("Fn::{}", name);
  if (name == "GetAtt" && value.IsString()) {
    const std::size_t dot = value.text().find('.');
    if (dot != std::string::npos) {
      value = Node::List({Node::String(value.text().substr(0, dot), position),
                          Node::String(value.text().substr(dot + 1), position)},
                         position);
    }
  }
  Node map = Node::Map(position);
  map.entries().push_back({std::move(key), std::move(value), position});
  return map;
}

}  // namespace offstage::templates
