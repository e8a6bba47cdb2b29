#include "dynamodb/remote/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/json.h"
#include "dynamodb/remote/create_request.h"

namespace offstage::dynamodb {

namespace {

constexpr std::string_view kTarget = "DynamoDB_20120810.";
// BatchWriteItem's limit.
constexpr std::size_t kBatch = 25;
constexpr std::chrono::minutes kPatience{5};

Error ToError(const aws::ApiError& error) {
  return Error{error.explanation.empty() ? fmt::format("{}: {}", error.type, error.message)
                                         : error.explanation};
}

template <typename T>
Result<T> AsResult(aws::Outcome<T> outcome) {
  if (!outcome.ok()) return Fail(ToError(outcome.error()));
  return std::move(outcome).value();
}

bool IsNotFound(const aws::ApiError& error) {
  return error.type == "ResourceNotFoundException";
}

// From a few milliseconds (engines on this machine) to a second.
class Backoff {
 public:
  // False once it has waited for kPatience.
  bool Wait() {
    if (std::chrono::steady_clock::now() - start_ > kPatience) return false;
    std::this_thread::sleep_for(next_);
    next_ = std::min(next_ * 2, std::chrono::milliseconds(1000));
    return true;
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::milliseconds next_{5};
};

std::string KeyText(const KeySchema& schema, const Json& item) {
  Json key = Json::object();
  for (const auto* attributes : {&schema.partition, &schema.sort}) {
    for (const KeyAttribute& attribute : *attributes)
      key[attribute.name] = item.value(attribute.name, Json());
  }
  return DumpJson(key);
}

bool AllActive(const Json& table) {
  if (table.value("TableStatus", "") != "ACTIVE") return false;
  const Json indexes = table.value("GlobalSecondaryIndexes", Json::array());
  return std::all_of(indexes.begin(), indexes.end(), [](const Json& index) {
    return index.value("IndexStatus", "ACTIVE") == "ACTIVE";
  });
}

}  // namespace

struct RemoteTables::Saved : SavedTables {
  std::map<std::string, Items> tables;
};

RemoteTables::RemoteTables(RemoteEndpoint& endpoint, RemoteOptions options)
    : endpoint_(endpoint), options_(std::move(options)) {}

RemoteTables::~RemoteTables() {
  if (options_.at_end == RemoteOptions::AtEnd::kKeep) return;
  const MutexLock lock(mutex_);
  for (const std::string& table : created_) {
    const auto deleted = Call("DeleteTable", {{"TableName", table}});
    if (!deleted.ok() && options_.log != nullptr) {
      options_.log->Warn("a table was left behind", {{"table", table},
                                                     {"endpoint", endpoint_.url()},
                                                     {"cause", ToError(deleted.error()).message}});
    }
  }
}

aws::Outcome<std::string> RemoteTables::Execute(const aws::Call& call, aws::CallFacts& facts) {
  if (const auto request = ParseJson(call.body); request.ok() && request->is_object()) {
    if (const auto table = request->find("TableName");
        table != request->end() && table->is_string())
      facts.attributes.emplace_back("table", table->get<std::string>());
  }
  return endpoint_.Send(std::string(kTarget) + std::string(call.operation), call.body, call.region);
}

aws::Outcome<std::string> RemoteTables::Run(std::string_view operation, std::string_view request) {
  return endpoint_.Send(std::string(kTarget) + std::string(operation), request, options_.region);
}

aws::Outcome<Json> RemoteTables::Call(const std::string& operation, const Json& request) const {
  OFFSTAGE_TRY(const std::string body, endpoint_.Send(std::string(kTarget) + operation,
                                                      DumpJson(request), options_.region));
  auto json = ParseJson(body);
  if (!json.ok() || !json->is_object()) {
    return Fail(aws::InternalServerError(Error{fmt::format(
        "{} (--dynamodb-endpoint) answered {} with no JSON object", endpoint_.url(), operation)}));
  }
  return std::move(json).value();
}

Result<EnsureResult> RemoteTables::EnsureTable(const TableDefinition& definition) {
  EnsureResult result = EnsureResult::kUnchanged;
  const auto described = Call("DescribeTable", {{"TableName", definition.name}});
  if (!described.ok()) {
    if (!IsNotFound(described.error())) return Fail(ToError(described.error()));
    OFFSTAGE_TRY_VOID(CreateTable(definition));
    result = EnsureResult::kCreated;
  } else {
    const Json& table = described->at("Table");
    if (table.value("KeySchema", Json()) != KeySchemaJson(definition.key)) {
      return Fail(Error{fmt::format(
          "{} has a table {} with other key attributes than the template gives it: name another "
          "table, or delete that one",
          endpoint_.url(), definition.name)});
    }
    OFFSTAGE_TRY_VOID(AddMissingIndexes(definition, table, result));
  }
  const MutexLock lock(mutex_);
  tables_[definition.name] = definition.key;
  return result;
}

Status RemoteTables::CreateTable(const TableDefinition& definition) {
  OFFSTAGE_TRY([[maybe_unused]] const Json made,
               AsResult(Call("CreateTable", CreateTableRequest(definition))));
  {
    const MutexLock lock(mutex_);
    created_.push_back(definition.name);
  }
  OFFSTAGE_TRY_VOID(WaitUntilActive(definition.name));
  if (definition.time_to_live_attribute.empty()) return Ok();
  const Json request = {
      {"TableName", definition.name},
      {"TimeToLiveSpecification",
       {{"Enabled", true}, {"AttributeName", definition.time_to_live_attribute}}}};
  OFFSTAGE_TRY([[maybe_unused]] const Json updated, AsResult(Call("UpdateTimeToLive", request)));
  return Ok();
}

Status RemoteTables::AddMissingIndexes(const TableDefinition& definition, const Json& description,
                                       EnsureResult& result) {
  const Json existing = description.value("GlobalSecondaryIndexes", Json::array());
  for (const IndexDefinition& index : definition.global_indexes) {
    const bool there = std::any_of(existing.begin(), existing.end(), [&](const Json& known) {
      return known.value("IndexName", "") == index.name;
    });
    if (there) continue;
    Json attributes = AttributeDefinitionsJson(definition.key);
    for (const Json& attribute : AttributeDefinitionsJson(index.key)) {
      if (std::find(attributes.begin(), attributes.end(), attribute) == attributes.end())
        attributes.push_back(attribute);
    }
    const Json request = {
        {"TableName", definition.name},
        {"AttributeDefinitions", attributes},
        {"GlobalSecondaryIndexUpdates", Json::array({{{"Create", IndexJson(index)}}})}};
    OFFSTAGE_TRY([[maybe_unused]] const Json updated, AsResult(Call("UpdateTable", request)));
    OFFSTAGE_TRY_VOID(WaitUntilActive(definition.name));
    result = EnsureResult::kUpdated;
  }
  return Ok();
}

Status RemoteTables::WaitUntilActive(const std::string& table) const {
  Backoff backoff;
  while (true) {
    const auto described = Call("DescribeTable", {{"TableName", table}});
    if (described.ok() && AllActive(described->value("Table", Json::object()))) return Ok();
    // A table just created may not be seen at once.
    if (!described.ok() && !IsNotFound(described.error())) return Fail(ToError(described.error()));
    if (!backoff.Wait())
      return Fail(
          Error{fmt::format("{}: table {} does not become ACTIVE", endpoint_.url(), table)});
  }
}

std::map<std::string, KeySchema> RemoteTables::Known() const {
  const MutexLock lock(mutex_);
  return tables_;
}

Result<std::vector<std::string>> RemoteTables::TableNames() const {
  std::vector<std::string> names;
  for (const auto& [name, key] : Known())
    names.push_back(name);
  return names;
}

Result<bool> RemoteTables::HasTable(std::string_view table) const {
  const auto described = Call("DescribeTable", {{"TableName", table}});
  if (described.ok()) return true;
  if (IsNotFound(described.error())) return false;
  return Fail(ToError(described.error()));
}

Status RemoteTables::WriteBatches(const std::string& table,
                                  const std::vector<Json>& requests) const {
  for (std::size_t i = 0; i < requests.size(); i += kBatch) {
    Json batch = Json::array();
    for (std::size_t j = i; j < std::min(i + kBatch, requests.size()); ++j)
      batch.push_back(requests[j]);
    Json items = {{table, std::move(batch)}};
    Backoff backoff;
    while (!items.empty()) {
      const auto written = Call("BatchWriteItem", {{"RequestItems", items}});
      if (!written.ok()) {
        return Fail(
            Error{fmt::format("items {} to {}: {}", i + 1, std::min(i + kBatch, requests.size()),
                              ToError(written.error()).message)});
      }
      items = written->value("UnprocessedItems", Json::object());
      if (!items.empty() && !backoff.Wait())
        return Fail(Error{fmt::format("{} leaves items unprocessed", endpoint_.url())});
    }
  }
  return Ok();
}

Status RemoteTables::Import(std::string_view table, const std::vector<std::string>& items) {
  // BatchWriteItem takes a key once a call; of several items with one key the last stays, as it
  // would if they were put one after the other.
  std::map<std::string, KeySchema> known = Known();
  if (!known.contains(std::string(table)))
    return Fail(Error{fmt::format("{} is no table of this stack", table)});
  const KeySchema& schema = known.at(std::string(table));
  std::map<std::string, Json> by_key;
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto item = ParseJson(items[i]);
    if (!item.ok() || !item->is_object())
      return Fail(Error{fmt::format("table {}, item {}: no JSON object", table, i + 1)});
    by_key[KeyText(schema, *item)] = {{"PutRequest", {{"Item", *item}}}};
  }
  std::vector<Json> requests;
  for (auto& [key, request] : by_key)
    requests.push_back(std::move(request));
  return WriteBatches(std::string(table), requests);
}

Status RemoteTables::DeleteKeys(const std::string& table,
                                const std::vector<std::string>& keys) const {
  std::vector<Json> requests;
  for (const std::string& key : keys) {
    OFFSTAGE_TRY(const Json json, ParseJson(key));
    requests.push_back({{"DeleteRequest", {{"Key", json}}}});
  }
  return WriteBatches(table, requests);
}

Status RemoteTables::Export(std::string_view table,
                            const std::function<Status(std::string_view)>& callback) const {
  Json request = {{"TableName", table}, {"ConsistentRead", true}};
  while (true) {
    OFFSTAGE_TRY(const Json page, AsResult(Call("Scan", request)));
    for (const Json& item : page.value("Items", Json::array()))
      OFFSTAGE_TRY_VOID(callback(DumpJson(item)));
    if (!page.contains("LastEvaluatedKey")) return Ok();
    request["ExclusiveStartKey"] = page["LastEvaluatedKey"];
  }
}

Result<RemoteTables::Items> RemoteTables::ReadItems(const std::string& table) const {
  const KeySchema schema = Known()[table];
  Items items;
  OFFSTAGE_TRY_VOID(Export(table, [&](std::string_view text) -> Status {
    OFFSTAGE_TRY(const Json item, ParseJson(text));
    items[KeyText(schema, item)] = text;
    return Ok();
  }));
  return items;
}

Status RemoteTables::Reset() {
  for (const auto& [table, schema] : Known()) {
    OFFSTAGE_TRY(const Items items, ReadItems(table));
    std::vector<std::string> keys;
    for (const auto& [key, text] : items)
      keys.push_back(key);
    OFFSTAGE_TRY_VOID(DeleteKeys(table, keys));
  }
  return Ok();
}

Result<std::unique_ptr<SavedTables>> RemoteTables::Save() {
  auto saved = std::make_unique<Saved>();
  for (const auto& [table, schema] : Known()) {
    OFFSTAGE_TRY(saved->tables[table], ReadItems(table));
  }
  return std::unique_ptr<SavedTables>(std::move(saved));
}

Status RemoteTables::Restore(const SavedTables& saved_tables) {
  const auto* saved = dynamic_cast<const Saved*>(&saved_tables);
  OFFSTAGE_CHECK(saved != nullptr, "only what Save has returned is restored");
  for (const auto& [table, wanted] : saved->tables) {
    OFFSTAGE_TRY(const Items now, ReadItems(table));
    std::vector<std::string> surplus;
    std::vector<std::string> missing;
    for (const auto& [key, text] : now) {
      if (!wanted.contains(key)) surplus.push_back(key);
    }
    for (const auto& [key, text] : wanted) {
      const auto found = now.find(key);
      if (found == now.end() || found->second != text) missing.push_back(text);
    }
    OFFSTAGE_TRY_VOID(DeleteKeys(table, surplus));
    OFFSTAGE_TRY_VOID(Import(table, missing));
  }
  return Ok();
}

Result<std::int64_t> RemoteTables::ExpireItems(const std::stop_token&) {
  return 0;
}

}  // namespace offstage::dynamodb
