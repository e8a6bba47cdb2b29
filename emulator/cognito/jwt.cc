#include "cognito/jwt.h"

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {
// API Gateway's own limit for all headers is 10,240 bytes; nothing longer is a token of ours.
constexpr std::size_t kMaxTokenBytes = 64 * 1024;
}  // namespace

std::string SignJwt(const RsaKey& key, const OrderedJson& claims) {
  const OrderedJson header = {{"kid", key.key_id()}, {"alg", "RS256"}};
  std::string token = Base64UrlEncode(DumpJson(header));
  token += '.';
  token += Base64UrlEncode(DumpJson(claims));
  const std::string signature = Base64UrlEncode(key.Sign(token));
  token += '.';
  token += signature;
  return token;
}

std::optional<Jwt> ParseJwt(std::string_view token) {
  if (token.size() > kMaxTokenBytes) return std::nullopt;
  const auto parts = Split(token, '.');
  if (parts.size() != 3) return std::nullopt;
  const auto header_text = Base64UrlDecode(parts[0]);
  const auto claims_text = Base64UrlDecode(parts[1]);
  auto signature = Base64UrlDecode(parts[2]);
  if (!header_text || !claims_text || !signature) return std::nullopt;
  auto header = ParseJson(*header_text);
  auto claims = ParseJson(*claims_text);
  if (!header.ok() || !claims.ok() || !header->is_object() || !claims->is_object())
    return std::nullopt;
  return Jwt{.header = std::move(header).value(),
             .claims = std::move(claims).value(),
             .signed_part = std::string(token.substr(0, parts[0].size() + 1 + parts[1].size())),
             .signature = *std::move(signature)};
}

bool IsSignedBy(const Jwt& jwt, const RsaKey& key) {
  return TextAt(jwt.header, "alg") == "RS256" && TextAt(jwt.header, "kid") == key.key_id() &&
         key.Verify(jwt.signed_part, jwt.signature);
}

}  // namespace offstage::cognito
