// AES-256-GCM: encryption that notices any change to the text, and to data beside it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace offstage::encryption {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kTagBytes = 16;

// What a text is sealed with. A nonce is used once only with its key. Borrowed until the call
// returns.
struct Sealing {
  // kKeyBytes.
  std::string_view key;
  // kNonceBytes.
  std::string_view nonce;
  // Not encrypted, but must be the same when the text is opened.
  std::string_view beside = {};
};

// The ciphertext, as long as the text, and behind it the tag of kTagBytes.
std::string Seal(const Sealing& sealing, std::string_view text);

// The text; null when anything differs from what was sealed, or `sealed` is too short to be that.
std::optional<std::string> Open(const Sealing& sealing, std::string_view sealed);

}  // namespace offstage::encryption
