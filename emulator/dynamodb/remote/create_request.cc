#include "dynamodb/remote/create_request.h"

#include <map>

#include "base/json.h"
#include "dynamodb/ops/table_definition.h"

namespace offstage::dynamodb {

namespace {

std::string_view TypeLetter(KeyType type) {
  switch (type) {
    case KeyType::kString:
      return "S";
    case KeyType::kNumber:
      return "N";
    case KeyType::kBinary:
      return "B";
  }
  return "S";
}

void AddAttributes(const KeySchema& key, std::map<std::string, std::string_view>& types) {
  for (const auto* attributes : {&key.partition, &key.sort}) {
    for (const KeyAttribute& attribute : *attributes)
      types[attribute.name] = TypeLetter(attribute.type);
  }
}

Json DefinitionsJson(const std::map<std::string, std::string_view>& types) {
  Json out = Json::array();
  for (const auto& [name, type] : types)
    out.push_back({{"AttributeName", name}, {"AttributeType", type}});
  return out;
}

Json ThroughputRequest(const Throughput& throughput) {
  return {{"ReadCapacityUnits", throughput.read_units},
          {"WriteCapacityUnits", throughput.write_units}};
}

}  // namespace

Json AttributeDefinitionsJson(const KeySchema& key) {
  std::map<std::string, std::string_view> types;
  AddAttributes(key, types);
  return DefinitionsJson(types);
}

Json KeySchemaJson(const KeySchema& key) {
  Json out = Json::array();
  for (const KeyAttribute& attribute : key.partition)
    out.push_back({{"AttributeName", attribute.name}, {"KeyType", "HASH"}});
  for (const KeyAttribute& attribute : key.sort)
    out.push_back({{"AttributeName", attribute.name}, {"KeyType", "RANGE"}});
  return out;
}

Json IndexJson(const IndexDefinition& index) {
  Json projection = {{"ProjectionType", ProjectionName(index.projection)}};
  if (index.projection == ProjectionType::kInclude)
    projection["NonKeyAttributes"] = index.non_key_attributes;
  Json out = {{"IndexName", index.name},
              {"KeySchema", KeySchemaJson(index.key)},
              {"Projection", std::move(projection)}};
  if (index.throughput && index.throughput->read_units > 0)
    out["ProvisionedThroughput"] = ThroughputRequest(*index.throughput);
  return out;
}

Json CreateTableRequest(const TableDefinition& definition) {
  std::map<std::string, std::string_view> types;
  AddAttributes(definition.key, types);
  Json request = {{"TableName", definition.name}, {"KeySchema", KeySchemaJson(definition.key)}};
  const auto add_indexes = [&](const char* member, const std::vector<IndexDefinition>& indexes) {
    for (const IndexDefinition& index : indexes) {
      AddAttributes(index.key, types);
      request[member].push_back(IndexJson(index));
    }
  };
  add_indexes("GlobalSecondaryIndexes", definition.global_indexes);
  add_indexes("LocalSecondaryIndexes", definition.local_indexes);
  request["AttributeDefinitions"] = DefinitionsJson(types);
  if (definition.billing == BillingMode::kPayPerRequest) {
    request["BillingMode"] = "PAY_PER_REQUEST";
  } else {
    request["BillingMode"] = "PROVISIONED";
    request["ProvisionedThroughput"] = ThroughputRequest(definition.throughput);
  }
  if (definition.stream != StreamView::kOff) {
    request["StreamSpecification"] = {{"StreamEnabled", true},
                                      {"StreamViewType", StreamViewName(definition.stream)}};
  }
  for (const auto& [key, value] : definition.tags)
    request["Tags"].push_back({{"Key", key}, {"Value", value}});
  return request;
}

}  // namespace offstage::dynamodb
