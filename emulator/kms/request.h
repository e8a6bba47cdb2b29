// Reading the members of KMS's requests, with the service's checks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "kms/ciphertext.h"

namespace offstage::kms {

// "KeyId", and how many characters it may have. Errors spell it "keyId".
struct TextRule {
  std::string_view member;
  std::size_t longest = 2048;
};
// ValidationException when it is missing.
aws::Outcome<std::string> NeedText(const Json& request, const TextRule& rule);
// Empty when it is missing.
aws::Outcome<std::string> OptionalText(const Json& request, const TextRule& rule);

// Base64, which must be there.
aws::Outcome<std::string> NeedBytes(const Json& request, const TextRule& rule);

struct NumberRule {
  std::string_view member;
  std::int64_t least = 1;
  std::int64_t most = 1000;
};
aws::Outcome<std::optional<std::int64_t>> OptionalNumber(const Json& request,
                                                         const NumberRule& rule);

aws::Outcome<bool> Flag(const Json& request, std::string_view member);

aws::Outcome<EncryptionContext> ReadContext(const Json& request, std::string_view member);

// Refuses algorithms that symmetric keys do not have.
aws::Outcome<Unit> CheckAlgorithm(const Json& request, std::string_view member);

}  // namespace offstage::kms
