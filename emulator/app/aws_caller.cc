#include "app/aws_caller.h"

#include <fmt/format.h>

namespace offstage::app {

namespace {

// X-Amz-Target's prefix of the services that integrations may call.
std::string_view TargetPrefix(std::string_view service) {
  return service == "dynamodb" ? "DynamoDB_20120810" : "";
}

}  // namespace

AwsReply DispatcherCaller::Call(const AwsCall& call) {
  const aws::Dispatcher* dispatcher = dispatcher_;
  if (dispatcher == nullptr) return {.status = 503};
  http::Request request;
  request.method = call.method;
  request.target = call.path;
  request.version = "1.1";
  request.remote_address = "127.0.0.1";
  request.body = call.body;
  for (const auto& [name, value] : call.headers)
    request.headers.Add(name, value);
  request.headers.Set("Host", fmt::format("{}.{}.amazonaws.com", call.service, region_));
  request.headers.Set("Authorization",
                      fmt::format("AWS4-HMAC-SHA256 Credential=APIGATEWAY/20260101/{}/{}/"
                                  "aws4_request, SignedHeaders=host;x-amz-date, Signature=0",
                                  region_, call.service));
  request.headers.Set("X-Amz-Date", "20260101T000000Z");
  // Pages of other sites send these; the client's are the gateway's affair.
  request.headers.Remove("Origin");
  if (!call.action.empty()) {
    request.headers.Set("Content-Type", "application/x-amz-json-1.0");
    request.headers.Set("X-Amz-Target",
                        fmt::format("{}.{}", TargetPrefix(call.service), call.action));
  }
  http::Reply reply = dispatcher->Handle(request);
  AwsReply answer{.status = reply.status, .headers = {}, .body = std::move(reply.body)};
  for (const auto& [name, value] : reply.headers)
    answer.headers.emplace_back(name, value);
  return answer;
}

}  // namespace offstage::app
