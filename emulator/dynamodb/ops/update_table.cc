// UpdateTable: docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
// A new index is filled before the reply is sent, which still says CREATING as clients expect.
// Not emulated: replicas and vector indexes (refused), OnDemandThroughput and WarmThroughput
// (described, without effect).
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "dynamodb/errors.h"
#include "dynamodb/ops/describe.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/table_definition.h"

namespace offstage::dynamodb {

const Shape& UpdateTableShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = [] {
    const ShapeMember index_name = {"IndexName", IndexName(), Presence::kRequired};
    Shape update =
        Structure("GlobalSecondaryIndexUpdate",
                  {{"Update", Structure("UpdateGlobalSecondaryIndexAction",
                                        {index_name,
                                         {"ProvisionedThroughput", ProvisionedThroughput()},
                                         {"OnDemandThroughput", OnDemandThroughput()},
                                         {"WarmThroughput", WarmThroughput()}})},
                   {"Create", Structure("CreateGlobalSecondaryIndexAction",
                                        {index_name,
                                         {"KeySchema", KeySchemaMember(8), Presence::kRequired},
                                         {"Projection", ProjectionMember(), Presence::kRequired},
                                         {"ProvisionedThroughput", ProvisionedThroughput()},
                                         {"OnDemandThroughput", OnDemandThroughput()},
                                         {"WarmThroughput", WarmThroughput()}})},
                   {"Delete", Structure("DeleteGlobalSecondaryIndexAction", {index_name})}});
    return Structure("UpdateTableInput", {{"TableName", TableName(), Presence::kRequired},
                                          {"AttributeDefinitions", AttributeDefinitions()},
                                          {"BillingMode", BillingModeMember()},
                                          {"ProvisionedThroughput", ProvisionedThroughput()},
                                          {"GlobalSecondaryIndexUpdates", List(std::move(update))},
                                          {"StreamSpecification", StreamSpecification()},
                                          {"SSESpecification", SseSpecification()},
                                          {"TableClass", TableClass()},
                                          {"OnDemandThroughput", OnDemandThroughput()},
                                          {"WarmThroughput", WarmThroughput()},
                                          {"DeletionProtectionEnabled", Boolean()}});
  }();
  return shape;
}

