#include "template/openapi.h"

#include "base/text.h"
#include "template/builders.h"

namespace offstage::templates {
namespace {

constexpr std::string_view kIntegration = "x-amazon-apigateway-integration";
constexpr std::string_view kAnyMethod = "x-amazon-apigateway-any-method";
constexpr std::string_view kAuthorizer = "x-amazon-apigateway-authorizer";

// The method that a member of a path stands for; empty: none (parameters, summary ...).
std::string MethodOf(std::string_view key) {
  if (key == kAnyMethod || EqualsIgnoreCase(key, "any")) {
    return "ANY";
  }
  for (const std::string_view method :
       {"get", "put", "post", "delete", "options", "head", "patch"}) {
    if (EqualsIgnoreCase(key, method)) {
      return ToUpper(key);
    }
  }
  return {};
}

struct Schemes {
  // Names of schemes that mean an API key or IAM; all others are authorizers of the API.
  std::set<std::string> api_keys;
  std::set<std::string> iam;
};

Authorizer AuthorizerOf(const std::string& name, const Node& scheme, ApiKind kind) {
  const Node empty = Node::Map(scheme.position());
  const Node* found = scheme.Find(kAuthorizer);
  const Node& written = found == nullptr ? empty : *found;
  Authorizer authorizer{.name = name, .raw = scheme, .position = scheme.position()};
  const std::string type = ToLower(written.TextOf("type"));
  authorizer.user_pool_arns = TextList(written.Find("providerARNs"));
  authorizer.function = FunctionNameInArn(written.TextOf("authorizerUri"));
  authorizer.function_arn = written.TextOf("authorizerUri");
  authorizer.validation_expression = written.TextOf("identityValidationExpression");
  authorizer.payload_format = written.TextOf("authorizerPayloadFormatVersion");
  const Node* simple = written.Find("enableSimpleResponses");
  authorizer.simple_responses = simple != nullptr && simple->AsBool().value_or(false);
  if (const Node* ttl = written.Find("authorizerResultTtlInSeconds");
      ttl != nullptr && ttl->AsInteger()) {
    authorizer.ttl = std::chrono::seconds(*ttl->AsInteger());
  }
  for (const std::string& sources : TextList(written.Find("identitySource"))) {
    for (const std::string_view source : Split(sources, ',')) {
      authorizer.identity_sources.emplace_back(Trim(source));
    }
  }
  if (type == "jwt") {
    authorizer.kind = AuthorizerKind::kJwt;
    if (const Node* jwt = written.Find("jwtConfiguration")) {
      authorizer.issuer = jwt->TextOf("issuer");
      authorizer.audience = TextList(jwt->Find("audience"));
    }
  } else if (type == "request" || (kind == ApiKind::kHttp && type.empty())) {
    authorizer.kind = AuthorizerKind::kLambdaRequest;
  } else if (type == "token" || type == "custom") {
    authorizer.kind = AuthorizerKind::kLambdaToken;
  }
  if (authorizer.identity_sources.empty() && kind == ApiKind::kRest &&
      scheme.TextOf("in") == "header" && authorizer.kind != AuthorizerKind::kLambdaRequest) {
    authorizer.identity_sources = {"method.request.header." +
                                   scheme.TextOf("name", "Authorization")};
  }
  return authorizer;
}

Schemes ReadSchemes(const Node& definition, Api& api) {
  Schemes schemes;
  const Node* written = definition.Find("securityDefinitions");
  if (written == nullptr) {
    written = definition.FindPath("components", "securitySchemes");
  }
  if (written == nullptr) {
    return schemes;
  }
  for (const Entry& scheme : written->entries()) {
    if (ToLower(scheme.value.TextOf("x-amazon-apigateway-authtype")) == "awssigv4") {
      schemes.iam.insert(scheme.key);
    } else if (scheme.value.Contains(kAuthorizer)) {
      api.authorizers.push_back(AuthorizerOf(scheme.key, scheme.value, api.kind));
    } else if (scheme.value.TextOf("type") == "apiKey" &&
               ToLower(scheme.value.TextOf("name")) == "x-api-key") {
      schemes.api_keys.insert(scheme.key);
    }
  }
  return schemes;
}

// One requirement object may name several schemes; all of them apply.
RouteAuth AuthOf(const Node* security, const Schemes& schemes, const Api& api) {
  RouteAuth auth;
  if (security == nullptr) {
    return auth;
  }
  for (const Node& requirement : security->items()) {
    for (const Entry& scheme : requirement.entries()) {
      const bool known =
          std::any_of(api.authorizers.begin(), api.authorizers.end(),
                      [&](const Authorizer& authorizer) { return authorizer.name == scheme.key; });
      if (schemes.api_keys.count(scheme.key) > 0 || (!known && scheme.key == "api_key")) {
        auth.api_key_required = true;
      } else if (schemes.iam.count(scheme.key) > 0 || (!known && scheme.key == "AWS_IAM")) {
        auth.kind = RouteAuthKind::kIam;
      } else if (scheme.key != "NONE") {
        auth.kind = known ? RouteAuthKind::kAuthorizer : RouteAuthKind::kUnknown;
        auth.authorizer = scheme.key;
        auth.scopes = TextList(&scheme.value);
      }
    }
  }
  return auth;
}

Route RouteOf(const Entry& path, const Entry& operation, std::string method, const Api& api) {
  Route route{.method = std::move(method),
              .path = path.key,
              .operation = operation.value,
              .position = operation.key_position};
  if (api.kind == ApiKind::kHttp && (path.key == "$default" || path.key == "/$default")) {
    route.method = "$default";
    route.path = "$default";
  }
  const Node* integration = operation.value.Find(kIntegration);
  if (integration == nullptr) {
    route.kind = IntegrationKind::kOther;
    return route;
  }
  route.integration = *integration;
  route.kind = IntegrationKindOf(integration->TextOf("type"));
  const std::string uri = integration->TextOf("uri");
  route.function = FunctionNameInArn(uri);
  route.function_arn = uri;
  route.payload_format = integration->TextOf("payloadFormatVersion", "1.0");
  if (const Node* timeout = integration->Find("timeoutInMillis");
      timeout != nullptr && timeout->AsInteger()) {
    route.timeout = std::chrono::milliseconds(*timeout->AsInteger());
  }
  return route;
}

}  // namespace

IntegrationKind IntegrationKindOf(std::string_view type) {
  const std::string lower = ToLower(type);
  if (lower == "aws_proxy") {
    return IntegrationKind::kLambdaProxy;
  }
  if (lower == "aws") {
    return IntegrationKind::kLambda;
  }
  if (lower == "mock") {
    return IntegrationKind::kMock;
  }
  return lower == "http_proxy" ? IntegrationKind::kHttpProxy : IntegrationKind::kOther;
}

std::string Unquote(std::string_view text) {
  text = Trim(text);
  const bool quoted = text.size() >= 2 && text.front() == '\'' && text.back() == '\'';
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

void AddBinaryMediaType(const std::string& type, Api& api) {
  std::string decoded = ReplaceAll(type, "~1", "/");
  if (std::find(api.binary_media_types.begin(), api.binary_media_types.end(), decoded) ==
      api.binary_media_types.end()) {
    api.binary_media_types.push_back(std::move(decoded));
  }
}

void ReadDefinition(LoadContext& context, const Node& definition, Api& api) {
  api.definition = definition;
  const Schemes schemes = ReadSchemes(definition, api);
  for (const std::string& type :
       TextList(definition.Find("x-amazon-apigateway-binary-media-types"))) {
    AddBinaryMediaType(type, api);
  }
  if (const Node* size = definition.Find("x-amazon-apigateway-minimum-compression-size")) {
    api.minimum_compression_size = size->AsInteger();
  }
  if (const Node* responses = definition.Find("x-amazon-apigateway-gateway-responses")) {
    api.gateway_responses = *responses;
  }
  const Node* paths = definition.Find("paths");
  if (paths == nullptr || !paths->IsMap()) {
    context.Add(Fate::kRefused, definition.position(), api.path,
                "the API's definition has no paths");
    return;
  }
  for (const Entry& path : paths->entries()) {
    for (const Entry& operation : path.value.entries()) {
      std::string method = MethodOf(operation.key);
      if (method.empty() || !operation.value.IsMap()) {
        continue;
      }
      Route route = RouteOf(path, operation, std::move(method), api);
      const Node* security = operation.value.Find("security");
      route.auth =
          AuthOf(security == nullptr ? definition.Find("security") : security, schemes, api);
      api.routes.push_back(std::move(route));
    }
  }
}

Resolved<Node> ReadDefinitionFile(Scope& scope, const Node& location) {
  if (!location.IsString() || location.text().find("://") != std::string::npos) {
    return FailAt(location.position(), "the API's definition is not on this machine (it is in S3)",
                  Reason::kNotHere);
  }
  const std::filesystem::path file = (scope.folder() / location.text()).lexically_normal();
  OFFSTAGE_TRY(Document document, scope.context().Read(file, location.position()));
  return std::move(document.root);
}

Authorizer ReadSamAuthorizer(const std::string& name, const Node& written, ApiKind kind) {
  Authorizer authorizer{.name = name, .raw = written, .position = written.position()};
  authorizer.user_pool_arns = TextList(written.Find("UserPoolArn"));
  authorizer.function_arn = written.TextOf("FunctionArn");
  authorizer.function = FunctionNameInArn(authorizer.function_arn);
  authorizer.scopes = TextList(written.Find("AuthorizationScopes"));
  authorizer.payload_format = written.TextOf("AuthorizerPayloadFormatVersion");
  const Node* simple = written.Find("EnableSimpleResponses");
  authorizer.simple_responses = simple != nullptr && simple->AsBool().value_or(false);
  const Node* identity = written.Find("Identity");
  if (identity != nullptr && identity->IsMap()) {
    authorizer.validation_expression = identity->TextOf("ValidationExpression");
    const Node* ttl = identity->Find("ReauthorizeEvery");
    if (ttl != nullptr && ttl->AsInteger()) {
      authorizer.ttl = std::chrono::seconds(*ttl->AsInteger());
    }
    const std::string_view prefix = kind == ApiKind::kRest ? "method.request." : "$request.";
    const std::string_view context = kind == ApiKind::kRest ? "context." : "$context.";
    const std::string_view stage = kind == ApiKind::kRest ? "stageVariables." : "$stageVariables.";
    for (const auto& [key, before] :
         {std::pair<std::string_view, std::string>{"Headers", fmt::format("{}header.", prefix)},
          {"QueryStrings", fmt::format("{}querystring.", prefix)},
          {"StageVariables", std::string(stage)},
          {"Context", std::string(context)}}) {
      for (const std::string& source : TextList(identity->Find(key))) {
        authorizer.identity_sources.push_back(before + source);
      }
    }
  }
  const Node* jwt = written.Find("JwtConfiguration");
  if (kind == ApiKind::kHttp && authorizer.function_arn.empty()) {
    authorizer.kind = AuthorizerKind::kJwt;
    if (jwt != nullptr) {
      authorizer.issuer = jwt->TextOf("issuer", jwt->TextOf("Issuer"));
      const Node* audience = jwt->Find("audience");
      authorizer.audience = TextList(audience == nullptr ? jwt->Find("Audience") : audience);
    }
    authorizer.identity_sources = {
        written.TextOf("IdentitySource", "$request.header.Authorization")};
    return authorizer;
  }
  if (authorizer.function_arn.empty()) {
    authorizer.kind = AuthorizerKind::kCognitoUserPools;
  } else {
    const bool request = kind == ApiKind::kHttp ||
                         EqualsIgnoreCase(written.TextOf("FunctionPayloadType"), "REQUEST");
    authorizer.kind = request ? AuthorizerKind::kLambdaRequest : AuthorizerKind::kLambdaToken;
  }
  if (kind == ApiKind::kRest && authorizer.kind != AuthorizerKind::kLambdaRequest) {
    const std::string header =
        identity == nullptr ? "Authorization" : identity->TextOf("Header", "Authorization");
    authorizer.identity_sources = {"method.request.header." + header};
  }
  return authorizer;
}

}  // namespace offstage::templates
