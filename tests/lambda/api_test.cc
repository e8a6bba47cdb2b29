// The Lambda API, without a dispatcher in front.
#include "lambda/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "lambda/support.h"

namespace offstage::lambda {
namespace {

using testing::HasSubstr;

class ApiTest : public testing::Test {
 protected:
  ApiTest() : fixture_({ConformanceFunction("python")}) {}

  http::Reply Send(http::Request request) {
    const aws::Call call{.operation = "",
                         .request = request,
                         .body = request.body,
                         .request_id = "11111111-2222-4333-8444-555555555555",
                         .region = "us-east-1",
                         .caller = {}};
    aws::CallFacts facts;
    return fixture_.service->Execute(call, facts);
  }
  http::Reply Invoke(const std::string& name, const std::string& body, http::Headers headers = {}) {
    http::Request request;
    request.method = "POST";
    request.target = "/2015-03-31/functions/" + name + "/invocations";
    request.headers = std::move(headers);
    request.body = body;
    return Send(std::move(request));
  }
  http::Reply Get(const std::string& target) {
    http::Request request;
    request.method = "GET";
    request.target = target;
    return Send(std::move(request));
  }

  Fixture fixture_;
};

TEST(FunctionReference, AcceptsNamesQualifiersAndArns) {
  EXPECT_EQ(ParseFunctionReference("f").name, "f");
  EXPECT_EQ(ParseFunctionReference("f:1").qualifier, "1");
  EXPECT_EQ(ParseFunctionReference("arn:aws:lambda:r:1:function:f:$LATEST").name, "f");
  EXPECT_EQ(ParseFunctionReference("arn:aws:lambda:r:1:function:f:$LATEST").qualifier, "$LATEST");
  EXPECT_EQ(ParseFunctionReference("123456789012:function:f").name, "f");
}

TEST_F(ApiTest, InvokeAnswersThePayloadAndTheLogTail) {
  if (!WhyAbsent("python").empty()) GTEST_SKIP() << WhyAbsent("python");
  const http::Reply reply =
      Invoke("conformance-python", R"({"do":"lines"})", {{"X-Amz-Log-Type", "Tail"}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "\"ok\"");
  EXPECT_EQ(reply.headers.Get("X-Amz-Executed-Version"), "$LATEST");
  EXPECT_EQ(reply.headers.Find("X-Amz-Function-Error"), nullptr);
  EXPECT_THAT(
      Base64Decode(reply.headers.Get("X-Amz-Log-Result")).value_or(""),
      HasSubstr("START RequestId: 11111111-2222-4333-8444-555555555555 Version: $LATEST\none\n"));
}

TEST_F(ApiTest, InvokeOfAFailingFunctionIsStatus200WithAHeader) {
  if (!WhyAbsent("python").empty()) GTEST_SKIP() << WhyAbsent("python");
  const http::Reply reply = Invoke("conformance-python", R"({"do":"throw"})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.Get("X-Amz-Function-Error"), "Unhandled");
  EXPECT_EQ(reply.headers.Find("X-Amz-Log-Result"), nullptr);
}

TEST_F(ApiTest, EventAndDryRunAnswerEmpty) {
  const http::Reply event =
      Invoke("conformance-python", "{}", {{"X-Amz-Invocation-Type", "Event"}});
  EXPECT_EQ(event.status, 202);
  EXPECT_EQ(event.body, "");
  const http::Reply dry = Invoke("conformance-python", "{}", {{"X-Amz-Invocation-Type", "DryRun"}});
  EXPECT_EQ(dry.status, 204);
}

TEST_F(ApiTest, UnknownFunctionNamesTheWholeArn) {
  const http::Reply reply = Invoke("doesnotexist", "{}");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.headers.Get("X-Amzn-ErrorType"), "ResourceNotFoundException");
  EXPECT_EQ(reply.body, R"({"Type":"User","Message":"Function not found: )"
                        R"(arn:aws:lambda:us-east-1:000000000000:function:doesnotexist"})");
}

TEST_F(ApiTest, BadPayloadsAreRefusedBeforeTheFunctionRuns) {
  EXPECT_EQ(Invoke("conformance-python", "{not json").headers.Get("X-Amzn-ErrorType"),
            "InvalidRequestContentException");
  const http::Reply large = Invoke("conformance-python", std::string(6291457, ' '));
  EXPECT_EQ(large.status, 413);
  EXPECT_THAT(large.body, HasSubstr("Request must be smaller than 6291456 bytes"));
}

TEST_F(ApiTest, ListsAndDescribesFunctions) {
  EXPECT_THAT(Get("/2015-03-31/functions/").body,
              HasSubstr("\"FunctionName\":\"conformance-python\""));
  EXPECT_THAT(Get("/2015-03-31/functions/conformance-python").body, HasSubstr("\"Configuration\""));
  EXPECT_THAT(Get("/2015-03-31/functions/conformance-python/configuration").body,
              HasSubstr("\"MemorySize\":128"));
}

TEST_F(ApiTest, OtherOperationsAreRefusedByName) {
  const http::Reply reply = Get("/2015-03-31/functions/conformance-python/policy");
  EXPECT_EQ(reply.status, 501);
  EXPECT_THAT(reply.body, HasSubstr("GET /2015-03-31/functions/conformance-python/policy"));
}

}  // namespace
}  // namespace offstage::lambda
