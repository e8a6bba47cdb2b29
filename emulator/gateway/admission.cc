#include "gateway/admission.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "gateway/gateway_error.h"

namespace offstage::gateway {

namespace {

bool IsSigned(const Call& call) {
  if (call.Header("authorization").starts_with("AWS4-HMAC-SHA256 ")) return true;
  return FindParameter(call.query, "X-Amz-Signature") != nullptr;
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

}  // namespace

std::string UnsupportedProtection(const ApiConfig& config, const Route& route) {
  if (!route.authorizer.empty()) {
    const auto found = config.authorizers.find(route.authorizer);
    if (found == config.authorizers.end()) {
      return fmt::format("its authorizer {} is not defined", route.authorizer);
    }
    if (std::holds_alternative<LambdaAuthorizer>(found->second)) {
      return UnsupportedLambdaAuthorizer(route.authorizer,
                                         std::get<LambdaAuthorizer>(found->second));
    }
    const bool cognito = std::holds_alternative<CognitoAuthorizer>(found->second);
    return fmt::format("its {} authorizer {} is not emulated yet", cognito ? "Cognito" : "JWT",
                       route.authorizer);
  }
  if (route.validation.has_value() && !route.validation->body_schemas.empty()) {
    return "validation of request bodies is not emulated yet";
  }
  return {};
}

std::optional<http::Reply> CheckIam(Call& call) {
  if (call.route->route.iam == Route::IamAuthorization::kNotRequired || IsSigned(call)) {
    return std::nullopt;
  }
  call.explanation = "the route has AWS_IAM authorization and the request has no SigV4 signature";
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
    if (!HasParameter(call, source)) missing.push_back(source.substr(source.rfind('.') + 1));
  }
  if (!missing.empty()) {
    std::sort(missing.begin(), missing.end());
    call.explanation = "the request validator wants parameters that the request lacks";
    return MakeRestError(
        error::kBadRequestParameters, call.api.config,
        fmt::format("Missing required request parameters: [{}]", Join(missing, ", ")));
  }
  return std::nullopt;
}

}  // namespace offstage::gateway
