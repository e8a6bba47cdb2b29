// RsaKey: the 2048-bit key pair that signs a user pool's tokens (RS256).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace offstage::cognito {

// Thread-safe: nothing changes once made.
class RsaKey {
 public:
  // Takes a tenth of a second.
  static std::shared_ptr<const RsaKey> Generate();
  // Fails for what is not an RSA private key in PEM.
  static Result<std::shared_ptr<const RsaKey>> FromPem(const std::string& pem);
  ~RsaKey();
  RsaKey(const RsaKey&) = delete;
  RsaKey& operator=(const RsaKey&) = delete;

  std::string ToPem() const;
  // As tokens and jwks.json name the key: base64 of 32 bytes that follow from the modulus.
  const std::string& key_id() const { return key_id_; }
  // base64url, as a JSON Web Key has them.
  const std::string& modulus() const { return modulus_; }
  const std::string& exponent() const { return exponent_; }

  // RSASSA-PKCS1-v1_5 with SHA-256: 256 bytes.
  std::string Sign(std::string_view bytes) const;
  bool Verify(std::string_view bytes, std::string_view signature) const;

 private:
  explicit RsaKey(void* key);
  void* key_;  // EVP_PKEY, owned.
  std::string key_id_;
  std::string modulus_;
  std::string exponent_;
};

}  // namespace offstage::cognito
