#include "dynamodb/errors.h"

#include <fmt/format.h>

namespace offstage::dynamodb {

namespace {

aws::ApiError Make(std::string_view type, std::string message) {
  aws::ApiError error;
  error.type = type;
  error.message = std::move(message);
  return error;
}

}  // namespace

aws::ApiError ValidationError(std::string message) {
  return Make("ValidationException", std::move(message));
}
aws::ApiError SerializationError(std::string message) {
  return Make("SerializationException", std::move(message));
}
aws::ApiError UnknownOperation() {
  return Make("UnknownOperationException", "");
}

aws::ApiError NotEmulated(std::string_view operation) {
  aws::ApiError error =
      Make("UnknownOperationException", fmt::format("{} is not emulated by offstage.", operation));
  error.explanation =
      fmt::format("DynamoDB has {}, this emulator does not; nothing was changed", operation);
  return error;
}

aws::ApiError ResourceNotFound() {
  return ResourceNotFound("Requested resource not found");
}

aws::ApiError TableNotFound(std::string_view table) {
  return ResourceNotFound(fmt::format("Requested resource not found: Table: {} not found", table));
}

aws::ApiError ResourceNotFound(std::string message) {
  return Make("ResourceNotFoundException", std::move(message));
}
aws::ApiError ResourceInUse(std::string message) {
  return Make("ResourceInUseException", std::move(message));
}
aws::ApiError LimitExceeded(std::string message) {
  return Make("LimitExceededException", std::move(message));
}

aws::ApiError ConditionalCheckFailed(std::string_view item) {
  aws::ApiError error = Make("ConditionalCheckFailedException", "The conditional request failed");
  if (!item.empty()) error.members = {{"Item", Json::parse(item.begin(), item.end())}};
  return error;
}

aws::ApiError TransactionConflict() {
  return {.type = "TransactionConflictException",
          .message = "Transaction is ongoing for the item",
          .explanation = "a transaction on the item is under way (--transaction-conflicts)"};
}

aws::ApiError InvalidParameter(std::string_view what) {
  return ValidationError(fmt::format("One or more parameter values were invalid: {}", what));
}

}  // namespace offstage::dynamodb
