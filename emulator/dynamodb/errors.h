// The errors that DynamoDB's clients see, each in the service's own words.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"

namespace offstage::dynamodb {

aws::ApiError ValidationError(std::string message);
aws::ApiError SerializationError(std::string message);
aws::ApiError UnknownOperation();
// What this program does not do, said by name: the type is the service's, the words are ours.
aws::ApiError NotEmulated(std::string_view operation);

// "Requested resource not found", of item operations.
aws::ApiError ResourceNotFound();
// "Requested resource not found: Table: NAME not found", of table operations.
aws::ApiError TableNotFound(std::string_view table);
aws::ApiError ResourceNotFound(std::string message);
aws::ApiError ResourceInUse(std::string message);
aws::ApiError LimitExceeded(std::string message);
// `item`: DynamoDB JSON of the item as it was, or empty.
aws::ApiError ConditionalCheckFailed(std::string_view item);
// "Transaction is ongoing for the item"
aws::ApiError TransactionConflict();

// "One or more parameter values were invalid: " + what.
aws::ApiError InvalidParameter(std::string_view what);

}  // namespace offstage::dynamodb
