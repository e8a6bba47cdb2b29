#include "lambda/destinations.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "base/json.h"
#include "base/text.h"

namespace offstage::lambda {
namespace {

std::string_view ConditionName(AsyncEnd::Condition condition) {
  switch (condition) {
    case AsyncEnd::Condition::kSuccess:
      return "Success";
    case AsyncEnd::Condition::kRetriesExhausted:
      return "RetriesExhausted";
    case AsyncEnd::Condition::kEventAgeExceeded:
      break;
  }
  return "EventAgeExceeded";
}

// Payloads are JSON where they can be read as such.
OrderedJson AsJson(const std::string& payload) {
  OrderedJson json = OrderedJson::parse(payload, nullptr, false);
  return json.is_discarded() ? OrderedJson(payload) : json;
}

}  // namespace

std::string InvocationRecord(const InvokeRequest& request, const AsyncEnd& end,
                             const std::string& time) {
  const std::string version =
      end.result.executed_version.empty() ? "$LATEST" : end.result.executed_version;
  std::string arn = request.function;
  // The record always names a version: "...:function:name" gets ":$LATEST".
  if (Split(arn, ':').size() == 7) arn += ":" + version;
  OrderedJson record = {{"version", "1.0"},
                        {"timestamp", time},
                        {"requestContext",
                         {{"requestId", request.request_id},
                          {"functionArn", arn},
                          {"condition", ConditionName(end.condition)},
                          {"approximateInvokeCount", end.attempts}}},
                        {"requestPayload", AsJson(request.payload)}};
  if (end.attempts > 0) {
    OrderedJson context = {{"statusCode", 200}, {"executedVersion", version}};
    if (!end.result.function_error.empty()) context["functionError"] = end.result.function_error;
    record["responseContext"] = std::move(context);
    record["responsePayload"] = AsJson(end.result.payload);
  }
  return DumpJson(record);
}

bool IsFunctionArn(std::string_view arn) {
  return arn.find(":lambda:") != std::string_view::npos &&
         arn.find(":function:") != std::string_view::npos;
}

std::string DestinationNote(const AsyncConfig& config) {
  std::vector<std::string> parts;
  if (!config.on_success.empty() && !IsFunctionArn(config.on_success)) {
    parts.push_back("destination OnSuccess " + config.on_success);
  }
  if (!config.on_failure.empty() && !IsFunctionArn(config.on_failure)) {
    parts.push_back("destination OnFailure " + config.on_failure);
  }
  if (parts.empty()) return {};
  return Join(parts, ", ") + (parts.size() == 1 ? " is" : " are") +
         " not emulated: what would go there is logged";
}

}  // namespace offstage::lambda
