#include "kms/ciphertext.h"

#include <cstdint>

#include "encryption/aes_gcm.h"
#include "encryption/bytes.h"

namespace offstage::kms {

namespace {

constexpr std::string_view kStart("\x01\x02\x02\x00\x78", 5);
constexpr std::size_t kMarkBytes = 32;
constexpr std::size_t kHeadBytes = kStart.size() + kMarkBytes;

// Each text with its length in front: no two contexts look the same.
std::string Beside(std::string_view head, const EncryptionContext& context) {
  std::string beside(head);
  const auto append = [&beside](std::string_view text) {
    for (int shift = 56; shift >= 0; shift -= 8)
      beside.push_back(static_cast<char>(std::uint64_t{text.size()} >> shift & 0xff));
    beside += text;
  };
  for (const auto& [name, value] : context) {
    append(name);
    append(value);
  }
  return beside;
}

}  // namespace

std::string KeyMark(const Key& key) {
  return encryption::Sha256(key.arn);
}

std::string MakeCiphertext(const Key& key, const EncryptionContext& context,
                           std::string_view plaintext) {
  const std::string head = std::string(kStart) + KeyMark(key);
  const std::string nonce = encryption::RandomBytes(encryption::kNonceBytes);
  return head + nonce +
         encryption::Seal({.key = key.material, .nonce = nonce, .beside = Beside(head, context)},
                          plaintext);
}

std::optional<std::string> MarkOf(std::string_view ciphertext) {
  if (!ciphertext.starts_with(kStart) ||
      ciphertext.size() < kHeadBytes + encryption::kNonceBytes + encryption::kTagBytes) {
    return std::nullopt;
  }
  return std::string(ciphertext.substr(kStart.size(), kMarkBytes));
}

std::optional<std::string> ReadCiphertext(const Key& key, const EncryptionContext& context,
                                          std::string_view ciphertext) {
  if (MarkOf(ciphertext) != KeyMark(key)) return std::nullopt;
  return encryption::Open({.key = key.material,
                           .nonce = ciphertext.substr(kHeadBytes, encryption::kNonceBytes),
                           .beside = Beside(ciphertext.substr(0, kHeadBytes), context)},
                          ciphertext.substr(kHeadBytes + encryption::kNonceBytes));
}

}  // namespace offstage::kms
