// The AWS Encryption SDK's message format:
// docs.aws.amazon.com/encryption-sdk/latest/developer-guide/message-format.html
//
// Written as version 1 with algorithm suite 0x0378 (AES-256-GCM, a key derived by HKDF with
// SHA-384, ECDSA on P-384): that is what Cognito's custom senders get, and every version of the
// SDK's libraries reads it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace offstage::encryption {

// The encryption context: pairs that are not secret and cannot be changed.
using Context = std::map<std::string, std::string>;

// A data key, and the same key as only its provider can read it.
struct DataKey {
  // kKeyBytes.
  std::string plaintext = {};
  std::string ciphertext = {};
  // "aws-kms", and the ARN of the KMS key.
  std::string provider = {};
  std::string provider_info = {};
};

// Makes a data key for exactly this context.
using MakeDataKey = std::function<Result<DataKey>(const Context& context)>;

// `text` encrypted under one data key and signed: the message's bytes. `context` is completed with
// the signature's public key before `make_key` sees it. Fails as `make_key` does. Takes some
// milliseconds.
Result<std::string> EncryptMessage(std::string_view text, Context context,
                                   const MakeDataKey& make_key);

}  // namespace offstage::encryption
