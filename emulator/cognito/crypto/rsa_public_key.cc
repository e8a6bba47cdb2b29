#include "cognito/crypto/rsa_public_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "cognito/crypto/bytes.h"

namespace offstage::cognito {

namespace {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using RsaNumber = std::unique_ptr<BIGNUM, Deleter<&::BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<&::OSSL_PARAM_BLD_free>>;
using RsaParameters = std::unique_ptr<OSSL_PARAM, Deleter<&::OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Deleter<&::EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Deleter<&::EVP_MD_CTX_free>>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

RsaNumber ToNumber(std::string_view base64url) {
  const std::optional<std::string> bytes = Base64UrlDecode(base64url);
  if (!bytes.has_value() || bytes->empty() || bytes->size() > 1024) return nullptr;
  return RsaNumber(::BN_bin2bn(Bytes(*bytes), static_cast<int>(bytes->size()), nullptr));
}

// Null for what is no RSA signature with SHA-2.
const EVP_MD* DigestOf(std::string_view algorithm) {
  if (algorithm == "RS256") return ::EVP_sha256();
  if (algorithm == "RS384") return ::EVP_sha384();
  if (algorithm == "RS512") return ::EVP_sha512();
  return nullptr;
}

}  // namespace

RsaPublicKey::~RsaPublicKey() {
  ::EVP_PKEY_free(static_cast<EVP_PKEY*>(key_));
}

Result<std::shared_ptr<const RsaPublicKey>> RsaPublicKey::FromJwk(std::string_view modulus,
                                                                  std::string_view exponent) {
  const RsaNumber n = ToNumber(modulus);
  const RsaNumber e = ToNumber(exponent);
  if (n == nullptr || e == nullptr) return Fail(Error{"n or e is no base64url number"});
  const Builder builder(::OSSL_PARAM_BLD_new());
  ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  ::OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  const RsaParameters parameters(::OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(::EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  EVP_PKEY* key = nullptr;
  if (parameters == nullptr || ::EVP_PKEY_fromdata_init(context.get()) != 1 ||
      ::EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return Fail(Error{"not an RSA public key"});
  std::shared_ptr<const RsaPublicKey> made(new RsaPublicKey(key));
  if (::EVP_PKEY_get_bits(key) < 2048)
    return Fail(Error{"the key has fewer than 2048 bits, which its algorithms need"});
  return made;
}

bool RsaPublicKey::IsAlgorithm(std::string_view name) {
  return DigestOf(name) != nullptr;
}

bool RsaPublicKey::Verify(std::string_view bytes, std::string_view signature,
                          std::string_view algorithm) const {
  const EVP_MD* digest = DigestOf(algorithm);
  if (digest == nullptr) return false;
  const DigestContext context(::EVP_MD_CTX_new());
  auto* key = static_cast<EVP_PKEY*>(key_);
  return ::EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, key) == 1 &&
         ::EVP_DigestVerify(context.get(), Bytes(signature), signature.size(), Bytes(bytes),
                            bytes.size()) == 1;
}

}  // namespace offstage::cognito