namespace {

aws::Outcome<Unit> CheckMembers(Node request) {
  OFFSTAGE_TRY_VOID(CheckEmulated(request, "UpdateTable"));
  bool any = false;
  for (const std::string_view name : {"ProvisionedThroughput", "BillingMode", "StreamSpecification",
                                      "SSESpecification", "TableClass", "DeletionProtectionEnabled",
                                      "OnDemandThroughput", "WarmThroughput", "ReplicaUpdates"}) {
    any = any || request[name];
  }
  if (!any && request["GlobalSecondaryIndexUpdates"].size() == 0) {
    return Fail(ValidationError(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required"));
  }
  if (request["ReplicaUpdates"].size() > 0)
    return Fail(NotEmulated("UpdateTable with ReplicaUpdates"));
  const std::string_view billing = request["BillingMode"].text();
  if (billing == "PROVISIONED" && !request["ProvisionedThroughput"]) {
    return Fail(InvalidParameter(
        "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"));
  }
  if (billing == "PAY_PER_REQUEST" && request["ProvisionedThroughput"]) {
    return Fail(
        InvalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                         "BillingMode is PAY_PER_REQUEST"));
  }
  return Ok();
}

aws::Outcome<Unit> UpdateBilling(Engine& engine, Node request, Table& table) {
  const std::string_view billing = request["BillingMode"].text();
  TableDefinition& definition = table.definition;
  if (billing == "PAY_PER_REQUEST" && definition.billing != BillingMode::kPayPerRequest) {
    definition.billing = BillingMode::kPayPerRequest;
    definition.throughput = {};
    for (IndexDefinition& index : definition.global_indexes)
      index.throughput.reset();
    table.on_demand_since_ms = engine.NowMillis();
  }
  const Node wanted = request["ProvisionedThroughput"];
  if (!wanted) return Ok();
  if (definition.billing == BillingMode::kPayPerRequest && billing != "PROVISIONED") {
    return Fail(
        InvalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when "
                         "BillingMode is PAY_PER_REQUEST"));
  }
  const Throughput next = ParseThroughput(wanted);
  const Throughput now = definition.throughput;
  if (definition.billing == BillingMode::kProvisioned && next == now) {
    return Fail(ValidationError(fmt::format(
        "The provisioned throughput for the table will not change. The requested value equals the "
        "current value. "
        "Current ReadCapacityUnits provisioned for the table: {}. Requested ReadCapacityUnits: {}. "
        "Current WriteCapacityUnits provisioned for the table: {}. Requested WriteCapacityUnits: "
        "{}. "
        "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
        "limits.",
        now.read_units, next.read_units, now.write_units, next.write_units)));
  }
  definition.billing = BillingMode::kProvisioned;
  definition.throughput = next;
  for (IndexDefinition& index : definition.global_indexes) {
    if (!index.throughput) index.throughput = next;
  }
  if (next.read_units > now.read_units || next.write_units > now.write_units) {
    table.last_throughput_increase_ms = engine.NowMillis();
  } else {
    table.last_throughput_decrease_ms = engine.NowMillis();
  }
  return Ok();
}

aws::Outcome<Unit> UpdateStream(Engine& engine, Node request, Table& table) {
  const Node stream = request["StreamSpecification"];
  if (!stream) return Ok();
  OFFSTAGE_TRY(const StreamView view, ParseStreamSpecification(stream));
  const bool on = table.definition.stream != StreamView::kOff;
  if (on && view != StreamView::kOff) {
    return Fail(ValidationError(
        fmt::format("Table already has an enabled stream: TableName: {}", table.definition.name)));
  }
  if (!on && view == StreamView::kOff) {
    return Fail(ValidationError(
        fmt::format("Table has no stream to disable: TableName: {}", table.definition.name)));
  }
  table.definition.stream = view;
  if (view != StreamView::kOff) table.stream_label = StreamLabel(engine.options().clock->Now());
  return Ok();
}

// The index that one element of GlobalSecondaryIndexUpdates is about.
Node ActionOf(Node update) {
  for (const std::string_view kind : {"Create", "Update", "Delete"}) {
    if (update[kind]) return update[kind];
  }
  return {};
}

std::string SchemaText(const KeySchema& schema) {
  std::string text = "Schema:[";
  const auto add = [&text](const KeyAttribute& attribute, std::string_view role) {
    if (!text.ends_with('[')) text += ", ";
    const char type = attribute.type == KeyType::kString   ? 'S'
                      : attribute.type == KeyType::kNumber ? 'N'
                                                           : 'B';
    text += fmt::format("SchemaElement: key{{{}:{}:{}}}", attribute.name, type, role);
  };
  for (const KeyAttribute& attribute : schema.partition)
    add(attribute, "HASH");
  for (const KeyAttribute& attribute : schema.sort)
    add(attribute, "RANGE");
  return text + "]";
}

std::optional<KeyType> TypeIn(const KeySchema& schema, const std::string& name) {
  for (const auto* attributes : {&schema.partition, &schema.sort}) {
    for (const KeyAttribute& attribute : *attributes) {
      if (attribute.name == name) return attribute.type;
    }
  }
  return std::nullopt;
}

// An attribute that is a key of an index keeps its type in the next.
aws::Outcome<Unit> CheckSameTypes(const TableDefinition& definition, const IndexDefinition& added) {
  for (const IndexDefinition& index : definition.global_indexes) {
    for (const auto* attributes : {&added.key.partition, &added.key.sort}) {
      for (const KeyAttribute& attribute : *attributes) {
        const auto type = TypeIn(index.key, attribute.name);
        if (!type || *type == attribute.type) continue;
        return Fail(InvalidParameter(fmt::format(
            "Attributes cannot be redefined. Please check that your attribute has the same type as "
            "previously defined. Existing schema: {} New schema: {}",
            SchemaText(index.key), SchemaText(added.key))));
      }
    }
  }
  return Ok();
}

aws::Outcome<Unit> UpdateIndex(Node request, Node update, TableDefinition& definition) {
  const std::string_view name = ActionOf(update)["IndexName"].text();
  auto& indexes = definition.global_indexes;
  const auto found =
      std::find_if(indexes.begin(), indexes.end(),
                   [name](const IndexDefinition& index) { return index.name == name; });
  const bool local =
      std::any_of(definition.local_indexes.begin(), definition.local_indexes.end(),
                  [name](const IndexDefinition& index) { return index.name == name; });
  if (const Node create = update["Create"]) {
    if (found != indexes.end() || local) {
      return Fail(ValidationError("Attempting to create an index which already exists"));
    }
    OFFSTAGE_TRY(IndexDefinition index,
                 ParseIndexDefinition(create, request["AttributeDefinitions"]));
    OFFSTAGE_TRY_VOID(CheckSameTypes(definition, index));
    if (definition.billing == BillingMode::kPayPerRequest && index.throughput) {
      return Fail(
          InvalidParameter(fmt::format("ProvisionedThroughput should not be specified for index: "
                                       "{} when BillingMode is PAY_PER_REQUEST",
                                       name)));
    }
    if (definition.billing == BillingMode::kProvisioned && !index.throughput) {
      return Fail(InvalidParameter(
          fmt::format("ProvisionedThroughput must be specified for index: {}", name)));
    }
    if (indexes.size() >= 20) {
      return Fail(LimitExceeded("GlobalSecondaryIndex count exceeds the per-table limit of 20"));
    }
    indexes.push_back(std::move(index));
    return Ok();
  }
  if (found == indexes.end()) return Fail(ResourceNotFound());
  if (update["Delete"]) {
    indexes.erase(found);
    return Ok();
  }
  if (const Node throughput = update["Update"]["ProvisionedThroughput"]) {
    found->throughput = ParseThroughput(throughput);
    OFFSTAGE_TRY_VOID(CheckThroughput(*found->throughput));
  }
  ParseEchoedThroughput(update["Update"], found->on_demand_limits, found->warm_throughput);
  return CheckWarmThroughput("index " + found->name, found->warm_throughput, definition.billing,
                             found->throughput);
}

// What needs no table.
aws::Outcome<Unit> CheckIndexUpdates(Node request) {
  std::set<std::string_view> names;
  for (const Node update : request["GlobalSecondaryIndexUpdates"].elements()) {
    if (!ActionOf(update)) {
      return Fail(InvalidParameter(
          "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete must not be null"));
    }
    if (update.size() > 1) {
      return Fail(InvalidParameter(
          "Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
          "GlobalSecondaryIndexUpdate.Delete may be given"));
    }
    const std::string_view name = ActionOf(update)["IndexName"].text();
    if (!names.insert(name).second) {
      return Fail(InvalidParameter(fmt::format(
          "Only one global secondary index update per index is allowed simultaneously. Index: {}",
          name)));
    }
  }
  return Ok();
}

aws::Outcome<Unit> UpdateIndexes(Node request, TableDefinition& definition) {
  int created_or_deleted = 0;
  const Node updates = request["GlobalSecondaryIndexUpdates"];
  for (const Node update : updates.elements()) {
    if (!update["Update"] && ++created_or_deleted > 1) {
      return Fail(
          LimitExceeded("Subscriber limit exceeded: Only 1 online index can be created or deleted "
                        "simultaneously per table"));
    }
  }
  for (const Node update : updates.elements())
    OFFSTAGE_TRY_VOID(UpdateIndex(request, update, definition));
  return Ok();
}

// The index list as the definition now has it; ids of those that stay.
void RebuildIndexes(const Table& before, Table& table) {
  table.indexes.clear();
  const auto add = [&](const IndexDefinition& definition, IndexScope scope) {
    const Index* old = before.FindIndex(definition.name);
    table.indexes.push_back(
        {.id = old != nullptr ? old->id : 0, .scope = scope, .definition = definition});
  };
  for (const IndexDefinition& index : table.definition.global_indexes)
    add(index, IndexScope::kGlobal);
  for (const IndexDefinition& index : table.definition.local_indexes)
    add(index, IndexScope::kLocal);
}

// Statuses as the service reports them while it works.
void MarkIndexes(const Table& before, Node request, Json& description) {
  if (!description.contains("GlobalSecondaryIndexes")) return;
  for (Json& index : description["GlobalSecondaryIndexes"]) {
    const std::string name = index["IndexName"].get<std::string>();
    if (before.FindIndex(name) == nullptr) {
      index["IndexStatus"] = "CREATING";
      index["Backfilling"] = false;
    }
    for (const Node update : request["GlobalSecondaryIndexUpdates"].elements()) {
      if (update["Update"]["IndexName"].text() == name) index["IndexStatus"] = "UPDATING";
    }
  }
}

}  // namespace

