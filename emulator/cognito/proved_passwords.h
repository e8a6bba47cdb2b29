// ProvedPasswords: which password was last found right for a verifier, so that signing in again
// does not cost the modular exponentiation again (a millisecond, most of a sign-in's time). Keeps
// digests keyed with random bytes of this process, in memory only.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "cognito/crypto/srp.h"

namespace offstage::cognito {

// Thread-safe.
class ProvedPasswords {
 public:
  ProvedPasswords();
  // False says nothing about the password.
  bool Knows(const PasswordVerifier& stored, std::string_view password) const;
  void Remember(const PasswordVerifier& stored, std::string_view password);

 private:
  std::string Digest(const PasswordVerifier& stored, std::string_view password) const;

  const std::string key_;
  mutable Mutex mutex_;
  // By verifier: a changed password has another.
  std::map<std::string, std::string> digests_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::cognito
