// Streamed answers of function URLs and REST APIs, with a fake invoker that writes to the sink.
#include "gateway/streamed_answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "gateway/fakes.h"

namespace offstage::gateway::test {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kHttpType = "application/vnd.awslambda.http-integration-response";

ApiConfig StreamingUrl() {
  ApiConfig api = RestApi({"ANY $default"});
  api.kind = ApiKind::kFunctionUrl;
  api.stage = "$default";
  api.routes[0].integration = LambdaProxy{.function = "f",
                                          .payload = PayloadVersion::kV2,
                                          .mode = LambdaProxy::InvokeMode::kResponseStream};
  return api;
}

// Streams these pieces under this content type, then ends with `result`.
std::function<InvokeResult(const InvokeRequest&)> Streams(std::string type,
                                                          std::vector<std::string> pieces,
                                                          InvokeResult result = {}) {
  return [type = std::move(type), pieces = std::move(pieces),
          result = std::move(result)](const InvokeRequest& request) {
    request.sink->Begin(type);
    for (const std::string& piece : pieces)
      request.sink->Write(piece);
    return result;
  };
}

std::vector<std::string> PiecesOf(const http::Reply& reply) {
  std::vector<std::string> pieces;
  EXPECT_TRUE(reply.stream);
  if (!reply.stream) return pieces;
  EXPECT_TRUE(reply.stream([&pieces](std::string_view piece) {
    pieces.emplace_back(piece);
    return true;
  }));
  return pieces;
}

TEST(StreamedAnswer, ThePreludeMayBeSpreadOverPieces) {
  GatewayUnderTest test(StreamingUrl());
  test.invoker.answer =
      Streams(std::string(kHttpType),
              {R"({"statusCode":201,"head)", R"(ers":{"x-a":"b"}})" + std::string(3, '\0'),
               std::string(5, '\0') + "one", "two"});
  const http::Reply reply = test.Get("/");
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.headers.Get("x-a"), "b");
  EXPECT_EQ(reply.headers.Get("content-type"), "application/octet-stream");
  EXPECT_TRUE(test.traces.spans.empty()) << "a request is recorded when it has ended";
  EXPECT_THAT(PiecesOf(reply), ElementsAre("one", "two"));
  ASSERT_EQ(test.traces.spans.size(), 1U);
  EXPECT_EQ(FindAttribute(test.traces.spans[0], "status"), "201");
  EXPECT_EQ(FindAttribute(test.traces.spans[0], "function"), "f");
}

TEST(StreamedAnswer, StatusIs200AndBodiesKeepZeroBytes) {
  GatewayUnderTest test(StreamingUrl());
  test.invoker.answer =
      Streams(std::string(kHttpType), {"{}" + std::string(9, '\0') + "x" + std::string(8, '\0')});
  const http::Reply reply = test.Get("/");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(PiecesOf(reply), ElementsAre(std::string(1, '\0') + "x" + std::string(8, '\0')));
}

TEST(StreamedAnswer, MetadataWithoutEndAreBounded) {
  GatewayUnderTest test(StreamingUrl());
  test.invoker.answer = Streams(std::string(kHttpType), {std::string(20000, 'x'), "more"});
  const http::Reply reply = test.Get("/");
  EXPECT_EQ(reply.status, 502);
  EXPECT_EQ(reply.body, "Internal Server Error");
  EXPECT_FALSE(reply.stream);
  EXPECT_THAT(std::string(reply.headers.Get("x-offstage-explain")), HasSubstr("16 KB"));
  test.invoker.answer = Streams(std::string(kHttpType), {"[1]" + std::string(8, '\0')});
  EXPECT_EQ(test.Get("/").status, 502);
}

TEST(StreamedAnswer, FailuresInTheMiddleEndTheBody) {
  GatewayUnderTest test(StreamingUrl());
  InvokeResult failed;
  failed.status = InvokeStatus::kFunctionError;
  failed.explanation = "boom";
  test.invoker.answer = Streams("text/plain", {"some"}, failed);
  EXPECT_THAT(PiecesOf(test.Get("/")), ElementsAre("some"));
  EXPECT_THAT(std::string(FindAttribute(test.traces.spans.back(), "explain")), HasSubstr("boom"));
}

TEST(StreamedAnswer, FailuresBeforeThatAreErrors) {
  GatewayUnderTest test(StreamingUrl());
  test.invoker.answer = [](const InvokeRequest&) {
    InvokeResult result;
    result.status = InvokeStatus::kThrottled;
    return result;
  };
  EXPECT_EQ(test.Get("/").status, 429);
}

TEST(StreamedAnswer, HeadTakesTheHeadersOnly) {
  GatewayUnderTest test(StreamingUrl());
  test.invoker.answer = Streams("text/plain", {"some"});
  const http::Reply reply = test.Send("HEAD", "/");
  EXPECT_EQ(reply.headers.Get("content-type"), "text/plain");
  EXPECT_FALSE(reply.stream);
  EXPECT_EQ(test.traces.spans.size(), 1U);
}

TEST(StreamedAnswer, RestApisStreamToo) {
  ApiConfig api = RestApi({"GET /x"});
  std::get<LambdaProxy>(api.routes[0].integration).mode = LambdaProxy::InvokeMode::kResponseStream;
  GatewayUnderTest test(std::move(api));
  test.invoker.answer =
      Streams(std::string(kHttpType),
              {R"({"statusCode":200,"multiValueHeaders":{"x-a":["1","2"]},"cookies":["c=1"]})" +
                   std::string(8, '\0'),
               "body"});
  const http::Reply reply = test.Get("/x");
  EXPECT_THAT(reply.headers.GetAll("x-a"), ElementsAre("1", "2"));
  EXPECT_EQ(reply.headers.Get("set-cookie"), "c=1");
  EXPECT_EQ(test.invoker.requests[0].wait_limit, std::chrono::milliseconds(0));
  EXPECT_THAT(PiecesOf(reply), ElementsAre("body"));
  test.invoker.answer = Streams("application/json", {"{}"});
  EXPECT_EQ(test.Get("/x").status, 502) << "metadata are required";
}

// A client that reads nothing stops the handler instead of filling the memory.
TEST(StreamedAnswer, SlowClientsSlowTheHandlerDown) {
  std::promise<void> full;
  std::atomic<std::size_t> written = 0;
  FakeInvoker invoker;
  invoker.answer = [&](const InvokeRequest& request) {
    const std::string piece(StreamedAnswer::kMaxQueuedBytes, 'x');
    request.sink->Begin("text/plain");
    for (int i = 0; i < 4; ++i) {
      if (i == 1) full.set_value();
      if (request.sink->Write(piece)) ++written;
    }
    return InvokeResult{};
  };
  {
    StreamedAnswer answer(invoker, {.function = "f"});
    full.get_future().wait();
    EXPECT_EQ(written, 1U);
    EXPECT_EQ(answer.AwaitHead().content_type, "text/plain");
    int pieces = 0;
    answer.Deliver([&pieces](std::string_view) { return ++pieces < 2; });
    EXPECT_EQ(pieces, 2) << "the client left with the second piece";
  }
  EXPECT_LT(written, 4U) << "nobody listened to the rest";
}

}  // namespace

}  // namespace offstage::gateway::test
