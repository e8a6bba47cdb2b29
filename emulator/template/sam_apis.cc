// AWS::Serverless::Api and AWS::Serverless::HttpApi: their own routes and those of functions'
// events.
#include "base/text.h"
#include "template/builders.h"
#include "template/openapi.h"
#include "template/sam.h"

namespace offstage::templates {
namespace {

// An API while events are added to it.
struct OpenApi {
  Api api;
  const Node* auth = nullptr;
  // The author wrote the definition: SAM adds no routes of events to it.
  bool has_definition = false;
};

Cors ReadCors(const Node& written, ApiKind kind) {
  Cors cors;
  if (written.IsScalar()) {
    if (kind == ApiKind::kHttp) {
      cors.origins = {"*"};  // CorsConfiguration: true
      cors.methods = cors.headers = {};
      return cors;
    }
    cors.allow_origin = Unquote(written.text());
    return cors;
  }
  const Node* credentials = written.Find("AllowCredentials");
  cors.allow_credentials = credentials != nullptr && credentials->AsBool().value_or(false);
  cors.max_age = Unquote(written.TextOf("MaxAge"));
  if (kind == ApiKind::kHttp) {
    cors.origins = TextList(written.Find("AllowOrigins"));
    cors.methods = TextList(written.Find("AllowMethods"));
    cors.headers = TextList(written.Find("AllowHeaders"));
    cors.expose_headers = TextList(written.Find("ExposeHeaders"));
    return cors;
  }
  cors.allow_origin = Unquote(written.TextOf("AllowOrigin", "'*'"));
  cors.allow_methods = Unquote(written.TextOf("AllowMethods"));
  cors.allow_headers = Unquote(written.TextOf("AllowHeaders"));
  return cors;
}

void ReadAuth(const Node& auth, OpenApi& open) {
  open.api.auth = auth;
  open.api.default_authorizer = auth.TextOf("DefaultAuthorizer");
  const Node* preflight = auth.Find("AddDefaultAuthorizerToCorsPreflight");
  open.api.authorize_preflight = open.api.kind == ApiKind::kRest &&
                                 !open.api.default_authorizer.empty() &&
                                 (preflight == nullptr || preflight->AsBool().value_or(true));
  if (const Node* authorizers = auth.Find("Authorizers")) {
    for (const Entry& authorizer : authorizers->entries()) {
      open.api.authorizers.push_back(
          ReadSamAuthorizer(authorizer.key, authorizer.value, open.api.kind));
    }
  }
}

bool Flag(const Node* map, std::string_view key, std::optional<bool> fallback = std::nullopt) {
  const Node* written = map == nullptr ? nullptr : map->Find(key);
  return (written == nullptr ? fallback : written->AsBool()).value_or(false);
}

// The authorization of a route: its event's Auth over the API's.
RouteAuth EffectiveAuth(const OpenApi& open, const Node* event_auth) {
  RouteAuth auth;
  std::string name = event_auth == nullptr ? "" : event_auth->TextOf("Authorizer");
  const bool own = !name.empty();
  if (!own) {
    name = open.api.default_authorizer;
  }
  auth.api_key_required = Flag(event_auth, "ApiKeyRequired", Flag(open.auth, "ApiKeyRequired"));
  if (const Node* policy = event_auth == nullptr ? nullptr : event_auth->Find("ResourcePolicy")) {
    auth.resource_policy = *policy;
  }
  if (name.empty() || name == "NONE") {
    return auth;
  }
  const auto found =
      std::find_if(open.api.authorizers.begin(), open.api.authorizers.end(),
                   [&](const Authorizer& authorizer) { return authorizer.name == name; });
  if (name == "AWS_IAM" && found == open.api.authorizers.end()) {
    auth.kind = RouteAuthKind::kIam;
    return auth;
  }
  auth.authorizer = name;
  auth.kind =
      found == open.api.authorizers.end() ? RouteAuthKind::kUnknown : RouteAuthKind::kAuthorizer;
  if (found != open.api.authorizers.end()) {
    auth.scopes = found->scopes;
  }
  if (event_auth != nullptr && event_auth->Contains("AuthorizationScopes")) {
    auth.scopes = TextList(event_auth->Find("AuthorizationScopes"));
  }
  return auth;
}

void NoteUnknownAuthorizer(Scope& scope, const OpenApi& open, const Route& route,
                           std::string_view path) {
  std::vector<std::string> names;
  for (const Authorizer& authorizer : open.api.authorizers) {
    names.push_back(authorizer.name);
  }
  if (route.auth.kind == RouteAuthKind::kUnknown) {
    scope.Note(Fate::kRefused, route.position, path,
               fmt::format("{} {} stays closed: {} has no authorizer {}", route.method, route.path,
                           open.api.logical_id, Suggest(route.auth.authorizer, names)));
  }
}

// Default authorization of routes from the author's definition that state none themselves.
void ApplyDefaults(Scope& scope, OpenApi& open) {
  const bool preflight = open.api.authorize_preflight;
  for (Route& route : open.api.routes) {
    const bool states_own = route.operation.Contains("security");
    if (!states_own && (route.method != "OPTIONS" || preflight)) {
      route.auth = EffectiveAuth(open, nullptr);
      NoteUnknownAuthorizer(scope, open, route, open.api.logical_id);
    }
  }
}

void ReadSamDefinition(Scope& scope, const Node& properties, OpenApi& open) {
  const Node* body = properties.Find("DefinitionBody");
  const Node* uri = properties.Find("DefinitionUri");
  if (body == nullptr && uri == nullptr) {
    return;
  }
  // SAM merges nothing into a definition without paths.
  const bool has_paths =
      body == nullptr || (body->Contains("paths") && body->Find("paths")->IsMap());
  open.has_definition = !Flag(&properties, "MergeDefinitions") || !has_paths;
  if (body != nullptr) {
    ReadDefinition(scope.context(), *body, open.api);
  } else {
    const auto definition = ReadDefinitionFile(scope, *uri);
    if (!definition.ok()) {
      scope.Note(Fate::kRefused, definition.error().position, open.api.logical_id,
                 definition.error().message, definition.error().reason);
      return;
    }
    ReadDefinition(scope.context(), *definition, open.api);
  }
  ApplyDefaults(scope, open);
}

TextPairs ReadVariables(const Node* written) {
  TextPairs variables;
  if (written != nullptr) {
    for (const Entry& entry : written->entries()) {
      variables.emplace_back(entry.key, entry.value.text());
    }
  }
  return variables;
}

Resolved<OpenApi> StartApi(Scope& scope, ResourceEntry& entry, const Node& properties) {
  OpenApi open;
  Api& api = open.api;
  api.kind = entry.type == "AWS::Serverless::HttpApi" ? ApiKind::kHttp : ApiKind::kRest;
  const bool rest = api.kind == ApiKind::kRest;
  api.logical_id = entry.id;
  api.path = scope.PathOf(entry.id);
  OFFSTAGE_TRY(api.api_id, scope.PhysicalId(entry));
  api.name = properties.TextOf("Name", scope.stack_name());
  api.stage_name = properties.TextOf("StageName", rest ? "" : "$default");
  if (api.stage_name.empty()) {
    return FailAt(entry.position, "an API needs a StageName, such as Prod");
  }
  api.stage_variables = ReadVariables(properties.Find(rest ? "Variables" : "StageVariables"));
  for (const std::string& type : TextList(properties.Find("BinaryMediaTypes"))) {
    AddBinaryMediaType(type, api);
  }
  if (const Node* size = properties.Find("MinimumCompressionSize")) {
    api.minimum_compression_size = size->AsInteger();
  }
  api.fail_on_warnings = Flag(&properties, "FailOnWarnings");
  api.properties = properties;
  api.position = entry.position;
  const Node* cors = properties.Find(rest ? "Cors" : "CorsConfiguration");
  if (cors != nullptr && !cors->IsNull() && (!cors->AsBool() || *cors->AsBool())) {
    api.cors = ReadCors(*cors, api.kind);
  }
  open.auth = properties.Find("Auth");
  if (open.auth != nullptr) {
    ReadAuth(*open.auth, open);
  }
  ReadSamDefinition(scope, properties, open);
  if (const Node* responses = properties.Find("GatewayResponses")) {
    api.gateway_responses = *responses;
  }
  return open;
}

Route EventRoute(const Function& function, const EventSource& event, const OpenApi& open) {
  const Node& written = event.properties;
  const bool rest = open.api.kind == ApiKind::kRest;
  Route route{.method = ToUpper(written.TextOf("Method")),
              .path = written.TextOf("Path"),
              .function = function.name,
              .function_arn = function.arn,
              .function_path = function.path,
              .integration = written,
              .position = event.position};
  if (function.name.empty()) {
    route.kind = IntegrationKind::kOther;
    route.state_machine_path = std::exchange(route.function_path, {});
  }
  if (!function.alias.empty()) {
    route.function_arn += ":" + function.alias;
  }
  if (!rest && ((route.path.empty() && route.method.empty()) || route.path == "/$default")) {
    route.method = route.path = "$default";
  } else if (route.method == "ANY" || route.method == "X-AMAZON-APIGATEWAY-ANY-METHOD") {
    route.method = "ANY";
  }
  if (!rest) {
    route.payload_format = written.TextOf("PayloadFormatVersion", "2.0");
  }
  if (const Node* timeout = written.Find("TimeoutInMillis");
      timeout != nullptr && timeout->AsInteger()) {
    route.timeout = std::chrono::milliseconds(*timeout->AsInteger());
  }
  route.auth = EffectiveAuth(open, written.Find("Auth"));
  return route;
}

// The API that an event belongs to: by the id that its reference gave, else the implicit one.
OpenApi* FindApi(Scope& scope, std::vector<OpenApi>& apis, const Function& function,
                 const EventSource& event) {
  const bool rest = event.type == "Api";
  const Node* written = event.properties.Find(rest ? "RestApiId" : "ApiId");
  const std::string_view implicit = rest ? kImplicitRestApi : kImplicitHttpApi;
  for (OpenApi& open : apis) {
    if (written == nullptr
            ? open.api.logical_id == implicit
            : open.api.api_id == written->text() || open.api.logical_id == written->text()) {
      return &open;
    }
  }
  const auto& resources = scope.context().stack.resources;
  const bool plain = written != nullptr &&
                     std::any_of(resources.begin(), resources.end(), [&](const Resource& resource) {
                       return resource.physical_id == written->text() &&
                              (resource.type == "AWS::ApiGateway::RestApi" ||
                               resource.type == "AWS::ApiGatewayV2::Api");
                     });
  if (plain) {
    return nullptr;  // The event only lets that API call the function; its routes are its own.
  }
  scope.Note(
      Fate::kRefused, event.position, fmt::format("{}.Events.{}", function.logical_id, event.name),
      fmt::format(
          "the event's API{} is no AWS::Serverless::{} of this template; the route is left out",
          written == nullptr ? "" : fmt::format(" '{}'", written->text()),
          rest ? "Api" : "HttpApi"));
  return nullptr;
}

// Beside the author's definition an event only grants the permission; OverrideApiAuth lets it state
// the authorization. HTTP APIs also take the function where there is no integration.
void MergeIntoDefinition(Scope& scope, const Function& function, const EventSource& event,
                         const OpenApi& open, Route& route) {
  Route from_event = EventRoute(function, event, open);
  const Node* auth = event.properties.Find("Auth");
  if (open.api.kind == ApiKind::kHttp && route.integration.IsNull()) {
    route = std::move(from_event);
  } else if (Flag(auth, "OverrideApiAuth")) {
    route.auth = std::move(from_event.auth);
  } else if (auth != nullptr) {
    scope.Note(Fate::kWarning, event.position,
               fmt::format("{}.Events.{}.Auth", function.logical_id, event.name),
               fmt::format("{} has its own definition, which decides; SAM ignores this Auth "
                           "without OverrideApiAuth: true",
                           open.api.logical_id));
  }
}

void AddEventRoute(Scope& scope, const Function& function, const EventSource& event,
                   OpenApi& open) {
  const std::string path = fmt::format("{}.Events.{}", function.logical_id, event.name);
  Route route = EventRoute(function, event, open);
  if (route.path.empty() || route.method.empty()) {
    scope.Note(Fate::kRefused, event.position, path,
               "an Api event needs a Path and a Method; the route is left out");
    return;
  }
  NoteUnknownAuthorizer(scope, open, route, path);
  const auto taken = std::find_if(
      open.api.routes.begin(), open.api.routes.end(),
      [&](const Route& other) { return other.method == route.method && other.path == route.path; });
  if (taken == open.api.routes.end()) {
    const bool has_body = open.api.properties.Contains("DefinitionBody");
    if (!open.has_definition || (open.api.kind == ApiKind::kHttp && has_body)) {
      open.api.routes.push_back(std::move(route));
    } else if (!open.api.definition.IsNull()) {
      scope.Note(Fate::kWarning, event.position, path,
                 fmt::format("the definition of {} has no {} {}; the event adds no route to it",
                             open.api.logical_id, route.method, route.path));
    }
    return;
  }
  const bool from_definition = !taken->operation.IsNull();
  if (from_definition && open.has_definition) {
    MergeIntoDefinition(scope, function, event, open, *taken);
  } else if (from_definition) {
    *taken = std::move(route);  // MergeDefinitions: the event wins.
  } else {
    scope.Note(Fate::kRefused, event.position, path,
               fmt::format("{} {} is already taken by another event of {}; the route is left out",
                           route.method, route.path, open.api.logical_id));
  }
}

// Routes that start a state machine: nothing here runs one, but the routes are there, protected as
// written, and answer that.
void AddStateMachineRoutes(Scope& scope, std::vector<OpenApi>& apis) {
  for (std::size_t i = 0; i < scope.entries().size(); ++i) {
    ResourceEntry& entry = *scope.entries()[i];
    const auto exists = scope.Exists(entry);
    if (entry.type != "AWS::Serverless::StateMachine" || !exists.ok() || !*exists) {
      continue;
    }
    const auto properties = scope.Properties(entry);
    const Node* events = properties.ok() ? (*properties)->Find("Events") : nullptr;
    if (events == nullptr) {
      continue;
    }
    Function owner;  // Of no name: the route goes to no function.
    owner.logical_id = entry.id;
    owner.path = scope.PathOf(entry.id);
    for (const Entry& event : events->entries()) {
      const Node* written = event.value.Find("Properties");
      if (event.value.TextOf("Type") != "Api" || written == nullptr) {
        continue;
      }
      const EventSource source{.name = event.key,
                               .path = fmt::format("{}.Events.{}", owner.path, event.key),
                               .type = "Api",
                               .properties = *written,
                               .position = event.key_position};
      if (OpenApi* open = FindApi(scope, apis, owner, source)) {
        AddEventRoute(scope, owner, source, *open);
      }
    }
  }
}

}  // namespace

void BuildApis(Scope& scope) {
  std::vector<OpenApi> apis;
  for (std::size_t i = 0; i < scope.entries().size(); ++i) {
    ResourceEntry& entry = *scope.entries()[i];
    if (entry.type != "AWS::Serverless::Api" && entry.type != "AWS::Serverless::HttpApi") {
      continue;
    }
    const auto exists = scope.Exists(entry);
    const auto properties =
        exists.ok() && *exists ? scope.Properties(entry) : Resolved<const Node*>(FailAt({}, ""));
    if (!properties.ok()) {
      continue;  // Noted when the resource was built.
    }
    auto open = StartApi(scope, entry, **properties);
    if (open.ok()) {
      apis.push_back(std::move(open).value());
    } else {
      scope.Note(Fate::kRefused, open.error().position, entry.id,
                 open.error().message + "; the API is left out");
    }
  }
  for (const Function& function : scope.context().stack.functions) {
    if (function.path != scope.PathOf(function.logical_id)) {
      continue;  // of another stack
    }
    for (const EventSource& event : function.events) {
      if (event.type == "Api" || event.type == "HttpApi") {
        if (OpenApi* open = FindApi(scope, apis, function, event)) {
          AddEventRoute(scope, function, event, *open);
        }
      }
    }
  }
  AddStateMachineRoutes(scope, apis);
  for (OpenApi& open : apis) {
    const bool implicit =
        open.api.logical_id == kImplicitRestApi || open.api.logical_id == kImplicitHttpApi;
    if (!implicit || !open.api.routes.empty()) {
      scope.context().stack.apis.push_back(std::move(open.api));
    }
  }
}

}  // namespace offstage::templates
