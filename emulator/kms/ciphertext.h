// What Encrypt and GenerateDataKey give and Decrypt takes. KMS keeps its own form to itself; ours
// begins as its does, names the key by a digest of its ARN, and is AES-256-GCM with the encryption
// context beside it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "kms/key_store.h"

namespace offstage::kms {

using EncryptionContext = std::map<std::string, std::string>;

std::string MakeCiphertext(const Key& key, const EncryptionContext& context,
                           std::string_view plaintext);

// Which key made it: what KeyMark gives. Null: no ciphertext of ours.
std::optional<std::string> MarkOf(std::string_view ciphertext);
std::string KeyMark(const Key& key);

// Null when it is another key's, another context's, or was changed.
std::optional<std::string> ReadCiphertext(const Key& key, const EncryptionContext& context,
                                          std::string_view ciphertext);

}  // namespace offstage::kms
