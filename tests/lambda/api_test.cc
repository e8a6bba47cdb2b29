// The Lambda API, without a dispatcher in front.
#include "lambda/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "lambda/support.h"

namespace offstage::lambda {
namespace {

using testing::HasSubstr;

class ApiTest : public testing::Test {
 protected:
  ApiTest() : fixture_({Versioned(), Second()}) {}

  static FunctionConfig Versioned() {
    FunctionConfig function = ConformanceFunction("python");
    function.versions = {"1"};
    function.aliases = {{.name = "live", .version = "1", .description = "what is live"}};
    function.reserved_concurrency = 7;
    function.async.on_failure = "arn:aws:lambda:us-east-1:000000000000:function:second";
    return function;
  }
  static FunctionConfig Second() {
    FunctionConfig function = ConformanceFunction("nodejs");
    function.name = "second";
    return function;
  }

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

TEST_F(ApiTest, ListsPageByPage) {
  const Json first = Json::parse(Get("/2015-03-31/functions/?MaxItems=1").body);
  ASSERT_EQ(first.at("Functions").size(), 1u);
  EXPECT_EQ(first.at("Functions")[0].at("FunctionName"), "conformance-python");
  const Json second = Json::parse(
      Get("/2015-03-31/functions/?MaxItems=1&Marker=" + first.at("NextMarker").get<std::string>())
          .body);
  ASSERT_EQ(second.at("Functions").size(), 1u);
  EXPECT_EQ(second.at("Functions")[0].at("FunctionName"), "second");
  EXPECT_FALSE(second.contains("NextMarker"));
  EXPECT_EQ(Get("/2015-03-31/functions/?MaxItems=0").headers.Get("X-Amzn-ErrorType"),
            "ValidationException");
  const Json all = Json::parse(Get("/2015-03-31/functions/?FunctionVersion=ALL").body);
  std::vector<std::string> arns;
  for (const Json& function : all.at("Functions"))
    arns.push_back(function.at("FunctionArn"));
  const std::string prefix = "arn:aws:lambda:us-east-1:000000000000:function:";
  EXPECT_EQ(arns,
            (std::vector<std::string>{prefix + "conformance-python:$LATEST",
                                      prefix + "conformance-python:1", prefix + "second:$LATEST"}));
}

TEST_F(ApiTest, VersionsAndAliasesAreDescribed) {
  const std::string path = "/2015-03-31/functions/conformance-python";
  EXPECT_EQ(Json::parse(Get(path + "/configuration?Qualifier=live").body).at("Version"), "1");
  EXPECT_EQ(Json::parse(Get(path + "/aliases").body).at("Aliases")[0].at("Name"), "live");
  EXPECT_EQ(Json::parse(Get(path + "/aliases/live").body).at("FunctionVersion"), "1");
  EXPECT_EQ(Json::parse(Get(path + "/versions").body).at("Versions").size(), 2u);
  const http::Reply unknown = Get(path + "/aliases/other");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(Json::parse(unknown.body).at("Message"),
            "Cannot find alias arn: "
            "arn:aws:lambda:us-east-1:000000000000:function:conformance-python:other");
  EXPECT_EQ(Json::parse(Get(path + "?Qualifier=9").body).at("Message"),
            "Function not found: "
            "arn:aws:lambda:us-east-1:000000000000:function:conformance-python:9");
}

TEST_F(ApiTest, NamesAreCheckedAsTheServiceDoes) {
  EXPECT_EQ(Get("/2015-03-31/functions/a%20b").headers.Get("X-Amzn-ErrorType"),
            "ValidationException");
  EXPECT_THAT(Get("/2015-03-31/functions/conformance-python%3Alive?Qualifier=1").body,
              HasSubstr("The derived qualifier from the function name does not match"));
  EXPECT_THAT(
      Get("/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A000000000000%3Afunction%3Af")
          .body,
      HasSubstr("Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"));
}

TEST_F(ApiTest, LimitsAndAsynchronousSettingsAreDescribed) {
  EXPECT_EQ(Json::parse(Get("/2019-09-30/functions/conformance-python/concurrency").body),
            Json({{"ReservedConcurrentExecutions", 7}}));
  const Json account = Json::parse(Get("/2016-08-19/account-settings/").body);
  EXPECT_EQ(account.at("AccountUsage").at("FunctionCount"), 2);
  EXPECT_EQ(account.at("AccountLimit").at("UnreservedConcurrentExecutions"), 993);
  const Json async =
      Json::parse(Get("/2019-09-25/functions/conformance-python/event-invoke-config").body);
  EXPECT_EQ(async.at("MaximumRetryAttempts"), 2);
  EXPECT_THAT(async.at("DestinationConfig").at("OnFailure").at("Destination").get<std::string>(),
              testing::EndsWith(":function:second"));
}

// The messages of an event stream: their headers and payloads, checksums left aside.
std::vector<std::string> Messages(std::string_view bytes) {
  const auto number = [&](std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value = value * 256 + static_cast<unsigned char>(bytes[at + i]);
    return value;
  };
  std::vector<std::string> messages;
  while (bytes.size() >= 16) {
    messages.emplace_back(bytes.substr(12, number(0) - 16));
    bytes.remove_prefix(number(0));
  }
  return messages;
}

TEST_F(ApiTest, InvokeWithResponseStreamFramesTheAnswer) {
  if (!WhyAbsent("python").empty()) GTEST_SKIP() << WhyAbsent("python");
  http::Request request;
  request.method = "POST";
  request.target = "/2021-11-15/functions/conformance-python/response-streaming-invocations";
  request.headers = {{"X-Amz-Log-Type", "Tail"}};
  request.body = R"({"do":"throw"})";
  const auto collect = [](const http::Reply& reply) {
    std::string all;
    EXPECT_TRUE(reply.stream([&all](std::string_view piece) {
      all += piece;
      return true;
    }));
    return Messages(all);
  };
  http::Reply reply = Send(request);
  EXPECT_EQ(reply.headers.Get("Content-Type"), "application/vnd.amazon.eventstream");
  const auto failed = collect(reply);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_THAT(failed[0], HasSubstr("InvokeComplete"));
  EXPECT_THAT(failed[0], HasSubstr(R"("ErrorCode":"Unhandled")"));
  EXPECT_THAT(failed[0], HasSubstr("LogResult"));
  request.body = R"({"do":"lines"})";
  const auto fine = collect(Send(request));
  ASSERT_EQ(fine.size(), 2u);
  EXPECT_THAT(fine[0], HasSubstr("PayloadChunk"));
  EXPECT_THAT(fine[0], testing::EndsWith("\"ok\""));
  EXPECT_THAT(fine[1], testing::Not(HasSubstr("ErrorCode")));
}

TEST_F(ApiTest, OtherOperationsAreRefusedByName) {
  const http::Reply reply = Get("/2015-03-31/functions/conformance-python/policy");
  EXPECT_EQ(reply.status, 501);
  EXPECT_THAT(reply.body, HasSubstr("GET /2015-03-31/functions/conformance-python/policy"));
}

}  // namespace
}  // namespace offstage::lambda
