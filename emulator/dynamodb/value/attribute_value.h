// AttributeValue: one DynamoDB value, and Item: the attributes of one item or map.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace offstage::dynamodb {

// In the order in which the service lists them; also the index of the alternative that holds it.
enum class AttributeType : std::uint8_t {
  kString,
  kNumber,
  kBinary,
  kBool,
  kNull,
  kList,
  kMap,
  kStringSet,
  kNumberSet,
  kBinarySet,
};

// "S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS".
std::string_view TypeName(AttributeType type);
// "STRING", "NUMBER", "BINARY", ...: how texts about operands spell them.
std::string_view LongTypeName(AttributeType type);

class AttributeValue;
struct Attribute;

// Attributes by name, in the order of their names' bytes. Copying copies all. Thread-compatible.
class Item {
 public:
  using Storage = std::vector<Attribute>;

  // Defined behind Attribute, which they need complete.
  Item();
  Item(const Item& other);
  Item(Item&& other) noexcept;
  Item& operator=(const Item& other);
  Item& operator=(Item&& other) noexcept;
  ~Item();

  // Null when there is none; valid until the item changes.
  const AttributeValue* Find(std::string_view name) const;
  AttributeValue* Find(std::string_view name);
  bool Contains(std::string_view name) const { return Find(name) != nullptr; }
  // Replaces the value of an attribute that exists. Cheapest in the order of names.
  AttributeValue& Set(std::string name, AttributeValue value);
  // False when there was none.
  bool Erase(std::string_view name);
  void Reserve(std::size_t count);
  // Takes attributes in any order; of equal names the last one stays.
  static Item FromUnsorted(Storage attributes);
  // `attributes`: in the order of names, each once.
  static Item FromSorted(Storage attributes);

  bool empty() const;
  std::size_t size() const;
  Storage::const_iterator begin() const;
  Storage::const_iterator end() const;
  Storage::iterator begin();
  Storage::iterator end();

  friend bool operator==(const Item& a, const Item& b);

 private:
  Storage attributes_;
};

using AttributeList = std::vector<AttributeValue>;
// Members in the service's order (text and binary by bytes, numbers by value), each once.
using AttributeSet = std::vector<std::string>;

// A value of one of the ten types. Numbers are kept as the service prints them (value/number.h),
// so that writing one costs nothing. Cheap to move; copying copies all. Thread-compatible.
class AttributeValue {
 public:
  // NULL.
  AttributeValue() = default;

  static AttributeValue String(std::string text);
  // `canonical`: as NormalizeNumber gives it.
  static AttributeValue Number(std::string canonical);
  static AttributeValue Binary(std::string bytes);
  static AttributeValue Bool(bool value);  // NOLINT: the type is called so
  static AttributeValue Null() { return {}; }
  static AttributeValue List(AttributeList values);
  static AttributeValue Map(Item attributes);
  // Sets put their members in order and drop doubles.
  static AttributeValue StringSet(AttributeSet members);
  static AttributeValue NumberSet(AttributeSet canonical_members);
  static AttributeValue BinarySet(AttributeSet members);
  static AttributeValue Set(AttributeType type, AttributeSet members);
  // `members`: in order, each once.
  static AttributeValue SortedSet(AttributeType type, AttributeSet members);

  AttributeType type() const { return static_cast<AttributeType>(data_.index()); }
  bool is(AttributeType wanted) const { return type() == wanted; }
  bool is_string() const { return is(AttributeType::kString); }
  bool is_number() const { return is(AttributeType::kNumber); }
  bool is_map() const { return is(AttributeType::kMap); }
  bool is_list() const { return is(AttributeType::kList); }
  // S, N or B: what keys can be.
  bool is_scalar_key() const { return data_.index() <= 2; }
  bool is_set() const {
    return data_.index() >= static_cast<std::size_t>(AttributeType::kStringSet);
  }

  // The characters of S, the canonical digits of N, the raw bytes of B. A bug for other types; the
  // same holds for each accessor below.
  const std::string& text() const;
  bool boolean() const;
  const AttributeList& list() const;
  AttributeList& list();
  const Item& map() const;
  Item& map();
  const AttributeSet& set() const;

  // As the service compares: numbers by value, sets without order, lists in order.
  friend bool operator==(const AttributeValue& a, const AttributeValue& b);

 private:
  // One type each: several types hold the same.
  struct StringData {
    std::string value;
    friend bool operator==(const StringData&, const StringData&) = default;
  };
  struct NumberData {
    std::string value;
    friend bool operator==(const NumberData&, const NumberData&) = default;
  };
  struct BinaryData {
    std::string value;
    friend bool operator==(const BinaryData&, const BinaryData&) = default;
  };
  struct BoolData {
    bool value = false;
    friend bool operator==(const BoolData&, const BoolData&) = default;
  };
  struct NullData {
    friend bool operator==(const NullData&, const NullData&) = default;
  };
  struct ListData {
    AttributeList value;
    friend bool operator==(const ListData&, const ListData&) = default;
  };
  struct MapData {
    Item value;
    friend bool operator==(const MapData&, const MapData&) = default;
  };
  struct StringSetData {
    AttributeSet value;
    friend bool operator==(const StringSetData&, const StringSetData&) = default;
  };
  struct NumberSetData {
    AttributeSet value;
    friend bool operator==(const NumberSetData&, const NumberSetData&) = default;
  };
  struct BinarySetData {
    AttributeSet value;
    friend bool operator==(const BinarySetData&, const BinarySetData&) = default;
  };
  using Data = std::variant<StringData, NumberData, BinaryData, BoolData, NullData, ListData,
                            MapData, StringSetData, NumberSetData, BinarySetData>;
  explicit AttributeValue(Data data) : data_(std::move(data)) {}

  Data data_ = NullData{};
};

struct Attribute {
  std::string name;
  AttributeValue value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

inline Item::Item() = default;
inline Item::Item(const Item& other) = default;
inline Item::Item(Item&& other) noexcept = default;
inline Item& Item::operator=(const Item& other) = default;
inline Item& Item::operator=(Item&& other) noexcept = default;
inline Item::~Item() = default;
inline bool Item::empty() const {
  return attributes_.empty();
}
inline std::size_t Item::size() const {
  return attributes_.size();
}
inline Item::Storage::const_iterator Item::begin() const {
  return attributes_.begin();
}
inline Item::Storage::const_iterator Item::end() const {
  return attributes_.end();
}
inline Item::Storage::iterator Item::begin() {
  return attributes_.begin();
}
inline Item::Storage::iterator Item::end() {
  return attributes_.end();
}

// -1, 0 or 1 by the service's order of S, N or B values of one type (UTF-8 bytes, value, unsigned
// bytes). A bug for other types or a mixture.
int CompareScalars(const AttributeValue& a, const AttributeValue& b);

}  // namespace offstage::dynamodb
