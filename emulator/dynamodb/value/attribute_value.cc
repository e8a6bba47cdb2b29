#include "dynamodb/value/attribute_value.h"

#include <algorithm>
#include <array>

#include "base/check.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {

namespace {

constexpr std::array<std::string_view, 10> kTypeNames = {"S", "N", "B",  "BOOL", "NULL",
                                                         "L", "M", "SS", "NS",   "BS"};
constexpr std::array<std::string_view, 10> kLongTypeNames = {
    "STRING", "NUMBER", "BINARY",     "BOOLEAN",    "NULL",
    "LIST",   "MAP",    "STRING_SET", "NUMBER_SET", "BINARY_SET"};

struct NameLess {
  bool operator()(const Attribute& a, std::string_view b) const { return a.name < b; }
  bool operator()(const Attribute& a, const Attribute& b) const { return a.name < b.name; }
};

}  // namespace

std::string_view TypeName(AttributeType type) {
  return kTypeNames[static_cast<std::size_t>(type)];
}
std::string_view LongTypeName(AttributeType type) {
  return kLongTypeNames[static_cast<std::size_t>(type)];
}

const AttributeValue* Item::Find(std::string_view name) const {
  const auto found = std::lower_bound(attributes_.begin(), attributes_.end(), name, NameLess());
  return found != attributes_.end() && found->name == name ? &found->value : nullptr;
}

AttributeValue* Item::Find(std::string_view name) {
  const auto found = std::lower_bound(attributes_.begin(), attributes_.end(), name, NameLess());
  return found != attributes_.end() && found->name == name ? &found->value : nullptr;
}

AttributeValue& Item::Set(std::string name, AttributeValue value) {
  if (attributes_.empty() || attributes_.back().name < name) {
    attributes_.push_back({std::move(name), std::move(value)});
    return attributes_.back().value;
  }
  const auto at = std::lower_bound(attributes_.begin(), attributes_.end(), name, NameLess());
  if (at->name == name) {
    at->value = std::move(value);
    return at->value;
  }
  return attributes_.insert(at, {std::move(name), std::move(value)})->value;
}

bool Item::Erase(std::string_view name) {
  const auto found = std::lower_bound(attributes_.begin(), attributes_.end(), name, NameLess());
  if (found == attributes_.end() || found->name != name) return false;
  attributes_.erase(found);
  return true;
}

void Item::Reserve(std::size_t count) {
  attributes_.reserve(count);
}

Item Item::FromSorted(Storage attributes) {
  Item item;
  item.attributes_ = std::move(attributes);
  return item;
}

Item Item::FromUnsorted(Storage attributes) {
  Item item;
  item.attributes_ = std::move(attributes);
  Storage& all = item.attributes_;
  if (std::is_sorted(all.begin(), all.end(), NameLess()) &&
      std::adjacent_find(all.begin(), all.end(), [](const Attribute& a, const Attribute& b) {
        return a.name == b.name;
      }) == all.end()) {
    return item;
  }
  std::stable_sort(all.begin(), all.end(), NameLess());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i + 1 < all.size() && all[i].name == all[i + 1].name) continue;
    if (kept != i) all[kept] = std::move(all[i]);
    ++kept;
  }
  all.resize(kept);
  return item;
}

bool operator==(const Item& a, const Item& b) {
  return a.attributes_ == b.attributes_;
}

AttributeValue AttributeValue::String(std::string text) {
  return AttributeValue(Data(StringData{std::move(text)}));
}
AttributeValue AttributeValue::Number(std::string canonical) {
  return AttributeValue(Data(NumberData{std::move(canonical)}));
}
AttributeValue AttributeValue::Binary(std::string bytes) {
  return AttributeValue(Data(BinaryData{std::move(bytes)}));
}
AttributeValue AttributeValue::Bool(bool value) {
  return AttributeValue(Data(BoolData{value}));
}
AttributeValue AttributeValue::List(AttributeList values) {
  return AttributeValue(Data(ListData{std::move(values)}));
}
AttributeValue AttributeValue::Map(Item attributes) {
  return AttributeValue(Data(MapData{std::move(attributes)}));
}

