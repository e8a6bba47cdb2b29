#include "dynamodb/provisioned_capacity.h"

#include <algorithm>

#include "base/text.h"
#include "dynamodb/errors.h"

namespace offstage::dynamodb {

namespace {

constexpr double kBurstSeconds = 300;

aws::ApiError TableExceeded() {
  return {.type = "ProvisionedThroughputExceededException",
          .message =
              "The level of configured provisioned throughput for the table was exceeded. Consider "
              "increasing your provisioning level with the UpdateTable API.",
          .explanation = "the table's provisioned capacity is used up (--enforce-capacity)"};
}

aws::ApiError IndexExceeded() {
  return {.type = "ProvisionedThroughputExceededException",
          .message =
              "The level of configured provisioned throughput for one or more global secondary "
              "indexes of the table was exceeded. Consider increasing your provisioning level for "
              "the under-provisioned global secondary indexes with the UpdateTable API",
          .explanation = "a global index's provisioned capacity is used up (--enforce-capacity)"};
}

std::string TextMember(const OrderedJson& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// How the reply is to show what was used.
enum class Shown { kNothing, kTotal, kAll };

Shown ShownBy(const OrderedJson& request) {
  const std::string wish = TextMember(request, "ReturnConsumedCapacity");
  if (wish == "INDEXES") return Shown::kAll;
  return wish == "TOTAL" ? Shown::kTotal : Shown::kNothing;
}

// What the operation would refuse stays as it is, for it to refuse.
bool HasSoundWish(const OrderedJson& request) {
  const auto wish = request.find("ReturnConsumedCapacity");
  if (wish == request.end() || wish->is_null()) return true;
  return *wish == "NONE" || *wish == "TOTAL" || *wish == "INDEXES";
}

void LeaveTotal(OrderedJson& consumed) {
  if (consumed.is_array()) {
    for (OrderedJson& one : consumed)
      LeaveTotal(one);
    return;
  }
  for (const char* detail : {"Table", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"})
    consumed.erase(detail);
}

bool IsPartiql(std::string_view operation) {
  return operation == "ExecuteStatement" || operation == "BatchExecuteStatement" ||
         operation == "ExecuteTransaction";
}

bool Reads(std::string_view operation) {
  return operation == "GetItem" || operation == "Query" || operation == "Scan" ||
         operation == "BatchGetItem" || operation == "TransactGetItems";
}

bool Writes(std::string_view operation) {
  return operation == "PutItem" || operation == "UpdateItem" || operation == "DeleteItem" ||
         operation == "BatchWriteItem" || operation == "TransactWriteItems";
}

// Of a statement or the first of several: a batch does not mix the two.
std::string FirstStatement(const OrderedJson& request) {
  for (const char* list : {"Statements", "TransactStatements"}) {
    const auto found = request.find(list);
    if (found != request.end() && found->is_array() && !found->empty() && (*found)[0].is_object())
      return TextMember((*found)[0], "Statement");
  }
  return TextMember(request, "Statement");
}

}  // namespace

ProvisionedCapacity::Bucket& ProvisionedCapacity::Filled(const std::string& name, std::int64_t rate,
                                                         Kind kind) {
  const TimePoint now = engine_.options().clock->Now();
  const auto units = static_cast<double>(rate);
  const auto [found, is_new] = buckets_.try_emplace((kind == Kind::kRead ? "r" : "w") + name,
                                                    Bucket{.units = units, .filled = now});
  Bucket& bucket = found->second;
  const double seconds = std::chrono::duration<double>(now - bucket.filled).count();
  // A clock set back fills nothing.
  bucket.units = std::min(bucket.units + std::max(seconds, 0.0) * units, kBurstSeconds * units);
  bucket.filled = now;
  return bucket;
}

bool ProvisionedCapacity::IsEmpty(const std::string& name, std::int64_t rate, Kind kind) {
  const MutexLock lock(mutex_);
  return Filled(name, rate, kind).units <= 0;
}

void ProvisionedCapacity::PayFrom(const std::string& name, std::int64_t rate, double units,
                                  Kind kind) {
  const MutexLock lock(mutex_);
  Filled(name, rate, kind).units -= units;
}

namespace {

std::int64_t Rate(const Throughput& throughput, bool reads) {
  return reads ? throughput.read_units : throughput.write_units;
}

}  // namespace

std::optional<aws::ApiError> ProvisionedCapacity::Refused(std::string_view table_name,
                                                          std::string_view index_name, Kind kind) {
  const TablePtr table = engine_.store().FindTable(TableNameOf(table_name));
  if (table == nullptr || table->definition.billing != BillingMode::kProvisioned)
    return std::nullopt;
  const TableDefinition& definition = table->definition;
  const bool reads = kind == Kind::kRead;
  for (const IndexDefinition& index : definition.global_indexes) {
    // A write reaches every index; a read only the one that it names.
    if (!index.throughput || (reads && index.name != index_name)) continue;
    if (IsEmpty(definition.name + "/" + index.name, Rate(*index.throughput, reads), kind))
      return IndexExceeded();
    if (reads) return std::nullopt;
  }
  if (IsEmpty(definition.name, Rate(definition.throughput, reads), kind)) return TableExceeded();
  return std::nullopt;
}

std::optional<aws::ApiError> ProvisionedCapacity::RefusedTransaction(const OrderedJson& request,
                                                                     Kind kind) {
  CancellationReasons reasons;
  const auto actions = request.find("TransactItems");
  if (actions == request.end() || !actions->is_array()) return std::nullopt;
  for (const OrderedJson& action : *actions) {
    std::optional<aws::ApiError> reason;
    if (action.is_object() && action.size() == 1 && action.begin()->is_object())
      reason = Refused(TextMember(*action.begin(), "TableName"), "", kind);
    reasons.push_back(std::move(reason));
  }
  return Cancelled(reasons);
}

std::optional<aws::ApiError> ProvisionedCapacity::WithoutRefusedTables(OrderedJson& request,
                                                                       OrderedJson& refused,
                                                                       Kind kind) {
  const auto items = request.find("RequestItems");
  if (items == request.end() || !items->is_object()) return std::nullopt;
  std::optional<aws::ApiError> error;
  OrderedJson left = OrderedJson::object();
  for (const auto& [table, part] : items->items()) {
    if (auto why = Refused(table, "", kind)) {
      error = std::move(why);
      refused[table] = part;
    } else {
      left[table] = part;
    }
  }
  if (left.empty()) return error;
  *items = std::move(left);
  return std::nullopt;
}

void ProvisionedCapacity::Pay(const OrderedJson& consumed, Kind kind) {
  if (consumed.is_array()) {
    for (const OrderedJson& one : consumed)
      Pay(one, kind);
    return;
  }
  const TablePtr table =
      engine_.store().FindTable(TableNameOf(consumed.value("TableName", std::string())));
  if (table == nullptr || table->definition.billing != BillingMode::kProvisioned) return;
  const TableDefinition& definition = table->definition;
  const bool reads = kind == Kind::kRead;
  double own = consumed.value("CapacityUnits", 0.0);
  const OrderedJson used = consumed.value("GlobalSecondaryIndexes", OrderedJson::object());
  for (const IndexDefinition& index : definition.global_indexes) {
    const auto part = used.find(index.name);
    if (part == used.end() || !index.throughput) continue;
    const double units = part->value("CapacityUnits", 0.0);
    PayFrom(definition.name + "/" + index.name, Rate(*index.throughput, reads), units, kind);
    own -= units;
  }
  PayFrom(definition.name, Rate(definition.throughput, reads), own, kind);
}

aws::Outcome<std::string> ProvisionedCapacity::Run(std::string_view operation,
                                                   std::string_view body, const Call& call) {
  const bool partiql = IsPartiql(operation);
  if (!Reads(operation) && !Writes(operation) && !partiql) return call(body);
  OrderedJson request = OrderedJson::parse(body, nullptr, /*allow_exceptions=*/false);
  if (!request.is_object() || !HasSoundWish(request)) return call(body);
  const bool reads =
      partiql ? EqualsIgnoreCase(FirstStatement(request).substr(0, 6), "select") : Reads(operation);
  const Kind kind = reads ? Kind::kRead : Kind::kWrite;
  OrderedJson refused = OrderedJson::object();
  std::optional<aws::ApiError> error;
  if (operation.starts_with("Transact")) {
    error = RefusedTransaction(request, kind);
  } else if (operation.starts_with("Batch")) {
    error = WithoutRefusedTables(request, refused, kind);
  } else if (!partiql) {
    error = Refused(TextMember(request, "TableName"), TextMember(request, "IndexName"), kind);
  }
  if (error) return Fail(*std::move(error));
  const Shown shown = ShownBy(request);
  request["ReturnConsumedCapacity"] = "INDEXES";
  OFFSTAGE_TRY(const std::string text, call(DumpJson(request)));
  OrderedJson reply = OrderedJson::parse(text);
  if (const auto consumed = reply.find("ConsumedCapacity"); consumed != reply.end()) {
    Pay(*consumed, kind);
    if (shown == Shown::kNothing) {
      reply.erase("ConsumedCapacity");
    } else if (shown == Shown::kTotal) {
      LeaveTotal(*consumed);
    }
  }
  for (const auto& [table, part] : refused.items())
    reply[reads ? "UnprocessedKeys" : "UnprocessedItems"][table] = part;
  return DumpJson(reply);
}

}  // namespace offstage::dynamodb
