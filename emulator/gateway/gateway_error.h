// The gateway's own error answers, byte for byte, and their customisation (gateway responses).
#pragma once

#include <string>
#include <string_view>

#include "gateway/api_config.h"
#include "http/message.h"

namespace offstage::gateway {

// One of the errors that a REST API answers by itself.
// docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
struct ErrorKind {
  // Key of ApiConfig::gateway_responses.
  std::string_view response_type;
  int status = 500;
  // Of the header x-amzn-ErrorType.
  std::string_view error_type;
  std::string_view message;
  // The JSON body without customisation. The service writes some with a blank after the colon and
  // some without (both recorded), so it is spelt out.
  std::string_view body;
};

namespace error {

inline constexpr std::string_view kInternalBody = R"({"message": "Internal server error"})";

inline constexpr ErrorKind kMissingAuthenticationToken = {
    "MISSING_AUTHENTICATION_TOKEN", 403, "MissingAuthenticationTokenException",
    "Missing Authentication Token", R"({"message":"Missing Authentication Token"})"};
// The function failed, or its answer is not in the proxy format.
inline constexpr ErrorKind kBadGateway = {"DEFAULT_5XX", 502, "InternalServerErrorException",
                                          "Internal server error", kInternalBody};
// Lambda refused to invoke (throttled, no such function): recorded in execution logs as status 500.
inline constexpr ErrorKind kInvocationFailed = {"INTEGRATION_FAILURE", 500,
                                                "InternalServerErrorException",
                                                "Internal server error", kInternalBody};
inline constexpr ErrorKind kConfiguration = {"API_CONFIGURATION_ERROR", 500,
                                             "InternalServerErrorException",
                                             "Internal server error", kInternalBody};
inline constexpr ErrorKind kIntegrationTimeout = {
    "INTEGRATION_TIMEOUT", 504, "InternalServerErrorException", "Endpoint request timed out",
    R"({"message": "Endpoint request timed out"})"};
// Lambda's own payload limit; the gateway's limit is kBodyTooLarge below.
inline constexpr ErrorKind kRequestTooLarge = {"REQUEST_TOO_LARGE", 413,
                                               "RequestEntityTooLargeException", "Request Too Long",
                                               R"({"message":"Request Too Long"})"};
inline constexpr ErrorKind kUnauthorized = {"UNAUTHORIZED", 401, "UnauthorizedException",
                                            "Unauthorized", R"({"message":"Unauthorized"})"};
// Capital M: AWS's own words when an authorizer says no.
inline constexpr ErrorKind kExplicitDeny = {
    "ACCESS_DENIED", 403, "AccessDeniedException",
    "User is not authorized to access this resource with an explicit deny",
    R"({"Message":"User is not authorized to access this resource with an explicit deny"})"};
inline constexpr ErrorKind kImplicitDeny = {
    "ACCESS_DENIED", 403, "AccessDeniedException", "User is not authorized to access this resource",
    R"({"Message":"User is not authorized to access this resource"})"};
inline constexpr ErrorKind kAuthorizerConfiguration = {"AUTHORIZER_CONFIGURATION_ERROR", 500,
                                                       "AuthorizerConfigurationException", "",
                                                       R"({"message":null})"};
inline constexpr ErrorKind kInvalidApiKey = {"INVALID_API_KEY", 403, "ForbiddenException",
                                             "Forbidden", R"({"message":"Forbidden"})"};
inline constexpr ErrorKind kBadRequestBody = {"BAD_REQUEST_BODY", 400, "BadRequestException",
                                              "Invalid request body",
                                              R"({"message": "Invalid request body"})"};
inline constexpr ErrorKind kUnsupportedMediaType = {"UNSUPPORTED_MEDIA_TYPE", 415,
                                                    "BadRequestException", "Unsupported Media Type",
                                                    R"({"message": "Unsupported Media Type"})"};
// Of a usage plan, or of a stage or route.
inline constexpr ErrorKind kThrottled = {"THROTTLED", 429, "TooManyRequestsException",
                                         "Too Many Requests", R"({"message":"Too Many Requests"})"};
inline constexpr ErrorKind kQuotaExceeded = {"QUOTA_EXCEEDED", 429, "LimitExceededException",
                                             "Limit Exceeded", R"({"message":"Limit Exceeded"})"};
// An HTTP integration's server cannot be reached.
inline constexpr ErrorKind kNetworkError = {
    "INTEGRATION_FAILURE", 504, "InternalServerErrorException",
    "Network error communicating with endpoint",
    R"({"message": "Network error communicating with endpoint"})"};
// The message lists the parameters: MakeError's `message`.
inline constexpr ErrorKind kBadRequestParameters = {"BAD_REQUEST_PARAMETERS", 400,
                                                    "BadRequestException", "", ""};

}  // namespace error

// The error as the API answers it. `message` replaces the kind's own when not empty (the body then
// is {"message": MESSAGE}).
http::Reply MakeRestError(const ErrorKind& kind, const ApiConfig& api,
                          std::string_view message = {});

// An HTTP API's error: {"message":"Not Found"} and nothing more.
http::Reply MakeHttpError(int status, std::string_view message);

// A function URL's own: "Internal Server Error" for what the function did wrong, and so on.
http::Reply MakeFunctionUrlError(int status);
// A function URL that the caller may not use (recorded: test_lambda_permission_url_invocation).
http::Reply MakeFunctionUrlForbidden();

// Before any API is looked at (too large a request): plain text, as recorded from the service.
http::Reply MakePlainError(int status, std::string_view text);

}  // namespace offstage::gateway
