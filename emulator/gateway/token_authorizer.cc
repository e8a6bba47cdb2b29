#include "gateway/token_authorizer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "gateway/gateway_error.h"

namespace offstage::gateway {

namespace {

constexpr std::string_view kRestHeader = "method.request.header.";
constexpr std::string_view kHttpHeader = "$request.header.";
constexpr std::string_view kHttpQuery = "$request.querystring.";

http::Reply Unauthorized(Call& call, std::string why, std::string_view message = {}) {
  call.explanation = std::move(why);
  return MakeRestError(error::kUnauthorized, call.api.config, message);
}

http::Reply Challenged(Call& call, int status, const std::string& scopes, std::string_view code,
                       std::string_view description, std::string why) {
  call.explanation = std::move(why);
  http::Reply reply = MakeHttpError(status, status == 401 ? "Unauthorized" : "Forbidden");
  // The service says none: http-api-troubleshooting-jwt.html shows the whole answer.
  reply.headers.Remove("content-type");
  std::string header = "Bearer";
  if (!code.empty()) {
    header += fmt::format(" scope=\"{}\" error=\"{}\" error_description=\"{}\"", scopes, code,
                          description);
  }
  reply.headers.Add("www-authenticate", header);
  return reply;
}

// Both kinds take the bare token too.
std::string_view WithoutBearer(std::string_view value) {
  value = Trim(value);
  constexpr std::string_view kBearer = "bearer ";
  if (value.size() > kBearer.size() && EqualsIgnoreCase(value.substr(0, kBearer.size()), kBearer))
    value = Trim(value.substr(kBearer.size()));
  return value;
}

std::string IdentityOf(const Call& call, std::string_view source) {
  if (source.starts_with(kRestHeader))
    return std::string(call.Header(source.substr(kRestHeader.size())));
  if (source.starts_with(kHttpHeader))
    return std::string(call.Header(source.substr(kHttpHeader.size())));
  if (source.starts_with(kHttpQuery)) {
    const NamedValues* found = FindParameter(call.query, source.substr(kHttpQuery.size()));
    return found == nullptr ? std::string() : found->values.back();
  }
  return {};
}

std::string TextOf(const Json& claims, std::string_view name) {
  const auto found = claims.find(name);
  return found != claims.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The token's scopes: `scope`, else `scp`, a text with blanks or a list.
std::vector<std::string> ScopesOf(const Json& claims) {
  std::vector<std::string> scopes;
  for (const char* name : {"scope", "scp"}) {
    const auto found = claims.find(name);
    if (found == claims.end()) continue;
    if (found->is_string()) {
      const auto& text = found->get_ref<const std::string&>();
      for (const std::string_view scope : Split(text, ' '))
        scopes.emplace_back(scope);
    }
    if (!found->is_array()) continue;
    for (const Json& scope : *found) {
      if (scope.is_string()) scopes.push_back(scope.get<std::string>());
    }
  }
  return scopes;
}

bool HasOneOf(const std::vector<std::string>& scopes, const std::vector<std::string>& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&scopes](const std::string& scope) {
    return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
  });
}

// `aud` where there is one, else `client_id`.
bool HasAudience(const Json& claims, const std::vector<std::string>& wanted) {
  const auto is_wanted = [&wanted](const Json& value) {
    return value.is_string() && std::find(wanted.begin(), wanted.end(),
                                          value.get_ref<const std::string&>()) != wanted.end();
  };
  const auto audience = claims.find("aud");
  if (audience == claims.end()) {
    const auto client = claims.find("client_id");
    return client != claims.end() && is_wanted(*client);
  }
  if (audience->is_array()) return std::any_of(audience->begin(), audience->end(), is_wanted);
  return is_wanted(*audience);
}

// "Wed Nov 25 12:00:00 UTC 2026", as Java prints a date.
std::string JavaDate(std::int64_t seconds) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                     "Thu", "Fri", "Sat"};
  const TimePoint time{std::chrono::seconds(seconds)};
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(days);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - days));
  return fmt::format(
      "{} {} {:02} {:02}:{:02}:{:02} UTC {}", kDays[std::chrono::weekday(days).c_encoding()],
      kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<unsigned>(date.day()),
      clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
      static_cast<int>(date.year()));
}

std::string RestText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return DumpJson(value);
  std::vector<std::string> parts;
  for (const Json& item : value)
    parts.push_back(RestText(item));
  return Join(parts, ",");
}

// As Go prints values.
std::string GoText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_structured()) return DumpJson(value);
  std::vector<std::string> parts;
  if (value.is_array()) {
    for (const Json& item : value)
      parts.push_back(GoText(item));
    return "[" + Join(parts, " ") + "]";
  }
  for (const auto& [key, item] : value.items())
    parts.push_back(key + ":" + GoText(item));
  return "map[" + Join(parts, " ") + "]";
}

template <typename ToText>
std::string ClaimsObject(const Json& claims, const ToText& to_text) {
  std::string out = "{";
  for (const auto& [name, value] : claims.items()) {
    if (out.size() > 1) out.push_back(',');
    AppendJsonText(name, out);
    out.push_back(':');
    AppendJsonText(to_text(name, value), out);
  }
  return out + "}";
}

std::string_view Description(TokenFault fault) {
  switch (fault) {
    case TokenFault::kMalformed:
      return "invalid token";
    case TokenFault::kIssuer:
      return "issuer claim mismatch";
    case TokenFault::kAlgorithm:
      return "signing method is invalid";
    case TokenFault::kKey:
      return "kid not found";
    case TokenFault::kSignature:
      return "signature is invalid";
    case TokenFault::kExpired:
      return "the token has expired";
    case TokenFault::kNotYetValid:
      return "the token is not valid yet";
    case TokenFault::kNone:
      break;
  }
  return {};
}

}  // namespace

