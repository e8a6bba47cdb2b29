// The describing half of the Lambda API: docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
// and its neighbours.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "lambda/api_reply.h"

namespace offstage::lambda {
namespace {

// More are never answered at once, whatever MaxItems says.
constexpr std::size_t kPageSize = 50;
constexpr int kAccountConcurrency = 1000;

std::optional<FunctionInfo> FindInfo(const Service& service, const FunctionReference& reference) {
  const std::string suffix = reference.qualifier.empty() ? "" : ":" + reference.qualifier;
  const auto target = service.Find(reference.name + suffix);
  if (!target.has_value()) return std::nullopt;
  for (FunctionInfo& info : service.List()) {
    if (info.config.name != target->name) continue;
    info.config.version = target->version;
    info.arn = target->arn;
    return std::move(info);
  }
  return std::nullopt;
}

// As recorded from the service for a zip function; what a deployment has no value for is left out.
Json Configuration(const ApiContext& context, const FunctionInfo& info) {
  const FunctionConfig& config = info.config;
  const CodeFacts code = context.service.FactsOf(config.name).value_or(CodeFacts{});
  Json layers = Json::array();
  for (const auto& layer : config.layers)
    layers.push_back({{"Arn", layer.string()}});
  Json body{
      {"FunctionName", config.name},
      {"FunctionArn", info.arn},
      {"Runtime", config.runtime},
      {"Role", config.role_arn},
      {"Handler", config.handler},
      {"Description", config.description},
      {"CodeSize", code.size},
      {"CodeSha256", code.sha256},
      {"Timeout", std::chrono::duration_cast<std::chrono::seconds>(config.timeout).count()},
      {"MemorySize", config.memory_mb},
      {"LastModified", ReplaceAll(ToIso8601(context.deployed_at), "Z", "+0000")},
      {"Version", config.version},
      {"TracingConfig", {{"Mode", config.tracing}}},
      {"State", "Active"},
      {"LastUpdateStatus", "Successful"},
      {"PackageType", "Zip"},
      {"Architectures", {config.architecture}},
      {"EphemeralStorage", {{"Size", config.ephemeral_storage_mb}}},
      {"SnapStart", {{"ApplyOn", "None"}, {"OptimizationStatus", "Off"}}},
      {"LoggingConfig", {{"LogFormat", "Text"}, {"LogGroup", "/aws/lambda/" + config.name}}},
  };
  if (!config.environment.empty()) body["Environment"] = {{"Variables", config.environment}};
  if (!layers.empty()) body["Layers"] = std::move(layers);
  if (!config.async.dead_letter.empty()) {
    body["DeadLetterConfig"] = {{"TargetArn", config.async.dead_letter}};
  }
  return body;
}

http::Reply InvalidMaxItems(const std::string& text, std::string_view bound) {
  return ErrorReply(
      400, "ValidationException",
      fmt::format("1 validation error detected: Value '{}' at 'maxItems' failed to satisfy "
                  "constraint: Member must have value {}",
                  text, bound));
}

// One page of `all` under `name`, by the query's Marker and MaxItems.
http::Reply Page(Json all, const char* name, std::string_view query) {
  std::size_t count = kPageSize;
  const std::string wanted = QueryValue(query, "MaxItems");
  if (!wanted.empty()) {
    int number = 0;
    const auto parsed = std::from_chars(wanted.data(), wanted.data() + wanted.size(), number);
    if (parsed.ec != std::errc() || number < 1) {
      return InvalidMaxItems(wanted, "greater than or equal to 1");
    }
    if (number > 10000) return InvalidMaxItems(wanted, "less than or equal to 10000");
    count = std::min(count, static_cast<std::size_t>(number));
  }
  std::size_t start = 0;
  const std::string marker = QueryValue(query, "Marker");
  if (!marker.empty()) {
    const std::string text = Base64Decode(marker).value_or("");
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), start);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
      return ErrorReply(400, "InvalidParameterValueException", "Invalid marker");
    }
  }
  const std::size_t end = std::min(all.size(), start + count);
  Json page = Json::array();
  for (std::size_t i = start; i < end; ++i)
    page.push_back(std::move(all[i]));
  Json body{{name, std::move(page)}};
  if (end < all.size()) body["NextMarker"] = Base64Encode(std::to_string(end));
  return JsonReply(body);
}

void AddVersions(const ApiContext& context, const FunctionInfo& info, Json& to) {
  FunctionInfo version = info;
  version.arn = info.arn + ":$LATEST";
  to.push_back(Configuration(context, version));
  for (const std::string& number : info.config.versions) {
    version.config.version = number;
    version.arn = info.arn + ":" + number;
    to.push_back(Configuration(context, version));
  }
}

Json AliasJson(const FunctionInfo& info, const AliasConfig& alias) {
  return {{"AliasArn", info.arn + ":" + alias.name},
          {"Name", alias.name},
          {"FunctionVersion", alias.version},
          {"Description", alias.description}};
}

// The function itself, whatever the qualifier.
std::optional<FunctionInfo> FindLatest(const ApiContext& context,
                                       const FunctionReference& reference) {
  return FindInfo(context.service, {.name = reference.name});
}

}  // namespace

