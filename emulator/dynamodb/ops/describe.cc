#include "dynamodb/ops/describe.h"

#include <fmt/format.h>

#include "dynamodb/ops/index_counts.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/table_definition.h"

namespace offstage::dynamodb {

namespace {

Json KeySchemaJson(const KeySchema& schema) {
  Json out = Json::array();
  for (const KeyAttribute& key : schema.partition)
    out.push_back({{"AttributeName", key.name}, {"KeyType", "HASH"}});
  for (const KeyAttribute& key : schema.sort)
    out.push_back({{"AttributeName", key.name}, {"KeyType", "RANGE"}});
  return out;
}

Json AttributeDefinitionsJson(const TableDefinition& table) {
  Json out = Json::array();
  const auto add = [&out](const std::vector<KeyAttribute>& attributes) {
    for (const KeyAttribute& attribute : attributes) {
      Json definition = {{"AttributeName", attribute.name},
                         {"AttributeType", TypeName(attribute.type)}};
      if (std::find(out.begin(), out.end(), definition) == out.end())
        out.push_back(std::move(definition));
    }
  };
  const auto add_schema = [&add](const KeySchema& schema) {
    add(schema.partition);
    add(schema.sort);
  };
  add_schema(table.key);
  for (const IndexDefinition& index : table.local_indexes)
    add_schema(index.key);
  for (const IndexDefinition& index : table.global_indexes)
    add_schema(index.key);
  return out;
}

// OnDemandThroughput, and WarmThroughput: while a table or index is made only what was asked for.
template <typename Definition>
void AddEchoedThroughput(const Definition& definition, BillingMode billing,
                         const std::optional<Throughput>& provisioned, std::string_view status,
                         Json& out) {
  if (const auto& limits = definition.on_demand_limits) {
    Json& json = out["OnDemandThroughput"] = Json::object();
    if (limits->read_units != 0) json["MaxReadRequestUnits"] = limits->read_units;
    if (limits->write_units != 0) json["MaxWriteRequestUnits"] = limits->write_units;
  }
  const bool creating = status == "CREATING";
  if (creating && !definition.warm_throughput) return;
  const Throughput least = InitialWarmThroughput(billing, provisioned);
  const Throughput warm = definition.warm_throughput.value_or(Throughput());
  out["WarmThroughput"] = {{"ReadUnitsPerSecond", std::max(warm.read_units, least.read_units)},
                           {"WriteUnitsPerSecond", std::max(warm.write_units, least.write_units)},
                           {"Status", creating ? "UPDATING" : "ACTIVE"}};
}

Json IndexJson(Engine& engine, const Table& table, const Index& index, std::string_view status) {
  // An index that is about to be made, or a backup's, has no rows to count.
  CountDelta count;
  if (index.id != 0) {
    if (const auto counted = CountIndex(engine, table, index); counted.ok()) count = *counted;
  }
  const IndexDefinition& definition = index.definition;
  Json projection = {{"ProjectionType", ProjectionName(definition.projection)}};
  if (definition.projection == ProjectionType::kInclude)
    projection["NonKeyAttributes"] = definition.non_key_attributes;
  Json out = {{"IndexName", definition.name},
              {"KeySchema", KeySchemaJson(definition.key)},
              {"Projection", std::move(projection)},
              {"IndexSizeBytes", count.bytes},
              {"ItemCount", count.items},
              {"IndexArn", fmt::format("{}/index/{}", table.arn, definition.name)}};
  if (index.scope == IndexScope::kGlobal) {
    out["IndexStatus"] = status;
    out["ProvisionedThroughput"] = ThroughputJson(table, definition.throughput);
    AddEchoedThroughput(definition, table.definition.billing, definition.throughput, status, out);
  }
  return out;
}

void AddStream(const Table& table, Json& out) {
  if (!table.stream_label.empty()) {
    out["LatestStreamLabel"] = table.stream_label;
    out["LatestStreamArn"] = fmt::format("{}/stream/{}", table.arn, table.stream_label);
  }
  if (table.definition.stream == StreamView::kOff) return;
  out["StreamSpecification"] = {{"StreamEnabled", true},
                                {"StreamViewType", StreamViewName(table.definition.stream)}};
}

void AddBilling(const Table& table, std::string_view status, Json& out) {
  if (table.on_demand_since_ms != 0) {
    const char* mode =
        table.definition.billing == BillingMode::kPayPerRequest ? "PAY_PER_REQUEST" : "PROVISIONED";
    Json& billing = out["BillingModeSummary"] = {{"BillingMode", mode}};
    Json& throughput_mode = out["TableThroughputModeSummary"] = {{"TableThroughputMode", mode}};
    // Not told before the table is there.
    if (status != "CREATING") {
      for (Json* summary : {&billing, &throughput_mode})
        (*summary)["LastUpdateToPayPerRequestDateTime"] = Seconds(table.on_demand_since_ms);
    }
  }
  Json throughput = ThroughputJson(table, table.definition.throughput);
  if (table.last_throughput_increase_ms != 0) {
    throughput["LastIncreaseDateTime"] = Seconds(table.last_throughput_increase_ms);
  }
  if (table.last_throughput_decrease_ms != 0) {
    throughput["LastDecreaseDateTime"] = Seconds(table.last_throughput_decrease_ms);
  }
  out["ProvisionedThroughput"] = std::move(throughput);
}

// Of KMSMasterKeyId, which may be a key's id, its alias or an ARN; DynamoDB's own key when there is
// none, whose id is made up.
std::string KeyArn(const Engine& engine, const std::string& key) {
  if (key.starts_with("arn:")) return key;
  const std::string prefix =
      fmt::format("arn:aws:kms:{}:{}:", engine.options().region, engine.options().account_id);
  if (key.empty())
    return fmt::format("{}key/00000000-0000-4000-8000-{}", prefix, engine.options().account_id);
  return prefix + (key.starts_with("alias/") ? key : "key/" + key);
}

void AddEncryption(const Engine& engine, const Table& table, Json& out) {
  if (!table.definition.sse_enabled) return;
  const std::string key = KeyArn(engine, table.definition.kms_key);
  out["SSEDescription"] = {{"Status", "ENABLED"}, {"SSEType", "KMS"}, {"KMSMasterKeyArn", key}};
}

}  // namespace

double Seconds(std::int64_t millis) {
  return static_cast<double>(millis) / 1000.0;
}

std::string StreamLabel(TimePoint time) {
  std::string label = ToIso8601(time);
  if (!label.empty() && label.back() == 'Z') label.pop_back();
  return label;
}

Json ThroughputJson(const Table& table, const std::optional<Throughput>& throughput) {
  const bool provisioned =
      table.definition.billing == BillingMode::kProvisioned && throughput.has_value();
  return {{"NumberOfDecreasesToday", 0},
          {"ReadCapacityUnits", provisioned ? throughput->read_units : 0},
          {"WriteCapacityUnits", provisioned ? throughput->write_units : 0}};
}

Json DescribeTableJson(Engine& engine, const Table& table, std::string_view status) {
  const auto counts = engine.store().Counts(table);
  Json out = {{"TableName", table.definition.name},
              {"TableArn", table.arn},
              {"TableId", table.table_id},
              {"TableStatus", status},
              {"CreationDateTime", Seconds(table.created_ms)},
              {"KeySchema", KeySchemaJson(table.definition.key)},
              {"AttributeDefinitions", AttributeDefinitionsJson(table.definition)},
              {"ItemCount", counts.ok() ? counts->items : 0},
              {"TableSizeBytes", counts.ok() ? counts->bytes : 0},
              {"DeletionProtectionEnabled", table.definition.deletion_protection}};
  AddBilling(table, status, out);
  AddEchoedThroughput(table.definition, table.definition.billing, table.definition.throughput,
                      status, out);
  for (const Index& index : table.indexes) {
    const bool global = index.scope == IndexScope::kGlobal;
    const std::string_view index_status = status == "CREATING" ? status : "ACTIVE";
    out[global ? "GlobalSecondaryIndexes" : "LocalSecondaryIndexes"].push_back(
        IndexJson(engine, table, index, index_status));
  }
  AddStream(table, out);
  AddEncryption(engine, table, out);
  if (!table.definition.table_class.empty()) {
    out["TableClassSummary"] = {{"TableClass", table.definition.table_class}};
  }
  return out;
}

Table MakeTable(Engine& engine, TableDefinition definition) {
  Table table;
  table.created_ms = engine.NowMillis();
  table.arn = engine.TableArn(definition.name);
  table.table_id = engine.ids().Uuid();
  if (definition.billing == BillingMode::kPayPerRequest)
    table.on_demand_since_ms = table.created_ms;
  if (definition.stream != StreamView::kOff)
    table.stream_label = StreamLabel(engine.options().clock->Now());
  for (const IndexDefinition& index : definition.global_indexes) {
    table.indexes.push_back({.id = 0, .scope = IndexScope::kGlobal, .definition = index});
  }
  for (const IndexDefinition& index : definition.local_indexes) {
    table.indexes.push_back({.id = 0, .scope = IndexScope::kLocal, .definition = index});
  }
  table.definition = std::move(definition);
  return table;
}

}  // namespace offstage::dynamodb
