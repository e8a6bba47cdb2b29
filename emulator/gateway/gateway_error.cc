#include "gateway/gateway_error.h"

#include <algorithm>

#include "base/json.h"
#include "base/text.h"

namespace offstage::gateway {

namespace {

// The response of the type itself, else that of its class (DEFAULT_4XX, DEFAULT_5XX), else null.
const GatewayResponse* FindCustomised(const ErrorKind& kind, const ApiConfig& api) {
  if (api.gateway_responses.empty()) return nullptr;
  auto found = api.gateway_responses.find(std::string(kind.response_type));
  if (found == api.gateway_responses.end()) {
    found = api.gateway_responses.find(kind.status >= 500 ? "DEFAULT_5XX" : "DEFAULT_4XX");
  }
  return found == api.gateway_responses.end() ? nullptr : &found->second;
}

// messageString is a JSON string literal with its quotes, message is bare text.
std::string Fill(std::string text, std::string_view message, std::string_view response_type) {
  std::string quoted;
  AppendJsonString(message, quoted);
  text = ReplaceAll(std::move(text), "$context.error.messageString", quoted);
  text = ReplaceAll(std::move(text), "$context.error.message", message);
  return ReplaceAll(std::move(text), "$context.error.responseType", response_type);
}

std::string DefaultBody(const ErrorKind& kind, std::string_view message) {
  if (message.empty()) return std::string(kind.body);
  std::string body = R"({"message": )";
  AppendJsonString(message, body);
  body += "}";
  return body;
}

}  // namespace

http::Reply MakeRestError(const ErrorKind& kind, const ApiConfig& api, std::string_view message) {
  const GatewayResponse* custom = FindCustomised(kind, api);
  http::Reply reply{.status = kind.status};
  std::string content_type = "application/json";
  reply.body = DefaultBody(kind, message);
  if (custom != nullptr) {
    if (custom->status.has_value()) reply.status = *custom->status;
    auto chosen = custom->templates.find(content_type);
    if (chosen == custom->templates.end()) chosen = custom->templates.begin();
    if (chosen != custom->templates.end()) {
      content_type = chosen->first;
      reply.body =
          Fill(chosen->second, message.empty() ? kind.message : message, kind.response_type);
    }
  }
  reply.headers.Add("Content-Type", content_type);
  reply.headers.Add("x-amzn-ErrorType", std::string(kind.error_type));
  if (custom != nullptr) {
    for (const auto& [name, value] : custom->headers) {
      reply.headers.Set(name,
                        Fill(value, message.empty() ? kind.message : message, kind.response_type));
    }
  }
  return reply;
}

http::Reply MakeHttpError(int status, std::string_view message) {
  std::string body = R"({"message":)";
  AppendJsonString(message, body);
  body += "}";
  return {
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
}

http::Reply MakeFunctionUrlError(int status) {
  // Lambda refuses to run it: 429 and 500; anything that the function does wrong is a 502
  // (recorded: test_lambda_url_invocation_exception).
  const std::string_view text = status == 413   ? "Request Too Large"
                                : status == 429 ? "Too Many Requests"
                                                : "Internal Server Error";
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = std::string(text)};
}

http::Reply MakeFunctionUrlForbidden() {
  return {.status = 403,
          .headers = {{"Content-Type", "application/json"},
                      {"x-amzn-ErrorType", "AccessDeniedException"}},
          .body =
              R"({"Message":"Forbidden. For troubleshooting Function URL authorization issues, )"
              R"(see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"})"};
}

http::Reply MakePlainError(int status, std::string_view text) {
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=UTF-8"}},
          .body = std::string(text)};
}

}  // namespace offstage::gateway
