#include "app/provision/apis.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace offstage::app {

namespace {

using templates::Api;
using templates::IntegrationKind;
using templates::Route;
using templates::RouteAuthKind;

// API Gateway writes static values in single quotes: 'GET,POST'.
std::string Unquoted(std::string text) {
  if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'')
    return text.substr(1, text.size() - 2);
  return text;
}

void SetIntegration(const Route& from, gateway::Route& to) {
  gateway::LambdaProxy proxy;
  proxy.function = from.function;
  proxy.payload =
      from.payload_format == "2.0" ? gateway::PayloadVersion::kV2 : gateway::PayloadVersion::kV1;
  proxy.timeout = from.timeout;
  to.integration = std::move(proxy);
  if (from.kind != IntegrationKind::kLambdaProxy) {
    to.refused =
        fmt::format("{}: only Lambda proxy integrations are emulated so far", from.position.Text());
  } else if (from.function.empty()) {
    to.refused = fmt::format("{}: its function {} is not in this stack", from.position.Text(),
                             from.function_arn);
  }
}

void SetAuth(const Api& api, const Route& from, gateway::Route& to) {
  to.scopes = from.auth.scopes;
  if (from.auth.api_key_required) to.api_key = gateway::Route::ApiKeyUse::kRequired;
  switch (from.auth.kind) {
    case RouteAuthKind::kNone:
      break;
    case RouteAuthKind::kIam:
      to.iam = gateway::Route::IamAuthorization::kRequired;
      break;
    case RouteAuthKind::kAuthorizer:
      to.authorizer = from.auth.authorizer;
      break;
    case RouteAuthKind::kUnknown:
      to.refused = fmt::format("{}: its authorizer {} is not understood", from.position.Text(),
                               from.auth.authorizer);
  }
  const bool known =
      std::any_of(api.authorizers.begin(), api.authorizers.end(),
                  [&](const auto& authorizer) { return authorizer.name == to.authorizer; });
  if (!to.authorizer.empty() && !known) {
    to.refused = fmt::format("{}: there is no authorizer {}", from.position.Text(), to.authorizer);
  }
}

gateway::Authorizer ToAuthorizer(const templates::Authorizer& from) {
  using templates::AuthorizerKind;
  if (from.kind == AuthorizerKind::kCognitoUserPools) {
    gateway::CognitoAuthorizer authorizer;
    for (const std::string& arn : from.user_pool_arns)
      authorizer.user_pool_ids.push_back(arn.substr(arn.rfind('/') + 1));
    if (!from.identity_sources.empty()) authorizer.identity_source = from.identity_sources[0];
    authorizer.identity_validation = from.validation_expression;
    return authorizer;
  }
  if (from.kind == AuthorizerKind::kJwt) {
    gateway::JwtAuthorizer authorizer;
    authorizer.issuer = from.issuer;
    authorizer.audience = from.audience;
    if (!from.identity_sources.empty()) authorizer.identity_source = from.identity_sources[0];
    return authorizer;
  }
  gateway::LambdaAuthorizer authorizer;
  authorizer.kind = from.kind == AuthorizerKind::kLambdaToken
                        ? gateway::LambdaAuthorizer::Kind::kToken
                        : gateway::LambdaAuthorizer::Kind::kRequest;
  authorizer.function = from.function;
  if (!from.identity_sources.empty()) authorizer.identity_sources = from.identity_sources;
  authorizer.identity_validation = from.validation_expression;
  if (from.ttl) authorizer.ttl = *from.ttl;
  authorizer.payload =
      from.payload_format == "2.0" ? gateway::PayloadVersion::kV2 : gateway::PayloadVersion::kV1;
  if (from.simple_responses) authorizer.answer = gateway::LambdaAuthorizer::Answer::kSimple;
  return authorizer;
}

