// RestoreTableFromBackup, RestoreTableToPointInTime:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableFromBackup.html
// As the service does, a restored table has no stream, time to live, tags or policy. The latest
// restorable time is now here, not some minutes ago.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "dynamodb/errors.h"
#include "dynamodb/ops/backup_items.h"
#include "dynamodb/ops/describe.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/table_definition.h"

namespace offstage::dynamodb {

namespace {

// What both let the caller change.
std::vector<ShapeMember> Overrides() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  const ShapeMember name = {"IndexName", Name({.min = 3, .max = 255}), Presence::kRequired};
  const ShapeMember projection = {"Projection", ProjectionMember(), Presence::kRequired};
  return {
      {"BillingModeOverride", BillingModeMember()},
      {"ProvisionedThroughputOverride", ProvisionedThroughput()},
      {"GlobalSecondaryIndexOverride",
       List(Structure("GlobalSecondaryIndex",
                      {name,
                       {"KeySchema", KeySchemaMember(8), Presence::kRequired},
                       projection,
                       {"ProvisionedThroughput", ProvisionedThroughput()}}))},
      {"LocalSecondaryIndexOverride",
       List(Structure("LocalSecondaryIndex",
                      {name, {"KeySchema", KeySchemaMember(2), Presence::kRequired}, projection}))},
      {"SSESpecificationOverride", SseSpecification()}};
}

Shape RestoreShape(std::string_view name, std::vector<ShapeMember> own) {
  for (ShapeMember& member : Overrides())
    own.push_back(std::move(member));
  return shape::Structure(name, std::move(own));
}

}  // namespace

const Shape& RestoreTableFromBackupShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape =
      RestoreShape("RestoreTableFromBackupInput",
                   {{"TargetTableName", Name({.min = 3, .max = 255}), Presence::kRequired},
                    {"BackupArn", String({.min = 37, .max = 1024}), Presence::kRequired}});
  return shape;
}

const Shape& RestoreTableToPointInTimeShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape =
      RestoreShape("RestoreTableToPointInTimeInput",
                   {{"SourceTableArn", String({.min = 1, .max = 1024})},
                    {"SourceTableName", Name({.min = 3, .max = 255})},
                    {"TargetTableName", Name({.min = 3, .max = 255}), Presence::kRequired},
                    {"UseLatestRestorableTime", Boolean()},
                    {"RestoreDateTime", Double()}});
  return shape;
}

