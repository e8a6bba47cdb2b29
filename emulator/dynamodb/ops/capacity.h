// Consumed capacity and item collection metrics, as replies show them.
// docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dynamodb/ops/document.h"
#include "dynamodb/store/table.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

enum class CapacityDetail { kNone, kTotal, kIndexes };
CapacityDetail CapacityDetailOf(Node request);

struct IndexUnits {
  const Index* index = nullptr;
  double units = 0;
};

// What an operation used of one table.
struct ConsumedCapacity {
  double table_units = 0;
  // Indexes without use may be missing.
  std::vector<IndexUnits> indexes;

  void Add(const ConsumedCapacity& other);
  double total() const;
};

// Transactions and batches of them name the kind of units as well.
enum class CapacityKind { kPlain, kRead, kWrite };

// The ConsumedCapacity object as JSON; `detail` is not kNone.
std::string CapacityJson(const Table& table, const ConsumedCapacity& used, CapacityDetail detail,
                         CapacityKind kind = CapacityKind::kPlain);
// Appends `,"ConsumedCapacity":{...}` unless `detail` is kNone. The comma is left out after '{'.
void AppendCapacity(const Table& table, const ConsumedCapacity& used, CapacityDetail detail,
                    std::string& out);

// The attributes that the index keeps of an item, and what they weigh.
Item Projected(const Table& table, const Index& index, const Item& item);
// Units that a write costs each index. Null: no item before or after.
std::vector<IndexUnits> IndexWriteUnits(const Table& table, const Item* before, const Item* after);

// Appends `,"ItemCollectionMetrics":{...}` when asked for and the table has local indexes.
void AppendCollectionMetrics(const Table& table, Node request, std::string_view item,
                             std::string& out);
std::string CollectionMetricsJson(const Table& table, std::string_view item);
bool WantsCollectionMetrics(const Table& table, Node request);

// Appends a member to an object's text, with the comma that it needs.
void AppendMember(std::string_view name, std::string_view json, std::string& out);

}  // namespace offstage::dynamodb
