#include "gateway/vtl/value.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "gateway/request_parts.h"

namespace offstage::gateway::vtl {

namespace {

constexpr std::size_t kIndexFrom = 16;

// Builds a Value while nlohmann reads; its own trees sort the keys or lose the order of repeats.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return Add(Value()); }
  bool boolean(bool value) override { return Add(Value::Bool(value)); }
  bool number_integer(number_integer_t value) override { return Add(Value::Integer(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    const auto limit = static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
    return Add(value <= limit ? Value::Integer(static_cast<std::int64_t>(value))
                              : Value::Double(static_cast<double>(value)));
  }
  bool number_float(number_float_t value, const string_t&) override {
    return Add(Value::Double(value));
  }
  bool string(string_t& value) override { return Add(Value::Text(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return Open(Value::NewMap()); }
  bool key(string_t& name) override {
    keys_.back() = name;
    return true;
  }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override {
    Value list = Value::NewList();
    list.AsList()->origin = List::Origin::kJson;
    return Open(std::move(list));
  }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception&) override {
    problem_ = fmt::format("no JSON: it goes wrong at byte {}", position);
    return false;
  }

  Value root_;
  std::string problem_;

 private:
  bool Add(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (Map* map = open_.back().AsMap()) {
      map->Put(keys_.back(), std::move(value));
    } else {
      open_.back().AsList()->items.push_back(std::move(value));
    }
    return true;
  }
  bool Open(Value container) {
    if (open_.size() >= static_cast<std::size_t>(kMaxJsonDepth)) {
      problem_ = fmt::format("nested deeper than {} levels", kMaxJsonDepth);
      return false;
    }
    Add(container);
    open_.push_back(std::move(container));
    keys_.emplace_back();
    return true;
  }
  bool Close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }

  std::vector<Value> open_;
  std::vector<std::string> keys_;
};

// Writes values as Java's toString or as JSON.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void Text(const Value& value) {
    if (const std::string* text = value.AsText()) {
      out_ += *text;
    } else if (const Map* map = value.AsMap()) {
      if (Enter()) JavaMap(*map);
      --depth_;
    } else if (const List* list = value.AsList()) {
      if (list->origin == List::Origin::kJson) {
        Json(value);
        return;
      }
      if (Enter()) JavaList(*list);
      --depth_;
    } else {
      Scalar(value);
    }
  }

  void Json(const Value& value) {
    if (value.IsNull()) {
      out_ += "null";
    } else if (const std::string* text = value.AsText()) {
      AppendJsonText(*text, out_);
    } else if (const Map* map = value.AsMap()) {
      if (Enter()) JsonMap(*map);
      --depth_;
    } else if (const List* list = value.AsList()) {
      if (Enter()) JsonList(*list);
      --depth_;
    } else {
      Scalar(value);
    }
  }

 private:
  bool Enter() { return ++depth_ <= kMaxDepth && out_.size() <= kMaxTextBytes; }

  void Scalar(const Value& value) {
    if (const bool* flag = value.AsBool()) {
      out_ += *flag ? "true" : "false";
    } else if (const std::int64_t* integer = value.AsInteger()) {
      out_ += std::to_string(*integer);
    } else if (const double* number = value.AsDouble()) {
      out_ += DoubleToText(*number);
    }
  }

  void JavaMap(const Map& map) {
    out_.push_back('{');
    bool first = true;
    for (const auto& [key, value] : map.entries()) {
      if (!first) out_ += ", ";
      first = false;
      out_ += key + "=";
      TextOrNull(value);
    }
    out_.push_back('}');
  }

  void JavaList(const List& list) {
    out_.push_back('[');
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (i > 0) out_ += ", ";
      TextOrNull(list.items[i]);
    }
    out_.push_back(']');
  }

  void TextOrNull(const Value& value) {
    if (value.IsNull()) {
      out_ += "null";
    } else {
      Text(value);
    }
  }

  void JsonMap(const Map& map) {
    out_.push_back('{');
    bool first = true;
    for (const auto& [key, member] : map.entries()) {
      if (!first) out_.push_back(',');
      first = false;
      AppendJsonText(key, out_);
      out_.push_back(':');
      Json(member);
    }
    out_.push_back('}');
  }

  void JsonList(const List& list) {
    out_.push_back('[');
    for (std::size_t i = 0; i < list.items.size(); ++i) {
      if (i > 0) out_.push_back(',');
      Json(list.items[i]);
    }
    out_.push_back(']');
  }

  std::string& out_;
  int depth_ = 0;
};

// Compares with a bound: two circles would keep it busy for ever.
class Comparison {
 public:
  bool Equal(const Value& a, const Value& b) {
    if (--budget_ < 0 || depth_ > kMaxDepth) return false;
    if (a.IsNull() || b.IsNull()) return a.IsNull() && b.IsNull();
    if (a.IsNumber() && b.IsNumber()) return Number(a) == Number(b);
    if (const List* list = a.AsList()) return b.AsList() != nullptr && Lists(*list, *b.AsList());
    if (const Map* map = a.AsMap()) return b.AsMap() != nullptr && Maps(*map, *b.AsMap());
    if (a.AsText() != nullptr && b.AsText() != nullptr) return *a.AsText() == *b.AsText();
    if (a.AsBool() != nullptr && b.AsBool() != nullptr) return *a.AsBool() == *b.AsBool();
    return false;
  }

