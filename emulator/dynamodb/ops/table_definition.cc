#include "dynamodb/ops/table_definition.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "dynamodb/errors.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/members.h"

namespace offstage::dynamodb {

namespace shape {

Shape KeySchemaMember(std::int64_t max_elements) {
  return List(Structure("KeySchemaElement",
                        {{"AttributeName", String({.min = 1, .max = 255}), Presence::kRequired},
                         {"KeyType", Enum({"HASH", "RANGE"}), Presence::kRequired}}),
              {.min = 1, .max = max_elements});
}

Shape AttributeDefinitions() {
  return List(Structure("AttributeDefinition",
                        {{"AttributeName", String({.min = 1, .max = 255}), Presence::kRequired},
                         {"AttributeType", Enum({"B", "N", "S"}), Presence::kRequired}}));
}

Shape ProjectionMember() {
  return Structure("Projection",
                   {{"ProjectionType", Enum({"ALL", "INCLUDE", "KEYS_ONLY"})},
                    {"NonKeyAttributes", List(String({.min = 1, .max = 255}), {.min = 1})}});
}

Shape ProvisionedThroughput() {
  return Structure("ProvisionedThroughput",
                   {{"WriteCapacityUnits", Long({.min = 1}), Presence::kRequired},
                    {"ReadCapacityUnits", Long({.min = 1}), Presence::kRequired}});
}

Shape OnDemandThroughput() {
  return Structure("OnDemandThroughput",
                   {{"MaxReadRequestUnits", Long()}, {"MaxWriteRequestUnits", Long()}});
}

Shape WarmThroughput() {
  return Structure("WarmThroughput", {{"ReadUnitsPerSecond", Long({.min = 1})},
                                      {"WriteUnitsPerSecond", Long({.min = 1})}});
}

Shape StreamSpecification() {
  return Structure(
      "StreamSpecification",
      {{"StreamEnabled", Boolean(), Presence::kRequired},
       {"StreamViewType", Enum({"NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES", "KEYS_ONLY"})}});
}

Shape SseSpecification() {
  return Structure(
      "SSESpecification",
      {{"Enabled", Boolean()}, {"SSEType", Enum({"AES256", "KMS"})}, {"KMSMasterKeyId", String()}});
}

Shape BillingModeMember() {
  return Enum({"PROVISIONED", "PAY_PER_REQUEST"});
}
Shape TableClass() {
  return Enum({"STANDARD", "STANDARD_INFREQUENT_ACCESS"});
}

Shape Tags() {
  return List(Structure("Tag", {{"Key", String({.min = 1, .max = 128}), Presence::kRequired},
                                {"Value", String({.min = 0, .max = 256}), Presence::kRequired}}));
}

}  // namespace shape

namespace {

constexpr std::int64_t kMaxUnits = 1'000'000'000'000;

struct SchemaElement {
  std::string_view name;
  std::string_view type;
};

std::vector<SchemaElement> Elements(Node schema) {
  std::vector<SchemaElement> out;
  for (const Node element : schema.elements()) {
    out.push_back({element["AttributeName"].text(), element["KeyType"].text()});
  }
  return out;
}

std::vector<std::string_view> DefinedNames(Node definitions) {
  std::vector<std::string_view> out;
  for (const Node definition : definitions.elements())
    out.push_back(definition["AttributeName"].text());
  return out;
}

bool Contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Of the names in order, the first that came before; empty: they are distinct.
std::string_view FirstRepeated(const std::vector<std::string_view>& names) {
  std::set<std::string_view> seen;
  for (const std::string_view name : names) {
    if (!seen.insert(name).second) return name;
  }
  return {};
}

// Two definitions of one attribute. The service's exact words are not on record.
aws::Outcome<Unit> CheckDefinedOnce(const std::vector<std::string_view>& defined) {
  const std::string_view twice = FirstRepeated(defined);
  if (twice.empty()) return Ok();
  return Fail(
      InvalidParameter(fmt::format("Duplicate attribute in AttributeDefinitions: {}", twice)));
}

aws::ApiError Undefined(const std::vector<std::string_view>& keys,
                        const std::vector<std::string_view>& defined) {
  return InvalidParameter(
      fmt::format("Some index key attributes are not defined in AttributeDefinitions. Keys: [{}], "
                  "AttributeDefinitions: [{}]",
                  fmt::join(keys, ", "), fmt::join(defined, ", ")));
}

// The table's own key against the definitions.
aws::Outcome<Unit> CheckTableKeyDefined(const std::vector<SchemaElement>& schema,
                                        const std::vector<std::string_view>& defined) {
  // One definition for two elements of one name is one too few.
  const bool same_names =
      schema.size() == 2 && schema[0].name == schema[1].name && defined.size() < 2;
  const bool all = std::all_of(schema.begin(), schema.end(), [&defined](const SchemaElement& key) {
    return Contains(defined, key.name);
  });
  if (all && !same_names) return Ok();
  if (schema.size() > 1 || defined.empty()) {
    return Fail(ValidationError("Invalid KeySchema: Some index key attribute have no definition"));
  }
  return Fail(Undefined({schema[0].name}, defined));
}

// HASH first, RANGE behind; `many`: a global index may have up to four of each.
aws::Outcome<Unit> CheckSchemaOrder(const std::vector<SchemaElement>& schema, bool many) {
  if (schema.empty() || schema[0].type != "HASH") {
    return Fail(
        ValidationError("Invalid KeySchema: The first KeySchemaElement is not a HASH key type"));
  }
  if (schema.size() == 2 && schema[0].name == schema[1].name) {
    return Fail(ValidationError(
        "Both the Hash Key and the Range Key element in the KeySchema have the same name"));
  }
  if (!many) {
    if (schema.size() == 2 && schema[1].type != "RANGE") {
      return Fail(ValidationError(
          "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"));
    }
    return Ok();
  }
  std::size_t hashes = 0;
  bool ranges = false;
  std::set<std::string_view> names;
  for (const SchemaElement& element : schema) {
    if (!names.insert(element.name).second) {
      return Fail(ValidationError(fmt::format(
          "Invalid KeySchema: Two KeySchemaElements have the same name: {}", element.name)));
    }
    if (element.type == "RANGE") {
      ranges = true;
    } else if (ranges) {
      return Fail(
          ValidationError("Invalid KeySchema: HASH key elements must precede RANGE key elements"));
    } else {
      ++hashes;
    }
  }
  if (hashes > 4 || schema.size() - hashes > 4) {
    return Fail(InvalidParameter(
        "KeySchema of a global secondary index has more than 4 HASH or RANGE key elements"));
  }
  return Ok();
}

aws::Outcome<Unit> CheckProjection(Node projection) {
  const std::string_view type = projection["ProjectionType"].text();
  if (type.empty()) return Fail(InvalidParameter("Unknown ProjectionType: null"));
  const Node attributes = projection["NonKeyAttributes"];
  if (type == "INCLUDE") {
    if (!attributes) {
      return Fail(
          InvalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified"));
    }
    std::vector<std::string_view> names;
    for (const Node attribute : attributes.elements())
      names.push_back(attribute.text());
    const std::string_view twice = FirstRepeated(names);
    if (twice.empty()) return Ok();
    // Refused, in words that are not on record.
    return Fail(InvalidParameter(fmt::format("Duplicate value in NonKeyAttributes: {}", twice)));
  }
  if (attributes) {
    return Fail(InvalidParameter(
        fmt::format("ProjectionType is {}, but NonKeyAttributes is specified", type)));
  }
  return Ok();
}

KeySchema ToKeySchema(const std::vector<SchemaElement>& elements, Node definitions) {
  KeySchema schema;
  for (const SchemaElement& element : elements) {
    KeyAttribute attribute{std::string(element.name), KeyType::kString};
    for (const Node definition : definitions.elements()) {
      if (definition["AttributeName"].text() != element.name) continue;
      const std::string_view type = definition["AttributeType"].text();
      attribute.type = type == "N"   ? KeyType::kNumber
                       : type == "B" ? KeyType::kBinary
                                     : KeyType::kString;
    }
    (element.type == "HASH" ? schema.partition : schema.sort).push_back(std::move(attribute));
  }
  return schema;
}

// All index keys are defined; the text names those of the first index that lacks one, each once.
aws::Outcome<Unit> CheckIndexKeysDefined(Node indexes,
                                         const std::vector<std::string_view>& defined) {
  for (const Node index : indexes.elements()) {
    std::vector<std::string_view> keys;
    bool missing = false;
    for (const SchemaElement& element : Elements(index["KeySchema"])) {
      if (!Contains(keys, element.name)) keys.push_back(element.name);
      missing = missing || !Contains(defined, element.name);
    }
    if (missing) return Fail(Undefined(keys, defined));
  }
  return Ok();
}

aws::Outcome<IndexDefinition> ParseIndex(Node index, Node definitions) {
  IndexDefinition out;
  out.name = index["IndexName"].text();
  out.key = ToKeySchema(Elements(index["KeySchema"]), definitions);
  const Node projection = index["Projection"];
  const std::string_view type = projection["ProjectionType"].text();
  out.projection = type == "ALL"       ? ProjectionType::kAll
                   : type == "INCLUDE" ? ProjectionType::kInclude
                                       : ProjectionType::kKeysOnly;
  for (const Node attribute : projection["NonKeyAttributes"].elements()) {
    out.non_key_attributes.emplace_back(attribute.text());
  }
  if (const Node throughput = index["ProvisionedThroughput"])
    out.throughput = ParseThroughput(throughput);
  ParseEchoedThroughput(index, out.on_demand_limits, out.warm_throughput);
  return out;
}

aws::Outcome<Unit> CheckLocalIndex(Node index, const KeySchema& table_key) {
  const auto schema = Elements(index["KeySchema"]);
  OFFSTAGE_TRY_VOID(CheckSchemaOrder(schema, false));
  const std::string_view name = index["IndexName"].text();
  if (schema.size() < 2) {
    return Fail(InvalidParameter(
        fmt::format("Index KeySchema does not have a range key for index: {}", name)));
  }
  if (schema[0].name != table_key.partition[0].name) {
    return Fail(InvalidParameter(fmt::format(
        "Index KeySchema does not have the same leading hash key as table KeySchema for index: {}. "
        "index hash key: {}, table hash key: {}",
        name, schema[0].name, table_key.partition[0].name)));
  }
  return CheckProjection(index["Projection"]);
}

aws::Outcome<Unit> CheckDistinctNames(const std::vector<IndexDefinition>& indexes,
                                      std::set<std::string>& names) {
  for (const IndexDefinition& index : indexes) {
    if (!names.insert(index.name).second) {
      return Fail(InvalidParameter(fmt::format("Duplicate index name: {}", index.name)));
    }
  }
  return Ok();
}

aws::Outcome<std::vector<IndexDefinition>> ParseLocalIndexes(
    Node request, const KeySchema& table_key, const std::vector<std::string_view>& defined) {
  std::vector<IndexDefinition> out;
  const Node indexes = request["LocalSecondaryIndexes"];
  if (!indexes) return out;
  if (table_key.sort.empty()) {
    return Fail(InvalidParameter(
        "Table KeySchema does not have a range key, which is required when specifying a "
        "LocalSecondaryIndex"));
  }
  OFFSTAGE_TRY_VOID(CheckIndexKeysDefined(indexes, defined));
  for (const Node index : indexes.elements()) {
    OFFSTAGE_TRY_VOID(CheckLocalIndex(index, table_key));
    OFFSTAGE_TRY(IndexDefinition parsed, ParseIndex(index, request["AttributeDefinitions"]));
    out.push_back(std::move(parsed));
  }
  std::set<std::string> names;
  OFFSTAGE_TRY_VOID(CheckDistinctNames(out, names));
  if (out.size() > 5) {
    return Fail(InvalidParameter("Number of LocalSecondaryIndexes exceeds per-table limit of 5"));
  }
  return out;
}

aws::Outcome<std::vector<IndexDefinition>> ParseGlobalIndexes(
    Node request, const std::vector<std::string_view>& defined, BillingMode billing) {
  std::vector<IndexDefinition> out;
  const Node indexes = request["GlobalSecondaryIndexes"];
  if (!indexes) return out;
  OFFSTAGE_TRY_VOID(CheckIndexKeysDefined(indexes, defined));
  for (const Node index : indexes.elements()) {
    OFFSTAGE_TRY_VOID(CheckSchemaOrder(Elements(index["KeySchema"]), true));
    OFFSTAGE_TRY_VOID(CheckProjection(index["Projection"]));
    OFFSTAGE_TRY(IndexDefinition parsed, ParseIndex(index, request["AttributeDefinitions"]));
    out.push_back(std::move(parsed));
  }
  std::set<std::string> names;
  OFFSTAGE_TRY_VOID(CheckDistinctNames(out, names));
  if (out.size() > 20) {
    return Fail(InvalidParameter("GlobalSecondaryIndex count exceeds the per-table limit of 20"));
  }
  for (const IndexDefinition& index : out) {
    if (billing == BillingMode::kPayPerRequest && index.throughput) {
      return Fail(
          InvalidParameter(fmt::format("ProvisionedThroughput should not be specified for index: "
                                       "{} when BillingMode is PAY_PER_REQUEST",
                                       index.name)));
    }
    if (billing == BillingMode::kProvisioned && !index.throughput) {
      return Fail(InvalidParameter(
          fmt::format("ProvisionedThroughput must be specified for index: {}", index.name)));
    }
    OFFSTAGE_TRY_VOID(CheckWarmThroughput("index " + index.name, index.warm_throughput, billing,
                                          index.throughput));
  }
  return out;
}

aws::Outcome<Unit> CheckBilling(Node request, TableDefinition& table) {
  const Node throughput = request["ProvisionedThroughput"];
  table.billing = request["BillingMode"].text() == "PAY_PER_REQUEST" ? BillingMode::kPayPerRequest
                                                                     : BillingMode::kProvisioned;
  if (table.billing == BillingMode::kPayPerRequest) {
    if (!throughput) return Ok();
    return Fail(
        InvalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                         "BillingMode is PAY_PER_REQUEST"));
  }
  if (!throughput) {
    return Fail(
        InvalidParameter("ReadCapacityUnits and WriteCapacityUnits must both be specified when "
                         "BillingMode is PROVISIONED"));
  }
  table.throughput = ParseThroughput(throughput);
  return CheckThroughput(table.throughput);
}

// Every definition is some key's.
aws::Outcome<Unit> CheckAllDefinitionsUsed(const TableDefinition& table, std::size_t definitions) {
  std::set<std::string> used;
  const auto add = [&used](const KeySchema& schema) {
    for (const KeyAttribute& attribute : schema.partition)
      used.insert(attribute.name);
    for (const KeyAttribute& attribute : schema.sort)
      used.insert(attribute.name);
  };
  add(table.key);
  for (const IndexDefinition& index : table.global_indexes)
    add(index.key);
  for (const IndexDefinition& index : table.local_indexes)
    add(index.key);
  if (used.size() == definitions) return Ok();
  return Fail(InvalidParameter(
      "Number of attributes in KeySchema does not exactly match number of attributes defined "
      "in AttributeDefinitions"));
}

aws::Outcome<Unit> CheckEmptyLists(Node request) {
  for (const std::string_view name : {"LocalSecondaryIndexes", "GlobalSecondaryIndexes"}) {
    if (request[name] && request[name].size() == 0) {
      return Fail(InvalidParameter(fmt::format("List of {} is empty", name)));
    }
  }
  return Ok();
}

}  // namespace

aws::Outcome<Unit> CheckEmulated(Node request, std::string_view operation) {
  for (const NodeMember member : request.members()) {
    if (!member.name.starts_with("Vector") || member.value.size() == 0) continue;
    return Fail(NotEmulated(fmt::format("{} with {}", operation, member.name)));
  }
  return Ok();
}

Throughput ParseThroughput(Node node) {
  return {.read_units = node["ReadCapacityUnits"].integer(),
          .write_units = node["WriteCapacityUnits"].integer()};
}

aws::Outcome<Unit> CheckThroughput(const Throughput& throughput) {
  if (throughput.read_units > kMaxUnits) {
    return Fail(ValidationError(fmt::format("Given value {} for ReadCapacityUnits is out of bounds",
                                            throughput.read_units)));
  }
  if (throughput.write_units > kMaxUnits) {
    return Fail(ValidationError(fmt::format(
        "Given value {} for WriteCapacityUnits is out of bounds", throughput.write_units)));
  }
  return Ok();
}

void ParseEchoedThroughput(Node node, std::optional<Throughput>& on_demand_limits,
                           std::optional<Throughput>& warm) {
  if (const Node wanted = node["OnDemandThroughput"]) {
    Throughput limits = on_demand_limits.value_or(Throughput());
    const auto take = [&wanted](std::string_view member, std::int64_t& limit) {
      if (wanted[member]) limit = std::max<std::int64_t>(0, wanted[member].integer());
    };
    take("MaxReadRequestUnits", limits.read_units);
    take("MaxWriteRequestUnits", limits.write_units);
    on_demand_limits.reset();
    if (limits != Throughput()) on_demand_limits = limits;
  }
  if (const Node wanted = node["WarmThroughput"]) {
    Throughput units = warm.value_or(Throughput());
    if (wanted["ReadUnitsPerSecond"]) units.read_units = wanted["ReadUnitsPerSecond"].integer();
    if (wanted["WriteUnitsPerSecond"]) units.write_units = wanted["WriteUnitsPerSecond"].integer();
    if (units != Throughput()) warm = units;
  }
}

Throughput InitialWarmThroughput(BillingMode billing,
                                 const std::optional<Throughput>& provisioned) {
  if (billing == BillingMode::kProvisioned && provisioned) return *provisioned;
  return {.read_units = 12000, .write_units = 4000};
}

aws::Outcome<Unit> CheckWarmThroughput(std::string_view whose,
                                       const std::optional<Throughput>& warm, BillingMode billing,
                                       const std::optional<Throughput>& provisioned) {
  if (!warm) return Ok();
  const Throughput least = InitialWarmThroughput(billing, provisioned);
  const auto refuse = [&](std::string_view kind) -> Failure<aws::ApiError> {
    return Fail(InvalidParameter(fmt::format(
        "Requested {}UnitsPerSecond for WarmThroughput for {} is lower than {}", kind, whose,
        billing == BillingMode::kPayPerRequest
            ? "initial throughput for OnDemand"
            : fmt::format("{}CapacityUnits of ProvisionedThroughput", kind))));
  };
  // 0: not said.
  if (warm->read_units != 0 && warm->read_units < least.read_units) return refuse("Read");
  if (warm->write_units != 0 && warm->write_units < least.write_units) return refuse("Write");
  return Ok();
}

aws::Outcome<StreamView> ParseStreamSpecification(Node node) {
  const std::string_view view = node["StreamViewType"].text();
  if (!node["StreamEnabled"].is_true()) {
    if (!view.empty()) {
      return Fail(InvalidParameter(
          "Table is being created with a stream disabled, UpdateViewType should not be specified"));
    }
    return StreamView::kOff;
  }
  if (view == "KEYS_ONLY") return StreamView::kKeysOnly;
  if (view == "NEW_IMAGE") return StreamView::kNewImage;
  if (view == "OLD_IMAGE") return StreamView::kOldImage;
  if (view == "NEW_AND_OLD_IMAGES") return StreamView::kNewAndOldImages;
  return Fail(InvalidParameter("StreamEnabled is true but StreamViewType is not specified"));
}

aws::Outcome<Unit> CheckTagCharacters(Node tags) {
  const auto forbidden = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    // Letters of all scripts; of what is not ASCII nothing is refused.
    if (byte >= 0x80 || IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
      return false;
    return std::string_view(" _.:/=+-@").find(c) == std::string_view::npos;
  };
  for (const Node tag : tags.elements()) {
    for (const std::string_view text : {tag["Key"].text(), tag["Value"].text()}) {
      if (std::ranges::none_of(text, forbidden)) continue;
      return Fail(InvalidParameter(
          fmt::format("Tag keys and values may have letters, whitespace, numbers and + - = . _ : / "
                      "@ only: {}",
                      text)));
    }
  }
  return Ok();
}

std::map<std::string, std::string> ParseTags(Node tags) {
  std::map<std::string, std::string> out;
  for (const Node tag : tags.elements())
    out[std::string(tag["Key"].text())] = tag["Value"].text();
  return out;
}

aws::Outcome<TableDefinition> ParseTableDefinition(Node request) {
  TableDefinition table;
  table.name = TableNameOf(request["TableName"].text());
  const Node definitions = request["AttributeDefinitions"];
  const std::vector<std::string_view> defined = DefinedNames(definitions);
  const auto schema = Elements(request["KeySchema"]);
  OFFSTAGE_TRY_VOID(CheckBilling(request, table));
  ParseEchoedThroughput(request, table.on_demand_limits, table.warm_throughput);
  OFFSTAGE_TRY_VOID(
      CheckWarmThroughput("table", table.warm_throughput, table.billing, table.throughput));
  OFFSTAGE_TRY_VOID(CheckDefinedOnce(defined));
  OFFSTAGE_TRY_VOID(CheckTableKeyDefined(schema, defined));
  OFFSTAGE_TRY_VOID(CheckSchemaOrder(schema, false));
  table.key = ToKeySchema(schema, definitions);
  OFFSTAGE_TRY_VOID(CheckEmptyLists(request));
  OFFSTAGE_TRY(table.local_indexes, ParseLocalIndexes(request, table.key, defined));
  OFFSTAGE_TRY(table.global_indexes, ParseGlobalIndexes(request, defined, table.billing));
  std::set<std::string> names;
  OFFSTAGE_TRY_VOID(CheckDistinctNames(table.local_indexes, names));
  OFFSTAGE_TRY_VOID(CheckDistinctNames(table.global_indexes, names));
  OFFSTAGE_TRY_VOID(CheckAllDefinitionsUsed(table, defined.size()));
  if (const Node stream = request["StreamSpecification"]) {
    OFFSTAGE_TRY(table.stream, ParseStreamSpecification(stream));
  }
  table.deletion_protection = request["DeletionProtectionEnabled"].is_true();
  table.sse_enabled = request["SSESpecification"]["Enabled"].is_true();
  table.kms_key = request["SSESpecification"]["KMSMasterKeyId"].text();
  table.table_class = request["TableClass"].text();
  OFFSTAGE_TRY_VOID(CheckTagCharacters(request["Tags"]));
  table.tags = ParseTags(request["Tags"]);
  if (table.tags.size() > kMaxTags) {
    return Fail(ValidationError(fmt::format("Too many tags added to resource: {}", table.name)));
  }
  return table;
}

aws::Outcome<IndexDefinition> ParseIndexDefinition(Node index, Node definitions) {
  const std::vector<std::string_view> defined = DefinedNames(definitions);
  std::vector<std::string_view> keys;
  const auto schema = Elements(index["KeySchema"]);
  bool missing = false;
  for (const SchemaElement& element : schema) {
    keys.push_back(element.name);
    missing = missing || !Contains(defined, element.name);
  }
  if (missing) return Fail(Undefined(keys, defined));
  OFFSTAGE_TRY_VOID(CheckDefinedOnce(defined));
  OFFSTAGE_TRY_VOID(CheckSchemaOrder(schema, true));
  OFFSTAGE_TRY_VOID(CheckProjection(index["Projection"]));
  return ParseIndex(index, definitions);
}

std::string_view ProjectionName(ProjectionType type) {
  switch (type) {
    case ProjectionType::kAll:
      return "ALL";
    case ProjectionType::kKeysOnly:
      return "KEYS_ONLY";
    case ProjectionType::kInclude:
      return "INCLUDE";
  }
  return "ALL";
}

std::string_view StreamViewName(StreamView view) {
  switch (view) {
    case StreamView::kOff:
      return "";
    case StreamView::kKeysOnly:
      return "KEYS_ONLY";
    case StreamView::kNewImage:
      return "NEW_IMAGE";
    case StreamView::kOldImage:
      return "OLD_IMAGE";
    case StreamView::kNewAndOldImages:
      return "NEW_AND_OLD_IMAGES";
  }
  return "";
}

}  // namespace offstage::dynamodb
