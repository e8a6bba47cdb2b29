// Sizes as the service counts them, and what it makes of them.
// docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
#pragma once

#include <cstddef>

#include "aws/api_error.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

inline constexpr std::size_t kMaxItemBytes = 400 * 1024;    // AWS "Item size" quota
inline constexpr std::size_t kMaxPartitionKeyBytes = 2048;  // AWS "Partition key" quota
inline constexpr std::size_t kMaxSortKeyBytes = 1024;       // AWS "Sort key" quota
inline constexpr std::size_t kMaxPageBytes = 1024 * 1024;   // Query and Scan, before filters

// Bytes of a value without its name; of an item with its names.
std::size_t SizeOf(const AttributeValue& value);
std::size_t SizeOf(const Item& item);

// "Item size has exceeded the maximum allowed size".
aws::Outcome<Unit> CheckItemSize(const Item& item);

// Capacity units, rounded up to whole ones (read: halves when eventually consistent). A missing or
// empty item counts as one unit. Transactions cost twice as much.
enum class ReadKind { kEventual, kStrong, kTransactional };
enum class WriteKind { kStandard, kTransactional };
double ReadUnits(std::size_t bytes, ReadKind kind);
double WriteUnits(std::size_t bytes, WriteKind kind = WriteKind::kStandard);

}  // namespace offstage::dynamodb
