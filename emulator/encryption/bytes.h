// Digests and random bytes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace offstage::encryption {

// 32 bytes.
std::string Sha256(std::string_view bytes);

// From the system's generator for secrets: keys, passwords, codes, tokens.
std::string RandomBytes(std::size_t count);

}  // namespace offstage::encryption
