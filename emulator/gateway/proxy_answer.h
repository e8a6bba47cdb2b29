// A function's answer in the Lambda proxy format, checked as strictly as the service checks it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace offstage::gateway {

struct ProxyAnswer {
  int status = 200;
  // In the order that they are sent.
  http::Headers headers = {};
  std::string body = {};
  // `isBase64Encoded`: whether `body` is to be decoded is the caller's decision.
  enum class BodyEncoding { kText, kBase64 } encoding = BodyEncoding::kText;
};

// What the service does not accept; it then answers 502. `message` says what is wrong with the
// answer.
//
// The service's rules, as recorded (test_aws_proxy_response_payload_format_validation) and as its
// JSON library behaves where nothing is recorded: an object with no other keys than statusCode,
// headers, multiValueHeaders, body and isBase64Encoded, all of them optional and all of them
// allowed to be null; scalars are taken as text or number where that makes sense (statusCode "201",
// a header value true).
//
// HTTP APIs with payload format 1.0 ignore unknown keys and need a statusCode.
enum class ProxyDialect { kRest, kHttpApi };
Result<ProxyAnswer> ParseProxyAnswer(std::string_view payload, ProxyDialect dialect);

// Renames the headers that the service keeps for itself to x-amzn-Remapped-*, drops
// Transfer-Encoding (recorded: test_apigateway_header_remapping_aws).
http::Headers RemapHeaders(const http::Headers& headers);

// Payload format 2.0: like 1.0 but unknown keys are ignored, `cookies` become Set-Cookie headers,
// and an answer without statusCode is a body of its own.
Result<ProxyAnswer> ParseProxyAnswerV2(std::string_view payload);

// The metadata in front of a streamed answer: statusCode (200 without), headers, cookies; on REST
// APIs multiValueHeaders too (response-transfer-mode-lambda.html).
Result<ProxyAnswer> ParseStreamPrelude(std::string_view prelude, ProxyDialect dialect);

}  // namespace offstage::gateway
