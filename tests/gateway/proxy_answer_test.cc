#include "gateway/proxy_answer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "base/json.h"
#include "base/text.h"
#include "gateway/fakes.h"

namespace offstage::gateway::test {

namespace {

// Bytes that a client sends reach the handler as base64 and come back as the same bytes, whatever
// they are.
TEST(BinaryRoundTrip, GivesBackTheSameBytes) {
  ApiConfig api = RestApi({"POST /echo"});
  api.binary_media_types = {"application/octet-stream"};
  GatewayUnderTest test(std::move(api));
  test.invoker.answer = [](const InvokeRequest& request) {
    const Json event = Json::parse(request.payload);
    const Json answer = {{"statusCode", 200},
                         {"isBase64Encoded", event.at("isBase64Encoded")},
                         {"body", event.at("body")}};
    return Returned(answer.dump());
  };
  std::mt19937 random(7);
  for (int i = 0; i < 300; ++i) {
    std::string bytes(1 + random() % 500, '\0');
    for (char& c : bytes)
      c = static_cast<char>(random() & 255U);
    const http::Reply reply = test.Send(
        "POST", "/Prod/echo",
        {{"Content-Type", "application/octet-stream"}, {"Accept", "application/octet-stream"}},
        bytes);
    ASSERT_EQ(reply.body, bytes) << Base64Encode(bytes);
  }
}

TEST(ParseProxyAnswer, TakesAnyText) {
  std::mt19937 random(3);
  constexpr std::string_view kSeed =
      R"({"statusCode":200,"headers":{"a":"b"},"multiValueHeaders":{"c":["d"]},"body":"x"})";
  for (int i = 0; i < 5000; ++i) {
    std::string text(kSeed);
    for (int k = 0; k < 3; ++k)
      text[random() % text.size()] = static_cast<char>(random() & 127U);
    (void)ParseProxyAnswer(text, ProxyDialect::kRest);
    (void)ParseProxyAnswerV2(text);
  }
  EXPECT_FALSE(ParseProxyAnswer(std::string(100000, '['), ProxyDialect::kRest).ok());
}

TEST(ParseProxyAnswer, KeepsExplanationsShort) {
  const auto answer = ParseProxyAnswer(
      R"({"headers":{"x":[")" + std::string(100000, 'y') + R"("]}})", ProxyDialect::kRest);
  ASSERT_FALSE(answer.ok());
  EXPECT_LT(answer.error().message.size(), 400U);
}

}  // namespace

}  // namespace offstage::gateway::test