namespace {

// Overrides may leave indexes out, not bring new ones.
aws::Outcome<Unit> KeepIndexes(Node wanted, std::vector<IndexDefinition>& indexes) {
  if (!wanted) return Ok();
  std::vector<IndexDefinition> kept;
  for (const Node index : wanted.elements()) {
    const std::string_view name = index["IndexName"].text();
    bool found = false;
    for (const IndexDefinition& known : indexes) {
      if (known.name != name) continue;
      found = true;
      kept.push_back(known);
      if (const Node throughput = index["ProvisionedThroughput"])
        kept.back().throughput = ParseThroughput(throughput);
    }
    if (!found) {
      return Fail(ValidationError(fmt::format(
          "One or more parameter values were invalid: index {} is not one of the source table's",
          name)));
    }
  }
  indexes = std::move(kept);
  return Ok();
}

aws::Outcome<TableDefinition> RestoredDefinition(const Table& source, Node request) {
  TableDefinition definition = source.definition;
  definition.name = request["TargetTableName"].text();
  definition.stream = StreamView::kOff;
  definition.time_to_live_attribute.clear();
  definition.tags.clear();
  definition.deletion_protection = false;
  definition.point_in_time_recovery = false;
  if (const Node billing = request["BillingModeOverride"]) {
    const bool on_demand = billing.text() == "PAY_PER_REQUEST";
    definition.billing = on_demand ? BillingMode::kPayPerRequest : BillingMode::kProvisioned;
  }
  if (const Node throughput = request["ProvisionedThroughputOverride"])
    definition.throughput = ParseThroughput(throughput);
  if (definition.billing == BillingMode::kProvisioned)
    OFFSTAGE_TRY_VOID(CheckThroughput(definition.throughput));
  if (const Node encryption = request["SSESpecificationOverride"])
    definition.sse_enabled = encryption["Enabled"].is_true();
  OFFSTAGE_TRY_VOID(
      KeepIndexes(request["GlobalSecondaryIndexOverride"], definition.global_indexes));
  OFFSTAGE_TRY_VOID(KeepIndexes(request["LocalSecondaryIndexOverride"], definition.local_indexes));
  return definition;
}

// `at_ms`: the moment to go back to; null: all that is there. `summary`: RestoreSummary but for
// what is the same for both.
aws::Outcome<std::string> Restore(Engine& engine, const Table& source, Node request,
                                  std::optional<std::int64_t> at_ms, Json summary) {
  if (engine.store().FindTable(request["TargetTableName"].text()) != nullptr) {
    return Fail(aws::ApiError{
        .type = "TableAlreadyExistsException",
        .message = fmt::format("Table already exists: {}", request["TargetTableName"].text())});
  }
  OFFSTAGE_TRY(TableDefinition definition, RestoredDefinition(source, request));
  OFFSTAGE_TRY_INTERNAL(const TablePtr made,
                        engine.store().CreateTable(MakeTable(engine, std::move(definition))));
  auto copied = CopyItems(engine, source, *made);
  if (copied.ok() && at_ms) copied = UndoWrites(engine, source, *made, *at_ms);
  if (!copied.ok()) {
    (void)engine.store().DropTable(*made).ok();
    return Fail(std::move(copied).error());
  }
  summary["RestoreDateTime"] = Seconds(at_ms.value_or(engine.NowMillis()));
  summary["RestoreInProgress"] = true;
  Json table = DescribeTableJson(engine, *made, "CREATING");
  table["RestoreSummary"] = std::move(summary);
  return DumpJson(Json{{"TableDescription", std::move(table)}});
}

// Of seconds since the epoch as JSON writes them, a fraction included.
std::int64_t MillisOf(std::string_view seconds) {
  double value = 0;
  std::from_chars(seconds.data(), seconds.data() + seconds.size(), value);
  return static_cast<std::int64_t>(std::clamp(value, 0.0, 1e12) * 1000);
}

}  // namespace

aws::Outcome<std::string> RestoreTableFromBackup(Engine& engine, Node request) {
  const auto lock = engine.store().LockCatalogue();
  OFFSTAGE_TRY(const TablePtr backup, FindBackup(engine, request["BackupArn"].text()));
  const BackupFacts facts = FactsOf(*backup);
  return Restore(engine, *backup, request, std::nullopt,
                 {{"SourceBackupArn", BackupArn(facts)}, {"SourceTableArn", facts.source_arn}});
}

aws::Outcome<std::string> RestoreTableToPointInTime(Engine& engine, Node request) {
  const Node arn = request["SourceTableArn"];
  const Node name = request["SourceTableName"];
  if (!arn && !name) {
    return Fail(ValidationError(
        "Either SourceTableArn or SourceTableName must be specified in the request"));
  }
  const bool latest = request["UseLatestRestorableTime"].is_true();
  if (latest == static_cast<bool>(request["RestoreDateTime"])) {
    return Fail(ValidationError(
        "Exactly one of RestoreDateTime and UseLatestRestorableTime must be specified"));
  }
  const auto lock = engine.store().LockCatalogue();
  OFFSTAGE_TRY(const TablePtr source, BackedUpTable(engine, arn ? arn.text() : name.text()));
  if (!source->definition.point_in_time_recovery) {
    return Fail(
        aws::ApiError{.type = "PointInTimeRecoveryUnavailableException",
                      .message = fmt::format("Point in time recovery is not enabled for table '{}'",
                                             source->definition.name)});
  }
  std::optional<std::int64_t> at_ms;
  if (!latest) {
    at_ms = MillisOf(request["RestoreDateTime"].text());
    const RestoreWindow window = RestoreWindowOf(*source, engine.NowMillis());
    if (*at_ms < window.earliest_ms || *at_ms > window.latest_ms) {
      return Fail(aws::ApiError{
          .type = "InvalidRestoreTimeException",
          .message = fmt::format(
              "An invalid restore time was specified. RestoreDateTime must be between {} and {}.",
              window.earliest_ms / 1000, window.latest_ms / 1000)});
    }
  }
  return Restore(engine, *source, request, at_ms, {{"SourceTableArn", source->arn}});
}

}  // namespace offstage::dynamodb
