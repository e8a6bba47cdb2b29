// CORS of HTTP APIs (`CorsConfiguration`): the gateway answers preflights itself and decides the
// CORS headers of every answer.
// docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html (REST has only what SAM's
// `Cors` puts on OPTIONS: call.cc.)
#pragma once

#include <optional>

#include "gateway/call.h"
#include "http/message.h"

namespace offstage::gateway {

// The answer to a preflight (OPTIONS with Origin and Access-Control-Request-Method), whether or not
// a route fits; null when this is none or the API has no CORS configuration.
std::optional<http::Reply> AnswerPreflight(const Call& call);

// Replaces the integration's CORS headers by the configured ones. Does nothing for APIs without
// configuration.
void ApplyCors(const Call& call, http::Reply& reply);

}  // namespace offstage::gateway
