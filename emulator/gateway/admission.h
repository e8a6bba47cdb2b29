// Admission: what a request must pass between its route and the integration, in the service's
// order: IAM or authorizer, API key, request validation.
#pragma once

#include <optional>

#include "gateway/call.h"
#include "http/message.h"

namespace offstage::gateway {

// Compiles what the route's protection needs. Returns why it cannot be protected as its
// configuration asks, or "": such a route must be refused, never opened.
std::string PrepareProtection(const ApiConfig& config, CompiledRoute& compiled);

// `AWS_IAM`: a SigV4 signature must be there. It is not checked (keys are fake here); a request
// without one gets the service's answer.
std::optional<http::Reply> CheckIam(Call& call);

// Header x-api-key; sets call.api_key.
std::optional<http::Reply> CheckApiKey(Call& call);

// Required parameters, all missing ones in one message; then the body.
std::optional<http::Reply> CheckValidation(Call& call);

}  // namespace offstage::gateway
