#include "app/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/json.h"
#include "lambda/service.h"

namespace offstage::app {

namespace {

// docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
aws::ApiError ToError(const Fault& fault) {
  aws::ApiError error;
  error.type = fault.error;
  error.message = fault.message;
  error.status = 400;
  error.explanation = "a fault that the scenario asked for";
  if (fault.error == "InternalServerError") error.status = 500;
  if (fault.error == "ServiceUnavailable") error.status = 503;
  if (!error.message.empty()) return error;
  if (fault.error == "ProvisionedThroughputExceededException") {
    error.message =
        "The level of configured provisioned throughput for the table was exceeded. Consider "
        "increasing your provisioning level with the UpdateTable API.";
  } else if (fault.error == "ThrottlingException") {
    error.message = "Rate of requests exceeds the allowed throughput.";
  } else if (fault.error == "ConditionalCheckFailedException") {
    error.message = "The conditional request failed";
  } else {
    error.message = "Internal server error";
  }
  return error;
}

bool NamesTable(std::string_view body, const std::string& table) {
  // Names are letters, digits, '_', '-' and '.': quoted in the request as they are, as a member's
  // value (TableName) or as a key (RequestItems).
  return body.find("\"" + table + "\"") != std::string_view::npos;
}

}  // namespace

void FaultPlan::Add(Fault fault) {
  const MutexLock lock(mutex_);
  faults_.push_back({.fault = std::move(fault), .seen = 0});
}

void FaultPlan::Clear() {
  const MutexLock lock(mutex_);
  faults_.clear();
}

std::optional<Fault> FaultPlan::Hit(std::string_view function, std::string_view operation,
                                    std::string_view body) {
  const MutexLock lock(mutex_);
  std::optional<Fault> hit;
  for (Counted& counted : faults_) {
    const Fault& fault = counted.fault;
    if (!fault.function.empty() && fault.function != function) continue;
    if (!fault.operation.empty() && fault.operation != operation) continue;
    if (!fault.table.empty() && !NamesTable(body, fault.table)) continue;
    ++counted.seen;
    const bool on =
        counted.seen >= fault.nth && (fault.times == 0 || counted.seen < fault.nth + fault.times);
    if (on && !hit) hit = fault;
  }
  return hit;
}

namespace {

// CapacityUnits of a reply's ConsumedCapacity: an object, or a list of one a table.
double UnitsOf(const Json& consumed) {
  double units = 0;
  if (consumed.is_object()) units += consumed.value("CapacityUnits", 0.0);
  if (consumed.is_array()) {
    for (const Json& table : consumed)
      units += table.value("CapacityUnits", 0.0);
  }
  return units;
}

bool TellsCapacity(std::string_view operation) {
  static constexpr std::string_view kOperations[] = {"BatchExecuteStatement",
                                                     "BatchGetItem",
                                                     "BatchWriteItem",
                                                     "DeleteItem",
                                                     "ExecuteStatement",
                                                     "ExecuteTransaction",
                                                     "GetItem",
                                                     "PutItem",
                                                     "Query",
                                                     "Scan",
                                                     "TransactGetItems",
                                                     "TransactWriteItems",
                                                     "UpdateItem"};
  return std::find(std::begin(kOperations), std::end(kOperations), operation) !=
         std::end(kOperations);
}

}  // namespace

// The call as it came; while capacity is noted, with the question for it added and the answer taken
// out again.
aws::Outcome<std::string> FaultyService::Pass(const aws::Call& call, aws::CallFacts& facts) {
  if (!plan_.notes_capacity() || !TellsCapacity(call.operation))
    return service_.Execute(call, facts);
  auto body = ParseJson(call.body);
  if (!body.ok() || !body->is_object()) return service_.Execute(call, facts);
  const auto asked = body->value("ReturnConsumedCapacity", Json("NONE"));
  const bool own = asked == "TOTAL" || asked == "INDEXES";
  if (!own) (*body)["ReturnConsumedCapacity"] = "TOTAL";
  const std::string text = DumpJson(*body);
  const aws::Call asking{.operation = call.operation,
                         .request = call.request,
                         .body = text,
                         .request_id = call.request_id,
                         .region = call.region,
                         .caller = call.caller};
  auto outcome = service_.Execute(asking, facts);
  if (!outcome.ok()) return outcome;
  auto reply = ParseJson(*outcome);
  if (!reply.ok() || !reply->is_object() || !reply->contains("ConsumedCapacity")) return outcome;
  facts.attributes.emplace_back("capacity",
                                fmt::format("{:g}", UnitsOf(reply->at("ConsumedCapacity"))));
  if (own) return outcome;
  reply->erase("ConsumedCapacity");
  return DumpJson(*reply);
}

aws::Outcome<std::string> FaultyService::Execute(const aws::Call& call, aws::CallFacts& facts) {
  const auto fault = plan_.Hit(call.caller.function, call.operation, call.body);
  if (!fault) return Pass(call, facts);
  if (fault->latency.count() > 0) {
    facts.attributes.emplace_back("fault", fmt::format("{} ms later", fault->latency.count()));
    std::this_thread::sleep_for(fault->latency);
  }
  if (fault->kill && !call.caller.request_id.empty()) {
    facts.attributes.emplace_back("fault", "caller killed");
    functions_.KillRunning(call.caller.request_id);
    return Fail(ToError({.error = "InternalServerError"}));
  }
  if (fault->error.empty()) return Pass(call, facts);
  facts.attributes.emplace_back("fault", fault->error);
  return Fail(ToError(*fault));
}

}  // namespace offstage::app
