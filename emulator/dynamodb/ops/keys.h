// Keys of items: checking them as the service does, and where they lead in the store.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/key_condition.h"
#include "dynamodb/store/session.h"
#include "dynamodb/store/table.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

std::string_view TypeName(KeyType type);

// The key in a Key member: exactly the key attributes, of their types, not empty, not too long.
aws::Outcome<ItemKey> KeyFromKeyMember(const Table& table, const Item& key);
// The key within a whole item. `batch`: BatchWriteItem words a wrong type as Key members do.
enum class ItemKeyWording { kPut, kBatch };
aws::Outcome<ItemKey> KeyFromItem(const Table& table, const Item& item,
                                  ItemKeyWording wording = ItemKeyWording::kPut);

// Different for different items, also of different tables.
std::string IdentityOf(const Table& table, const ItemKey& key);

// Key attributes of indexes may be absent, but not of another type, empty or too long.
aws::Outcome<Unit> CheckIndexKeys(const Table& table, const Item& item);
aws::ApiError IndexKeyTypeMismatch(std::string_view attribute, KeyType expected,
                                   AttributeType actual, std::string_view index);
// After an update only those that it changed are looked at, and worded differently. Types known
// without the item were checked before (CheckUpdateTargets).
aws::Outcome<Unit> CheckUpdatedIndexKeys(const Table& table, const Item& before, const Item& after);

// `nested`: attributes that an expression looks into. None may be part of a key: "Key attributes
// must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: x".
aws::Outcome<Unit> CheckScalarKeys(const Table& table, const std::vector<std::string>& nested);

// Without checks, for items that are stored.
ItemKey KeyOfStored(const Table& table, std::string_view item);
std::optional<IndexKey> IndexKeyOf(const Index& index, const Item& item);
std::optional<IndexKey> IndexKeyOfStored(const Index& index, std::string_view item);

// What one write moves in each index. Null: no item before or after.
std::vector<IndexMove> MovesBetween(const Table& table, const std::string_view* before,
                                    const Item* after);

// Names of the key attributes: the table's, then the index's further ones.
std::vector<std::string> KeyAttributeNames(const Table& table, const Index* index);
// {"pk":{"S":"x"}}: the attributes `names` of a stored item as DynamoDB JSON.
std::string AttributesOfStored(std::string_view item, const std::vector<std::string>& names);

// An index key or a table key from the values of an exclusive start key, already checked.
IndexKey PositionOf(const KeySchema& schema, const Item& key);

// The bytes that a Query's key condition selects.
QueryRange RangeOf(const KeySchema& schema, const KeyRange& range);

}  // namespace offstage::dynamodb
