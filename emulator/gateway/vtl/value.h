// Value: what a mapping template computes with. Behaves as the Java objects that API Gateway hands
// to Velocity: lists and maps are shared and change in place, maps keep the order of insertion, and
// a value's text is what Java's toString gives.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace offstage::gateway::vtl {

struct List;
class Map;
struct Block;

// The objects that are more than data: $input and $util.
enum class Special { kInput, kUtil };

// Thread-compatible. Copies share lists and maps.
class Value {
 public:
  using ListPtr = std::shared_ptr<List>;  // shared: assigning a list does not copy it, as in Java
  using MapPtr = std::shared_ptr<Map>;

  Value() = default;
  // Named, because a pointer or a number would otherwise become a boolean.
  static Value Bool(bool value);
  static Value Integer(std::int64_t value);
  static Value Double(double value);
  static Value Text(std::string text);
  static Value NewList();
  static Value NewMap();
  static Value Of(ListPtr list);
  static Value Of(MapPtr map);
  static Value Of(Special object);
  // A #define; rendered when its text is asked for. Outlives the value.
  static Value Of(const Block* block);

  bool IsNull() const { return std::holds_alternative<std::monostate>(data_); }
  bool IsNumber() const { return AsInteger() != nullptr || AsDouble() != nullptr; }
  // Null pointers when the value is something else.
  const bool* AsBool() const { return std::get_if<bool>(&data_); }
  const std::int64_t* AsInteger() const { return std::get_if<std::int64_t>(&data_); }
  const double* AsDouble() const { return std::get_if<double>(&data_); }
  const std::string* AsText() const { return std::get_if<std::string>(&data_); }
  List* AsList() const;
  Map* AsMap() const;
  const Special* AsSpecial() const { return std::get_if<Special>(&data_); }
  const Block* AsBlock() const;

  // For the person who reads an explanation: "a text", "a list" ...
  std::string_view KindName() const;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, ListPtr, MapPtr, Special,
               const Block*>
      data_;
};

struct List {
  std::vector<Value> items = {};
  // A list of the request's JSON writes itself as JSON, one made in the template as Java's lists do
  // (recorded: test_input_path_template_formatting).
  enum class Origin { kTemplate, kJson } origin = Origin::kTemplate;
};

class Map {
 public:
  using Entry = std::pair<std::string, Value>;

  // Null when absent.
  const Value* Find(std::string_view key) const;
  void Put(std::string_view key, Value value);
  // Whether it was there.
  bool Remove(std::string_view key);
  const std::vector<Entry>& entries() const { return entries_; }
  void Clear();

 private:
  std::optional<std::size_t> IndexOf(std::string_view key) const;

  std::vector<Entry> entries_;
  // Only once there are many: most maps have a handful of keys.
  std::unordered_map<std::string, std::size_t> index_;
};

// JSON as the service's parser reads it: order kept, integers beyond 64 bits become doubles. Fails
// for anything else, and beyond kMaxJsonDepth.
Result<Value> ParseJsonValue(std::string_view text);

// A template may tie lists and maps into a circle, and double a text again and again: what is
// written stops soon after this many bytes, and below this many levels.
inline constexpr std::size_t kMaxTextBytes = 12 * 1024 * 1024;
inline constexpr int kMaxDepth = 600;

// Compact JSON.
void AppendJson(const Value& value, std::string& out);

// Java's toString. Null: "".
std::string ToText(const Value& value);
std::string DoubleToText(double value);

// Java's equals, and for numbers of both kinds their value. False for what is too large to compare.
bool Equal(const Value& a, const Value& b);

}  // namespace offstage::gateway::vtl
