// DescribeContinuousBackups, UpdateContinuousBackups:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateContinuousBackups.html
// While it is on, every write leaves what was there before (store/item_history.h).
#include <fmt/format.h>

#include <algorithm>

#include "dynamodb/errors.h"
#include "dynamodb/ops/backup_items.h"
#include "dynamodb/ops/describe.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"

namespace offstage::dynamodb {

const Shape& DescribeContinuousBackupsShape() {
  static const Shape shape = shape::Structure(
      "DescribeContinuousBackupsInput", {{"TableName", shape::TableName(), Presence::kRequired}});
  return shape;
}

const Shape& UpdateContinuousBackupsShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = Structure(
      "UpdateContinuousBackupsInput",
      {{"TableName", TableName(), Presence::kRequired},
       {"PointInTimeRecoverySpecification",
        Structure("PointInTimeRecoverySpecification",
                  {{"PointInTimeRecoveryEnabled", Boolean(), Presence::kRequired},
                   {"RecoveryPeriodInDays", Integer({.min = 1, .max = kRecoveryPeriodDays})}}),
        Presence::kRequired}});
  return shape;
}

namespace {

std::string Describe(const Engine& engine, const Table& table) {
  const bool enabled = table.definition.point_in_time_recovery;
  Json recovery = {{"PointInTimeRecoveryStatus", enabled ? "ENABLED" : "DISABLED"}};
  if (enabled) {
    const RestoreWindow window = RestoreWindowOf(table, engine.NowMillis());
    recovery["EarliestRestorableDateTime"] = Seconds(window.earliest_ms);
    recovery["LatestRestorableDateTime"] = Seconds(window.latest_ms);
    recovery["RecoveryPeriodInDays"] = table.definition.recovery_period_days;
  }
  return DumpJson(Json{{"ContinuousBackupsDescription",
                        {{"ContinuousBackupsStatus", "ENABLED"},
                         {"PointInTimeRecoveryDescription", std::move(recovery)}}}});
}

}  // namespace

aws::Outcome<std::string> DescribeContinuousBackups(Engine& engine, Node request) {
  OFFSTAGE_TRY(const TablePtr table, BackedUpTable(engine, request["TableName"].text()));
  return Describe(engine, *table);
}

aws::Outcome<std::string> UpdateContinuousBackups(Engine& engine, Node request) {
  const Node specification = request["PointInTimeRecoverySpecification"];
  const Node days = specification["RecoveryPeriodInDays"];
  const auto lock = engine.store().LockCatalogue();
  OFFSTAGE_TRY(const TablePtr before, BackedUpTable(engine, request["TableName"].text()));
  Table table = *before;
  TableDefinition& definition = table.definition;
  definition.point_in_time_recovery = specification["PointInTimeRecoveryEnabled"].is_true();
  if (days) definition.recovery_period_days = static_cast<int>(days.integer());
  if (definition.point_in_time_recovery && !before->definition.point_in_time_recovery)
    table.continuous_backups_since_ms = engine.NowMillis();
  OFFSTAGE_TRY_INTERNAL(const TablePtr after, engine.store().UpdateTable(std::move(table), {}));
  OFFSTAGE_TRY_VOID(ForgetOldHistory(engine, *after));
  return Describe(engine, *after);
}

}  // namespace offstage::dynamodb
