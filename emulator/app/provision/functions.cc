#include "app/provision/functions.h"

#include <algorithm>
#include <set>

namespace offstage::app {
namespace {

using templates::Node;

// An alias without a version of its own, and SAM's AutoPublishAlias, name the first.
constexpr char kFirstVersion[] = "1";

std::string Destination(const Node* destinations, const char* outcome) {
  const Node* one = destinations == nullptr ? nullptr : destinations->Find(outcome);
  if (one == nullptr || !one->IsMap()) return {};
  // SAM makes a queue or topic when only the type is written.
  const std::string type = one->TextOf("Type");
  return one->TextOf("Destination", type.empty() ? "" : type + " (made by SAM)");
}

// EventInvokeConfig of SAM, or the properties of an AWS::Lambda::EventInvokeConfig.
void ReadAsync(const Node& from, lambda::AsyncConfig& async) {
  if (const Node* retries = from.Find("MaximumRetryAttempts"))
    async.max_retries = static_cast<int>(retries->AsInteger().value_or(async.max_retries));
  if (const Node* age = from.Find("MaximumEventAgeInSeconds"))
    async.max_age = std::chrono::seconds(age->AsInteger().value_or(async.max_age.count()));
  const Node* destinations = from.Find("DestinationConfig");
  async.on_success = Destination(destinations, "OnSuccess");
  async.on_failure = Destination(destinations, "OnFailure");
}

void ReadProvisioned(const Node& from, lambda::FunctionConfig& config) {
  const Node* count =
      from.FindPath("ProvisionedConcurrencyConfig", "ProvisionedConcurrentExecutions");
  if (count != nullptr)
    config.provisioned_concurrency = static_cast<int>(count->AsInteger().value_or(0));
}

void AddVersion(lambda::FunctionConfig& config, const std::string& version) {
  if (version == "$LATEST") return;
  if (std::ranges::find(config.versions, version) == config.versions.end())
    config.versions.push_back(version);
}

void AddAlias(lambda::FunctionConfig& config, lambda::AliasConfig alias) {
  AddVersion(config, alias.version);
  config.aliases.push_back(std::move(alias));
}

// SAM's Tracing, CloudFormation's TracingConfig.
std::string TracingMode(const Node& properties) {
  std::string mode = properties.TextOf("Tracing");
  if (const Node* config = properties.Find("TracingConfig"); config != nullptr && config->IsMap())
    mode = config->TextOf("Mode");
  return mode == "Active" ? mode : "PassThrough";
}

lambda::FunctionConfig ToConfig(const templates::Function& function) {
  lambda::FunctionConfig config;
  config.name = function.name;
  config.logical_id = function.path;
  config.runtime = function.runtime;
  config.handler = function.handler;
  config.code = function.code;
  config.inline_code = function.inline_code.value_or("");
  config.memory_mb = function.memory_mb;
  config.timeout = function.timeout;
  for (const auto& [name, value] : function.environment)
    config.environment[name] = value;
  for (const templates::Layer& layer : function.layers) {
    if (!layer.content.empty()) config.layers.push_back(layer.content);
  }
  config.reserved_concurrency = function.reserved_concurrency;
  config.role_arn = function.role_arn;
  config.description = function.description;
  config.position = function.position.Text();
  if (!function.architectures.empty()) config.architecture = function.architectures.front();
  config.ephemeral_storage_mb = function.ephemeral_storage_mb;
  const Node& properties = function.properties;
  config.tracing = TracingMode(properties);
  for (const auto& [name, value] : function.tags)
    config.tags[name] = value;
  if (const Node* event_invoke = properties.Find("EventInvokeConfig"))
    ReadAsync(*event_invoke, config.async);
  // SAM's name, and CloudFormation's.
  for (const char* name : {"DeadLetterQueue", "DeadLetterConfig"}) {
    if (const Node* queue = properties.Find(name); queue != nullptr && queue->IsMap())
      config.async.dead_letter = queue->TextOf("TargetArn");
  }
  ReadProvisioned(properties, config);
  if (!function.alias.empty()) AddAlias(config, {.name = function.alias, .version = kFirstVersion});
  return config;
}

// Resources of their own that say more about a function.
void ReadResource(const templates::Resource& resource, lambda::FunctionConfig& config) {
  const Node& properties = resource.properties;
  if (resource.type == "AWS::Lambda::Version") {
    AddVersion(config, kFirstVersion);
    ReadProvisioned(properties, config);
  } else if (resource.type == "AWS::Lambda::Alias") {
    AddAlias(config, {.name = properties.TextOf("Name"),
                      .version = properties.TextOf("FunctionVersion", kFirstVersion),
                      .description = properties.TextOf("Description")});
    ReadProvisioned(properties, config);
  } else if (resource.type == "AWS::Lambda::EventInvokeConfig") {
    ReadAsync(properties, config.async);
  }
}

}  // namespace

std::vector<lambda::FunctionConfig> ToFunctionConfigs(const templates::Stack& stack) {
  std::vector<lambda::FunctionConfig> configs;
  for (const templates::Function& function : stack.functions)
    configs.push_back(ToConfig(function));
  for (const templates::Resource& resource : stack.resources) {
    const templates::Function* function =
        resource.type.starts_with("AWS::Lambda::")
            ? stack.FindFunction(resource.properties.TextOf("FunctionName"))
            : nullptr;
    if (function == nullptr) continue;
    const auto config = std::ranges::find(configs, function->name, &lambda::FunctionConfig::name);
    // SAM's own resources repeat what the function says.
    const bool generated = !function->alias.empty() && resource.properties.entries().empty();
    if (config != configs.end() && !generated) ReadResource(resource, *config);
  }
  return configs;
}

}  // namespace offstage::app
