// Stand-ins for what a gateway depends on, and one object that holds them all.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "gateway/gateway.h"

namespace offstage::gateway::test {

// A handler that returned this JSON text.
inline InvokeResult Returned(std::string payload) {
  InvokeResult result;
  result.payload = std::move(payload);
  return result;
}

// Answers from a function of the request; remembers the requests.
class FakeInvoker : public Invoker {
 public:
  InvokeResult Invoke(const InvokeRequest& request) override {
    requests.push_back(request);
    return answer(request);
  }

  // What every call returns from now on.
  void Return(std::string payload) {
    answer = [payload = std::move(payload)](const InvokeRequest&) { return Returned(payload); };
  }

  std::vector<InvokeRequest> requests;
  std::function<InvokeResult(const InvokeRequest&)> answer = [](const InvokeRequest&) {
    return Returned(R"({"statusCode":200,"body":"ok"})");
  };
};

// Answers every AWS call with `reply`; remembers the calls.
class FakeAws : public AwsCaller {
 public:
  AwsReply Call(const AwsCall& call) override {
    calls.push_back(call);
    return reply;
  }
  std::vector<AwsCall> calls;
  AwsReply reply{.status = 200, .headers = {}, .body = "{}"};
};

class MemoryTraces : public TraceSink {
 public:
  void Record(Span span) override { spans.push_back(std::move(span)); }
  std::vector<Span> spans;
};

// Knows the tokens that it is told of, of the issuer "us-east-1_Good" and its address.
class FakeVerifier : public TokenVerifier {
 public:
  TokenCheck Verify(std::string_view token, const std::vector<std::string>&) override {
    const auto found = tokens.find(std::string(token));
    return found == tokens.end() ? TokenCheck{.fault = TokenFault::kSignature} : found->second;
  }
  bool IsKnownIssuer(std::string_view issuer) const override {
    return issuer.ends_with("us-east-1_Good");
  }
  std::map<std::string, TokenCheck> tokens;
};

// 25 November 2026, 12:00:00.123 UTC.
inline TimePoint TestTime() {
  return TimePoint(std::chrono::milliseconds(1795608000123));
}

// A gateway with everything it needs. Aborts the test program when the configuration is refused.
class GatewayUnderTest {
 public:
  // `tokens` outlives this; null: no token can be checked.
  explicit GatewayUnderTest(std::vector<ApiConfig> apis, TokenVerifier* tokens = nullptr);
  explicit GatewayUnderTest(ApiConfig api)
      : GatewayUnderTest(std::vector<ApiConfig>{std::move(api)}) {}

  http::Reply Get(std::string target, http::Headers headers = {});
  http::Reply Send(std::string method, std::string target, http::Headers headers = {},
                   std::string body = {});

  FakeInvoker invoker;
  FakeAws aws;
  ManualClock clock{TestTime()};
  SeededIds ids{1};
  MemoryLog log;
  MemoryTraces traces;
  std::unique_ptr<Gateway> gateway;
};

// "GET /users/{id}" into a route with the function "f".
Route MakeRoute(std::string_view key, std::string function = "f");
// A REST API "abcdefghij" with stage Prod and these routes.
ApiConfig RestApi(const std::vector<std::string>& keys);

}  // namespace offstage::gateway::test
