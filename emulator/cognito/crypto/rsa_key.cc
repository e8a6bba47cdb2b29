#include "cognito/crypto/rsa_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base/check.h"
#include "base/text.h"
#include "cognito/crypto/bytes.h"

namespace offstage::cognito {

namespace {

struct ContextFree {
  void operator()(EVP_MD_CTX* context) const { ::EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, ContextFree>;

struct BioFree {
  void operator()(BIO* bio) const { ::BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, BioFree>;

std::string Number(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  OFFSTAGE_CHECK(::EVP_PKEY_get_bn_param(key, name, &number) == 1, "an RSA key has its numbers");
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  ::BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  ::BN_free(number);
  return bytes;
}

// Fetched once: looking an algorithm up costs OpenSSL 3 more than hashing a token does.
const EVP_MD* Sha256Digest() {
  static EVP_MD* const digest = ::EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return digest;
}

}  // namespace

RsaKey::RsaKey(void* key) : key_(key) {
  auto* pkey = static_cast<EVP_PKEY*>(key_);
  const std::string modulus = Number(pkey, OSSL_PKEY_PARAM_RSA_N);
  modulus_ = Base64UrlEncode(modulus);
  exponent_ = Base64UrlEncode(Number(pkey, OSSL_PKEY_PARAM_RSA_E));
  key_id_ = Base64Encode(Sha256(modulus));
}

RsaKey::~RsaKey() {
  ::EVP_PKEY_free(static_cast<EVP_PKEY*>(key_));
}

std::shared_ptr<const RsaKey> RsaKey::Generate() {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  OFFSTAGE_CHECK(key != nullptr, "OpenSSL makes RSA keys");
  return std::shared_ptr<const RsaKey>(new RsaKey(key));
}

Result<std::shared_ptr<const RsaKey>> RsaKey::FromPem(const std::string& pem) {
  const Bio bio(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  EVP_PKEY* key = ::PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr);
  if (key == nullptr || ::EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA) {
    ::EVP_PKEY_free(key);
    return Fail(Error{"the stored signing key is no RSA private key"});
  }
  return std::shared_ptr<const RsaKey>(new RsaKey(key));
}

std::string RsaKey::ToPem() const {
  const Bio bio(::BIO_new(::BIO_s_mem()));
  ::PEM_write_bio_PrivateKey(bio.get(), static_cast<EVP_PKEY*>(key_), nullptr, nullptr, 0, nullptr,
                             nullptr);
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

std::string RsaKey::Sign(std::string_view bytes) const {
  const Context context(::EVP_MD_CTX_new());
  auto* key = static_cast<EVP_PKEY*>(key_);
  std::size_t length = static_cast<std::size_t>(::EVP_PKEY_get_size(key));
  std::string signature(length, '\0');
  const bool done =
      ::EVP_DigestSignInit(context.get(), nullptr, Sha256Digest(), nullptr, key) == 1 &&
      ::EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()) == 1;
  OFFSTAGE_CHECK(done, "an RSA key signs");
  signature.resize(length);
  return signature;
}

bool RsaKey::Verify(std::string_view bytes, std::string_view signature) const {
  const Context context(::EVP_MD_CTX_new());
  auto* key = static_cast<EVP_PKEY*>(key_);
  return ::EVP_DigestVerifyInit(context.get(), nullptr, Sha256Digest(), nullptr, key) == 1 &&
         ::EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                            signature.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size()) == 1;
}

}  // namespace offstage::cognito
