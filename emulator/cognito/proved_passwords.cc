#include "cognito/proved_passwords.h"

#include "cognito/crypto/bytes.h"

namespace offstage::cognito {

namespace {
constexpr std::size_t kMostProved = 10000;
}  // namespace

ProvedPasswords::ProvedPasswords() : key_(RandomBytes(32)) {}

std::string ProvedPasswords::Digest(const PasswordVerifier& stored,
                                    std::string_view password) const {
  return HmacSha256(key_, stored.salt + stored.verifier + ":" + std::string(password));
}

bool ProvedPasswords::Knows(const PasswordVerifier& stored, std::string_view password) const {
  if (stored.verifier.empty()) return false;
  const std::string digest = Digest(stored, password);
  const MutexLock lock(mutex_);
  const auto found = digests_.find(stored.verifier);
  return found != digests_.end() && EqualInConstantTime(found->second, digest);
}

void ProvedPasswords::Remember(const PasswordVerifier& stored, std::string_view password) {
  std::string digest = Digest(stored, password);
  const MutexLock lock(mutex_);
  if (digests_.size() >= kMostProved) digests_.clear();
  digests_[stored.verifier] = std::move(digest);
}

}  // namespace offstage::cognito
