#include "app/jwks_verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "base/json.h"
#include "base/text.h"
#include "cognito/jwt.h"
#include "gateway/http_backend.h"

namespace offstage::app {

namespace {

std::string TextAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool IsUrl(const std::string& source) {
  return source.starts_with("http://") || source.starts_with("https://");
}

Result<std::string> ReadSource(const std::string& source) {
  if (IsUrl(source)) {
    // Loopback only: the user named this address, and a name elsewhere needs a network.
    gateway::HttpBackend backend({});
    http::Request request;
    request.method = "GET";
    auto reply = backend.Send(source, std::move(request), std::chrono::seconds(5));
    if (!reply.ok()) return Fail(Error{reply.error().message});
    if (reply->status != 200)
      return Fail(Error{fmt::format("{} answered {}", source, reply->status)});
    return std::move(reply->body);
  }
  const std::ifstream file(source);
  if (!file) return Fail(Error{fmt::format("{} cannot be read", source)});
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

Result<std::map<std::string, std::shared_ptr<const cognito::RsaPublicKey>>> ReadKeys(
    const std::string& source) {
  OFFSTAGE_TRY(const std::string text, ReadSource(source));
  const auto parsed = ParseJson(text);
  if (!parsed.ok()) return Fail(Error{fmt::format("{}: {}", source, parsed.error().message)});
  const Json& document = *parsed;
  const auto list = document.is_object() ? document.find("keys") : document.end();
  if (!document.is_object() || list == document.end() || !list->is_array())
    return Fail(Error{fmt::format("{} is no JSON Web Key Set: it has no list \"keys\"", source)});
  std::map<std::string, std::shared_ptr<const cognito::RsaPublicKey>> keys;
  for (const Json& jwk : *list) {
    if (!jwk.is_object() || TextAt(jwk, "kty") != "RSA") continue;
    auto key = cognito::RsaPublicKey::FromJwk(TextAt(jwk, "n"), TextAt(jwk, "e"));
    if (!key.ok()) {
      return Fail(
          Error{fmt::format("{}: key {}: {}", source, TextAt(jwk, "kid"), key.error().message)});
    }
    keys[TextAt(jwk, "kid")] = std::move(key).value();
  }
  return keys;
}

TokenCheck Refused(TokenFault fault, std::string explanation) {
  return {.fault = fault, .explanation = std::move(explanation)};
}

}  // namespace

Result<std::unique_ptr<JwksVerifier>> JwksVerifier::Create(
    const std::vector<std::pair<std::string, std::string>>& sources, TokenVerifier& pools,
    const Clock& clock) {
  std::unique_ptr<JwksVerifier> verifier(new JwksVerifier(pools, clock));
  const MutexLock lock(verifier->mutex_);
  for (const auto& [issuer, source] : sources) {
    Issuer& entry = verifier->issuers_[issuer];
    entry.source = source;
    if (IsUrl(source)) continue;
    OFFSTAGE_TRY(entry.keys, ReadKeys(source));
  }
  return verifier;
}

bool JwksVerifier::IsKnownIssuer(std::string_view issuer) const {
  {
    const MutexLock lock(mutex_);
    if (issuers_.find(issuer) != issuers_.end()) return true;
  }
  return pools_.IsKnownIssuer(issuer);
}

Result<JwksVerifier::Key> JwksVerifier::FindKey(const std::string& issuer,
                                                const std::string& key_id) {
  std::string source;
  {
    const MutexLock lock(mutex_);
    const Issuer& entry = issuers_.find(issuer)->second;
    const auto found = entry.keys.find(key_id);
    if (found != entry.keys.end()) return found->second;
    source = entry.source;
  }
  OFFSTAGE_TRY(auto keys, ReadKeys(source));
  const MutexLock lock(mutex_);
  Issuer& entry = issuers_.find(issuer)->second;
  entry.keys = std::move(keys);
  const auto found = entry.keys.find(key_id);
  if (found == entry.keys.end())
    return Fail(Error{fmt::format("{} has no RSA key with the id '{}'", source, key_id)});
  return found->second;
}

TokenCheck JwksVerifier::CheckTimes(Json claims) const {
  const std::int64_t now = ToEpochSeconds(clock_.Now());
  const auto seconds = [&claims](const char* claim) -> std::optional<std::int64_t> {
    const auto found = claims.find(claim);
    if (found == claims.end() || !found->is_number()) return std::nullopt;
    return static_cast<std::int64_t>(found->get<double>());
  };
  const std::optional<std::int64_t> expires = seconds("exp");
  if (!expires.has_value()) return Refused(TokenFault::kMalformed, "the token has no expiry");
  if (*expires <= now)
    return Refused(TokenFault::kExpired, fmt::format("the token expired {} s ago", now - *expires));
  for (const char* claim : {"nbf", "iat"}) {
    if (seconds(claim).value_or(now) > now) {
      return Refused(TokenFault::kNotYetValid,
                     fmt::format("the token is not valid yet ({} lies ahead)", claim));
    }
  }
  return {.claims = std::move(claims)};
}

TokenCheck JwksVerifier::Verify(std::string_view token, const std::vector<std::string>& issuers) {
  auto jwt = cognito::ParseJwt(token);
  const std::string issuer = jwt ? TextAt(jwt->claims, "iss") : std::string();
  {
    const MutexLock lock(mutex_);
    if (!jwt || issuers_.find(issuer) == issuers_.end()) return pools_.Verify(token, issuers);
  }
  if (std::find(issuers.begin(), issuers.end(), issuer) == issuers.end()) {
    return Refused(
        TokenFault::kIssuer,
        fmt::format("the token was issued by '{}', not by the authorizer's issuer", issuer));
  }
  const std::string algorithm = TextAt(jwt->header, "alg");
  if (!cognito::RsaPublicKey::IsAlgorithm(algorithm)) {
    return Refused(TokenFault::kAlgorithm,
                   "only tokens signed with RS256, RS384 or RS512 are accepted");
  }
  const auto key = FindKey(issuer, TextAt(jwt->header, "kid"));
  if (!key.ok()) return Refused(TokenFault::kKey, key.error().message);
  if (!(*key)->Verify(jwt->signed_part, jwt->signature, algorithm))
    return Refused(TokenFault::kSignature, "the token's signature is wrong");
  return CheckTimes(std::move(jwt->claims));
}

}  // namespace offstage::app