AttributeValue AttributeValue::StringSet(AttributeSet members) {
  return Set(AttributeType::kStringSet, std::move(members));
}
AttributeValue AttributeValue::NumberSet(AttributeSet canonical_members) {
  return Set(AttributeType::kNumberSet, std::move(canonical_members));
}
AttributeValue AttributeValue::BinarySet(AttributeSet members) {
  return Set(AttributeType::kBinarySet, std::move(members));
}

AttributeValue AttributeValue::Set(AttributeType type, AttributeSet members) {
  if (type == AttributeType::kNumberSet) {
    std::sort(members.begin(), members.end(),
              [](const std::string& a, const std::string& b) { return CompareNumbers(a, b) < 0; });
  } else {
    std::sort(members.begin(), members.end());
  }
  members.erase(std::unique(members.begin(), members.end()), members.end());
  return SortedSet(type, std::move(members));
}

AttributeValue AttributeValue::SortedSet(AttributeType type, AttributeSet members) {
  switch (type) {
    case AttributeType::kStringSet:
      return AttributeValue(Data(StringSetData{std::move(members)}));
    case AttributeType::kNumberSet:
      return AttributeValue(Data(NumberSetData{std::move(members)}));
    default:
      OFFSTAGE_CHECK(type == AttributeType::kBinarySet, "a set has a set type");
      return AttributeValue(Data(BinarySetData{std::move(members)}));
  }
}

const std::string& AttributeValue::text() const {
  if (const auto* string = std::get_if<StringData>(&data_)) return string->value;
  if (const auto* number = std::get_if<NumberData>(&data_)) return number->value;
  const auto* binary = std::get_if<BinaryData>(&data_);
  OFFSTAGE_CHECK(binary != nullptr, "only S, N and B have text");
  return binary->value;
}

bool AttributeValue::boolean() const {
  const auto* data = std::get_if<BoolData>(&data_);
  OFFSTAGE_CHECK(data != nullptr, "only BOOL is a truth value");
  return data->value;
}

const AttributeList& AttributeValue::list() const {
  const auto* data = std::get_if<ListData>(&data_);
  OFFSTAGE_CHECK(data != nullptr, "only L is a list");
  return data->value;
}

AttributeList& AttributeValue::list() {
  auto* data = std::get_if<ListData>(&data_);
  OFFSTAGE_CHECK(data != nullptr, "only L is a list");
  return data->value;
}

const Item& AttributeValue::map() const {
  const auto* data = std::get_if<MapData>(&data_);
  OFFSTAGE_CHECK(data != nullptr, "only M is a map");
  return data->value;
}

Item& AttributeValue::map() {
  auto* data = std::get_if<MapData>(&data_);
  OFFSTAGE_CHECK(data != nullptr, "only M is a map");
  return data->value;
}

const AttributeSet& AttributeValue::set() const {
  if (const auto* strings = std::get_if<StringSetData>(&data_)) return strings->value;
  if (const auto* numbers = std::get_if<NumberSetData>(&data_)) return numbers->value;
  const auto* binaries = std::get_if<BinarySetData>(&data_);
  OFFSTAGE_CHECK(binaries != nullptr, "only SS, NS and BS are sets");
  return binaries->value;
}

bool operator==(const AttributeValue& a, const AttributeValue& b) {
  return a.data_ == b.data_;
}

int CompareScalars(const AttributeValue& a, const AttributeValue& b) {
  OFFSTAGE_CHECK(a.is_scalar_key() && a.type() == b.type(), "only like scalars have an order");
  if (a.is_number()) return CompareNumbers(a.text(), b.text());
  const int order = a.text().compare(b.text());
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

}  // namespace offstage::dynamodb
