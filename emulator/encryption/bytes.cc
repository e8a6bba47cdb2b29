#include "encryption/bytes.h"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "base/check.h"

namespace offstage::encryption {

std::string Sha256(std::string_view bytes) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  ::SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest);
  return {reinterpret_cast<const char*>(digest), sizeof(digest)};
}

std::string RandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  const int done =
      ::RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count));
  OFFSTAGE_CHECK(done == 1, "the system has random bytes");
  return bytes;
}

}  // namespace offstage::encryption
