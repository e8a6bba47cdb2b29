// The errors of this folder and of expressions/, shortly written.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "aws/api_error.h"
#include "base/result.h"

namespace offstage::dynamodb {

inline Failure<aws::ApiError> Invalid(std::string message) {
  return Fail(aws::ApiError{.type = "ValidationException", .message = std::move(message)});
}

// "One or more parameter values were invalid: " and `what`.
inline Failure<aws::ApiError> InvalidValue(std::string_view what) {
  return Invalid(fmt::format("One or more parameter values were invalid: {}", what));
}

}  // namespace offstage::dynamodb
