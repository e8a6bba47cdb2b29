// Where an item or an index row lies in the database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace offstage::dynamodb {

// The place of an index row: hash and bytes of the partition, bytes of the sort key.
struct IndexKey {
  std::uint32_t hash = 0;
  std::string partition;
  std::string sort;
  friend bool operator==(const IndexKey&, const IndexKey&) = default;
};

// An item's key as bytes (value/key_encoding.h). `sort` is empty for tables without a sort key.
struct ItemKey {
  std::uint32_t hash = 0;
  std::string partition;
  std::string sort;

  // The row id that the item has unless another item took it first: the partition's hash in front,
  // so that rows lie in Scan order and a partition's items beside each other, behind it a hash of
  // the rest of the key.
  std::int64_t PreferredRow() const;

  friend bool operator==(const ItemKey&, const ItemKey&) = default;
};

}  // namespace offstage::dynamodb
