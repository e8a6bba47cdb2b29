#include "app/provision/apis.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/provision/integrations.h"
#include "app/provision/request_validation.h"
#include "app/provision/usage_plans.h"
#include "base/text.h"

namespace offstage::app {

namespace {

using templates::Api;
using templates::Route;
using templates::RouteAuthKind;

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

// "StatusCode" of SAM and CloudFormation, "statusCode" of OpenAPI.
const templates::Node* FindEither(const templates::Node& map, std::string_view name) {
  const templates::Node* found = map.Find(name);
  return found != nullptr ? found
                          : map.Find(ToLower(name.substr(0, 1)) + std::string(name.substr(1)));
}

gateway::GatewayResponse ToGatewayResponse(const templates::Node& written) {
  gateway::GatewayResponse response;
  if (const auto* status = FindEither(written, "StatusCode")) {
    if (const auto number = status->AsInteger()) response.status = static_cast<int>(*number);
  }
  if (const auto* parameters = FindEither(written, "ResponseParameters")) {
    constexpr std::string_view kPrefix = "gatewayresponse.header.";
    for (const auto& parameter : parameters->entries()) {
      if (parameter.key.starts_with(kPrefix)) {
        response.headers.Add(parameter.key.substr(kPrefix.size()),
                             Unquoted(parameter.value.text()));
      } else if (parameter.key == "Headers") {  // SAM's form
        for (const auto& header : parameter.value.entries())
          response.headers.Add(header.key, Unquoted(header.value.text()));
      }
    }
  }
  if (const auto* bodies = FindEither(written, "ResponseTemplates")) {
    for (const auto& body : bodies->entries())
      response.templates[body.key] = body.value.text();
  }
  return response;
}

void SetGatewayResponses(const templates::Stack& stack, const Api& api,
                         gateway::ApiConfig& config) {
  for (const auto& entry : api.gateway_responses.entries())
    config.gateway_responses[entry.key] = ToGatewayResponse(entry.value);
  for (const templates::Resource& resource : stack.resources) {
    if (resource.type == "AWS::ApiGateway::GatewayResponse" &&
        resource.properties.TextOf("RestApiId") == api.api_id)
      config.gateway_responses[resource.properties.TextOf("ResponseType")] =
          ToGatewayResponse(resource.properties);
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

// Resource policies are read by nobody here, and no role is asked before a table is.
std::vector<std::string> UnenforcedOf(const Api& api) {
  std::vector<std::string> found;
  const bool of_route = std::any_of(api.routes.begin(), api.routes.end(), [](const Route& route) {
    return !route.auth.resource_policy.IsNull();
  });
  if (of_route || api.properties.Contains("Policy") || api.auth.Contains("ResourcePolicy") ||
      api.definition.Contains("x-amazon-apigateway-policy"))
    found.emplace_back("its resource policy");
  const bool with_role = std::any_of(api.routes.begin(), api.routes.end(), [](const Route& route) {
    return route.integration.Contains("credentials");
  });
  if (with_role) found.emplace_back("the role of its AWS integrations");
  return found;
}

gateway::Route ToRoute(const templates::Stack& stack, const Api& api, const Route& from) {
  gateway::Route route;
  route.method = from.method;
  route.path = from.path;
  SetIntegration(api, from, route);
  SetAuth(api, from, route);
  route.validation = ValidationOf(stack, api, from);
  return route;
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
    config.routes.push_back(ToRoute(stack, api, from));
  }
  if (api.kind == templates::ApiKind::kRest) config.models = ModelsOf(stack, api);
  SetCors(api, config);
  SetGatewayResponses(stack, api, config);
  SetUsagePlans(stack, api, config);
  config.unenforced = UnenforcedOf(api);
  return config;
}

gateway::HttpCors ToUrlCors(const templates::Node& written) {
  const auto list = [&written](std::string_view key) {
    std::vector<std::string> texts;
    if (const templates::Node* node = written.Find(key)) {
      for (const templates::Node& item : node->items())
        texts.push_back(item.text());
    }
    return texts;
  };
  gateway::HttpCors cors;
  cors.allow_origins = list("AllowOrigins");
  cors.allow_methods = list("AllowMethods");
  cors.allow_headers = list("AllowHeaders");
  cors.expose_headers = list("ExposeHeaders");
  const templates::Node* age = written.Find("MaxAge");
  if (age != nullptr && age->AsInteger()) cors.max_age = std::chrono::seconds(*age->AsInteger());
  const templates::Node* credentials = written.Find("AllowCredentials");
  if (credentials != nullptr && credentials->AsBool().value_or(false))
    cors.credentials = gateway::HttpCors::Credentials::kAllowed;
  return cors;
}

// A function URL is an API of one route.
gateway::ApiConfig ToUrlConfig(const templates::Stack& stack, const templates::Function& function) {
  const templates::FunctionUrl& url = *function.url;
  gateway::ApiConfig config;
  config.kind = gateway::ApiKind::kFunctionUrl;
  config.id = url.url_id;
  config.name = function.logical_id + "Url";
  config.stage = "$default";
  config.region = stack.region;
  config.account_id = stack.account_id;
  config.endpoint = gateway::EndpointType::kRegional;
  gateway::Route route;
  route.method = "ANY";
  route.path = "$default";
  gateway::LambdaProxy proxy{.function = function.name, .payload = gateway::PayloadVersion::kV2};
  if (url.auth_type != "NONE") route.iam = gateway::Route::IamAuthorization::kRequired;
  if (url.invoke_mode == "RESPONSE_STREAM") {
    proxy.mode = gateway::LambdaProxy::InvokeMode::kResponseStream;
  } else if (url.invoke_mode != "BUFFERED") {
    route.refused =
        fmt::format("{}: there is no InvokeMode {}", function.position.Text(), url.invoke_mode);
  }
  route.integration = std::move(proxy);
  config.routes.push_back(std::move(route));
  if (url.cors.IsMap()) config.http_cors = ToUrlCors(url.cors);
  return config;
}

}  // namespace

std::vector<templates::Note> RefusedRoutes(const templates::Stack& stack) {
  std::vector<templates::Note> notes;
  for (const Api& api : stack.apis) {
    for (const Route& from : api.routes) {
      std::string why = ToRoute(stack, api, from).refused;
      if (why.empty()) continue;
      const std::string place = from.position.Text() + ": ";
      if (why.starts_with(place)) why.erase(0, place.size());
      notes.push_back({.fate = templates::Fate::kRefused,
                       .position = from.position,
                       .path = fmt::format("{} {} {}", api.path, from.method, from.path),
                       .message = std::move(why),
                       .reason = templates::Reason::kNotEmulated});
    }
  }
  return notes;
}

std::vector<gateway::ApiConfig> ToApiConfigs(const templates::Stack& stack) {
  std::vector<const Api*> apis;
  for (const Api& api : stack.apis)
    apis.push_back(&api);
  std::stable_partition(apis.begin(), apis.end(),
                        [](const Api* api) { return api->logical_id == "ServerlessRestApi"; });
  std::vector<gateway::ApiConfig> configs;
  for (const Api* api : apis)
    configs.push_back(ToApiConfig(stack, *api));
  for (const templates::Function& function : stack.functions) {
    if (function.url.has_value()) configs.push_back(ToUrlConfig(stack, function));
  }
  return configs;
}

}  // namespace offstage::app
