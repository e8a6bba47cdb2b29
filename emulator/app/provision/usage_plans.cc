#include "app/provision/usage_plans.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/text.h"

namespace offstage::app {

namespace {

using templates::Api;
using templates::Node;
using templates::Resource;
using templates::Stack;

// 40 letters and digits, as the service makes them. Not secret: anyone on this machine may know it.
std::string MadeKeyValue(const std::string& seed) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : seed)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  std::string value;
  for (int i = 0; i < 40; ++i) {
    hash ^= hash >> 29;
    hash *= 0x9E3779B97F4A7C15ULL;
    value.push_back(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"[(hash >> 32) % 62]);
  }
  return value;
}

gateway::ApiKey KeyOf(const Stack& stack, const Resource& resource) {
  gateway::ApiKey key{.id = resource.physical_id,
                      .name = resource.properties.TextOf("Name", resource.logical_id),
                      .value = resource.properties.TextOf("Value")};
  if (key.value.empty()) key.value = MadeKeyValue(stack.name + "/" + resource.path);
  return key;
}

// A key is off unless `Enabled` says otherwise.
bool IsEnabled(const Resource& key) {
  const Node* enabled = key.properties.Find("Enabled");
  return enabled != nullptr && enabled->AsBool().value_or(false);
}

std::optional<gateway::Throttle> ThrottleOf(const Node* written, std::string_view rate,
                                            std::string_view burst) {
  if (written == nullptr) return std::nullopt;
  const Node* rate_node = written->Find(rate);
  const Node* burst_node = written->Find(burst);
  if (rate_node == nullptr && burst_node == nullptr) return std::nullopt;
  gateway::Throttle throttle;
  // The account's own limits where only one is set.
  throttle.rate = rate_node == nullptr ? 10000 : rate_node->AsNumber().value_or(0);
  throttle.burst = burst_node == nullptr ? 5000 : burst_node->AsNumber().value_or(0);
  return throttle;
}

gateway::UsagePlan PlanOf(const std::string& name, const Node& written) {
  gateway::UsagePlan plan{.name = name};
  plan.throttle = ThrottleOf(written.Find("Throttle"), "RateLimit", "BurstLimit");
  const Node* quota = written.Find("Quota");
  const Node* limit = quota == nullptr ? nullptr : quota->Find("Limit");
  if (limit != nullptr && limit->AsInteger()) {
    using Period = gateway::UsagePlan::Quota::Period;
    const std::string period = ToUpper(quota->TextOf("Period", "DAY"));
    plan.quota = gateway::UsagePlan::Quota{.limit = *limit->AsInteger(),
                                           .period = period == "MONTH"  ? Period::kMonth
                                                     : period == "WEEK" ? Period::kWeek
                                                                        : Period::kDay};
  }
  return plan;
}

bool HasStage(const Node& plan, const Api& api) {
  const Node* stages = plan.Find("ApiStages");
  if (stages == nullptr) return false;
  return std::any_of(stages->items().begin(), stages->items().end(), [&api](const Node& stage) {
    return stage.TextOf("ApiId") == api.api_id && stage.TextOf("Stage") == api.stage_name;
  });
}

const Resource* FindKey(const Stack& stack, const std::string& id) {
  for (const Resource& resource : stack.resources) {
    if (resource.type == "AWS::ApiGateway::ApiKey" && resource.physical_id == id) return &resource;
  }
  return nullptr;
}

void AddPlan(const Stack& stack, const Resource& resource, gateway::ApiConfig& config) {
  config.usage_plans.push_back(PlanOf(
      resource.properties.TextOf("UsagePlanName", resource.logical_id), resource.properties));
  for (const Resource& link : stack.resources) {
    if (link.type != "AWS::ApiGateway::UsagePlanKey" ||
        link.properties.TextOf("UsagePlanId") != resource.physical_id)
      continue;
    const Resource* key = FindKey(stack, link.properties.TextOf("KeyId"));
    if (key == nullptr || !IsEnabled(*key)) continue;
    config.api_keys.push_back(KeyOf(stack, *key));
    config.api_keys.back().plan = config.usage_plans.size() - 1;
  }
}

// Auth.UsagePlan of a SAM API: SAM makes the plan and a key, for the API or for all of them.
void AddSamPlan(const Stack& stack, const Api& api, gateway::ApiConfig& config) {
  const Node* written = api.auth.Find("UsagePlan");
  const std::string create = written == nullptr ? "" : written->TextOf("CreateUsagePlan");
  if (create != "PER_API" && create != "SHARED") return;
  const std::string owner = create == "SHARED" ? "Serverless" : api.logical_id;
  config.usage_plans.push_back(
      PlanOf(written->TextOf("UsagePlanName", owner + "UsagePlan"), *written));
  const std::string name = owner + "ApiKey";
  config.api_keys.push_back({.id = MadeKeyValue(stack.name + "/" + name + "#id").substr(0, 10),
                             .name = name,
                             .value = MadeKeyValue(stack.name + "/" + name),
                             .plan = config.usage_plans.size() - 1});
}

// "/*" and "*": the stage; else a route. "~1" stands for a slash.
void AddMethodSettings(const Node* settings, gateway::ApiConfig& config) {
  if (settings == nullptr) return;
  for (const Node& setting : settings->items()) {
    const auto throttle = ThrottleOf(&setting, "ThrottlingRateLimit", "ThrottlingBurstLimit");
    if (!throttle.has_value()) continue;
    std::string path = ReplaceAll(setting.TextOf("ResourcePath", "/*"), "~1", "/");
    while (path.starts_with("//"))
      path.erase(0, 1);
    const std::string method = setting.TextOf("HttpMethod", "*");
    if (path == "/*" && method == "*") {
      config.throttle = throttle;
      continue;
    }
    for (const gateway::Route& route : config.routes) {
      if ((path == "/*" || path == route.path) && (method == "*" || method == route.method))
        config.route_throttles[route.method + " " + route.path] = *throttle;
    }
  }
}

void AddRouteSettings(const Node& properties, gateway::ApiConfig& config) {
  const auto read = [](const Node* settings) {
    return ThrottleOf(settings, "ThrottlingRateLimit", "ThrottlingBurstLimit");
  };
  if (const auto throttle = read(properties.Find("DefaultRouteSettings")))
    config.throttle = throttle;
  if (const Node* routes = properties.Find("RouteSettings")) {
    for (const auto& route : routes->entries()) {
      if (const auto throttle = read(&route.value)) config.route_throttles[route.key] = *throttle;
    }
  }
}

}  // namespace

