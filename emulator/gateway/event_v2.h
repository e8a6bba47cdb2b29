// The event of payload format 2.0 (HTTP APIs).
// docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/call.h"

namespace offstage::gateway {

// The path as HTTP APIs hand it over: decoded twice, and cut off at a '?' that the first decoding
// brings out. Null when what remains cannot be decoded: the service refuses such requests (live
// captures: hotsock/voker, vokerhttp/testdata/ingress-paths.json).
std::optional<std::string> DecodeHttpApiPath(std::string_view path);
// The path of a request to an HTTP API that was not refused.
std::string DecodedPath(const Call& call);

// The event as JSON text. Header names are in lower case, repeated values joined by commas, cookies
// apart; queryStringParameters, pathParameters, stageVariables and body are left out when absent.
std::string BuildEventV2(const Call& call);

// What a REQUEST authorizer gets in format 2.0: no body, and type, routeArn and identitySource in
// front.
std::string BuildRequestAuthorizerEventV2(const Call& call, std::string_view route_arn,
                                          const std::vector<std::string>& identity_values);

}  // namespace offstage::gateway