std::string RestClaims(const Json& claims) {
  return ClaimsObject(claims, [](const std::string& name, const Json& value) {
    const bool time = name == "exp" || name == "iat";
    return time && value.is_number() ? JavaDate(value.get<std::int64_t>()) : RestText(value);
  });
}

std::string JwtClaims(const Json& claims) {
  return ClaimsObject(claims, [](const std::string&, const Json& value) { return GoText(value); });
}

std::string UnsupportedTokenAuthorizer(const std::string& name, const Authorizer& authorizer,
                                       const TokenVerifier* verifier) {
  const auto* cognito = std::get_if<CognitoAuthorizer>(&authorizer);
  const auto* jwt = std::get_if<JwtAuthorizer>(&authorizer);
  if (cognito == nullptr && jwt == nullptr) return {};
  const std::string& source = cognito != nullptr ? cognito->identity_source : jwt->identity_source;
  const bool readable = cognito != nullptr
                            ? source.starts_with(kRestHeader)
                            : source.starts_with(kHttpHeader) || source.starts_with(kHttpQuery);
  if (!readable) {
    return fmt::format("the identity source {} of its authorizer {} is not emulated", source, name);
  }
  const std::vector<std::string> issuers =
      cognito != nullptr ? cognito->user_pool_ids : std::vector<std::string>{jwt->issuer};
  const bool known = verifier != nullptr &&
                     std::any_of(issuers.begin(), issuers.end(), [verifier](const auto& issuer) {
                       return verifier->IsKnownIssuer(issuer);
                     });
  if (known) return {};
  return fmt::format(
      "its authorizer {} trusts {}, which is no user pool of this stack, so tokens "
      "cannot be checked here",
      name, Join(issuers, ", "));
}

std::optional<http::Reply> TokenAuthorizers::Authorize(Call& call,
                                                       const CognitoAuthorizer& authorizer) const {
  const std::string identity = IdentityOf(call, authorizer.identity_source);
  const std::string_view token = WithoutBearer(identity);
  if (token.empty()) {
    return Unauthorized(
        call, fmt::format("the authorizer needs a token in {}", authorizer.identity_source));
  }
  if (call.route->token_pattern.has_value() && !call.route->token_pattern->Matches(identity))
    return Unauthorized(call, "the token does not match the authorizer's validation expression");
  const TokenCheck check = verifier_->Verify(token, authorizer.user_pool_ids);
  if (check.fault == TokenFault::kExpired)
    return Unauthorized(call, check.explanation, "The incoming token has expired");
  if (check.fault != TokenFault::kNone) return Unauthorized(call, check.explanation);
  const std::vector<std::string>& wanted = call.route->route.scopes;
  const std::string use = TextOf(check.claims, "token_use");
  if (wanted.empty() && use != "id") {
    return Unauthorized(call, fmt::format("this is an {} token; a method without scopes takes id "
                                          "tokens",
                                          use));
  }
  if (!wanted.empty() && use != "access") {
    return Unauthorized(call, fmt::format("this is an {} token; a method with scopes ({}) takes "
                                          "access tokens",
                                          use, Join(wanted, ", ")));
  }
  if (!wanted.empty() && !HasOneOf(ScopesOf(check.claims), wanted)) {
    return Unauthorized(
        call, fmt::format("the token has none of the method's scopes ({})", Join(wanted, ", ")));
  }
  call.authorizer_json = "{\"claims\":" + RestClaims(check.claims) + "}";
  return std::nullopt;
}

std::optional<http::Reply> TokenAuthorizers::Authorize(Call& call,
                                                       const JwtAuthorizer& authorizer) const {
  const std::vector<std::string>& wanted = call.route->route.scopes;
  const std::string scopes = Join(wanted, " ");
  const std::string identity = IdentityOf(call, authorizer.identity_source);
  const std::string_view token = WithoutBearer(identity);
  if (token.empty()) {
    return Challenged(
        call, 401, scopes, "", "",
        fmt::format("the authorizer needs a token in {}", authorizer.identity_source));
  }
  const TokenCheck check = verifier_->Verify(token, {authorizer.issuer});
  if (check.fault != TokenFault::kNone) {
    return Challenged(call, 401, scopes, "invalid_token", Description(check.fault),
                      check.explanation);
  }
  if (!HasAudience(check.claims, authorizer.audience)) {
    return Challenged(
        call, 401, scopes, "invalid_token", "the token does not have a valid audience",
        fmt::format("the token's aud or client_id is none of {}", Join(authorizer.audience, ", ")));
  }
  if (!wanted.empty() && !HasOneOf(ScopesOf(check.claims), wanted)) {
    return Challenged(call, 403, scopes, "insufficient_scope",
                      "the token does not have one of the required scopes",
                      fmt::format("the token has none of the route's scopes ({})", scopes));
  }
  const auto* proxy = std::get_if<LambdaProxy>(&call.route->route.integration);
  const bool v2 = proxy == nullptr || proxy->payload == PayloadVersion::kV2;
  const std::string members = "{\"claims\":" + JwtClaims(check.claims) + ",\"scopes\":" +
                              (wanted.empty() ? std::string("null") : DumpJson(Json(wanted))) + "}";
  call.authorizer_json = v2 ? "{\"jwt\":" + members + "}" : members;
  return std::nullopt;
}

}  // namespace offstage::gateway
