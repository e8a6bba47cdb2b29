#include "encryption/message.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "base/check.h"
#include "base/text.h"
#include "encryption/aes_gcm.h"
#include "encryption/bytes.h"

namespace offstage::encryption {

namespace {

// docs.aws.amazon.com/encryption-sdk/latest/developer-guide/algorithms-reference.html
constexpr std::string_view kSuite("\x03\x78", 2);
constexpr std::size_t kMessageIdBytes = 16;
constexpr std::size_t kFrameBytes = 4096;  // the libraries' default
// A DER signature on P-384 has 102 to 104 bytes. The libraries sign anew until it has this many.
constexpr std::size_t kSignatureBytes = 103;
constexpr const char* kPublicKeyName = "aws-crypto-public-key";

struct FreeKey {
  void operator()(EVP_PKEY* key) const { ::EVP_PKEY_free(key); }
};
struct FreeDigest {
  void operator()(EVP_MD_CTX* digest) const { ::EVP_MD_CTX_free(digest); }
};
struct FreeDerivation {
  void operator()(EVP_KDF* kdf) const { ::EVP_KDF_free(kdf); }
  void operator()(EVP_KDF_CTX* kdf) const { ::EVP_KDF_CTX_free(kdf); }
};
using SigningKey = std::unique_ptr<EVP_PKEY, FreeKey>;

// Big-endian, as all numbers of the format are; at most 8 bytes.
void AppendNumber(std::uint64_t number, int bytes, std::string& out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(number >> shift & 0xff));
}

// With its length in front.
void AppendField(std::string_view field, std::string& out) {
  AppendNumber(field.size(), 2, out);
  out += field;
}

SigningKey NewSigningKey() {
  SigningKey key(EVP_EC_gen("P-384"));
  OFFSTAGE_CHECK(key != nullptr, "OpenSSL makes keys on P-384");
  return key;
}

// The point in its compressed form: one coordinate, and the other's parity.
std::string PublicPoint(const SigningKey& key) {
  constexpr std::size_t kCoordinate = 48;
  unsigned char point[1 + 2 * kCoordinate];
  std::size_t length = 0;
  const bool got = ::EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, point,
                                                     sizeof(point), &length) == 1;
  OFFSTAGE_CHECK(got && length == sizeof(point), "a point has two coordinates");
  std::string out(1, (point[length - 1] & 1) == 0 ? '\x02' : '\x03');
  return out.append(reinterpret_cast<const char*>(point) + 1, kCoordinate);
}

std::string Sign(const SigningKey& key, std::string_view message) {
  std::string signature;
  while (signature.size() != kSignatureBytes) {
    const std::unique_ptr<EVP_MD_CTX, FreeDigest> digest(::EVP_MD_CTX_new());
    const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
    std::size_t length = 0;
    bool done =
        digest != nullptr &&
        ::EVP_DigestSignInit(digest.get(), nullptr, ::EVP_sha384(), nullptr, key.get()) == 1 &&
        ::EVP_DigestSign(digest.get(), nullptr, &length, bytes, message.size()) == 1;
    signature.resize(length);
    done =
        done && ::EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()),
                                 &length, bytes, message.size()) == 1;
    OFFSTAGE_CHECK(done, "OpenSSL signs on P-384");
    signature.resize(length);
  }
  return signature;
}

// HKDF (RFC 5869) with SHA-384 and no salt.
std::string Derive(std::string_view key, std::string_view info) {
  const std::unique_ptr<EVP_KDF, FreeDerivation> kdf(::EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const std::unique_ptr<EVP_KDF_CTX, FreeDerivation> context(::EVP_KDF_CTX_new(kdf.get()));
  std::string digest = "SHA384";
  std::string secret(key);
  std::string about(info);
  const OSSL_PARAM parameters[] = {
      ::OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), 0),
      ::OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
      ::OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, about.data(), about.size()),
      ::OSSL_PARAM_construct_end()};
  std::string derived(kKeyBytes, '\0');
  const bool done =
      context != nullptr &&
      ::EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(derived.data()),
                       derived.size(), parameters) == 1;
  OFFSTAGE_CHECK(done, "OpenSSL has HKDF with SHA-384");
  return derived;
}

std::string Header(std::string_view id, const Context& context, const DataKey& key) {
  std::string header("\x01\x80", 2);
  header += kSuite;
  header += id;
  std::string pairs;
  AppendNumber(context.size(), 2, pairs);
  for (const auto& [name, value] : context) {
    AppendField(name, pairs);
    AppendField(value, pairs);
  }
  AppendField(pairs, header);
  AppendNumber(1, 2, header);
  AppendField(key.provider, header);
  AppendField(key.provider_info, header);
  AppendField(key.ciphertext, header);
  AppendNumber(2, 1, header);  // framed
  AppendNumber(0, 4, header);
  AppendNumber(kNonceBytes, 1, header);
  AppendNumber(kFrameBytes, 4, header);
  return header;
}

// The frame's number as the nonce: each is used once with a message's own key.
std::string Nonce(std::uint32_t number) {
  std::string nonce(kNonceBytes - 4, '\0');
  AppendNumber(number, 4, nonce);
  return nonce;
}

enum class Place { kWithin, kLast };

std::string Frame(std::string_view id, std::string_view key, std::string_view text,
                  std::uint32_t number, Place place) {
  const bool last = place == Place::kLast;
  std::string beside(id);
  beside += last ? "AWSKMSEncryptionClient Final Frame" : "AWSKMSEncryptionClient Frame";
  AppendNumber(number, 4, beside);
  AppendNumber(text.size(), 8, beside);
  std::string frame;
  if (last) AppendNumber(0xffffffff, 4, frame);
  AppendNumber(number, 4, frame);
  const std::string nonce = Nonce(number);
  frame += nonce;
  if (last) AppendNumber(text.size(), 4, frame);
  return frame + Seal({.key = key, .nonce = nonce, .beside = beside}, text);
}

}  // namespace

Result<std::string> EncryptMessage(std::string_view text, Context context,
                                   const MakeDataKey& make_key) {
  const SigningKey signing_key = NewSigningKey();
  context[kPublicKeyName] = Base64Encode(PublicPoint(signing_key));
  OFFSTAGE_TRY(const DataKey data_key, make_key(context));
  const std::string id = RandomBytes(kMessageIdBytes);
  const std::string key = Derive(data_key.plaintext, std::string(kSuite) + id);
  std::string message = Header(id, context, data_key);
  const std::string nonce = Nonce(0);
  // Proves the header; version 1 shows the nonce in front of it.
  const std::string proof = Seal({.key = key, .nonce = nonce, .beside = message}, "");
  message += nonce + proof;
  std::uint32_t number = 1;
  for (; text.size() > kFrameBytes; text.remove_prefix(kFrameBytes))
    message += Frame(id, key, text.substr(0, kFrameBytes), number++, Place::kWithin);
  message += Frame(id, key, text, number, Place::kLast);
  AppendField(Sign(signing_key, message), message);
  return message;
}

}  // namespace offstage::encryption
