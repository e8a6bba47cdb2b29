// A table as the store keeps it: its definition, its state, and where its rows are.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "dynamodb/table.h"

namespace offstage::dynamodb {

enum class IndexScope { kGlobal, kLocal };

struct Index {
  // Names its SQL table; never used twice in one database.
  std::int64_t id = 0;
  IndexScope scope = IndexScope::kGlobal;
  IndexDefinition definition;
};

struct Table {
  // Names its SQL table; never used twice in one database. 0: not created yet.
  std::int64_t id = 0;
  TableDefinition definition;
  // Same order as the definition's lists.
  std::vector<Index> indexes;
  std::string arn;
  // The TableId that DescribeTable shows, a UUID.
  std::string table_id;
  std::int64_t created_ms = 0;
  // When the billing mode became on demand; 0: never.
  std::int64_t on_demand_since_ms = 0;
  // "2026-11-25T12:00:00.123": names the stream; empty: never had one. Stays when it is switched
  // off.
  std::string stream_label;
  std::int64_t time_to_live_changed_ms = 0;
  std::int64_t last_throughput_increase_ms = 0;
  std::int64_t last_throughput_decrease_ms = 0;
  // Resource policy document and its revision; empty: none.
  std::string resource_policy;
  std::string resource_policy_revision;
  std::int64_t continuous_backups_since_ms = 0;
  // Of a backup, which is a table that only backup operations see: what they say about it, as JSON.
  // Empty: an ordinary table.
  std::string backup;

  const Index* FindIndex(std::string_view name) const;
};

using TablePtr = std::shared_ptr<const Table>;

// One row of the catalogue; the reverse fails for text that this program did not write.
Json TableToJson(const Table& table);
Result<Table> TableFromJson(const Json& json);

}  // namespace offstage::dynamodb
