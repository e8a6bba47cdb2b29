// The errors that Cognito's clients see, each in the service's own words.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"

namespace offstage::cognito {

aws::ApiError InvalidParameter(std::string message);
aws::ApiError NotAuthorized(std::string message);
aws::ApiError ResourceNotFound(std::string message);
aws::ApiError CodeMismatch(std::string message);
aws::ApiError ExpiredCode(std::string message);
aws::ApiError AliasExists(std::string_view attribute);
// Any other type by its name ("GroupExistsException").
aws::ApiError Problem(std::string type, std::string message);

aws::ApiError SerializationError();
aws::ApiError UnknownOperation();
// Credentials are missing where the operation needs them.
aws::ApiError MissingCredentials();
// What this program does not do, said by name: type NotEmulated, status 501.
aws::ApiError NotEmulated(std::string_view what);

aws::ApiError PoolNotFound(std::string_view pool_id);
aws::ApiError ClientNotFound(std::string_view client_id);
// "User does not exist."
aws::ApiError UserNotFound();
// "Incorrect username or password."
aws::ApiError WrongPassword();
aws::ApiError UserNotConfirmed();
// "Invalid verification code provided, please try again."
aws::ApiError WrongCode();
aws::ApiError CodeTooOld();
aws::ApiError MissingAuthParameter(std::string_view name);

}  // namespace offstage::cognito
