// AWS::ApiGateway::{RestApi, Resource, Method, Authorizer, Stage, Deployment}.
#include "base/text.h"
#include "template/builders.h"
#include "template/openapi.h"
#include "template/plain.h"

namespace offstage::templates {
namespace {

struct PathPart {
  std::string parent;
  std::string part;
};

// By physical id.
struct RestParts {
  std::map<std::string, PathPart> resources;
  std::map<std::string, std::string> authorizer_names;
};

std::string PathOf(const RestParts& parts, std::string id) {
  std::string path;
  // A chain that is longer than any path refers to itself.
  for (int depth = 0; depth < 64; ++depth) {
    const auto found = parts.resources.find(id);
    if (found == parts.resources.end()) {
      break;
    }
    path = "/" + found->second.part + path;
    id = found->second.parent;
  }
  return path.empty() ? "/" : path;
}

RouteAuth AuthOf(const Node& method, const RestParts& parts) {
  RouteAuth auth;
  const Node* key = method.Find("ApiKeyRequired");
  auth.api_key_required = key != nullptr && key->AsBool().value_or(false);
  const std::string type = method.TextOf("AuthorizationType", "NONE");
  if (type == "AWS_IAM") {
    auth.kind = RouteAuthKind::kIam;
  } else if (type != "NONE") {
    const auto found = parts.authorizer_names.find(method.TextOf("AuthorizerId"));
    const bool known = found != parts.authorizer_names.end();
    auth.kind = known ? RouteAuthKind::kAuthorizer : RouteAuthKind::kUnknown;
    auth.authorizer = known ? found->second : method.TextOf("AuthorizerId");
    auth.scopes = TextList(method.Find("AuthorizationScopes"));
  }
  return auth;
}

Route RestRouteOf(const Resource& resource, const RestParts& parts) {
  const Node& method = resource.properties;
  Route route{.method = ToUpper(method.TextOf("HttpMethod")),
              .path = PathOf(parts, method.TextOf("ResourceId")),
              .kind = IntegrationKind::kOther,
              .auth = AuthOf(method, parts),
              .operation = method,
              .position = resource.position};
  if (const Node* written = method.Find("Integration")) {
    route.integration = IntegrationAsOpenApi(*written);
    route.kind = IntegrationKindOf(written->TextOf("Type"));
    route.function_arn = written->TextOf("Uri");
    route.function = FunctionNameInArn(route.function_arn);
    const Node* timeout = written->Find("TimeoutInMillis");
    if (timeout != nullptr && timeout->AsInteger()) {
      route.timeout = std::chrono::milliseconds(*timeout->AsInteger());
    }
  }
  return route;
}

Api StartRestApi(LoadContext& context, const Resource& resource) {
  const Node& written = resource.properties;
  Api api{.logical_id = resource.logical_id,
          .path = resource.path,
          .api_id = resource.physical_id,
          .name = written.TextOf("Name"),
          .properties = written,
          .position = resource.position};
  if (const Node* size = written.Find("MinimumCompressionSize")) {
    api.minimum_compression_size = size->AsInteger();
  }
  for (const std::string& type : TextList(written.Find("BinaryMediaTypes"))) {
    AddBinaryMediaType(type, api);
  }
  if (const Node* body = written.Find("Body")) {
    ReadDefinition(context, *body, api);
  } else if (written.Contains("BodyS3Location")) {
    context.Add(Fate::kRefused, resource.position, resource.path,
                "the API's definition is not on this machine (it is in S3)", Reason::kNotHere);
  }
  return api;
}

void ReadStage(LoadContext& context, const Resource& resource, Api& api) {
  const std::string stage = resource.properties.TextOf("StageName");
  if (stage.empty() || stage == api.stage_name) {
    return;
  }
  if (!api.stage_name.empty()) {
    context.Add(
        Fate::kRefused, resource.position, resource.path,
        fmt::format("{} is served as stage {} only, not as {}", api.path, api.stage_name, stage),
        Reason::kNotEmulated);
    return;
  }
  api.stage_name = stage;
  if (const Node* variables = resource.properties.Find("Variables")) {
    for (const Entry& variable : variables->entries()) {
      api.stage_variables.emplace_back(variable.key, variable.value.text());
    }
  }
}

// What refers to an API by RestApiId, for resources of `type`.
template <typename Visit>
void ForEachOf(LoadContext& context, std::map<std::string, Api*>& apis, std::string_view type,
               Visit visit) {
  for (const Resource& resource : context.stack.resources) {
    const auto found =
        resource.type == type ? apis.find(resource.properties.TextOf("RestApiId")) : apis.end();
    if (found != apis.end()) {
      visit(resource, *found->second);
    }
  }
}

}  // namespace

void BuildPlainRestApis(LoadContext& context) {
  for (const Resource& resource : context.stack.resources) {
    if (resource.type == "AWS::ApiGateway::RestApi") {
      context.stack.apis.push_back(StartRestApi(context, resource));
    }
  }
  std::map<std::string, Api*> apis;
  // SAM's too: plain authorizers, routes and methods may be added to them.
  for (Api& api : context.stack.apis) {
    if (api.kind == ApiKind::kRest) {
      apis[api.api_id] = &api;
    }
  }
  RestParts parts;
  ForEachOf(context, apis, "AWS::ApiGateway::Resource", [&](const Resource& resource, Api&) {
    parts.resources[resource.physical_id] = {resource.properties.TextOf("ParentId"),
                                             resource.properties.TextOf("PathPart")};
  });
  ForEachOf(context, apis, "AWS::ApiGateway::Authorizer", [&](const Resource& resource, Api& api) {
    api.authorizers.push_back(ReadPlainAuthorizer(resource, ApiKind::kRest));
    parts.authorizer_names[resource.physical_id] = api.authorizers.back().name;
  });
  ForEachOf(context, apis, "AWS::ApiGateway::Method", [&](const Resource& resource, Api& api) {
    api.routes.push_back(RestRouteOf(resource, parts));
  });
  for (const std::string_view type : {"AWS::ApiGateway::Stage", "AWS::ApiGateway::Deployment"}) {
    ForEachOf(context, apis, type,
              [&](const Resource& resource, Api& api) { ReadStage(context, resource, api); });
  }
  for (const auto& [id, api] : apis) {
    if (api->stage_name.empty()) {
      context.Add(Fate::kWarning, api->position, api->path,
                  "the API has no stage; AWS would not serve it");
    }
  }
}

}  // namespace offstage::templates
