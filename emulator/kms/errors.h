// The errors that KMS's clients see, in the service's own words.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"

namespace offstage::kms {

// "1 validation error detected: Value 'x' at 'keyId' failed to satisfy constraint: ...". `shown`:
// the value as it is shown; empty for values that are secret.
aws::ApiError Violation(std::string_view shown, std::string_view member, std::string_view rule);
aws::ApiError Invalid(std::string message);
aws::ApiError Unreadable();
aws::ApiError NotFound(std::string message);
// What KMS says nothing about: ciphertexts of other keys, other contexts, and no ciphertexts.
aws::ApiError InvalidCiphertext(std::string explanation);
// What this program does not do, by name.
aws::ApiError NotEmulated(std::string_view what);

}  // namespace offstage::kms
