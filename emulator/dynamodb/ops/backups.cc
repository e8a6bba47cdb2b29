// CreateBackup, DescribeBackup, ListBackups, DeleteBackup:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html
// A backup is complete when CreateBackup returns. There are no system backups.
#include <fmt/format.h>

#include <algorithm>

#include "dynamodb/errors.h"
#include "dynamodb/ops/backup_items.h"
#include "dynamodb/ops/describe.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/table_definition.h"

namespace offstage::dynamodb {

namespace {

Shape ArnOfBackup() {
  return shape::String({.min = 37, .max = 1024});
}

}  // namespace

const Shape& CreateBackupShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = Structure(
      "CreateBackupInput", {{"TableName", TableName(), Presence::kRequired},
                            {"BackupName", Name({.min = 3, .max = 255}), Presence::kRequired}});
  return shape;
}

const Shape& DescribeBackupShape() {
  static const Shape shape =
      shape::Structure("DescribeBackupInput", {{"BackupArn", ArnOfBackup(), Presence::kRequired}});
  return shape;
}

const Shape& DeleteBackupShape() {
  static const Shape shape =
      shape::Structure("DeleteBackupInput", {{"BackupArn", ArnOfBackup(), Presence::kRequired}});
  return shape;
}

const Shape& ListBackupsShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = Structure(
      "ListBackupsInput", {{"TableName", TableName()},
                           {"Limit", Integer({.min = 1, .max = 100})},
                           {"TimeRangeLowerBound", Double()},
                           {"TimeRangeUpperBound", Double()},
                           {"ExclusiveStartBackupArn", ArnOfBackup()},
                           {"BackupType", Enum({"USER", "SYSTEM", "AWS_BACKUP", "ALL"})}});
  return shape;
}

namespace {

std::int64_t BytesOf(Engine& engine, const Table& backup) {
  const auto counts = engine.store().Counts(backup);
  return counts.ok() ? counts->bytes : 0;
}

Json DetailsJson(Engine& engine, const Table& backup, std::string_view status) {
  const BackupFacts facts = FactsOf(backup);
  return {{"BackupArn", BackupArn(facts)},
          {"BackupName", facts.name},
          {"BackupCreationDateTime", Seconds(facts.created_ms)},
          {"BackupSizeBytes", BytesOf(engine, backup)},
          {"BackupStatus", status},
          {"BackupType", "USER"}};
}

// Backups keep no indexes of their own; what they say about them stands in the definition.
Json IndexesOf(const Json& table, const char* member) {
  Json out = Json::array();
  for (const Json& index : table.value(member, Json::array())) {
    Json kept = {{"IndexName", index["IndexName"]},
                 {"KeySchema", index["KeySchema"]},
                 {"Projection", index["Projection"]}};
    if (index.contains("ProvisionedThroughput")) {
      kept["ProvisionedThroughput"] = {
          {"ReadCapacityUnits", index["ProvisionedThroughput"]["ReadCapacityUnits"]},
          {"WriteCapacityUnits", index["ProvisionedThroughput"]["WriteCapacityUnits"]}};
    }
    out.push_back(std::move(kept));
  }
  return out;
}

Json DescriptionJson(Engine& engine, const Table& backup, std::string_view status) {
  const BackupFacts facts = FactsOf(backup);
  Table shown = backup;
  for (const IndexDefinition& index : backup.definition.global_indexes)
    shown.indexes.push_back({.id = 0, .scope = IndexScope::kGlobal, .definition = index});
  for (const IndexDefinition& index : backup.definition.local_indexes)
    shown.indexes.push_back({.id = 0, .scope = IndexScope::kLocal, .definition = index});
  const Json table = DescribeTableJson(engine, shown, "ACTIVE");
  Json source = {
      {"TableName", facts.source_table},
      {"TableId", facts.source_id},
      {"TableArn", facts.source_arn},
      {"TableSizeBytes", table["TableSizeBytes"]},
      {"ItemCount", table["ItemCount"]},
      {"KeySchema", table["KeySchema"]},
      {"TableCreationDateTime", Seconds(facts.source_created_ms)},
      {"ProvisionedThroughput",
       {{"ReadCapacityUnits", table["ProvisionedThroughput"]["ReadCapacityUnits"]},
        {"WriteCapacityUnits", table["ProvisionedThroughput"]["WriteCapacityUnits"]}}},
      {"BillingMode", backup.definition.billing == BillingMode::kPayPerRequest ? "PAY_PER_REQUEST"
                                                                               : "PROVISIONED"}};
  Json features = Json::object();
  for (const char* member : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"}) {
    Json indexes = IndexesOf(table, member);
    if (!indexes.empty()) features[member] = std::move(indexes);
  }
  if (backup.definition.stream != StreamView::kOff) {
    features["StreamDescription"] = {{"StreamEnabled", true},
                                     {"StreamViewType", StreamViewName(backup.definition.stream)}};
  }
  if (!backup.definition.time_to_live_attribute.empty()) {
    features["TimeToLiveDescription"] = {
        {"TimeToLiveStatus", "ENABLED"},
        {"AttributeName", backup.definition.time_to_live_attribute}};
  }
  if (table.contains("SSEDescription")) features["SSEDescription"] = table["SSEDescription"];
  return {{"BackupDetails", DetailsJson(engine, backup, status)},
          {"SourceTableDetails", std::move(source)},
          {"SourceTableFeatureDetails", std::move(features)}};
}

}  // namespace

