#include "dynamodb/store/key.h"

namespace offstage::dynamodb {

namespace {

// FNV-1a with a last mixing step: kept in files, so it never changes.
std::uint32_t Hash(std::uint64_t hash, std::string_view bytes) {
  for (const char c : bytes) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  hash ^= hash >> 32;
  hash *= 0x9E3779B97F4A7C15ULL;
  return static_cast<std::uint32_t>(hash >> 32);
}

}  // namespace

std::int64_t ItemKey::PreferredRow() const {
  constexpr std::uint64_t kBasis = 0xcbf29ce484222325ULL;
  // 31 bits of partition hash: row ids stay positive.
  const std::uint64_t low = Hash(Hash(kBasis, partition), sort);
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(hash) << 32) | low);
}

}  // namespace offstage::dynamodb