void SetCors(const Api& api, gateway::ApiConfig& config) {
  if (!api.cors) return;
  if (api.kind == templates::ApiKind::kRest) {
    gateway::RestCors cors;
    cors.allow_origin = Unquoted(api.cors->allow_origin);
    cors.allow_methods = Unquoted(api.cors->allow_methods);
    cors.allow_headers = Unquoted(api.cors->allow_headers);
    cors.max_age = Unquoted(api.cors->max_age);
    if (api.cors->allow_credentials) cors.credentials = gateway::RestCors::Credentials::kAllowed;
    // SAM's AddDefaultAuthorizerToCorsPreflight is true unless the template says otherwise.
    const templates::Node* preflight = api.auth.Find("AddDefaultAuthorizerToCorsPreflight");
    if (preflight == nullptr || preflight->AsBool().value_or(true))
      cors.authorizer = api.default_authorizer;
    config.rest_cors = std::move(cors);
    return;
  }
  gateway::HttpCors cors;
  cors.allow_origins = api.cors->origins;
  cors.allow_methods = api.cors->methods;
  cors.allow_headers = api.cors->headers;
  cors.expose_headers = api.cors->expose_headers;
  if (!api.cors->max_age.empty())
    cors.max_age = std::chrono::seconds(std::atoi(api.cors->max_age.c_str()));
  if (api.cors->allow_credentials) cors.credentials = gateway::HttpCors::Credentials::kAllowed;
  config.http_cors = std::move(cors);
}

void SetGatewayResponses(const Api& api, gateway::ApiConfig& config) {
  for (const auto& entry : api.gateway_responses.entries()) {
    gateway::GatewayResponse response;
    if (const auto* status = entry.value.Find("StatusCode")) {
      if (const auto number = status->AsInteger()) response.status = static_cast<int>(*number);
    }
    if (const auto* headers = entry.value.FindPath("ResponseParameters", "Headers")) {
      for (const auto& header : headers->entries())
        response.headers.Add(header.key, Unquoted(header.value.text()));
    }
    if (const auto* bodies = entry.value.Find("ResponseTemplates")) {
      for (const auto& body : bodies->entries())
        response.templates[body.key] = body.value.text();
    }
    config.gateway_responses[entry.key] = std::move(response);
  }
}

gateway::EndpointType ToEndpointType(const Api& api) {
  if (api.kind == templates::ApiKind::kHttp) return gateway::EndpointType::kRegional;
  const templates::Node* configuration = api.properties.Find("EndpointConfiguration");
  if (configuration == nullptr) return gateway::EndpointType::kEdge;
  std::string type = configuration->IsMap() ? configuration->TextOf("Type") : configuration->text();
  if (const auto* types = configuration->Find("Types");
      types != nullptr && !types->items().empty()) {
    type = types->items()[0].text();
  }
  return EqualsIgnoreCase(type, "REGIONAL") || EqualsIgnoreCase(type, "PRIVATE")
             ? gateway::EndpointType::kRegional
             : gateway::EndpointType::kEdge;
}

gateway::ApiConfig ToApiConfig(const templates::Stack& stack, const Api& api) {
  gateway::ApiConfig config;
  config.kind =
      api.kind == templates::ApiKind::kRest ? gateway::ApiKind::kRest : gateway::ApiKind::kHttp;
  config.id = api.api_id;
  config.name = api.name;
  config.stage = api.stage_name;
  config.region = stack.region;
  config.account_id = stack.account_id;
  config.endpoint = ToEndpointType(api);
  config.binary_media_types = api.binary_media_types;
  for (const auto& [name, value] : api.stage_variables)
    config.stage_variables[name] = value;
  for (const templates::Authorizer& authorizer : api.authorizers) {
    config.authorizers[authorizer.name] = ToAuthorizer(authorizer);
  }
  for (const Route& from : api.routes) {
    gateway::Route route;
    route.method = from.method;
    route.path = from.path;
    SetIntegration(from, route);
    SetAuth(api, from, route);
    config.routes.push_back(std::move(route));
  }
  SetCors(api, config);
  SetGatewayResponses(api, config);
  return config;
}

}  // namespace

std::vector<gateway::ApiConfig> ToApiConfigs(const templates::Stack& stack) {
  std::vector<const Api*> apis;
  for (const Api& api : stack.apis)
    apis.push_back(&api);
  std::stable_partition(apis.begin(), apis.end(),
                        [](const Api* api) { return api->logical_id == "ServerlessRestApi"; });
  std::vector<gateway::ApiConfig> configs;
  for (const Api* api : apis)
    configs.push_back(ToApiConfig(stack, *api));
  return configs;
}

}  // namespace offstage::app
