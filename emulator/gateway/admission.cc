#include "gateway/admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "gateway/gateway_error.h"

namespace offstage::gateway {

namespace {

bool IsSigned(const Call& call) {
  if (call.Header("authorization").starts_with("AWS4-HMAC-SHA256 ")) return true;
  return FindParameter(call.query, "X-Amz-Signature") != nullptr;
}

// requestContext.authorizer of a signed request to an HTTP API or function URL: whoever signs here
// is the account's own user.
std::string IamAuthorizerJson(const Call& call) {
  const std::string_view header = call.Header("authorization");
  const NamedValues* query = FindParameter(call.query, "X-Amz-Credential");
  std::string_view credential = query == nullptr ? std::string_view() : query->values.front();
  if (const std::size_t at = header.find("Credential="); at != std::string_view::npos)
    credential = header.substr(at + 11);
  std::string key;
  AppendJsonText(credential.substr(0, credential.find('/')), key);
  const std::string& account = call.api.config.account_id;
  return fmt::format(
      R"({{"iam":{{"accessKey":{},"accountId":"{}","callerId":"AIDACALLEROFOFFSTAGE",)"
      R"("cognitoIdentity":null,"principalOrgId":null,"userArn":"arn:aws:iam::{}:user/offstage",)"
      R"("userId":"AIDACALLEROFOFFSTAGE"}}}})",
      key, account, account);
}

// Where the name begins in "method.request.header.Name": after the third dot.
std::size_t NameOffset(std::string_view source) {
  std::size_t offset = 0;
  for (int dots = 0; dots < 3; ++dots) {
    const std::size_t dot = source.find('.', offset);
    if (dot == std::string_view::npos) return 0;
    offset = dot + 1;
  }
  return offset;
}

// `source` is "method.request.header.Name", ".querystring.Name" or ".path.Name". Names of headers
// are case-sensitive here (api-gateway-known-issues).
bool HasParameter(const Call& call, std::string_view source) {
  const auto name_after = [source](std::string_view prefix) {
    return source.starts_with(prefix) ? source.substr(prefix.size()) : std::string_view();
  };
  if (const auto name = name_after("method.request.header."); !name.empty()) {
    return std::any_of(call.request.headers.begin(), call.request.headers.end(),
                       [name](const auto& header) { return header.first == name; });
  }
  if (const auto name = name_after("method.request.querystring."); !name.empty()) {
    return FindParameter(call.query, name) != nullptr;
  }
  if (const auto name = name_after("method.request.path."); !name.empty()) {
    return std::any_of(call.parameters.begin(), call.parameters.end(),
                       [name](const auto& parameter) { return parameter.first == name; });
  }
  return false;
}

// A source that the gateway cannot read would make every request look alike to the cache.
std::string UnsupportedLambdaAuthorizer(const std::string& name,
                                        const LambdaAuthorizer& authorizer) {
  static constexpr std::array<std::string_view, 16> kPrefixes = {"method.request.header.",
                                                                 "$request.header.",
                                                                 "method.request.querystring.",
                                                                 "$request.querystring.",
                                                                 "stageVariables.",
                                                                 "$stageVariables.",
                                                                 "context.httpMethod",
                                                                 "$context.httpMethod",
                                                                 "context.path",
                                                                 "$context.path",
                                                                 "context.resourcePath",
                                                                 "$context.routeKey",
                                                                 "context.stage",
                                                                 "$context.stage",
                                                                 "context.identity.sourceIp",
                                                                 "$context.identity.sourceIp"};
  for (const std::string& source : authorizer.identity_sources) {
    const bool known =
        std::any_of(kPrefixes.begin(), kPrefixes.end(),
                    [&source](std::string_view prefix) { return source.starts_with(prefix); });
    if (!known) {
      return fmt::format("the identity source {} of its authorizer {} is not emulated", source,
                         name);
    }
  }
  if (authorizer.kind == LambdaAuthorizer::Kind::kToken &&
      authorizer.identity_sources.size() != 1) {
    return fmt::format("its TOKEN authorizer {} needs exactly one identity source", name);
  }
  return {};
}

std::string PrepareAuthorizer(const std::string& name, const Authorizer& authorizer,
                              CompiledRoute& compiled) {
  const auto* lambda = std::get_if<LambdaAuthorizer>(&authorizer);
  const auto* cognito = std::get_if<CognitoAuthorizer>(&authorizer);
  const std::string validation = lambda != nullptr    ? lambda->identity_validation
                                 : cognito != nullptr ? cognito->identity_validation
                                                      : std::string();
  if (!validation.empty()) {
    auto pattern = Regex::Compile(validation);
    if (!pattern.ok()) return fmt::format("authorizer {}: {}", name, pattern.error().message);
    compiled.token_pattern = std::move(pattern).value();
  }
  // Authorizers that check tokens are looked at once the verifier is known (Gateway::Create).
  if (lambda == nullptr) return {};
  return UnsupportedLambdaAuthorizer(name, *lambda);
}

// What is wrong with the body, or "". A body whose type has no model is not looked at; an empty one
// counts as {}.
std::string CheckBody(const Call& call) {
  const std::map<std::string, JsonSchema>& schemas = call.route->body_schemas;
  if (schemas.empty()) return {};
  const std::string_view header = call.Header("content-type");
  std::string type = ToLower(Trim(header.substr(0, header.find(';'))));
  if (type.empty()) type = "application/json";
  auto schema = schemas.find(type);
  if (schema == schemas.end()) schema = schemas.find("$default");
  if (schema == schemas.end()) return {};
  const auto body = ParseJson(call.request.body.empty() ? "{}" : call.request.body);
  if (!body.ok()) return "the body is not JSON: " + body.error().message;
  const Status checked = schema->second.Check(*body);
  return checked.ok() ? std::string()
                      : "the body does not fit its model: " + checked.error().message;
}

}  // namespace

std::string PrepareProtection(const ApiConfig& config, CompiledRoute& compiled) {
  const Route& route = compiled.route;
  if (!route.authorizer.empty()) {
    const auto found = config.authorizers.find(route.authorizer);
    if (found == config.authorizers.end()) {
      return fmt::format("its authorizer {} is not defined", route.authorizer);
    }
    std::string why = PrepareAuthorizer(route.authorizer, found->second, compiled);
    if (!why.empty()) return why;
  }
  if (!route.validation.has_value()) return {};
  for (const auto& [content_type, text] : route.validation->body_schemas) {
    auto schema = JsonSchema::Compile(text, config.models);
    if (!schema.ok()) {
      return fmt::format("its request model for {} cannot be used: {}", content_type,
                         schema.error().message);
    }
    compiled.body_schemas.emplace(ToLower(content_type), std::move(schema).value());
  }
  return {};
}

std::optional<http::Reply> CheckIam(Call& call) {
  if (call.route->route.iam == Route::IamAuthorization::kNotRequired) return std::nullopt;
  if (IsSigned(call)) {
    if (!call.api.is_rest()) call.authorizer_json = IamAuthorizerJson(call);
    return std::nullopt;
  }
  call.explanation = "the route has AWS_IAM authorization and the request has no SigV4 signature";
  if (call.api.is_function_url()) return MakeFunctionUrlForbidden();
  if (!call.api.is_rest()) return MakeHttpError(403, "Forbidden");
  return MakeRestError(error::kMissingAuthenticationToken, call.api.config);
}

std::optional<http::Reply> CheckApiKey(Call& call) {
  if (call.route->route.api_key == Route::ApiKeyUse::kNotRequired) return std::nullopt;
  const std::string_view value = call.Header("x-api-key");
  const std::vector<ApiKey>& keys = call.api.config.api_keys;
  const auto found = std::find_if(keys.begin(), keys.end(), [value](const ApiKey& key) {
    return !value.empty() && key.value == value;
  });
  if (found != keys.end()) {
    call.api_key = &*found;
    return std::nullopt;
  }
  call.explanation = value.empty()
                         ? "the route needs an API key in the header x-api-key"
                         : "the value of x-api-key is not a key of a usage plan of this stage";
  return MakeRestError(error::kInvalidApiKey, call.api.config);
}

std::optional<http::Reply> CheckValidation(Call& call) {
  if (!call.route->route.validation.has_value()) return std::nullopt;
  const RequestValidation& validation = *call.route->route.validation;
  std::vector<std::string> missing;
  for (const std::string& source : validation.required_parameters) {
    if (!HasParameter(call, source)) missing.push_back(source);
  }
  if (!missing.empty()) {
    // Headers, then path, then query: the order of the full names (recorded).
    std::sort(missing.begin(), missing.end());
    for (std::string& source : missing)
      source.erase(0, NameOffset(source));
    call.explanation = "the request validator wants parameters that the request lacks";
    return MakeRestError(
        error::kBadRequestParameters, call.api.config,
        fmt::format("Missing required request parameters: [{}]", Join(missing, ", ")));
  }
  if (std::string why = CheckBody(call); !why.empty()) {
    call.explanation = std::move(why);
    return MakeRestError(error::kBadRequestBody, call.api.config);
  }
  return std::nullopt;
}

}  // namespace offstage::gateway
