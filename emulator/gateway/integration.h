// What stands behind a route: invokes the function, asks another server or answers a MOCK, and
// makes the reply.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/call.h"
#include "gateway/http_backend.h"
#include "gateway/streamed_answer.h"
#include "http/message.h"
#include "interfaces/aws_caller.h"
#include "interfaces/invoker.h"

namespace offstage::gateway {

// Facts for the span and the log line.
struct IntegrationFacts {
  std::string function = {};
  bool invoked = false;
  // Of the invocation, which is not the gateway's own.
  std::string request_id = {};
  bool cold_start = false;
  InvocationTimes times = {};
  // The rest of the answer, which the reply has not got in its body; null: all of it is there.
  std::shared_ptr<StreamedAnswer> stream = {};
};

// What is known once the invocation has ended; `facts.stream` is as before.
void AddResult(const InvokeResult& result, IntegrationFacts& facts);

// What integrations reach; all outlive the call.
struct Backends {
  Invoker& invoker;
  HttpBackend& http;
  // Null: no AWS services.
  AwsCaller* aws = nullptr;
};

// The reply without the headers that every reply of the API gets. Sets call.explanation when the
// function's answer is not what reaches the client.
http::Reply RunIntegration(Call& call, const Backends& backends, IntegrationFacts& facts);

// 29 s (REST) or 30 s (HTTP API) unless the integration sets another; function URLs wait as long as
// the function runs: zero.
std::chrono::milliseconds IntegrationTimeout(const Api& api, const LambdaProxy& proxy);

// Shared by the kinds of integrations:

// The reply for everything but a handler that returned or failed; `limit` is how long was waited.
http::Reply FailedInvocation(Call& call, const std::string& function, const InvokeResult& result,
                             std::chrono::milliseconds limit);
http::Reply FailedHttp(Call& call, const std::string& url, const BackendFailure& failure);

// `url` with the parameters behind it, encoded.
std::string WithQuery(std::string url, const std::vector<NamedValues>& query);

// What the gateway adds to every HTTP request, where it is not there (recorded:
// test_http_integration_with_lambda).
void AddGatewayHeaders(const Call& call, http::Headers& headers);

}  // namespace offstage::gateway
