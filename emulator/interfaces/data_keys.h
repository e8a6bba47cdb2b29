// DataKeys: how a service that encrypts under its users' KMS keys gets the keys to do it with.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace offstage {

// A new key of 32 bytes, and the same as only KMS's Decrypt can read it, with the same context.
struct WrappedDataKey {
  std::string plaintext = {};
  std::string ciphertext = {};
  // Of the KMS key; also where an alias was asked for.
  std::string key_arn = {};
};

// Thread-safe.
class DataKeys {
 public:
  virtual ~DataKeys() = default;
  // `key`: ARN of a KMS key or of an alias. Fails with KMS's own words when it cannot be used.
  virtual Result<WrappedDataKey> NewDataKey(const std::string& key,
                                            const std::map<std::string, std::string>& context) = 0;
};

}  // namespace offstage
