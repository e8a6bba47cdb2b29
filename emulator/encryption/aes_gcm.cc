#include "encryption/aes_gcm.h"

#include <openssl/evp.h>

#include <memory>

#include "base/check.h"

namespace offstage::encryption {

namespace {

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* cipher) const { ::EVP_CIPHER_CTX_free(cipher); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* Bytes(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* Bytes(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// `encrypt`: 1, or 0 for decryption, as OpenSSL has it.
Cipher Begin(const Sealing& sealing, int encrypt) {
  OFFSTAGE_CHECK(sealing.key.size() == kKeyBytes && sealing.nonce.size() == kNonceBytes,
                 "keys and nonces have their length");
  Cipher cipher(::EVP_CIPHER_CTX_new());
  int length = 0;
  const bool begun = cipher != nullptr &&
                     ::EVP_CipherInit_ex(cipher.get(), ::EVP_aes_256_gcm(), nullptr,
                                         Bytes(sealing.key), Bytes(sealing.nonce), encrypt) == 1 &&
                     (sealing.beside.empty() ||
                      ::EVP_CipherUpdate(cipher.get(), nullptr, &length, Bytes(sealing.beside),
                                         static_cast<int>(sealing.beside.size())) == 1);
  OFFSTAGE_CHECK(begun, "AES-256-GCM is there");
  return cipher;
}

// The cipher's output for `text`.
std::string Run(const Cipher& cipher, std::string_view text) {
  std::string out(text.size(), '\0');
  int length = 0;
  const bool done =
      text.empty() || ::EVP_CipherUpdate(cipher.get(), Bytes(out), &length, Bytes(text),
                                         static_cast<int>(text.size())) == 1;
  OFFSTAGE_CHECK(done, "AES-256-GCM takes any text");
  return out;
}

}  // namespace

std::string Seal(const Sealing& sealing, std::string_view text) {
  const Cipher cipher = Begin(sealing, 1);
  std::string out = Run(cipher, text);
  std::string tag(kTagBytes, '\0');
  unsigned char rest[kTagBytes];
  int length = 0;
  const bool done = ::EVP_CipherFinal_ex(cipher.get(), rest, &length) == 1 &&
                    ::EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG,
                                          static_cast<int>(tag.size()), tag.data()) == 1;
  OFFSTAGE_CHECK(done, "AES-256-GCM gives a tag");
  return out + tag;
}

std::optional<std::string> Open(const Sealing& sealing, std::string_view sealed) {
  if (sealed.size() < kTagBytes) return std::nullopt;
  const Cipher cipher = Begin(sealing, 0);
  std::string out = Run(cipher, sealed.substr(0, sealed.size() - kTagBytes));
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  unsigned char rest[kTagBytes];
  int length = 0;
  if (::EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag.size()),
                            tag.data()) != 1 ||
      ::EVP_CipherFinal_ex(cipher.get(), rest, &length) != 1) {
    return std::nullopt;
  }
  return out;
}

}  // namespace offstage::encryption
