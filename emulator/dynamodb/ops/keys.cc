#include "dynamodb/ops/keys.h"

#include <fmt/format.h>

#include <algorithm>

#include "dynamodb/errors.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"
#include "dynamodb/value/key_encoding.h"

namespace offstage::dynamodb {

namespace {

constexpr std::string_view kDoesNotMatch = "The provided key element does not match the schema";

AttributeType ValueType(KeyType type) {
  switch (type) {
    case KeyType::kString:
      return AttributeType::kString;
    case KeyType::kNumber:
      return AttributeType::kNumber;
    case KeyType::kBinary:
      return AttributeType::kBinary;
  }
  return AttributeType::kString;
}

bool IsEmpty(const AttributeValue& value) {
  return !value.is_number() && value.text().empty();
}

std::string_view EmptyKind(const AttributeValue& value) {
  return value.is_string() ? "string" : "binary";
}

aws::Outcome<Unit> CheckKeyValue(const KeyAttribute& attribute, const AttributeValue& value,
                                 bool names_types) {
  if (!value.is(ValueType(attribute.type))) {
    if (!names_types) return Fail(ValidationError(std::string(kDoesNotMatch)));
    return Fail(InvalidParameter(fmt::format("Type mismatch for key {} expected: {} actual: {}",
                                             attribute.name, TypeName(attribute.type),
                                             TypeName(value.type()))));
  }
  if (IsEmpty(value)) {
    return Fail(ValidationError(
        fmt::format("One or more parameter values are not valid. The AttributeValue for a key "
                    "attribute cannot contain an empty {} value. Key: {}",
                    EmptyKind(value), attribute.name)));
  }
  return Ok();
}

aws::Outcome<Unit> CheckKeySizes(const Table& table, const Item& item) {
  const KeySchema& schema = table.definition.key;
  if (SizeOf(*item.Find(schema.partition[0].name)) > kMaxPartitionKeyBytes) {
    // The blank between "of" and the number is missing in the service's text.
    return Fail(
        InvalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes"));
  }
  if (!schema.sort.empty() && SizeOf(*item.Find(schema.sort[0].name)) > kMaxSortKeyBytes) {
    return Fail(InvalidParameter(
        "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"));
  }
  return Ok();
}

// Calls `each` with every key attribute in order, and stops at the first error.
template <typename Each>
aws::Outcome<Unit> ForEachKey(const KeySchema& schema, const Each& each) {
  for (const KeyAttribute& attribute : schema.partition)
    OFFSTAGE_TRY_VOID(each(attribute));
  for (const KeyAttribute& attribute : schema.sort)
    OFFSTAGE_TRY_VOID(each(attribute));
  return Ok();
}

// `find` gives the value of a key attribute, or null.
template <typename Find>
bool AppendKeyBytes(const std::vector<KeyAttribute>& attributes, const Find& find,
                    std::string& out) {
  for (const KeyAttribute& attribute : attributes) {
    const AttributeValue* value = find(attribute.name);
    if (value == nullptr || !value->is(ValueType(attribute.type)) || IsEmpty(*value)) return false;
    if (attributes.size() == 1) {
      AppendKey(*value, out);
    } else {
      AppendKeyComponent(*value, out);
    }
  }
  return true;
}

template <typename Find>
std::optional<IndexKey> MakeIndexKey(const KeySchema& schema, const Find& find) {
  IndexKey key;
  if (!AppendKeyBytes(schema.partition, find, key.partition)) return std::nullopt;
  if (!AppendKeyBytes(schema.sort, find, key.sort)) return std::nullopt;
  key.hash = PartitionHash(key.partition);
  return key;
}

ItemKey ToItemKey(IndexKey key) {
  return {.hash = key.hash, .partition = std::move(key.partition), .sort = std::move(key.sort)};
}

// Values of stored items, read from their text one at a time.
class StoredValues {
 public:
  explicit StoredValues(std::string_view item) : item_(item) {}
  const AttributeValue* operator()(const std::string& name) const {
    const std::string_view text = FindStoredAttribute(item_, name);
    if (text.empty()) return nullptr;
    auto value = ParseAttributeValue(text);
    if (!value.ok()) return nullptr;
    value_ = std::move(value).value();
    return &value_;
  }

 private:
  std::string_view item_;
  mutable AttributeValue value_;
};

struct IndexKeyFault {
  std::string_view index;
  std::string_view attribute;
  KeyType expected = KeyType::kString;
  const AttributeValue* value = nullptr;
};

// The service reports the index whose name comes first.
std::optional<IndexKeyFault> FindIndexKeyFault(const Table& table, const Item& item,
                                               const Item* before) {
  std::optional<IndexKeyFault> fault;
  for (const Index& index : table.indexes) {
    const auto look = [&](const KeyAttribute& attribute) -> aws::Outcome<Unit> {
      const AttributeValue* value = item.Find(attribute.name);
      if (value == nullptr) return Ok();
      if (value->is(ValueType(attribute.type)) && !IsEmpty(*value)) return Ok();
      if (before != nullptr) {
        const AttributeValue* old = before->Find(attribute.name);
        if (old != nullptr && *old == *value) return Ok();
      }
      if (!fault || index.definition.name < fault->index) {
        fault = IndexKeyFault{index.definition.name, attribute.name, attribute.type, value};
      }
      return Ok();
    };
    (void)ForEachKey(index.definition.key, look).ok();
  }
  return fault;
}

aws::Outcome<Unit> CheckIndexKeySizes(const Table& table, const Item& item) {
  for (const Index& index : table.indexes) {
    for (const KeyAttribute& attribute : index.definition.key.partition) {
      const AttributeValue* value = item.Find(attribute.name);
      if (value != nullptr && SizeOf(*value) > kMaxPartitionKeyBytes) {
        return Fail(
            InvalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes"));
      }
    }
    for (const KeyAttribute& attribute : index.definition.key.sort) {
      const AttributeValue* value = item.Find(attribute.name);
      if (value != nullptr && SizeOf(*value) > kMaxSortKeyBytes) {
        return Fail(InvalidParameter(
            "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"));
      }
    }
  }
  return Ok();
}

}  // namespace

aws::ApiError IndexKeyTypeMismatch(std::string_view attribute, KeyType expected,
                                   AttributeType actual, std::string_view index) {
  return InvalidParameter(
      fmt::format("Type mismatch for Index Key {} Expected: {} Actual: {} IndexName: {}", attribute,
                  TypeName(expected), TypeName(actual), index));
}

aws::Outcome<Unit> CheckScalarKeys(const Table& table, const std::vector<std::string>& nested) {
  if (nested.empty()) return Ok();
  const auto check = [&nested](const KeySchema& schema, std::string_view kind) {
    return ForEachKey(schema, [&](const KeyAttribute& attribute) -> aws::Outcome<Unit> {
      if (std::ranges::find(nested, attribute.name) == nested.end()) return Ok();
      return Fail(
          ValidationError(fmt::format("Key attributes must be scalars; list random access '[]' and "
                                      "map lookup '.' are not allowed: {}: {}",
                                      kind, attribute.name)));
    });
  };
  OFFSTAGE_TRY_VOID(check(table.definition.key, "Key"));
  for (const Index& index : table.indexes)
    OFFSTAGE_TRY_VOID(check(index.definition.key, "IndexKey"));
  return Ok();
}

std::string_view TypeName(KeyType type) {
  return TypeName(ValueType(type));
}

aws::Outcome<ItemKey> KeyFromKeyMember(const Table& table, const Item& key) {
  const KeySchema& schema = table.definition.key;
  if (key.size() != schema.partition.size() + schema.sort.size()) {
    return Fail(ValidationError(std::string(kDoesNotMatch)));
  }
  OFFSTAGE_TRY_VOID(ForEachKey(schema, [&](const KeyAttribute& attribute) -> aws::Outcome<Unit> {
    const AttributeValue* value = key.Find(attribute.name);
    if (value == nullptr) return Fail(ValidationError(std::string(kDoesNotMatch)));
    return CheckKeyValue(attribute, *value, false);
  }));
  OFFSTAGE_TRY_VOID(CheckKeySizes(table, key));
  return ToItemKey(PositionOf(schema, key));
}

aws::Outcome<ItemKey> KeyFromItem(const Table& table, const Item& item, ItemKeyWording wording) {
  const KeySchema& schema = table.definition.key;
  OFFSTAGE_TRY_VOID(ForEachKey(schema, [&](const KeyAttribute& attribute) -> aws::Outcome<Unit> {
    const AttributeValue* value = item.Find(attribute.name);
    if (value == nullptr) {
      if (wording == ItemKeyWording::kBatch)
        return Fail(ValidationError(std::string(kDoesNotMatch)));
      return Fail(InvalidParameter(fmt::format("Missing the key {} in the item", attribute.name)));
    }
    return CheckKeyValue(attribute, *value, wording == ItemKeyWording::kPut);
  }));
  OFFSTAGE_TRY_VOID(CheckKeySizes(table, item));
  return ToItemKey(PositionOf(schema, item));
}

std::string IdentityOf(const Table& table, const ItemKey& key) {
  std::string out = fmt::format("{}/{}/", table.id, key.partition.size());
  out += key.partition;
  out += key.sort;
  return out;
}

aws::Outcome<Unit> CheckIndexKeys(const Table& table, const Item& item) {
  if (table.indexes.empty()) return Ok();
  const auto fault = FindIndexKeyFault(table, item, nullptr);
  if (!fault) return CheckIndexKeySizes(table, item);
  if (fault->value->is(ValueType(fault->expected))) {
    return Fail(
        ValidationError(fmt::format("One or more parameter values are not valid. A value specified "
                                    "for a secondary index key is not supported. "
                                    "The AttributeValue for a key attribute cannot contain an "
                                    "empty {} value. IndexName: {}, IndexKey: {}",
                                    EmptyKind(*fault->value), fault->index, fault->attribute)));
  }
  return Fail(
      IndexKeyTypeMismatch(fault->attribute, fault->expected, fault->value->type(), fault->index));
}

aws::Outcome<Unit> CheckUpdatedIndexKeys(const Table& table, const Item& before,
                                         const Item& after) {
  if (table.indexes.empty()) return Ok();
  const auto fault = FindIndexKeyFault(table, after, &before);
  if (!fault) return CheckIndexKeySizes(table, after);
  if (fault->value->is(ValueType(fault->expected))) {
    return Fail(
        ValidationError(fmt::format("One or more parameter values are not valid. The update "
                                    "expression attempted to update a secondary index key "
                                    "to a value that is not supported. The AttributeValue for a "
                                    "key attribute cannot contain an empty {} value.",
                                    EmptyKind(*fault->value))));
  }
  return Fail(
      ValidationError("The update expression attempted to update the secondary index key to "
                      "unsupported type"));
}

ItemKey KeyOfStored(const Table& table, std::string_view item) {
  auto key = MakeIndexKey(table.definition.key, StoredValues(item));
  OFFSTAGE_CHECK(key.has_value(), "a stored item has its key attributes");
  return ToItemKey(std::move(*key));
}

namespace {

// Values too large for a key leave the item out of the index: it may have had them before there was
// one.
std::optional<IndexKey> OnlyIfSmall(std::optional<IndexKey> key) {
  if (key && (key->partition.size() > kMaxPartitionKeyBytes || key->sort.size() > kMaxSortKeyBytes))
    return std::nullopt;
  return key;
}

}  // namespace

std::optional<IndexKey> IndexKeyOf(const Index& index, const Item& item) {
  return OnlyIfSmall(MakeIndexKey(index.definition.key,
                                  [&item](const std::string& name) { return item.Find(name); }));
}

std::optional<IndexKey> IndexKeyOfStored(const Index& index, std::string_view item) {
  return OnlyIfSmall(MakeIndexKey(index.definition.key, StoredValues(item)));
}

std::vector<IndexMove> MovesBetween(const Table& table, const std::string_view* before,
                                    const Item* after) {
  std::vector<IndexMove> moves;
  moves.reserve(table.indexes.size());
  for (const Index& index : table.indexes) {
    IndexMove move;
    move.index = &index;
    if (before != nullptr) move.before = IndexKeyOfStored(index, *before);
    if (after != nullptr) move.after = IndexKeyOf(index, *after);
    moves.push_back(std::move(move));
  }
  return moves;
}

std::vector<std::string> KeyAttributeNames(const Table& table, const Index* index) {
  std::vector<std::string> names;
  const auto add = [&names](const std::vector<KeyAttribute>& attributes) {
    for (const KeyAttribute& attribute : attributes) {
      if (std::find(names.begin(), names.end(), attribute.name) == names.end())
        names.push_back(attribute.name);
    }
  };
  add(table.definition.key.partition);
  add(table.definition.key.sort);
  if (index != nullptr) {
    add(index->definition.key.partition);
    add(index->definition.key.sort);
  }
  return names;
}

std::string AttributesOfStored(std::string_view item, const std::vector<std::string>& names) {
  std::string out = "{";
  for (const std::string& name : names) {
    const std::string_view value = FindStoredAttribute(item, name);
    if (value.empty()) continue;
    if (out.size() > 1) out += ',';
    AppendJsonString(name, out);
    out += ':';
    out += value;
  }
  return out + "}";
}

IndexKey PositionOf(const KeySchema& schema, const Item& key) {
  auto position = MakeIndexKey(schema, [&key](const std::string& name) { return key.Find(name); });
  OFFSTAGE_CHECK(position.has_value(), "the key's attributes and types have been checked");
  return std::move(*position);
}

namespace {

// The key's successor in byte order: nothing lies between.
std::string After(std::string bytes) {
  bytes.push_back('\0');
  return bytes;
}

// One sort attribute, whose bytes stand alone.
void NarrowSingle(const KeyTerm& term, QueryRange& range) {
  std::string bytes = EncodeKey(term.value);
  switch (term.op) {
    case KeyOperator::kEqual:
      range.end = After(bytes);
      range.first = std::move(bytes);
      return;
    case KeyOperator::kLess:
      range.end = std::move(bytes);
      return;
    case KeyOperator::kLessOrEqual:
      range.end = After(std::move(bytes));
      return;
    case KeyOperator::kGreater:
      range.first = After(std::move(bytes));
      return;
    case KeyOperator::kGreaterOrEqual:
      range.first = std::move(bytes);
      return;
    case KeyOperator::kBetween:
      range.first = std::move(bytes);
      range.end = After(EncodeKey(term.upper));
      return;
    case KeyOperator::kBeginsWith:
      range.end = PrefixEnd(bytes);
      range.first = std::move(bytes);
      return;
    case KeyOperator::kNotIndexable:
      OFFSTAGE_CHECK(false, "an operator that no key takes is refused with the key condition");
  }
}

// The last of several components; `prefix`: those in front of it.
void NarrowComponent(const KeyTerm& term, const std::string& prefix, QueryRange& range) {
  std::string bytes = prefix;
  if (term.op == KeyOperator::kBeginsWith) {
    AppendKeyComponentPrefix(term.value, bytes);
    range.end = PrefixEnd(bytes);
    range.first = std::move(bytes);
    return;
  }
  AppendKeyComponent(term.value, bytes);
  range.first = prefix;
  range.end = PrefixEnd(prefix);
  switch (term.op) {
    case KeyOperator::kLess:
      range.end = bytes;
      return;
    case KeyOperator::kLessOrEqual:
      range.end = PrefixEnd(bytes);
      return;
    case KeyOperator::kGreater:
      range.first = PrefixEnd(bytes).value_or(bytes);
      return;
    case KeyOperator::kGreaterOrEqual:
      range.first = bytes;
      return;
    case KeyOperator::kBetween: {
      std::string upper = prefix;
      AppendKeyComponent(term.upper, upper);
      range.first = bytes;
      range.end = PrefixEnd(upper);
      return;
    }
    default:
      range.first = bytes;
      range.end = PrefixEnd(bytes);
  }
}

}  // namespace

QueryRange RangeOf(const KeySchema& schema, const KeyRange& range) {
  QueryRange out;
  for (const AttributeValue& value : range.partition) {
    if (schema.partition.size() == 1) {
      AppendKey(value, out.partition);
    } else {
      AppendKeyComponent(value, out.partition);
    }
  }
  out.hash = PartitionHash(out.partition);
  if (range.sort.empty()) return out;
  if (schema.sort.size() == 1) {
    NarrowSingle(range.sort[0], out);
    return out;
  }
  std::string prefix;
  for (std::size_t i = 0; i + 1 < range.sort.size(); ++i)
    AppendKeyComponent(range.sort[i].value, prefix);
  NarrowComponent(range.sort.back(), prefix, out);
  return out;
}

}  // namespace offstage::dynamodb
