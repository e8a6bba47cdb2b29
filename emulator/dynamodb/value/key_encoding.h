// Key bytes: S, N and B values as byte strings whose memcmp order is the service's sort order, and
// the hash that puts partitions in Scan order. What is stored on disk depends on both: changing
// them needs a new database version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

// One value: text and binary as they are, numbers in 1 to 22 bytes. A bug for other types.
// Values of different types may encode alike: an attribute of a key has one type.
std::string EncodeKey(const AttributeValue& value);
void AppendKey(const AttributeValue& value, std::string& out);

// Several values, so that order is by the first, then the second, ...: each component is escaped
// and ends with a terminator that sorts below all content. Keys of one value do not need it.
void AppendKeyComponent(const AttributeValue& value, std::string& out);

// Turns bytes made by EncodeKey back into the value of the type they were made from; null for bytes
// that it cannot have made.
std::optional<AttributeValue> DecodeKey(AttributeType type, std::string_view bytes);
// Takes one component off the front of `bytes`.
std::optional<AttributeValue> TakeKeyComponent(AttributeType type, std::string_view& bytes);

// The first bytes that sort above everything that begins with `prefix`; null when nothing does
// (empty or only 0xFF): a range [prefix, PrefixEnd) is what begins_with selects.
std::optional<std::string> PrefixEnd(std::string_view prefix);
// begins_with(value) on a component of a composite key: what its bytes begin with.
void AppendKeyComponentPrefix(const AttributeValue& value, std::string& out);

// Where a partition lies in Scan order, 0 <= hash < kHashSpace; `partition_key`: EncodeKey of the
// partition key or the components of a composite one. Spread evenly; the same on every machine.
inline constexpr std::uint64_t kHashSpace = std::uint64_t{1} << 31;
std::uint32_t PartitionHash(std::string_view partition_key);

// The hashes of parallel Scan's segment, [first, end): disjoint, and together everything.
struct HashRange {
  std::uint64_t first = 0;
  std::uint64_t end = kHashSpace;
};
HashRange SegmentRange(std::uint32_t segment, std::uint32_t total_segments);

}  // namespace offstage::dynamodb
