#include "dynamodb/store/table.h"

#include <fmt/format.h>

namespace offstage::dynamodb {

namespace {

Json KeysToJson(const std::vector<KeyAttribute>& keys) {
  Json out = Json::array();
  for (const KeyAttribute& key : keys)
    out.push_back({key.name, static_cast<int>(key.type)});
  return out;
}

std::vector<KeyAttribute> KeysFromJson(const Json& json) {
  std::vector<KeyAttribute> out;
  for (const Json& key : json)
    out.push_back({key.at(0).get<std::string>(), static_cast<KeyType>(key.at(1).get<int>())});
  return out;
}

Json SchemaToJson(const KeySchema& schema) {
  return {{"partition", KeysToJson(schema.partition)}, {"sort", KeysToJson(schema.sort)}};
}

KeySchema SchemaFromJson(const Json& json) {
  return {.partition = KeysFromJson(json.at("partition")), .sort = KeysFromJson(json.at("sort"))};
}

Json ThroughputToJson(const Throughput& throughput) {
  return {throughput.read_units, throughput.write_units};
}

Throughput ThroughputFromJson(const Json& json) {
  return {.read_units = json.at(0).get<std::int64_t>(),
          .write_units = json.at(1).get<std::int64_t>()};
}

// Members that older versions did not write.
template <typename Definition>
void AddEchoedThroughput(const Definition& definition, Json& out) {
  if (definition.on_demand_limits)
    out["on_demand_limits"] = ThroughputToJson(*definition.on_demand_limits);
  if (definition.warm_throughput) out["warm"] = ThroughputToJson(*definition.warm_throughput);
}

template <typename Definition>
void ReadEchoedThroughput(const Json& json, Definition& out) {
  if (json.contains("on_demand_limits"))
    out.on_demand_limits = ThroughputFromJson(json.at("on_demand_limits"));
  if (json.contains("warm")) out.warm_throughput = ThroughputFromJson(json.at("warm"));
}

Json IndexToJson(const IndexDefinition& index) {
  Json out = {{"name", index.name},
              {"key", SchemaToJson(index.key)},
              {"projection", static_cast<int>(index.projection)},
              {"attributes", index.non_key_attributes}};
  if (index.throughput) out["throughput"] = ThroughputToJson(*index.throughput);
  AddEchoedThroughput(index, out);
  return out;
}

IndexDefinition IndexFromJson(const Json& json) {
  IndexDefinition out;
  out.name = json.at("name").get<std::string>();
  out.key = SchemaFromJson(json.at("key"));
  out.projection = static_cast<ProjectionType>(json.at("projection").get<int>());
  out.non_key_attributes = json.at("attributes").get<std::vector<std::string>>();
  if (json.contains("throughput")) out.throughput = ThroughputFromJson(json.at("throughput"));
  ReadEchoedThroughput(json, out);
  return out;
}

Json DefinitionToJson(const TableDefinition& table) {
  Json out = {{"name", table.name},
              {"key", SchemaToJson(table.key)},
              {"global", Json::array()},
              {"local", Json::array()},
              {"billing", static_cast<int>(table.billing)},
              {"throughput", ThroughputToJson(table.throughput)},
              {"stream", static_cast<int>(table.stream)},
              {"ttl", table.time_to_live_attribute},
              {"deletion_protection", table.deletion_protection},
              {"point_in_time_recovery", table.point_in_time_recovery},
              {"recovery_period_days", table.recovery_period_days},
              {"sse", table.sse_enabled},
              {"kms_key", table.kms_key},
              {"class", table.table_class},
              {"tags", table.tags}};
  for (const IndexDefinition& index : table.global_indexes)
    out["global"].push_back(IndexToJson(index));
  for (const IndexDefinition& index : table.local_indexes)
    out["local"].push_back(IndexToJson(index));
  AddEchoedThroughput(table, out);
  return out;
}

TableDefinition DefinitionFromJson(const Json& json) {
  TableDefinition out;
  out.name = json.at("name").get<std::string>();
  out.key = SchemaFromJson(json.at("key"));
  for (const Json& index : json.at("global"))
    out.global_indexes.push_back(IndexFromJson(index));
  for (const Json& index : json.at("local"))
    out.local_indexes.push_back(IndexFromJson(index));
  out.billing = static_cast<BillingMode>(json.at("billing").get<int>());
  out.throughput = ThroughputFromJson(json.at("throughput"));
  out.stream = static_cast<StreamView>(json.at("stream").get<int>());
  out.time_to_live_attribute = json.at("ttl").get<std::string>();
  out.deletion_protection = json.at("deletion_protection").get<bool>();
  out.point_in_time_recovery = json.at("point_in_time_recovery").get<bool>();
  // Written by newer versions only.
  out.recovery_period_days = json.value("recovery_period_days", out.recovery_period_days);
  out.sse_enabled = json.at("sse").get<bool>();
  out.kms_key = json.at("kms_key").get<std::string>();
  out.table_class = json.at("class").get<std::string>();
  out.tags = json.at("tags").get<std::map<std::string, std::string>>();
  ReadEchoedThroughput(json, out);
  return out;
}

}  // namespace

const Index* Table::FindIndex(std::string_view name) const {
  for (const Index& index : indexes) {
    if (index.definition.name == name) return &index;
  }
  return nullptr;
}

Json TableToJson(const Table& table) {
  Json indexes = Json::array();
  for (const Index& index : table.indexes)
    indexes.push_back(index.id);
  return {{"definition", DefinitionToJson(table.definition)},
          {"indexes", std::move(indexes)},
          {"arn", table.arn},
          {"table_id", table.table_id},
          {"created_ms", table.created_ms},
          {"on_demand_since_ms", table.on_demand_since_ms},
          {"stream_label", table.stream_label},
          {"ttl_changed_ms", table.time_to_live_changed_ms},
          {"throughput_increase_ms", table.last_throughput_increase_ms},
          {"throughput_decrease_ms", table.last_throughput_decrease_ms},
          {"policy", table.resource_policy},
          {"policy_revision", table.resource_policy_revision},
          {"continuous_backups_since_ms", table.continuous_backups_since_ms},
          {"backup", table.backup}};
}

Result<Table> TableFromJson(const Json& json) {
  try {
    Table table;
    table.definition = DefinitionFromJson(json.at("definition"));
    const std::size_t globals = table.definition.global_indexes.size();
    std::size_t position = 0;
    for (const Json& row : json.at("indexes")) {
      Index index;
      index.id = row.get<std::int64_t>();
      index.scope = position < globals ? IndexScope::kGlobal : IndexScope::kLocal;
      index.definition = position < globals ? table.definition.global_indexes.at(position)
                                            : table.definition.local_indexes.at(position - globals);
      table.indexes.push_back(std::move(index));
      ++position;
    }
    table.arn = json.at("arn").get<std::string>();
    table.table_id = json.at("table_id").get<std::string>();
    table.created_ms = json.at("created_ms").get<std::int64_t>();
    table.on_demand_since_ms = json.at("on_demand_since_ms").get<std::int64_t>();
    table.stream_label = json.at("stream_label").get<std::string>();
    table.time_to_live_changed_ms = json.at("ttl_changed_ms").get<std::int64_t>();
    table.last_throughput_increase_ms = json.at("throughput_increase_ms").get<std::int64_t>();
    table.last_throughput_decrease_ms = json.at("throughput_decrease_ms").get<std::int64_t>();
    table.resource_policy = json.at("policy").get<std::string>();
    table.resource_policy_revision = json.at("policy_revision").get<std::string>();
    table.continuous_backups_since_ms = json.at("continuous_backups_since_ms").get<std::int64_t>();
    table.backup = json.value("backup", std::string());
    return table;
  } catch (const std::exception& error) {  // Json's, and std::out_of_range.
    return Fail(Error{fmt::format("a table in the database cannot be read: {}", error.what())});
  }
}

}  // namespace offstage::dynamodb
