#include "cognito/errors.h"

#include <fmt/format.h>

namespace offstage::cognito {

aws::ApiError Problem(std::string type, std::string message) {
  return {.type = std::move(type), .message = std::move(message)};
}

aws::ApiError InvalidParameter(std::string message) {
  return Problem("InvalidParameterException", std::move(message));
}
aws::ApiError NotAuthorized(std::string message) {
  return Problem("NotAuthorizedException", std::move(message));
}
aws::ApiError ResourceNotFound(std::string message) {
  return Problem("ResourceNotFoundException", std::move(message));
}
aws::ApiError CodeMismatch(std::string message) {
  return Problem("CodeMismatchException", std::move(message));
}
aws::ApiError ExpiredCode(std::string message) {
  return Problem("ExpiredCodeException", std::move(message));
}
aws::ApiError AliasExists(std::string_view attribute) {
  return Problem("AliasExistsException",
                 fmt::format("An account with the {} already exists.", attribute));
}

aws::ApiError SerializationError() {
  return Problem("SerializationException", "");
}
aws::ApiError UnknownOperation() {
  return Problem("UnknownOperationException", "");
}
aws::ApiError MissingCredentials() {
  return {.type = "MissingAuthenticationTokenException",
          .message = "Missing Authentication Token",
          .explanation = "this operation needs credentials; any will do here"};
}
aws::ApiError NotEmulated(std::string_view what) {
  return {.type = "NotEmulated",
          .message = fmt::format("offstage does not emulate {} of Cognito", what),
          .status = 501};
}

aws::ApiError PoolNotFound(std::string_view pool_id) {
  return ResourceNotFound(fmt::format("User pool {} does not exist.", pool_id));
}
aws::ApiError ClientNotFound(std::string_view client_id) {
  return ResourceNotFound(fmt::format("User pool client {} does not exist.", client_id));
}
aws::ApiError UserNotFound() {
  return Problem("UserNotFoundException", "User does not exist.");
}
aws::ApiError WrongPassword() {
  return NotAuthorized("Incorrect username or password.");
}
aws::ApiError UserNotConfirmed() {
  return Problem("UserNotConfirmedException", "User is not confirmed.");
}
aws::ApiError WrongCode() {
  return CodeMismatch("Invalid verification code provided, please try again.");
}
aws::ApiError CodeTooOld() {
  return ExpiredCode("Invalid code provided, please request a code again.");
}
aws::ApiError MissingAuthParameter(std::string_view name) {
  return InvalidParameter(fmt::format("Missing required parameter {}", name));
}

}  // namespace offstage::cognito
