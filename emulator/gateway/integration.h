// What stands behind a route: invokes the function (or answers a MOCK) and makes the reply.
#pragma once

#include "base/log.h"
#include "gateway/call.h"
#include "http/message.h"
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
};

// The reply without the headers that every reply of the API gets. Sets call.explanation when the
// function's answer is not what reaches the client.
http::Reply RunIntegration(Call& call, Invoker& invoker, IntegrationFacts& facts);

// 29 s (REST) or 30 s (HTTP API) unless the integration sets another.
std::chrono::milliseconds IntegrationTimeout(const Api& api, const LambdaProxy& proxy);

}  // namespace offstage::gateway
