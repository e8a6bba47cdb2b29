#include "lambda/api.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "base/json.h"
#include "base/text.h"

namespace offstage::lambda {
namespace {

constexpr std::string_view kPrefix = "/2015-03-31/functions";
// docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html, "Invocation payload".
constexpr std::size_t kMaxSyncPayload = 6291456;
constexpr std::size_t kMaxAsyncPayload = 1048576;

http::Reply ErrorReply(int status, std::string_view type, std::string_view message,
                       std::string_view explanation = {}) {
  OrderedJson body;
  if (type == "TooManyRequestsException") {
    body["Reason"] = "ReservedFunctionConcurrentInvocationLimitExceeded";
  }
  body["Type"] = status >= 500 ? "Service" : "User";
  // The service spells this member in two ways; SDKs read either.
  body[type == "ResourceNotFoundException" ? "Message" : "message"] = message;
  http::Reply reply{.status = status, .body = DumpJson(body)};
  reply.headers.Add("Content-Type", "application/json");
  reply.headers.Add("X-Amzn-ErrorType", std::string(type));
  if (!explanation.empty()) reply.headers.Add("x-offstage-explain", std::string(explanation));
  return reply;
}

http::Reply JsonReply(const Json& body) {
  return {.status = 200, .headers = {{"Content-Type", "application/json"}}, .body = DumpJson(body)};
}

// Header values have no line ends.
std::string OneLine(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

std::string QueryValue(std::string_view query, std::string_view name) {
  for (const std::string_view pair : Split(query, '&')) {
    const auto equals = pair.find('=');
    if (pair.substr(0, equals) != name) continue;
    return equals == std::string_view::npos ? "" : FormDecode(pair.substr(equals + 1));
  }
  return {};
}

std::string FunctionArn(const Options& options, const FunctionReference& reference) {
  std::string arn = fmt::format("arn:aws:lambda:{}:{}:function:{}", options.region,
                                options.account_id, reference.name);
  if (!reference.qualifier.empty()) arn += ":" + reference.qualifier;
  return arn;
}

http::Reply NotFound(const Options& options, const FunctionReference& reference) {
  std::string explanation = "no function of this deployment has this name";
  if (!reference.qualifier.empty() && reference.qualifier != "$LATEST") {
    explanation = "versions and aliases other than $LATEST are not emulated";
  }
  return ErrorReply(404, "ResourceNotFoundException",
                    "Function not found: " + FunctionArn(options, reference), explanation);
}

std::optional<FunctionSummary> FindFunction(const Service& service,
                                            const FunctionReference& reference) {
  if (!reference.qualifier.empty() && reference.qualifier != "$LATEST") return std::nullopt;
  for (FunctionSummary& summary : service.Functions()) {
    if (summary.config.name == reference.name) return std::move(summary);
  }
  return std::nullopt;
}

// As recorded from the service for a zip function; what a deployment has no value for is left out.
Json Configuration(const ApiContext& context, const FunctionSummary& summary) {
  const FunctionConfig& config = summary.config;
  Json layers = Json::array();
  for (const auto& layer : config.layers)
    layers.push_back({{"Arn", layer.string()}});
  Json body{
      {"FunctionName", config.name},
      {"FunctionArn", summary.arn},
      {"Runtime", config.runtime},
      {"Role", config.role_arn},
      {"Handler", config.handler},
      {"Description", config.description},
      {"Timeout", std::chrono::duration_cast<std::chrono::seconds>(config.timeout).count()},
      {"MemorySize", config.memory_mb},
      {"LastModified", ReplaceAll(ToIso8601(context.deployed_at), "Z", "+0000")},
      {"Version", "$LATEST"},
      {"TracingConfig", {{"Mode", "PassThrough"}}},
      {"State", "Active"},
      {"LastUpdateStatus", "Successful"},
      {"PackageType", "Zip"},
      {"Architectures", {"x86_64"}},
      {"EphemeralStorage", {{"Size", 512}}},
      {"SnapStart", {{"ApplyOn", "None"}, {"OptimizationStatus", "Off"}}},
      {"LoggingConfig", {{"LogFormat", "Text"}, {"LogGroup", "/aws/lambda/" + config.name}}},
  };
  if (!config.environment.empty()) body["Environment"] = {{"Variables", config.environment}};
  if (!layers.empty()) body["Layers"] = std::move(layers);
  return body;
}

http::Reply ListFunctions(const ApiContext& context) {
  Json functions = Json::array();
  for (const FunctionSummary& summary : context.service.Functions())
    functions.push_back(Configuration(context, summary));
  return JsonReply({{"Functions", std::move(functions)}, {"NextMarker", nullptr}});
}

http::Reply GetFunction(const ApiContext& context, const FunctionReference& reference) {
  const auto summary = FindFunction(context.service, reference);
  if (!summary.has_value()) return NotFound(context.options, reference);
  Json body{
      {"Configuration", Configuration(context, *summary)},
      {"Code", {{"RepositoryType", "S3"}, {"Location", "file://" + summary->config.code.string()}}},
      {"Tags", Json::object()}};
  if (summary->config.reserved_concurrency.has_value()) {
    body["Concurrency"] = {{"ReservedConcurrentExecutions", *summary->config.reserved_concurrency}};
  }
  return JsonReply(body);
}

http::Reply GetConfiguration(const ApiContext& context, const FunctionReference& reference) {
  const auto summary = FindFunction(context.service, reference);
  if (!summary.has_value()) return NotFound(context.options, reference);
  return JsonReply(Configuration(context, *summary));
}

http::Reply ResultReply(const InvokeResult& result, const Options& options,
                        const FunctionReference& reference, std::string_view log_type) {
  switch (result.status) {
    case InvokeStatus::kOk:
    case InvokeStatus::kFunctionError:
      break;
    case InvokeStatus::kNotFound:
      return NotFound(options, reference);
    case InvokeStatus::kThrottled:
      return ErrorReply(429, "TooManyRequestsException", "Rate Exceeded.",
                        OneLine(result.explanation));
    case InvokeStatus::kTooLarge:
      return ErrorReply(413, "RequestTooLargeException", result.explanation);
    case InvokeStatus::kStopped:
    case InvokeStatus::kStillRunning:
      return ErrorReply(503, "ServiceException", "The service is shutting down.",
                        OneLine(result.explanation));
  }
  http::Reply reply{.status = 200, .body = result.payload};
  reply.headers.Add("Content-Type", "application/json");
  reply.headers.Add("X-Amz-Executed-Version", "$LATEST");
  if (!result.function_error.empty()) {
    reply.headers.Add("X-Amz-Function-Error", result.function_error);
  }
  if (log_type == "Tail") reply.headers.Add("X-Amz-Log-Result", Base64Encode(result.log_tail));
  if (!result.explanation.empty()) {
    reply.headers.Add("x-offstage-explain", OneLine(result.explanation));
  }
  return reply;
}

http::Reply TooLarge(std::size_t limit) {
  return ErrorReply(413, "RequestTooLargeException",
                    fmt::format("Request must be smaller than {} bytes for the InvokeFunction "
                                "operation",
                                limit));
}

std::optional<http::Reply> CheckPayload(std::string_view payload, std::string_view type) {
  const std::size_t limit = type == "Event" ? kMaxAsyncPayload : kMaxSyncPayload;
  if (payload.size() > limit) return TooLarge(limit);
  if (payload.empty()) return std::nullopt;
  const auto json = ParseJson(payload);
  if (json.ok()) return std::nullopt;
  return ErrorReply(400, "InvalidRequestContentException",
                    "Could not parse request body into json: " + json.error().message);
}

http::Reply Invoke(const ApiContext& context, const aws::Call& call,
                   const FunctionReference& reference, aws::CallFacts& facts) {
  const http::Headers& headers = call.request.headers;
  const std::string type(headers.Get("X-Amz-Invocation-Type"));
  facts.attributes.emplace_back("function", reference.name);
  if (!type.empty() && type != "RequestResponse" && type != "Event" && type != "DryRun") {
    return ErrorReply(
        400, "InvalidParameterValueException",
        fmt::format("Value '{}' at 'invocationType' failed to satisfy constraint: Member "
                    "must satisfy enum value set: [Event, RequestResponse, DryRun]",
                    type));
  }
  const bool latest = reference.qualifier.empty() || reference.qualifier == "$LATEST";
  if (!latest || !context.service.Has(reference.name)) return NotFound(context.options, reference);
  if (auto refused = CheckPayload(call.body, type)) return *std::move(refused);
  if (type == "DryRun") {
    return {.status = 204, .headers = {{"X-Amz-Executed-Version", "$LATEST"}}};
  }
  InvokeRequest request{.function = reference.name,
                        .payload = call.body.empty() ? "{}" : std::string(call.body),
                        .client_context = std::string(headers.Get("X-Amz-Client-Context")),
                        .request_id = call.request_id,
                        .trace_header = std::string(headers.Get("X-Amzn-Trace-Id"))};
  if (!request.client_context.empty() && !Base64Decode(request.client_context).has_value()) {
    return ErrorReply(400, "InvalidRequestContentException",
                      "Client context must be a valid Base64-encoded JSON object.");
  }
  if (type == "Event") {
    const InvokeResult result = context.service.InvokeAsync(request);
    if (result.status != InvokeStatus::kOk) {
      return ResultReply(result, context.options, reference, "");
    }
    return {.status = 202};
  }
  const InvokeResult result = context.service.Invoke(request);
  if (!result.function_error.empty()) facts.attributes.emplace_back("error", result.explanation);
  return ResultReply(result, context.options, reference, headers.Get("X-Amz-Log-Type"));
}

}  // namespace

FunctionReference ParseFunctionReference(std::string_view text) {
  const auto marker = text.rfind("function:");
  if (marker != std::string_view::npos) text.remove_prefix(marker + 9);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {.name = std::string(text)};
  return {.name = std::string(text.substr(0, colon)),
          .qualifier = std::string(text.substr(colon + 1))};
}

http::Reply AnswerApi(const ApiContext& context, const aws::Call& call, aws::CallFacts& facts) {
  std::string_view path = call.request.RawPath();
  const std::string& method = call.request.method;
  if (path.starts_with(kPrefix)) path.remove_prefix(kPrefix.size());
  while (path.ends_with('/'))
    path.remove_suffix(1);
  if (path.empty() && method == "GET") return ListFunctions(context);
  if (path.starts_with('/')) {
    path.remove_prefix(1);
    const auto slash = path.find('/');
    FunctionReference reference = ParseFunctionReference(PercentDecode(path.substr(0, slash)));
    const std::string_view what = slash == std::string_view::npos ? "" : path.substr(slash + 1);
    const std::string qualifier = QueryValue(call.request.RawQuery(), "Qualifier");
    if (!qualifier.empty()) reference.qualifier = qualifier;
    if (what == "invocations" && method == "POST") return Invoke(context, call, reference, facts);
    if (what.empty() && method == "GET") return GetFunction(context, reference);
    if (what == "configuration" && method == "GET") return GetConfiguration(context, reference);
  }
  return ErrorReply(
      501, "NotImplementedException",
      fmt::format(
          "offstage does not emulate this Lambda operation: {} {}. Emulated are Invoke, "
          "ListFunctions, GetFunction and GetFunctionConfiguration; functions come from the "
          "template.",
          method, call.request.RawPath()));
}

}  // namespace offstage::lambda
