#include "cognito/crypto/totp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "cognito/crypto/bytes.h"

namespace offstage::cognito {

namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::optional<std::string> Base32Decode(std::string_view text) {
  std::string bytes;
  unsigned int buffer = 0;
  int bits = 0;
  for (const char c : text) {
    const auto value = kBase32.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    buffer = (buffer << 5 | static_cast<unsigned int>(value)) & 0xfffU;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>(buffer >> bits & 0xffU));
    }
  }
  return bytes;
}

}  // namespace

std::string NewTotpSecret() {
  return RandomText(52, kBase32);
}

std::string TotpCode(std::string_view secret, std::int64_t step) {
  const auto key = Base32Decode(secret);
  if (!key || key->empty()) return {};
  unsigned char counter[8];
  for (int i = 7; i >= 0; --i) {
    counter[i] = static_cast<unsigned char>(step & 0xff);
    step >>= 8;
  }
  unsigned char digest[20];
  unsigned int length = 0;
  ::HMAC(::EVP_sha1(), key->data(), static_cast<int>(key->size()), counter, sizeof(counter), digest,
         &length);
  const std::size_t offset = digest[19] & 15U;
  const std::uint32_t number = (static_cast<std::uint32_t>(digest[offset] & 0x7fU) << 24) |
                               (static_cast<std::uint32_t>(digest[offset + 1]) << 16) |
                               (static_cast<std::uint32_t>(digest[offset + 2]) << 8) |
                               digest[offset + 3];
  return fmt::format("{:06}", number % 1000000);
}

std::optional<std::int64_t> MatchTotp(std::string_view secret, std::string_view code,
                                      std::int64_t now_seconds) {
  const std::int64_t now = now_seconds / 30;
  for (const std::int64_t step : {now, now - 1, now + 1}) {
    const std::string expected = TotpCode(secret, step);
    if (!expected.empty() && EqualInConstantTime(expected, code)) return step;
  }
  return std::nullopt;
}

}  // namespace offstage::cognito