http::Reply ListFunctions(const ApiContext& context, std::string_view query) {
  const std::string version = QueryValue(query, "FunctionVersion");
  if (!version.empty() && version != "ALL") {
    return ErrorReply(400, "ValidationException",
                      fmt::format("1 validation error detected: Value '{}' at 'functionVersion' "
                                  "failed to satisfy constraint: Member must satisfy enum value "
                                  "set: [ALL]",
                                  version));
  }
  Json functions = Json::array();
  for (const FunctionInfo& info : context.service.List()) {
    if (version == "ALL") {
      AddVersions(context, info, functions);
    } else {
      functions.push_back(Configuration(context, info));
    }
  }
  return Page(std::move(functions), "Functions", query);
}

http::Reply GetFunction(const ApiContext& context, const FunctionReference& reference) {
  const auto info = FindInfo(context.service, reference);
  if (!info.has_value()) return FunctionNotFound(context.options, reference);
  Json body{
      {"Configuration", Configuration(context, *info)},
      {"Code", {{"RepositoryType", "S3"}, {"Location", "file://" + info->config.code.string()}}},
      {"Tags", info->config.tags}};
  if (info->config.reserved_concurrency.has_value()) {
    body["Concurrency"] = {{"ReservedConcurrentExecutions", *info->config.reserved_concurrency}};
  }
  return JsonReply(body);
}

http::Reply GetFunctionConfiguration(const ApiContext& context,
                                     const FunctionReference& reference) {
  const auto info = FindInfo(context.service, reference);
  if (!info.has_value()) return FunctionNotFound(context.options, reference);
  return JsonReply(Configuration(context, *info));
}

http::Reply GetFunctionConcurrency(const ApiContext& context, const FunctionReference& reference) {
  const auto info = FindLatest(context, reference);
  if (!info.has_value()) return FunctionNotFound(context.options, {.name = reference.name});
  Json body = Json::object();
  if (info->config.reserved_concurrency.has_value()) {
    body["ReservedConcurrentExecutions"] = *info->config.reserved_concurrency;
  }
  return JsonReply(body);
}

http::Reply GetFunctionEventInvokeConfig(const ApiContext& context,
                                         const FunctionReference& reference) {
  const auto info = FindInfo(context.service, reference);
  if (!info.has_value()) return FunctionNotFound(context.options, reference);
  const AsyncConfig& async = info->config.async;
  Json destinations{{"OnSuccess", Json::object()}, {"OnFailure", Json::object()}};
  if (!async.on_success.empty()) destinations["OnSuccess"]["Destination"] = async.on_success;
  if (!async.on_failure.empty()) destinations["OnFailure"]["Destination"] = async.on_failure;
  return JsonReply(
      {{"LastModified", static_cast<double>(ToEpochMillis(context.deployed_at)) / 1000},
       {"FunctionArn", info->arn},
       {"MaximumRetryAttempts", async.max_retries},
       {"MaximumEventAgeInSeconds", async.max_age.count()},
       {"DestinationConfig", std::move(destinations)}});
}

http::Reply ListVersionsByFunction(const ApiContext& context, const FunctionReference& reference,
                                   std::string_view query) {
  const auto info = FindLatest(context, reference);
  if (!info.has_value()) return FunctionNotFound(context.options, {.name = reference.name});
  Json versions = Json::array();
  AddVersions(context, *info, versions);
  return Page(std::move(versions), "Versions", query);
}

http::Reply ListAliases(const ApiContext& context, const FunctionReference& reference,
                        std::string_view query) {
  const auto info = FindLatest(context, reference);
  if (!info.has_value()) return FunctionNotFound(context.options, {.name = reference.name});
  const std::string version = QueryValue(query, "FunctionVersion");
  Json aliases = Json::array();
  for (const AliasConfig& alias : info->config.aliases) {
    if (version.empty() || alias.version == version) aliases.push_back(AliasJson(*info, alias));
  }
  return Page(std::move(aliases), "Aliases", query);
}

http::Reply GetAlias(const ApiContext& context, const FunctionReference& reference,
                     const std::string& alias) {
  const auto info = FindLatest(context, reference);
  if (!info.has_value()) return FunctionNotFound(context.options, {.name = reference.name});
  for (const AliasConfig& known : info->config.aliases) {
    if (known.name == alias) return JsonReply(AliasJson(*info, known));
  }
  return ErrorReply(404, "ResourceNotFoundException",
                    "Cannot find alias arn: " +
                        FunctionArn(context.options, {.name = reference.name, .qualifier = alias}));
}

http::Reply GetAccountSettings(const ApiContext& context) {
  int reserved = 0;
  const auto functions = context.service.List();
  for (const FunctionInfo& info : functions)
    reserved += info.config.reserved_concurrency.value_or(0);
  return JsonReply({{"AccountLimit",
                     {{"TotalCodeSize", 80530636800},
                      {"CodeSizeUnzipped", 262144000},
                      {"CodeSizeZipped", 52428800},
                      {"ConcurrentExecutions", kAccountConcurrency},
                      {"UnreservedConcurrentExecutions", kAccountConcurrency - reserved}}},
                    {"AccountUsage", {{"TotalCodeSize", 0}, {"FunctionCount", functions.size()}}}});
}

}  // namespace offstage::lambda
