#include "app/provision/tables.h"

#include <fmt/format.h>

namespace offstage::app {

namespace {

using dynamodb::KeyType;

Result<dynamodb::KeyAttribute> FindAttribute(const templates::Table& table,
                                             const std::string& name) {
  for (const templates::AttributeDefinition& attribute : table.attributes) {
    if (attribute.name != name) continue;
    const KeyType type = attribute.type == "N"   ? KeyType::kNumber
                         : attribute.type == "B" ? KeyType::kBinary
                                                 : KeyType::kString;
    return dynamodb::KeyAttribute{name, type};
  }
  return Fail(Error{fmt::format("{}: {}: the key attribute {} is missing in AttributeDefinitions",
                                table.position.Text(), table.path, name)});
}

Result<dynamodb::KeySchema> ToKeySchema(const templates::Table& table,
                                        const std::vector<templates::KeyPart>& parts) {
  dynamodb::KeySchema schema;
  for (const templates::KeyPart& part : parts) {
    OFFSTAGE_TRY(dynamodb::KeyAttribute attribute, FindAttribute(table, part.name));
    (part.key_type == "RANGE" ? schema.sort : schema.partition).push_back(std::move(attribute));
  }
  return schema;
}

Result<std::vector<dynamodb::IndexDefinition>> ToIndexes(
    const templates::Table& table, const std::vector<templates::SecondaryIndex>& indexes) {
  std::vector<dynamodb::IndexDefinition> definitions;
  for (const templates::SecondaryIndex& index : indexes) {
    dynamodb::IndexDefinition definition;
    definition.name = index.name;
    OFFSTAGE_TRY(definition.key, ToKeySchema(table, index.key_schema));
    definition.projection = index.projection == "KEYS_ONLY" ? dynamodb::ProjectionType::kKeysOnly
                            : index.projection == "INCLUDE" ? dynamodb::ProjectionType::kInclude
                                                            : dynamodb::ProjectionType::kAll;
    definition.non_key_attributes = index.non_key_attributes;
    definitions.push_back(std::move(definition));
  }
  return definitions;
}

dynamodb::StreamView ToStreamView(const std::string& name) {
  if (name == "KEYS_ONLY") return dynamodb::StreamView::kKeysOnly;
  if (name == "NEW_IMAGE") return dynamodb::StreamView::kNewImage;
  if (name == "OLD_IMAGE") return dynamodb::StreamView::kOldImage;
  if (name == "NEW_AND_OLD_IMAGES") return dynamodb::StreamView::kNewAndOldImages;
  return dynamodb::StreamView::kOff;
}

}  // namespace

Result<dynamodb::TableDefinition> ToTableDefinition(const templates::Table& table) {
  dynamodb::TableDefinition definition;
  definition.name = table.name;
  OFFSTAGE_TRY(definition.key, ToKeySchema(table, table.key_schema));
  if (definition.key.partition.empty()) {
    return Fail(
        Error{fmt::format("{}: {}: KeySchema has no HASH key", table.position.Text(), table.path)});
  }
  OFFSTAGE_TRY(definition.global_indexes, ToIndexes(table, table.global_indexes));
  OFFSTAGE_TRY(definition.local_indexes, ToIndexes(table, table.local_indexes));
  definition.billing = table.billing_mode == "PROVISIONED" ? dynamodb::BillingMode::kProvisioned
                                                           : dynamodb::BillingMode::kPayPerRequest;
  definition.throughput = {table.read_capacity, table.write_capacity};
  definition.stream = ToStreamView(table.stream_view_type);
  definition.time_to_live_attribute = table.ttl_attribute;
  definition.deletion_protection = table.deletion_protection;
  definition.point_in_time_recovery = table.point_in_time_recovery;
  definition.recovery_period_days = table.recovery_period_days;
  for (const auto& [key, value] : table.tags)
    definition.tags[key] = value;
  return definition;
}

}  // namespace offstage::app
