// What items were before each of their writes, for tables with point-in-time recovery: a table is
// taken back to a moment by undoing the newest writes first. Rows lie in the same database and are
// written in the same transaction as the items.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"
#include "sqlite/database.h"

namespace offstage::dynamodb {

// One write, seen from before it.
struct PastItem {
  // The key attributes as DynamoDB JSON.
  std::string_view keys;
  // The item as it was; empty: there was none.
  std::string_view item;
  // By DynamoDB's rules.
  std::int64_t size = 0;
};

Status CreateHistoryTable(sqlite::Database& database);
Status AppendHistory(sqlite::Database& database, std::int64_t table_id, std::int64_t at_ms,
                     const PastItem& past);
// Every write after `after_ms`, the newest first. The item's texts are valid during the call.
Status ForEachUndo(sqlite::Database& database, std::int64_t table_id, std::int64_t after_ms,
                   const std::function<Status(const PastItem&)>& callback);
// Drops the writes before `before_ms`.
Status ForgetHistory(sqlite::Database& database, std::int64_t table_id, std::int64_t before_ms);

}  // namespace offstage::dynamodb
