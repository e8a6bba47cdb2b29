// RsaPublicKey: the public half of another issuer's key, from its JSON Web Key.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace offstage::cognito {

// Thread-safe: nothing changes once made.
class RsaPublicKey {
 public:
  // base64url, as "n" and "e" of a JSON Web Key. Fails for what is no RSA key, and for keys under
  // 2048 bits.
  static Result<std::shared_ptr<const RsaPublicKey>> FromJwk(std::string_view modulus,
                                                             std::string_view exponent);
  ~RsaPublicKey();
  RsaPublicKey(const RsaPublicKey&) = delete;
  RsaPublicKey& operator=(const RsaPublicKey&) = delete;

  // RS256, RS384 or RS512: RSASSA-PKCS1-v1_5 with SHA-2 (RFC 7518, section 3.3). API Gateway takes
  // all of them:
  // docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
  static bool IsAlgorithm(std::string_view name);
  // False for another algorithm.
  bool Verify(std::string_view bytes, std::string_view signature, std::string_view algorithm) const;

 private:
  explicit RsaPublicKey(void* key) : key_(key) {}
  void* key_;  // EVP_PKEY, owned.
};

}  // namespace offstage::cognito