void SetUsagePlans(const Stack& stack, const Api& api, gateway::ApiConfig& config) {
  AddSamPlan(stack, api, config);
  AddMethodSettings(api.properties.Find("MethodSettings"), config);
  AddRouteSettings(api.properties, config);
  std::vector<gateway::ApiKey> stage_keys;
  for (const Resource& resource : stack.resources) {
    if (resource.type == "AWS::ApiGateway::UsagePlan" && HasStage(resource.properties, api))
      AddPlan(stack, resource, config);
    if (resource.type == "AWS::ApiGateway::Stage" &&
        resource.properties.TextOf("RestApiId") == api.api_id)
      AddMethodSettings(resource.properties.Find("MethodSettings"), config);
    if (resource.type == "AWS::ApiGatewayV2::Stage" &&
        resource.properties.TextOf("ApiId") == api.api_id)
      AddRouteSettings(resource.properties, config);
    // The older way: a key names its stages itself.
    const Node* stages = resource.type == "AWS::ApiGateway::ApiKey"
                             ? resource.properties.Find("StageKeys")
                             : nullptr;
    for (const Node& stage : stages == nullptr ? std::vector<Node>() : stages->items()) {
      if (stage.TextOf("RestApiId") == api.api_id && stage.TextOf("StageName") == api.stage_name &&
          IsEnabled(resource))
        stage_keys.push_back(KeyOf(stack, resource));
    }
  }
  // A key that a plan has too is limited by the plan.
  for (gateway::ApiKey& key : stage_keys) {
    const bool planned =
        std::any_of(config.api_keys.begin(), config.api_keys.end(),
                    [&key](const gateway::ApiKey& other) { return other.id == key.id; });
    if (!planned) config.api_keys.push_back(std::move(key));
  }
}

}  // namespace offstage::app
