// Digests, random secrets and encodings; the only includer of OpenSSL's digest and random headers
// beside the other files of crypto/.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "encryption/bytes.h"

namespace offstage::cognito {

using encryption::RandomBytes;
using encryption::Sha256;

std::string HmacSha256(std::string_view key, std::string_view bytes);

// Lower case.
std::string HexEncode(std::string_view bytes);
// RFC 4648 base64url without padding. Decoding is strict: null for anything else.
std::string Base64UrlEncode(std::string_view bytes);
std::optional<std::string> Base64UrlDecode(std::string_view text);

// From the system's generator for secrets: keys, passwords, codes, tokens.
std::string RandomText(std::size_t length, std::string_view alphabet);

// Takes the same time wherever the two differ.
bool EqualInConstantTime(std::string_view a, std::string_view b);

}  // namespace offstage::cognito
