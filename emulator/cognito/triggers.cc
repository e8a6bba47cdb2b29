#include "cognito/triggers.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cognito/attributes.h"
#include "cognito/errors.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

// The service gives a function five seconds and tries three times; a handler here is asked once and
// may take as long as the three tries.
constexpr std::chrono::milliseconds kPatience{15000};

// "arn:aws:lambda:us-east-1:123:function:name:alias" to "name".
std::string FunctionName(const std::string& arn) {
  const auto parts = Split(arn, ':');
  return parts.size() >= 7 ? std::string(parts[6]) : arn;
}

// Where the ARN and the event's version stand.
std::pair<std::string, std::string> FunctionOf(const Pool& pool, std::string_view trigger) {
  if (trigger == "PreTokenGeneration") {
    const std::string arn = TextAt(pool.config, "LambdaConfig.PreTokenGenerationConfig.LambdaArn");
    const std::string version =
        TextAt(pool.config, "LambdaConfig.PreTokenGenerationConfig.LambdaVersion");
    if (!arn.empty()) return {arn, version == "V3_0" ? "3" : version == "V2_0" ? "2" : "1"};
  }
  if (trigger == "CustomEmailSender" || trigger == "CustomSMSSender")
    return {TextAt(pool.config, fmt::format("LambdaConfig.{}.LambdaArn", trigger)), "1"};
  return {TextAt(pool.config, "LambdaConfig." + std::string(trigger)), "1"};
}

std::string EventText(const Engine& engine, const Pool& pool, const TriggerCall& call) {
  OrderedJson event = {
      {"version", FunctionOf(pool, call.trigger).second},
      {"region", engine.options.region},
      {"userPoolId", pool.id},
      {"userName", call.username},
      {"callerContext",
       {{"awsSdkVersion", "aws-sdk-unknown-unknown"}, {"clientId", call.client_id}}},
      {"triggerSource", call.source},
      {"request", call.request}};
  if (!call.response.is_null()) event["response"] = call.response;
  return DumpJson(event);
}

aws::ApiError Failed(std::string_view trigger, const InvokeResult& result) {
  if (result.status == InvokeStatus::kFunctionError) {
    const auto error = ParseJson(result.payload);
    std::string text = error.ok() ? TextAt(*error, "errorMessage") : std::string();
    aws::ApiError failure = Problem("UserLambdaValidationException",
                                    fmt::format("{} failed with error {}.", trigger, text));
    failure.explanation = result.explanation;
    return failure;
  }
  aws::ApiError failure =
      Problem("UnexpectedLambdaException",
              fmt::format("{} invocation failed due to error {}.", trigger, result.explanation));
  failure.explanation = result.explanation;
  return failure;
}

aws::ApiError NothingRuns(std::string_view trigger) {
  return Problem("UnexpectedLambdaException",
                 fmt::format("{} invocation failed due to error: no functions run here.", trigger));
}

}  // namespace

bool HasTrigger(const Pool& pool, std::string_view trigger) {
  return !FunctionOf(pool, trigger).first.empty();
}

Json MetadataOf(const Json& request) {
  const Json* metadata = FindPath(request, "ClientMetadata");
  return metadata == nullptr ? Json() : *metadata;
}

aws::Outcome<std::optional<Json>> RunPreSignUp(Engine& engine, const Pool& pool, const User& user,
                                               const PreSignUp& by, const Json& request) {
  TriggerCall call{.trigger = "PreSignUp"};
  call.source = by.source;
  call.username = user.username;
  call.client_id = by.client_id;
  Attributes attributes = user.attributes;
  attributes.erase("sub");
  const Json* validation = FindPath(request, "ValidationData");
  call.request = {
      {"userAttributes", attributes},
      {"validationData", validation == nullptr ? Json() : Json(ReadAttributes(validation))}};
  if (const Json metadata = MetadataOf(request); metadata.is_object())
    call.request["clientMetadata"] = metadata;
  call.response = {
      {"autoConfirmUser", false}, {"autoVerifyEmail", false}, {"autoVerifyPhone", false}};
  return RunTrigger(engine, pool, std::move(call));
}

Json UserAttributesForTrigger(const Pool& pool, const User& user) {
  Json attributes = user.attributes;
  attributes["cognito:user_status"] = user.status;
  // Recorded events have them: of user names before they are verified, of aliases from then on.
  for (const char* name : {"email", "phone_number"}) {
    const std::string* value = user.FindAttribute(name);
    if (value != nullptr &&
        (IsUsernameAttribute(pool, name) ||
         (IsAliasAttribute(pool, name) && user.IsTrue(std::string(name) + "_verified"))))
      attributes[fmt::format("cognito:{}_alias", name)] = *value;
  }
  return attributes;
}

aws::Outcome<std::optional<Json>> RunTrigger(Engine& engine, const Pool& pool, TriggerCall call) {
  const std::string arn = FunctionOf(pool, call.trigger).first;
  if (arn.empty()) return std::optional<Json>();
  if (engine.options.invoker == nullptr) return Fail(NothingRuns(call.trigger));
  const InvokeResult result =
      engine.options.invoker->Invoke({.function = FunctionName(arn),
                                      .payload = EventText(engine, pool, call),
                                      .wait_limit = kPatience});
  if (result.status != InvokeStatus::kOk) return Fail(Failed(call.trigger, result));
  const auto answer = ParseJson(result.payload);
  if (!answer.ok() || !answer->is_object()) {
    aws::ApiError failure =
        Problem("InvalidLambdaResponseException", "Unrecognizable lambda output");
    failure.explanation =
        fmt::format("the {} trigger {} must return the event", call.trigger, FunctionName(arn));
    return Fail(std::move(failure));
  }
  const auto response = answer->find("response");
  if (response == answer->end() || !response->is_object())
    return std::optional<Json>(Json::object());
  return std::optional<Json>(*response);
}

aws::Outcome<std::string> QueueTrigger(Engine& engine, const Pool& pool, const TriggerCall& call) {
  if (!engine.options.invoke_later) return Fail(NothingRuns(call.trigger));
  std::string name = FunctionName(FunctionOf(pool, call.trigger).first);
  const InvokeResult queued =
      engine.options.invoke_later({.function = name, .payload = EventText(engine, pool, call)});
  if (queued.status != InvokeStatus::kOk) return Fail(Failed(call.trigger, queued));
  return name;
}

}  // namespace offstage::cognito