aws::Outcome<std::string> CreateBackup(Engine& engine, Node request) {
  const auto lock = engine.store().LockCatalogue();
  OFFSTAGE_TRY(const TablePtr source, BackedUpTable(engine, request["TableName"].text()));
  BackupFacts facts;
  facts.created_ms = engine.NowMillis();
  facts.id = fmt::format("{:014}-{}", facts.created_ms, engine.ids().Text(8, "0123456789abcdef"));
  facts.name = request["BackupName"].text();
  facts.source_table = source->definition.name;
  facts.source_arn = source->arn;
  facts.source_id = source->table_id;
  facts.source_created_ms = source->created_ms;
  Table backup = *source;
  backup.id = 0;
  backup.definition.name = fmt::format("backup/{}", facts.id);
  backup.definition.deletion_protection = false;
  backup.indexes.clear();
  backup.backup = ToText(facts);
  OFFSTAGE_TRY_INTERNAL(const TablePtr made, engine.store().CreateTable(std::move(backup)));
  auto copied = CopyItems(engine, *source, *made);
  if (!copied.ok()) {
    (void)engine.store().DropTable(*made).ok();
    return Fail(std::move(copied).error());
  }
  return DumpJson(Json{{"BackupDetails", DetailsJson(engine, *made, "CREATING")}});
}

aws::Outcome<std::string> DescribeBackup(Engine& engine, Node request) {
  OFFSTAGE_TRY(const TablePtr backup, FindBackup(engine, request["BackupArn"].text()));
  return DumpJson(Json{{"BackupDescription", DescriptionJson(engine, *backup, "AVAILABLE")}});
}

aws::Outcome<std::string> DeleteBackup(Engine& engine, Node request) {
  const auto lock = engine.store().LockCatalogue();
  OFFSTAGE_TRY(const TablePtr backup, FindBackup(engine, request["BackupArn"].text()));
  const Json description = DescriptionJson(engine, *backup, "DELETED");
  OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const Unit dropped, engine.store().DropTable(*backup));
  return DumpJson(Json{{"BackupDescription", description}});
}

namespace {

// Bounds are seconds, the upper one excluded; null: none.
struct TimeRange {
  std::optional<double> lower;
  std::optional<double> upper;
};

std::optional<double> SecondsOf(Node node) {
  if (!node) return std::nullopt;
  return std::strtod(std::string(node.text()).c_str(), nullptr);
}

bool Within(const TimeRange& range, std::int64_t millis) {
  const double seconds = Seconds(millis);
  return (!range.lower || seconds >= *range.lower) && (!range.upper || seconds < *range.upper);
}

}  // namespace

aws::Outcome<std::string> ListBackups(Engine& engine, Node request) {
  const std::string_view table = TableNameOf(request["TableName"].text());
  const std::string_view start = request["ExclusiveStartBackupArn"].text();
  const std::string_view type = request["BackupType"].text();
  const auto limit = request["Limit"] ? static_cast<std::size_t>(request["Limit"].integer()) : 100;
  const TimeRange range = {.lower = SecondsOf(request["TimeRangeLowerBound"]),
                           .upper = SecondsOf(request["TimeRangeUpperBound"])};
  Json summaries = Json::array();
  Json reply = Json::object();
  bool started = start.empty();
  // By time: ids begin with it.
  for (const TablePtr& backup : engine.store().Tables()) {
    if (backup->backup.empty()) continue;
    const BackupFacts facts = FactsOf(*backup);
    if (!started) {
      started = BackupArn(facts) == start;
      continue;
    }
    if (!table.empty() && facts.source_table != table) continue;
    if (type == "SYSTEM" || type == "AWS_BACKUP" || !Within(range, facts.created_ms)) continue;
    if (summaries.size() == limit) {
      reply["LastEvaluatedBackupArn"] = summaries.back()["BackupArn"];
      break;
    }
    Json summary = DetailsJson(engine, *backup, "AVAILABLE");
    summary["TableName"] = facts.source_table;
    summary["TableId"] = facts.source_id;
    summary["TableArn"] = facts.source_arn;
    summaries.push_back(std::move(summary));
  }
  reply["BackupSummaries"] = std::move(summaries);
  return DumpJson(reply);
}

}  // namespace offstage::dynamodb
