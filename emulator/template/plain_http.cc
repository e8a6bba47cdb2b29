// AWS::ApiGatewayV2::{Api, Route, Integration, Authorizer, Stage} with protocol HTTP.
#include "base/text.h"
#include "template/builders.h"
#include "template/openapi.h"
#include "template/plain.h"

namespace offstage::templates {
namespace {

struct HttpParts {
  std::map<std::string, const Resource*> integrations;
  std::map<std::string, std::string> authorizer_names;
};

Cors ReadCors(const Node& written) {
  const Node* credentials = written.Find("AllowCredentials");
  return {.max_age = written.TextOf("MaxAge"),
          .allow_credentials = credentials != nullptr && credentials->AsBool().value_or(false),
          .origins = TextList(written.Find("AllowOrigins")),
          .methods = TextList(written.Find("AllowMethods")),
          .headers = TextList(written.Find("AllowHeaders")),
          .expose_headers = TextList(written.Find("ExposeHeaders"))};
}

void SetTarget(Route& route, const Node& integration, std::string_view type_key,
               std::string_view uri_key) {
  route.kind = IntegrationKindOf(integration.TextOf(type_key));
  route.function_arn = integration.TextOf(uri_key);
  route.function = FunctionNameInArn(route.function_arn);
  route.integration = IntegrationAsOpenApi(integration);
  // Plain CloudFormation's default is 1.0, unlike SAM's.
  route.payload_format = integration.TextOf("PayloadFormatVersion", "1.0");
  const Node* timeout = integration.Find("TimeoutInMillis");
  if (timeout != nullptr && timeout->AsInteger()) {
    route.timeout = std::chrono::milliseconds(*timeout->AsInteger());
  }
}

void SetKey(Route& route, const std::string& key) {
  const std::size_t blank = key.find(' ');
  route.method = key.substr(0, blank);
  route.path = blank == std::string::npos ? key : key.substr(blank + 1);
}

Api StartHttpApi(LoadContext& context, const Resource& resource) {
  const Node& written = resource.properties;
  Api api{.kind = ApiKind::kHttp,
          .logical_id = resource.logical_id,
          .path = resource.path,
          .api_id = resource.physical_id,
          .name = written.TextOf("Name"),
          .properties = written,
          .position = resource.position};
  if (const Node* body = written.Find("Body")) {
    ReadDefinition(context, *body, api);
    if (const Node* cors = body->Find("x-amazon-apigateway-cors")) {
      Node capitalised = Node::Map(cors->position());
      for (const Entry& entry : cors->entries()) {
        capitalised.Set(ToUpper(entry.key.substr(0, 1)) + entry.key.substr(1), entry.value);
      }
      api.cors = ReadCors(capitalised);
    }
  }
  if (const Node* cors = written.Find("CorsConfiguration")) {
    api.cors = ReadCors(*cors);
  }
  if (written.Contains("Target")) {
    // Quick create: one route to one function, with a $default stage.
    Route route{.function_arn = written.TextOf("Target"), .position = resource.position};
    route.function = FunctionNameInArn(route.function_arn);
    route.payload_format = "2.0";
    SetKey(route, written.TextOf("RouteKey", "$default"));
    api.routes.push_back(std::move(route));
    api.stage_name = "$default";
  }
  return api;
}

void ReadHttpStage(LoadContext& context, const Resource& resource, Api& api) {
  const std::string stage = resource.properties.TextOf("StageName");
  if (!api.stage_name.empty() && api.stage_name != stage) {
    context.Add(
        Fate::kRefused, resource.position, resource.path,
        fmt::format("{} is served as stage {} only, not as {}", api.path, api.stage_name, stage),
        Reason::kNotEmulated);
    return;
  }
  api.stage_name = stage;
  if (const Node* variables = resource.properties.Find("StageVariables")) {
    for (const Entry& variable : variables->entries()) {
      api.stage_variables.emplace_back(variable.key, variable.value.text());
    }
  }
}

Route HttpRouteOf(const Resource& resource, const HttpParts& parts) {
  const Node& written = resource.properties;
  Route route{.kind = IntegrationKind::kOther, .operation = written, .position = resource.position};
  SetKey(route, written.TextOf("RouteKey"));
  const std::string target = written.TextOf("Target");
  const auto integration = parts.integrations.find(target.substr(target.rfind('/') + 1));
  if (integration != parts.integrations.end()) {
    SetTarget(route, integration->second->properties, "IntegrationType", "IntegrationUri");
  }
  const std::string type = written.TextOf("AuthorizationType", "NONE");
  if (type == "AWS_IAM") {
    route.auth.kind = RouteAuthKind::kIam;
  } else if (type != "NONE") {
    const auto found = parts.authorizer_names.find(written.TextOf("AuthorizerId"));
    const bool known = found != parts.authorizer_names.end();
    route.auth.kind = known ? RouteAuthKind::kAuthorizer : RouteAuthKind::kUnknown;
    route.auth.authorizer = known ? found->second : written.TextOf("AuthorizerId");
    route.auth.scopes = TextList(written.Find("AuthorizationScopes"));
  }
  return route;
}

}  // namespace

void BuildPlainHttpApis(LoadContext& context) {
  for (const Resource& resource : context.stack.resources) {
    if (resource.type == "AWS::ApiGatewayV2::Api") {
      if (resource.properties.TextOf("ProtocolType", "HTTP") != "HTTP") {
        context.Add(Fate::kRefused, resource.position, resource.path,
                    "WebSocket APIs are not emulated", Reason::kNotEmulated);
        continue;
      }
      context.stack.apis.push_back(StartHttpApi(context, resource));
    }
  }
  std::map<std::string, Api*> apis;
  // SAM's too: plain authorizers, routes and methods may be added to them.
  for (Api& api : context.stack.apis) {
    if (api.kind == ApiKind::kHttp) {
      apis[api.api_id] = &api;
    }
  }
  HttpParts parts;
  for (const Resource& resource : context.stack.resources) {
    const auto found = apis.find(resource.properties.TextOf("ApiId"));
    if (found == apis.end()) {
      continue;
    }
    if (resource.type == "AWS::ApiGatewayV2::Integration") {
      parts.integrations[resource.physical_id] = &resource;
    } else if (resource.type == "AWS::ApiGatewayV2::Authorizer") {
      found->second->authorizers.push_back(ReadPlainAuthorizer(resource, ApiKind::kHttp));
      parts.authorizer_names[resource.physical_id] = found->second->authorizers.back().name;
    } else if (resource.type == "AWS::ApiGatewayV2::Stage") {
      ReadHttpStage(context, resource, *found->second);
    }
  }
  for (const Resource& resource : context.stack.resources) {
    const auto found = resource.type == "AWS::ApiGatewayV2::Route"
                           ? apis.find(resource.properties.TextOf("ApiId"))
                           : apis.end();
    if (found != apis.end()) {
      found->second->routes.push_back(HttpRouteOf(resource, parts));
    }
  }
  for (const auto& [id, api] : apis) {
    if (api->stage_name.empty()) {
      context.Add(Fate::kWarning, api->position, api->path,
                  "the API has no stage; AWS would not serve it");
    }
  }
}

}  // namespace offstage::templates
