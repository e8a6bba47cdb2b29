// TokenVerifier: how a gateway's authorizers check tokens, without knowing who issues them.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace offstage {

enum class TokenFault {
  kNone,
  // Not three base64url parts with a JSON header and payload.
  kMalformed,
  // Issued by nobody of those asked for.
  kIssuer,
  // Not RS256, or a key id that the issuer does not have.
  kAlgorithm,
  kKey,
  kSignature,
  kExpired,
  kNotYetValid,
};

struct TokenCheck {
  TokenFault fault = TokenFault::kNone;
  // Why, for the log and the x-offstage-explain header; never sent as a body.
  std::string explanation = {};
  // The payload of a good token; its audience, use and scopes are the caller's to check.
  Json claims = nullptr;
};

// Thread-safe.
class TokenVerifier {
 public:
  virtual ~TokenVerifier() = default;

  // Signature, issuer and times (of the deployment's clock). `issuers`: any of these, as user pool
  // ids ("us-east-1_AbCdEf123") or issuer addresses. Nothing is remembered from one call to the
  // next but keys.
  virtual TokenCheck Verify(std::string_view token, const std::vector<std::string>& issuers) = 0;

  // Whether tokens of this issuer (a pool id or an address) can be checked here at all.
  virtual bool IsKnownIssuer(std::string_view issuer) const = 0;
};

}  // namespace offstage
