// What AWS's services answer browsers: CORS, and replies compressed on request. Seen on DynamoDB
// and Cognito; dynalite's index.js has the same headers.
#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"

namespace offstage::aws {

// On AWS the signature keeps other people's pages out, and here nobody checks it: the answer to a
// page that would run functions or control the emulator from another site; null: go on. The JSON
// services answer every page, as AWS does.
std::optional<http::Reply> RefusePage(const http::Request& request);
// The answer to a preflight request; null for any other request.
std::optional<http::Reply> AnswerPreflight(const http::Request& request);
// Headers of any other reply to a request that names its origin; none for others.
void AddCorsHeaders(const http::Request& request, http::Reply& reply);
// Compresses the body, gzip or deflate, when the client accepts it and it is longer than 4 KB.
void CompressReply(const http::Request& request, http::Reply& reply);

}  // namespace offstage::aws