 private:
  // Exact for all integers that a long double takes: 64 bits.
  static long double Number(const Value& value) {
    return value.AsInteger() != nullptr ? static_cast<long double>(*value.AsInteger())
                                        : static_cast<long double>(*value.AsDouble());
  }
  bool Lists(const List& a, const List& b) {
    if (a.items.size() != b.items.size()) return false;
    ++depth_;
    bool equal = true;
    for (std::size_t i = 0; equal && i < a.items.size(); ++i)
      equal = Equal(a.items[i], b.items[i]);
    --depth_;
    return equal;
  }
  bool Maps(const Map& a, const Map& b) {
    if (a.entries().size() != b.entries().size()) return false;
    ++depth_;
    bool equal = true;
    for (std::size_t i = 0; equal && i < a.entries().size(); ++i) {
      const Value* other = b.Find(a.entries()[i].first);
      equal = other != nullptr && Equal(a.entries()[i].second, *other);
    }
    --depth_;
    return equal;
  }

  int depth_ = 0;
  int budget_ = 1'000'000;
};

}  // namespace

Value Value::Bool(bool value) {
  Value made;
  made.data_ = value;
  return made;
}

Value Value::Integer(std::int64_t value) {
  Value made;
  made.data_ = value;
  return made;
}

Value Value::Double(double value) {
  Value made;
  made.data_ = value;
  return made;
}

Value Value::Text(std::string text) {
  Value made;
  made.data_ = std::move(text);
  return made;
}

Value Value::NewList() {
  return Of(std::make_shared<List>());
}

Value Value::NewMap() {
  return Of(std::make_shared<Map>());
}

Value Value::Of(ListPtr list) {
  Value made;
  made.data_ = std::move(list);
  return made;
}

Value Value::Of(MapPtr map) {
  Value made;
  made.data_ = std::move(map);
  return made;
}

Value Value::Of(Special object) {
  Value made;
  made.data_ = object;
  return made;
}

Value Value::Of(const Block* block) {
  Value made;
  made.data_ = block;
  return made;
}

List* Value::AsList() const {
  const ListPtr* list = std::get_if<ListPtr>(&data_);
  return list == nullptr ? nullptr : list->get();
}

Map* Value::AsMap() const {
  const MapPtr* map = std::get_if<MapPtr>(&data_);
  return map == nullptr ? nullptr : map->get();
}

const Block* Value::AsBlock() const {
  const Block* const* block = std::get_if<const Block*>(&data_);
  return block == nullptr ? nullptr : *block;
}

std::string_view Value::KindName() const {
  if (IsNull()) return "nothing";
  if (AsText() != nullptr) return "a text";
  if (AsList() != nullptr) return "a list";
  if (AsMap() != nullptr) return "a map";
  if (AsBool() != nullptr) return "a boolean";
  if (IsNumber()) return "a number";
  if (const Special* special = AsSpecial()) return *special == Special::kInput ? "$input" : "$util";
  return "a block";
}

std::optional<std::size_t> Map::IndexOf(std::string_view key) const {
  if (!index_.empty()) {
    const auto found = index_.find(std::string(key));
    return found == index_.end() ? std::nullopt : std::optional(found->second);
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].first == key) return i;
  }
  return std::nullopt;
}

const Value* Map::Find(std::string_view key) const {
  const std::optional<std::size_t> index = IndexOf(key);
  return index.has_value() ? &entries_[*index].second : nullptr;
}

void Map::Put(std::string_view key, Value value) {
  if (const std::optional<std::size_t> index = IndexOf(key)) {
    entries_[*index].second = std::move(value);
    return;
  }
  entries_.emplace_back(std::string(key), std::move(value));
  if (!index_.empty()) {
    index_.emplace(std::string(key), entries_.size() - 1);
  } else if (entries_.size() >= kIndexFrom) {
    for (std::size_t i = 0; i < entries_.size(); ++i)
      index_.emplace(entries_[i].first, i);
  }
}

bool Map::Remove(std::string_view key) {
  const std::optional<std::size_t> index = IndexOf(key);
  if (!index.has_value()) return false;
  entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(*index));
  index_.clear();
  if (entries_.size() >= kIndexFrom) {
    for (std::size_t i = 0; i < entries_.size(); ++i)
      index_.emplace(entries_[i].first, i);
  }
  return true;
}

void Map::Clear() {
  entries_.clear();
  index_.clear();
}

Result<Value> ParseJsonValue(std::string_view text) {
  Builder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder))
    return Fail(Error{builder.problem_.empty() ? "no JSON" : builder.problem_});
  return std::move(builder.root_);
}

void AppendJson(const Value& value, std::string& out) {
  Writer(out).Json(value);
}

std::string ToText(const Value& value) {
  if (const std::string* text = value.AsText()) return *text;
  std::string out;
  Writer(out).Text(value);
  return out;
}

std::string DoubleToText(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value == 0) return std::signbit(value) ? "-0.0" : "0.0";
  const double magnitude = std::fabs(value);
  std::array<char, 400> buffer{};
  const bool plain = magnitude >= 1e-3 && magnitude < 1e7;
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format);
  std::string text(buffer.data(), end.ptr);
  if (plain) return text.find('.') == std::string::npos ? text + ".0" : text;
  // "1e+10" as Java writes it: "1.0E10".
  const std::size_t e = text.find('e');
  std::string mantissa = text.substr(0, e);
  if (mantissa.find('.') == std::string::npos) mantissa += ".0";
  std::string exponent = text.substr(e + 1);
  const bool negative = exponent.front() == '-';
  exponent.erase(0, exponent.find_first_not_of("+-0"));
  return mantissa + "E" + (negative ? "-" : "") + exponent;
}

bool Equal(const Value& a, const Value& b) {
  return Comparison().Equal(a, b);
}

}  // namespace offstage::gateway::vtl
