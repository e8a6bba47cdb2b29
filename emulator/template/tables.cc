#include "base/text.h"
#include "template/builders.h"

namespace offstage::templates {
namespace {

Resolved<std::vector<KeyPart>> ReadKeySchema(const Node& owner, std::string_view what) {
  const Node* written = owner.Find("KeySchema");
  if (written == nullptr || !written->IsList() || written->items().empty()) {
    return FailAt(owner.position(), fmt::format("{} needs a KeySchema", what));
  }
  std::vector<KeyPart> parts;
  for (const Node& item : written->items()) {
    parts.push_back({item.TextOf("AttributeName"), item.TextOf("KeyType")});
    if (parts.back().name.empty() ||
        (parts.back().key_type != "HASH" && parts.back().key_type != "RANGE")) {
      return FailAt(
          item.position(),
          fmt::format("a key of {} needs AttributeName and KeyType (HASH or RANGE)", what));
    }
  }
  return parts;
}

Resolved<std::vector<SecondaryIndex>> ReadIndexes(const Node* written) {
  std::vector<SecondaryIndex> indexes;
  if (written == nullptr) {
    return indexes;
  }
  for (const Node& item : written->items()) {
    SecondaryIndex index{.name = item.TextOf("IndexName")};
    if (index.name.empty()) {
      return FailAt(item.position(), "an index needs an IndexName");
    }
    OFFSTAGE_TRY(index.key_schema, ReadKeySchema(item, "the index " + index.name));
    if (const Node* projection = item.Find("Projection")) {
      index.projection = projection->TextOf("ProjectionType", "ALL");
      index.non_key_attributes = TextList(projection->Find("NonKeyAttributes"));
    } else {
      return FailAt(item.position(), fmt::format("the index {} needs a Projection", index.name));
    }
    indexes.push_back(std::move(index));
  }
  return indexes;
}

void ReadThroughput(const Node& properties, Table& table) {
  if (const Node* throughput = properties.Find("ProvisionedThroughput")) {
    const Node* read = throughput->Find("ReadCapacityUnits");
    const Node* write = throughput->Find("WriteCapacityUnits");
    table.read_capacity = read == nullptr ? 0 : read->AsInteger().value_or(0);
    table.write_capacity = write == nullptr ? 0 : write->AsInteger().value_or(0);
  }
}

bool IsOn(const Node& owner, std::string_view property) {
  const Node* written = owner.Find(property);
  return written != nullptr && written->AsBool().value_or(false);
}

// What keeps data from being lost: of a table, or of a replica of a global one.
void ReadSafety(const Node& owner, Table& table) {
  table.deletion_protection = IsOn(owner, "DeletionProtectionEnabled");
  const Node* recovery = owner.Find("PointInTimeRecoverySpecification");
  if (recovery == nullptr) {
    return;
  }
  table.point_in_time_recovery = IsOn(*recovery, "PointInTimeRecoveryEnabled");
  const Node* days = recovery->Find("RecoveryPeriodInDays");
  const auto count = days == nullptr ? std::nullopt : days->AsInteger();
  if (count && *count >= 1 && *count <= 35) {
    table.recovery_period_days = static_cast<int>(*count);
  }
}

// The table here is the replica of this region; the others do not exist here.
void ReadReplica(const Scope& scope, const Node& replicas, Table& table) {
  for (const Node& replica : replicas.items()) {
    if (replica.TextOf("Region") == scope.region()) {
      ReadSafety(replica, table);
      table.tags = ReadTags(replica.Find("Tags"));
    }
  }
}

Resolved<Table> StartTable(Scope& scope, ResourceEntry& entry, const Node& properties) {
  Table table;
  table.logical_id = entry.id;
  table.path = scope.PathOf(entry.id);
  OFFSTAGE_TRY(table.name, scope.PhysicalId(entry));
  OFFSTAGE_TRY(table.arn, scope.Format(entry, entry.info->arn));
  table.properties = properties;
  table.position = entry.position;
  table.tags = ReadTags(properties.Find("Tags"));
  ReadThroughput(properties, table);
  return table;
}

}  // namespace

// docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-simpletable.html
Check BuildSimpleTable(Scope& scope, ResourceEntry& entry, const Node& properties) {
  OFFSTAGE_TRY(Table table, StartTable(scope, entry, properties));
  std::string name = "id";
  std::string type = "S";
  if (const Node* key = properties.Find("PrimaryKey")) {
    name = key->TextOf("Name");
    const std::string written = key->TextOf("Type", "String");
    if (name.empty()) {
      return FailAt(key->position(), "PrimaryKey needs a Name");
    }
    if (written != "String" && written != "Number" && written != "Binary") {
      return FailAt(key->position(),
                    "PrimaryKey.Type is " + Suggest(written, {"String", "Number", "Binary"}));
    }
    type = written.substr(0, 1);
  }
  table.key_schema = {{name, "HASH"}};
  table.attributes = {{name, type}};
  table.billing_mode =
      properties.Contains("ProvisionedThroughput") ? "PROVISIONED" : "PAY_PER_REQUEST";
  ReadSafety(properties, table);
  scope.context().stack.tables.push_back(std::move(table));
  return Ok();
}

Check BuildTable(Scope& scope, ResourceEntry& entry, const Node& properties) {
  OFFSTAGE_TRY(Table table, StartTable(scope, entry, properties));
  OFFSTAGE_TRY(table.key_schema, ReadKeySchema(properties, "a table"));
  const Node* attributes = properties.Find("AttributeDefinitions");
  if (attributes != nullptr) {
    for (const Node& item : attributes->items()) {
      table.attributes.push_back({item.TextOf("AttributeName"), item.TextOf("AttributeType")});
    }
  }
  OFFSTAGE_TRY(table.global_indexes, ReadIndexes(properties.Find("GlobalSecondaryIndexes")));
  OFFSTAGE_TRY(table.local_indexes, ReadIndexes(properties.Find("LocalSecondaryIndexes")));
  table.billing_mode = properties.TextOf("BillingMode", entry.type == "AWS::DynamoDB::GlobalTable"
                                                            ? "PAY_PER_REQUEST"
                                                            : "PROVISIONED");
  if (const Node* stream = properties.Find("StreamSpecification")) {
    table.stream_view_type = stream->TextOf("StreamViewType");
    for (const auto& [name, format] : entry.info->attributes) {
      if (name == "StreamArn" && !table.stream_view_type.empty()) {
        OFFSTAGE_TRY(table.stream_arn, scope.Format(entry, format));
      }
    }
  }
  const Node* ttl = properties.Find("TimeToLiveSpecification");
  if (ttl != nullptr && IsOn(*ttl, "Enabled")) {
    table.ttl_attribute = ttl->TextOf("AttributeName");
  }
  const Node* replicas = properties.Find("Replicas");
  if (entry.type == "AWS::DynamoDB::GlobalTable" && replicas != nullptr) {
    ReadReplica(scope, *replicas, table);
  } else {
    ReadSafety(properties, table);
  }
  scope.context().stack.tables.push_back(std::move(table));
  return Ok();
}

}  // namespace offstage::templates
