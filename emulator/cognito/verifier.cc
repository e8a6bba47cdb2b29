#include "cognito/verifier.h"

#include <fmt/format.h>

#include <algorithm>

#include "cognito/jwt.h"
#include "cognito/pool_config.h"
#include "cognito/tokens.h"

namespace offstage::cognito {

namespace {

TokenCheck Refused(TokenFault fault, std::string explanation) {
  return {.fault = fault, .explanation = std::move(explanation)};
}

// A pool id, or the last part of an issuer's address.
std::string PoolIdOf(std::string_view issuer) {
  while (issuer.ends_with('/'))
    issuer.remove_suffix(1);
  return std::string(issuer.substr(issuer.rfind('/') + 1));
}

// Whether `issuer` (an id or an address) is this pool under one of its two names.
bool Names(const Engine& engine, std::string_view issuer, const std::string& pool_id) {
  return issuer == pool_id || issuer == AwsIssuer(engine, pool_id) ||
         (!engine.endpoint().empty() && issuer == LocalIssuer(engine, pool_id));
}

}  // namespace

bool Verifier::IsKnownIssuer(std::string_view issuer) const {
  const std::string pool_id = PoolIdOf(issuer);
  return engine_.store->FindPool(pool_id) != nullptr && Names(engine_, issuer, pool_id);
}

TokenCheck Verifier::Verify(std::string_view token, const std::vector<std::string>& issuers) {
  auto jwt = ParseJwt(token);
  if (!jwt) return Refused(TokenFault::kMalformed, "the token is no JSON Web Token");
  const std::string issuer = TextAt(jwt->claims, "iss");
  const std::string pool_id = PoolIdOf(issuer);
  const bool right = std::any_of(issuers.begin(), issuers.end(), [&](const std::string& wanted) {
    return Names(engine_, wanted, pool_id);
  });
  if (!right || !Names(engine_, issuer, pool_id) || issuer == pool_id ||
      engine_.store->FindPool(pool_id) == nullptr) {
    return Refused(
        TokenFault::kIssuer,
        fmt::format("the token was issued by '{}', not by the authorizer's user pool", issuer));
  }
  const std::string algorithm = TextAt(jwt->header, "alg");
  if (algorithm != "RS256") {
    return Refused(TokenFault::kAlgorithm,
                   fmt::format("the token's algorithm is '{}'; only RS256 is accepted", algorithm));
  }
  const auto key = engine_.store->Key(pool_id);
  if (!key.ok()) return Refused(TokenFault::kKey, key.error().message);
  if (TextAt(jwt->header, "kid") != (*key)->key_id())
    return Refused(TokenFault::kKey, "the token's key id is not one of the pool's keys");
  if (!(*key)->Verify(jwt->signed_part, jwt->signature))
    return Refused(TokenFault::kSignature, "the token's signature is wrong");
  const std::int64_t now = engine_.NowSeconds();
  const Json* expires = FindPath(jwt->claims, "exp");
  if (expires == nullptr || !expires->is_number())
    return Refused(TokenFault::kMalformed, "the token has no expiry");
  if (expires->get<std::int64_t>() <= now) {
    return Refused(TokenFault::kExpired,
                   fmt::format("the token expired {} s ago", now - expires->get<std::int64_t>()));
  }
  for (const char* claim : {"nbf", "iat"}) {
    if (IntegerAt(jwt->claims, claim, now) > now)
      return Refused(TokenFault::kNotYetValid,
                     fmt::format("the token is not valid yet ({} lies ahead)", claim));
  }
  return {.claims = std::move(jwt->claims)};
}

}  // namespace offstage::cognito
