// What backup and restore share. A backup is a table that nobody but these operations sees: its
// items lie in the same database, its definition is that of the table backed up, its name
// ("backup/01764000000000-0a1b2c3d") is none that a table can have.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "base/json.h"
#include "dynamodb/ops/engine.h"
#include "dynamodb/store/table.h"

namespace offstage::dynamodb {

inline constexpr std::int64_t kRecoveryPeriodDays = 35;  // AWS "RecoveryPeriodInDays", at most

// What a backup knows besides the items and the definition.
struct BackupFacts {
  // "01764000000000-0a1b2c3d"
  std::string id;
  std::string name;
  std::int64_t created_ms = 0;
  std::string source_table;
  std::string source_arn;
  std::string source_id;
  std::int64_t source_created_ms = 0;
};
std::string ToText(const BackupFacts& facts);
BackupFacts FactsOf(const Table& backup);
std::string BackupArn(const BackupFacts& facts);

// TableNotFoundException: "Table not found: NAME".
aws::Outcome<TablePtr> BackedUpTable(const Engine& engine, std::string_view table);
// BackupNotFoundException: "Backup not found: ARN".
aws::Outcome<TablePtr> FindBackup(Engine& engine, std::string_view arn);

// Puts all items of one table into another one that is empty, in one transaction.
aws::Outcome<Unit> CopyItems(Engine& engine, const Table& from, const Table& to);

struct RestoreWindow {
  std::int64_t earliest_ms = 0;
  std::int64_t latest_ms = 0;
};
RestoreWindow RestoreWindowOf(const Table& table, std::int64_t now_ms);

// Makes `to`, a copy of `from` as it is now, be what `from` was at `at_ms`.
aws::Outcome<Unit> UndoWrites(Engine& engine, const Table& from, const Table& to,
                              std::int64_t at_ms);
// Drops what lies before the table's window; all of it when point-in-time recovery is off.
aws::Outcome<Unit> ForgetOldHistory(Engine& engine, const Table& table);

}  // namespace offstage::dynamodb