aws::Outcome<std::string> UpdateTable(Engine& engine, Node request) {
  OFFSTAGE_TRY_VOID(CheckMembers(request));
  if (const Node throughput = request["ProvisionedThroughput"])
    OFFSTAGE_TRY_VOID(CheckThroughput(ParseThroughput(throughput)));
  OFFSTAGE_TRY_VOID(CheckIndexUpdates(request));
  const auto lock = engine.store().LockCatalogue();
  OFFSTAGE_TRY(const TablePtr before, engine.DescribedTable(request["TableName"].text()));
  Table table = *before;
  OFFSTAGE_TRY_VOID(UpdateBilling(engine, request, table));
  OFFSTAGE_TRY_VOID(UpdateStream(engine, request, table));
  OFFSTAGE_TRY_VOID(UpdateIndexes(request, table.definition));
  if (const Node protection = request["DeletionProtectionEnabled"]) {
    table.definition.deletion_protection = protection.is_true();
  }
  if (const Node encryption = request["SSESpecification"]) {
    table.definition.sse_enabled = encryption["Enabled"].is_true();
    table.definition.kms_key = encryption["KMSMasterKeyId"].text();
  }
  ParseEchoedThroughput(request, table.definition.on_demand_limits,
                        table.definition.warm_throughput);
  if (request["WarmThroughput"])
    OFFSTAGE_TRY_VOID(CheckWarmThroughput("table", table.definition.warm_throughput,
                                          table.definition.billing, table.definition.throughput));
  if (const Node table_class = request["TableClass"])
    table.definition.table_class = table_class.text();
  RebuildIndexes(*before, table);
  const auto fill = [](const Index& index,
                       std::string_view item) -> Result<std::optional<IndexKey>> {
    return IndexKeyOfStored(index, item);
  };
  OFFSTAGE_TRY_INTERNAL(const TablePtr after, engine.store().UpdateTable(std::move(table), fill));
  Json description = DescribeTableJson(engine, *after, "UPDATING");
  if (request["WarmThroughput"]) description["WarmThroughput"]["Status"] = "UPDATING";
  MarkIndexes(*before, request, description);
  return DumpJson(Json{{"TableDescription", std::move(description)}});
}

}  // namespace offstage::dynamodb
