#include "app/faults.h"

#include <fmt/format.h>

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

aws::Outcome<std::string> FaultyService::Execute(const aws::Call& call, aws::CallFacts& facts) {
  const auto fault = plan_.Hit(call.caller.function, call.operation, call.body);
  if (!fault) return service_.Execute(call, facts);
  if (fault->latency.count() > 0) {
    facts.attributes.emplace_back("fault", fmt::format("{} ms later", fault->latency.count()));
    std::this_thread::sleep_for(fault->latency);
  }
  if (fault->kill && !call.caller.request_id.empty()) {
    facts.attributes.emplace_back("fault", "caller killed");
    functions_.KillRunning(call.caller.request_id);
    return Fail(ToError({.error = "InternalServerError"}));
  }
  if (fault->error.empty()) return service_.Execute(call, facts);
  facts.attributes.emplace_back("fault", fault->error);
  return Fail(ToError(*fault));
}

}  // namespace offstage::app
