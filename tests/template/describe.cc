#include "template/describe.h"

namespace offstage::test {
namespace {

using nlohmann::json;
using namespace templates;

std::string MethodPath(const Route& route) {
  return route.method + " " + route.path;
}

json DescribeAuth(const RouteAuth& auth) {
  json out;
  switch (auth.kind) {
    case RouteAuthKind::kNone:
      break;
    case RouteAuthKind::kAuthorizer:
      out["authorizer"] = auth.authorizer;
      break;
    case RouteAuthKind::kIam:
      out["authorizer"] = "AWS_IAM";
      break;
    case RouteAuthKind::kUnknown:
      out["unknown"] = auth.authorizer;
  }
  if (!auth.scopes.empty()) {
    out["scopes"] = auth.scopes;
  }
  if (auth.api_key_required) {
    out["api_key"] = true;
  }
  return out;
}

json DescribeRoute(const Route& route) {
  json out;
  out["function"] = route.function_path.empty() ? route.function_arn : route.function_path;
  if (route.kind != IntegrationKind::kLambdaProxy) {
    out["kind"] = static_cast<int>(route.kind);
  }
  if (json auth = DescribeAuth(route.auth); !auth.is_null()) {
    out["auth"] = auth;
  }
  if (route.payload_format != "1.0") {
    out["payload"] = route.payload_format;
  }
  if (route.timeout.count() != 0) {
    out["timeout_ms"] = route.timeout.count();
  }
  return out;
}

json DescribeAuthorizer(const Authorizer& authorizer) {
  constexpr const char* kKinds[] = {"cognito", "token", "request", "jwt"};
  json out{{"kind", kKinds[static_cast<int>(authorizer.kind)]},
           {"sources", authorizer.identity_sources}};
  if (!authorizer.user_pool_arns.empty()) {
    out["pools"] = authorizer.user_pool_arns;
  }
  if (!authorizer.function.empty()) {
    out["function"] = authorizer.function;
  }
  if (!authorizer.issuer.empty()) {
    out["issuer"] = authorizer.issuer;
    out["audience"] = authorizer.audience;
  }
  if (authorizer.ttl) {
    out["ttl"] = authorizer.ttl->count();
  }
  return out;
}

json DescribeApi(const Api& api) {
  json out{{"kind", api.kind == ApiKind::kRest ? "REST" : "HTTP"},
           {"id", api.api_id},
           {"stage", api.stage_name}};
  for (const Route& route : api.routes) {
    out["routes"][MethodPath(route)] = DescribeRoute(route);
  }
  for (const Authorizer& authorizer : api.authorizers) {
    out["authorizers"][authorizer.name] = DescribeAuthorizer(authorizer);
  }
  if (!api.default_authorizer.empty()) {
    out["default_authorizer"] = api.default_authorizer;
  }
  if (!api.binary_media_types.empty()) {
    out["binary"] = api.binary_media_types;
  }
  if (api.cors) {
    out["cors"] = {{"origin", api.cors->allow_origin},
                   {"methods", api.cors->allow_methods},
                   {"headers", api.cors->allow_headers}};
    if (api.kind == ApiKind::kHttp) {
      out["cors"] = {{"origins", api.cors->origins},
                     {"methods", api.cors->methods},
                     {"headers", api.cors->headers}};
    }
  }
  return out;
}

json DescribeFunction(const Function& function) {
  json out{{"name", function.name},        {"arn", function.arn},
           {"runtime", function.runtime},  {"handler", function.handler},
           {"memory", function.memory_mb}, {"timeout", function.timeout.count()},
           {"role", function.role_arn}};
  out["code"] = function.code.string();
  if (function.inline_code) {
    out["inline"] = *function.inline_code;
  }
  for (const auto& [name, value] : function.environment) {
    out["environment"][name] = value;
  }
  for (const Layer& layer : function.layers) {
    out["layers"].push_back(layer.content.empty() ? layer.arn : layer.content.string());
  }
  for (const EventSource& event : function.events) {
    out["events"][event.name] = event.type;
  }
  for (const Policy& policy : function.policies) {
    out["policies"].push_back(policy.managed_arn.empty() ? templates::ToJson(policy.document)
                                                         : json(policy.managed_arn));
  }
  if (function.reserved_concurrency) {
    out["reserved"] = *function.reserved_concurrency;
  }
  if (function.architectures != std::vector<std::string>{"x86_64"}) {
    out["architectures"] = function.architectures;
  }
  if (!function.alias.empty()) {
    out["alias"] = function.alias;
  }
  if (function.package_type == PackageType::kImage) {
    out["image"] = function.image_uri;
  }
  if (function.url) {
    out["url"] = function.url->auth_type;
  }
  return out;
}

json DescribeKeys(const std::vector<KeyPart>& parts) {
  json out = json::array();
  for (const KeyPart& part : parts) {
    out.push_back(part.name + " " + part.key_type);
  }
  return out;
}

json DescribeTable(const Table& table) {
  json out{{"name", table.name},
           {"keys", DescribeKeys(table.key_schema)},
           {"billing", table.billing_mode}};
  for (const AttributeDefinition& attribute : table.attributes) {
    out["attributes"][attribute.name] = attribute.type;
  }
  for (const SecondaryIndex& index : table.global_indexes) {
    out["gsi"][index.name] = {{"keys", DescribeKeys(index.key_schema)},
                              {"projection", index.projection}};
  }
  for (const SecondaryIndex& index : table.local_indexes) {
    out["lsi"][index.name] = {{"keys", DescribeKeys(index.key_schema)},
                              {"projection", index.projection}};
  }
  if (!table.stream_view_type.empty()) {
    out["stream"] = table.stream_view_type;
  }
  if (table.point_in_time_recovery) {
    out["recovery_days"] = table.recovery_period_days;
  }
  if (table.deletion_protection) {
    out["protected"] = true;
  }
  if (!table.ttl_attribute.empty()) {
    out["ttl"] = table.ttl_attribute;
  }
  return out;
}

}  // namespace

json Describe(const Stack& stack) {
  json out{{"functions", json::object()}, {"tables", json::object()},
           {"apis", json::object()},      {"outputs", json::object()},
           {"notes", json::array()},      {"resources", json::object()}};
  for (const Function& function : stack.functions) {
    out["functions"][function.path] = DescribeFunction(function);
  }
  for (const Table& table : stack.tables) {
    out["tables"][table.path] = DescribeTable(table);
  }
  for (const Api& api : stack.apis) {
    out["apis"][api.path] = DescribeApi(api);
  }
  for (const Output& output : stack.outputs) {
    out["outputs"]
       [output.stack_path.empty() ? output.name : output.stack_path + "/" + output.name] =
           output.value;
  }
  for (const Resource& resource : stack.resources) {
    out["resources"][resource.path] = {{"type", resource.type},
                                       {"ref", resource.physical_id},
                                       {"properties", templates::ToJson(resource.properties)}};
  }
  for (const Note& note : stack.notes) {
    out["notes"].push_back(std::string(FateName(note.fate)) + ": " + note.Text());
  }
  return out;
}

}  // namespace offstage::test
