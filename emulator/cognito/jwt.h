// JSON Web Tokens as Cognito makes them: RS256 only.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"
#include "cognito/crypto/rsa_key.h"

namespace offstage::cognito {

// {"kid":...,"alg":"RS256"}.claims.signature
std::string SignJwt(const RsaKey& key, const OrderedJson& claims);

// A token taken apart; nothing is proved yet.
struct Jwt {
  Json header;
  Json claims;
  // What was signed, and the signature's bytes.
  std::string signed_part;
  std::string signature;
};
// Null for anything but three base64url parts, the first two JSON objects.
std::optional<Jwt> ParseJwt(std::string_view token);

// Whether the header says RS256 and the key's id, and the signature is the key's. Nothing else in
// the header matters: no embedded key, no address of a key, no other algorithm.
bool IsSignedBy(const Jwt& jwt, const RsaKey& key);

}  // namespace offstage::cognito
