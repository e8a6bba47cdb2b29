#include "kms/errors.h"

#include <fmt/format.h>

namespace offstage::kms {

aws::ApiError Violation(std::string_view shown, std::string_view member, std::string_view rule) {
  return Invalid(
      fmt::format("1 validation error detected: Value{}{} at '{}' failed to satisfy constraint: {}",
                  shown.empty() ? "" : " ", shown, member, rule));
}

aws::ApiError Invalid(std::string message) {
  return {.type = "ValidationException", .message = std::move(message)};
}

aws::ApiError Unreadable() {
  return {.type = "SerializationException", .message = ""};
}

aws::ApiError NotFound(std::string message) {
  return {.type = "NotFoundException",
          .message = std::move(message),
          .explanation =
              "an AWS::KMS::Key or AWS::KMS::Alias of the template or CreateKey makes "
              "keys; so does a key's ARN in a parameter or variable of the template"};
}

aws::ApiError InvalidCiphertext(std::string explanation) {
  return {
      .type = "InvalidCiphertextException", .message = "", .explanation = std::move(explanation)};
}

aws::ApiError NotEmulated(std::string_view what) {
  return {.type = "UnsupportedOperationException",
          .message = fmt::format("{} is not emulated by offstage.", what),
          .explanation = "offstage has symmetric KMS keys that encrypt and decrypt"};
}

}  // namespace offstage::kms
