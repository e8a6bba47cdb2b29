// ApiError: an error that an AWS client must see, with the service's own type
// and words.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/json.h"
#include "base/result.h"

namespace offstage::aws {

struct ApiError {
  // As the service spells it, without namespace: "ResourceNotFoundException".
  std::string type;
  std::string message;
  int status = 400;
  // Further members of the error body ("Item", "CancellationReasons"), or null.
  Json members = nullptr;
  // For the log and the x-offstage-explain header: cause and what to do. Never
  // in the body.
  std::string explanation = {};
};

template <typename T>
using Outcome = Result<T, ApiError>;

// A fault of the machine below (disk full, database locked) as the service's
// own 500, which SDKs retry.
inline ApiError InternalServerError(const Error& cause) {
  return {.type = "InternalServerError",
          .message = "Internal server error",
          .status = 500,
          .explanation = cause.message};
}

}  // namespace offstage::aws

// Like OFFSTAGE_TRY, for a Result<T> inside a function that returns an Outcome.
#define OFFSTAGE_TRY_INTERNAL_INNER(result, declaration, expression)                               \
  auto result = (expression);                                                                      \
  if (!result.ok()) return ::offstage::Fail(::offstage::aws::InternalServerError(result.error())); \
  declaration = std::move(result).value()
#define OFFSTAGE_TRY_INTERNAL(declaration, ...)                                         \
  OFFSTAGE_TRY_INTERNAL_INNER(OFFSTAGE_CONCAT(offstage_try_, __COUNTER__), declaration, \
                              (__VA_ARGS__))
