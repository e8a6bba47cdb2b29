// Events byte for byte, key order included: handlers in typed languages and signature checks see
// it.
#include <gtest/gtest.h>

#include "gateway/fakes.h"

namespace offstage::gateway::test {

namespace {

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// Facts as recorded (test_lambda_aws_proxy_integration, regional header set of
// test_apigateway_header_remapping_aws); key order as in the sample event of
// set-up-lambda-proxy-integrations.html.
constexpr std::string_view kGoldenV1 =
    R"({"resource":"/users/{id}","path":"/users/7","httpMethod":"POST",)"
    R"("headers":{"Accept":"*/*","content-type":"application/json",)"
    R"("Host":"abcdefghij.execute-api.us-east-1.amazonaws.com","User-Agent":"curl/7.88.1",)"
    R"("X-Amzn-Trace-Id":"Root=1-5759e988-bd862e3fe1be46a994272793","X-Forwarded-For":"127.0.0.1",)"
    R"("X-Forwarded-Port":"443","X-Forwarded-Proto":"https","x-twice":"b"},)"
    R"("multiValueHeaders":{"Accept":["*/*"],"content-type":["application/json"],)"
    R"("Host":["abcdefghij.execute-api.us-east-1.amazonaws.com"],"User-Agent":["curl/7.88.1"],)"
    R"("X-Amzn-Trace-Id":["Root=1-5759e988-bd862e3fe1be46a994272793"],)"
    R"("X-Forwarded-For":["127.0.0.1"],"X-Forwarded-Port":["443"],"X-Forwarded-Proto":["https"],)"
    R"("x-twice":["a","b"]},)"
    R"("queryStringParameters":{"q":"2"},"multiValueQueryStringParameters":{"q":["1","2"]},)"
    R"("pathParameters":{"id":"7"},"stageVariables":{"table":"users"},)"
    R"("requestContext":{"resourceId":"RESOURCE","resourcePath":"/users/{id}","httpMethod":"POST",)"
    R"("extendedRequestId":"EXTENDED","requestTime":"25/Nov/2026:12:00:00 +0000",)"
    R"("path":"/Prod/users/7","accountId":"123456789012","protocol":"HTTP/1.1","stage":"Prod",)"
    R"("domainPrefix":"abcdefghij","requestTimeEpoch":1795608000123,"requestId":"REQUEST",)"
    R"("identity":{"cognitoIdentityPoolId":null,"accountId":null,"cognitoIdentityId":null,)"
    R"("caller":null,"sourceIp":"127.0.0.1","principalOrgId":null,"accessKey":null,)"
    R"("cognitoAuthenticationType":null,"cognitoAuthenticationProvider":null,"userArn":null,)"
    R"("userAgent":"curl/7.88.1","user":null},)"
    R"("domainName":"abcdefghij.execute-api.us-east-1.amazonaws.com","deploymentId":"DEPLOYMENT",)"
    R"("apiId":"abcdefghij"},"body":"{\"a\": \"\u00e9\n\"}","isBase64Encoded":false})";

std::string Member(const std::string& event, std::string_view key) {
  const std::string lead = "\"" + std::string(key) + "\":\"";
  const std::size_t at = event.find(lead);
  if (at == std::string::npos) return {};
  const std::size_t start = at + lead.size();
  return event.substr(start, event.find('"', start) - start);
}

TEST(EventV1, IsTheServicesByteForByte) {
  ApiConfig api = RestApi({"POST /users/{id}"});
  api.endpoint = EndpointType::kRegional;
  api.stage_variables = {{"table", "users"}};
  GatewayUnderTest test(std::move(api));
  test.Send("POST", "/users/7?q=1&q=2",
            {{"Host", "localhost:3000"},
             {"User-Agent", "curl/7.88.1"},
             {"Accept", "*/*"},
             {"x-twice", "a"},
             {"content-type", "application/json"},
             {"Content-Length", "13"},
             {"x-twice", "b"},
             {"X-Amzn-Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793"}},
            "{\"a\": \"\xC3\xA9\n\"}");
  ASSERT_EQ(test.invoker.requests.size(), 1U);
  const std::string& event = test.invoker.requests[0].payload;
  std::string expected(kGoldenV1);
  expected = Replaced(expected, "RESOURCE", Member(event, "resourceId"));
  expected = Replaced(expected, "EXTENDED", Member(event, "extendedRequestId"));
  expected = Replaced(expected, "REQUEST", Member(event, "requestId"));
  expected = Replaced(expected, "DEPLOYMENT", Member(event, "deploymentId"));
  expected = Replaced(expected, "\\u00e9", "\xC3\xA9");
  EXPECT_EQ(event, expected);
}

TEST(EventV1, IdsHaveTheServicesShape) {
  GatewayUnderTest test(RestApi({"GET /", "GET /a"}));
  test.Get("/Prod/a");
  test.Get("/Prod/");
  const std::string& event = test.invoker.requests[0].payload;
  const auto is_of = [](const std::string& text, std::size_t size, std::string_view alphabet) {
    return text.size() == size && text.find_first_not_of(alphabet) == std::string::npos;
  };
  EXPECT_TRUE(is_of(Member(event, "resourceId"), 6, kLowerAlphanumeric));
  EXPECT_TRUE(is_of(Member(event, "deploymentId"), 6, kLowerAlphanumeric));
  EXPECT_TRUE(
      is_of(Member(test.invoker.requests[1].payload, "resourceId"), 10, kLowerAlphanumeric));
  EXPECT_EQ(Member(event, "requestId").size(), 36U);
  EXPECT_EQ(Member(event, "extendedRequestId").size(), 16U);
  EXPECT_TRUE(Member(event, "extendedRequestId").ends_with("="));
}

TEST(EventV1, ResourceIdsAreStableAcrossStarts) {
  GatewayUnderTest first(RestApi({"GET /a", "GET /b"}));
  GatewayUnderTest second(RestApi({"GET /a"}));
  first.Get("/Prod/a");
  first.Get("/Prod/b");
  second.Get("/Prod/a");
  const auto id = [](const InvokeRequest& request) {
    return Member(request.payload, "resourceId");
  };
  EXPECT_EQ(id(first.invoker.requests[0]), id(second.invoker.requests[0]));
  EXPECT_NE(id(first.invoker.requests[0]), id(first.invoker.requests[1]));
}

}  // namespace

}  // namespace offstage::gateway::test
