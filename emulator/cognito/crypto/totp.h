// Time-based one-time passwords as authenticator apps make them: RFC 6238, SHA-1, 30 seconds, 6
// digits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace offstage::cognito {

// Base32 without padding: 32 random bytes, as AssociateSoftwareToken gives them.
std::string NewTotpSecret();
// The code of the 30-second step `step` (seconds since the epoch / 30). Empty: not base32.
std::string TotpCode(std::string_view secret, std::int64_t step);
// The step whose code this is, at most one step away from `now_seconds`; null: none.
std::optional<std::int64_t> MatchTotp(std::string_view secret, std::string_view code,
                                      std::int64_t now_seconds);

}  // namespace offstage::cognito
