// Shapes: what a request may look like, from the service's public model, and the service's words
// for a request that does not fit: "1 validation error detected: Value 'x' at 'userPoolId' failed
// to satisfy constraint: Member must ...".
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"

namespace offstage::cognito {

// Whether the service has such an operation at all.
bool IsOperation(std::string_view operation);

// Whether the operation is called without credentials (it proves itself by what it carries).
bool IsPublicOperation(std::string_view operation);

// SerializationException for a value of the wrong JSON type; InvalidParameterException, naming
// every violated constraint, for the rest. Members that the service does not know are let through,
// as it does.
aws::Outcome<Unit> CheckShape(std::string_view operation, const Json& request);

// Templates write "true" and "8" where the API wants true and 8, and the other way round: the
// request with every value in the shape's type, where one can be made of the other.
Json CoerceToShape(std::string_view operation, Json request);

}  // namespace offstage::cognito
