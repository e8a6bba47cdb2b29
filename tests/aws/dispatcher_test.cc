#include "aws/dispatcher.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace offstage::aws {
namespace {

constexpr char kAuthorization[] =
    "AWS4-HMAC-SHA256 Credential=KEY1/20261125/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=0";

class FakeService : public JsonService {
 public:
  Outcome<std::string> Execute(const Call& call, CallFacts& facts) override {
    facts.attributes.emplace_back("table", "t");
    caller = call.caller.function;
    body = call.body;
    if (call.operation == "Fail") {
      return Fail(ApiError{.type = "ResourceNotFoundException",
                           .message = "no such",
                           .members = {{"Extra", 1}},
                           .explanation = "why\nso"});
    }
    return reply;
  }
  bool SendsCrc32() const override { return true; }
  std::string_view ErrorTypePrefix(std::string_view) const override { return "prefix#"; }
  std::string_view ContentType() const override { return "application/x-amz-json-1.0"; }

  std::string caller;
  std::string body;
  std::string reply = "{\"ok\":true}";
};

class FakeTraces : public TraceSink {
 public:
  void Record(Span span) override { spans.push_back(std::move(span)); }
  std::vector<Span> spans;
};

class FakeCallers : public CallerDirectory {
 public:
  std::optional<Caller> FindCaller(std::string_view key) const override {
    if (key == "KEY1") return Caller{.function = "fn", .request_id = "r1"};
    return std::nullopt;
  }
};

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() { dispatcher_.AddJsonService("dynamodb", "DynamoDB_20120810", service_); }

  http::Reply Send(const std::string& target, const std::string& body = "{}",
                   http::Headers more = {}) {
    http::Request request;
    request.method = "POST";
    request.target = "/";
    request.headers = {{"X-Amz-Target", target}, {"Authorization", kAuthorization}};
    for (const auto& [name, value] : more)
      request.headers.Add(name, value);
    request.body = body;
    return dispatcher_.Handle(request);
  }

  FakeService service_;
  FakeTraces traces_;
  FakeCallers callers_;
  MemoryLog log_;
  SeededIds ids_{1};
  Dispatcher dispatcher_{{.region = "us-east-1"}, ids_, log_, traces_, &callers_};
};

TEST_F(DispatcherTest, AnswersInTheServicesProtocol) {
  const http::Reply reply = Send("DynamoDB_20120810.GetItem");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.Get("Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(reply.headers.Get("x-amz-crc32"), std::to_string(Crc32(reply.body)));
  EXPECT_EQ(reply.headers.Get("x-amzn-RequestId").size(), 52u);
}

TEST_F(DispatcherTest, KnowsTheCallerAndRecordsTheCall) {
  Send("DynamoDB_20120810.GetItem");
  EXPECT_EQ(service_.caller, "fn");
  ASSERT_EQ(traces_.spans.size(), 1u);
  EXPECT_EQ(traces_.spans[0].name, "dynamodb.GetItem");
  EXPECT_EQ(traces_.spans[0].request_id, "r1");
}

TEST_F(DispatcherTest, WritesErrorsWithTheirMembersAndExplainsBeside) {
  const http::Reply reply = Send("DynamoDB_20120810.Fail");
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(reply.body,
            R"({"__type":"prefix#ResourceNotFoundException","Extra":1,"message":"no such"})");
  EXPECT_EQ(reply.headers.Get("x-offstage-explain"), "why so");
}

TEST_F(DispatcherTest, AnUnknownServiceIsNamedWithOperationAndFunction) {
  const http::Reply reply = Send("AmazonSQS.SendMessage");
  EXPECT_EQ(reply.status, 501);
  for (const char* part : {"SendMessage", "fn", "emulated here: dynamodb"}) {
    EXPECT_NE(reply.body.find(part), std::string::npos) << reply.body;
  }
  EXPECT_EQ(log_.Lines().size(), 1u);
}

TEST_F(DispatcherTest, AMalformedAuthorizationIsRefused) {
  http::Request request;
  request.method = "POST";
  request.target = "/";
  request.headers = {{"X-Amz-Target", "DynamoDB_20120810.GetItem"},
                     {"Authorization", "AWS4-HMAC-SHA256 nonsense"}};
  const http::Reply reply = dispatcher_.Handle(request);
  EXPECT_EQ(reply.status, 403);
  EXPECT_NE(reply.body.find("IncompleteSignatureException"), std::string::npos);
}

std::string Gzip(const std::string& plain) {
  std::string out(plain.size() + 200, '\0');
  z_stream stream{};
  deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string input = plain;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// On AWS a page without keys could do neither.
TEST_F(DispatcherTest, PagesOfOtherSitesRunNoFunctionsAndControlNothing) {
  const auto status = [&](const char* origin, const char* path) {
    http::Request request;
    request.method = "OPTIONS";
    request.target = path;
    request.headers = {{"Origin", origin}, {"Access-Control-Request-Method", "POST"}};
    return dispatcher_.Handle(request).status;
  };
  const char* invoke = "/2015-03-31/functions/f/invocations";
  EXPECT_EQ(status("http://localhost:5173", invoke), 200);
  EXPECT_EQ(status("http://[::1]:5173", invoke), 200);
  EXPECT_EQ(status("https://evil.example", invoke), 403);
  EXPECT_EQ(status("https://localhost.evil.example", invoke), 403);
  EXPECT_EQ(status("null", invoke), 403);
  EXPECT_EQ(status("http://localhost:5173", "/_offstage/data/reset"), 403);
  EXPECT_EQ(status("https://evil.example", "/"), 200);
}

TEST_F(DispatcherTest, AnswersPreflights) {
  http::Request request;
  request.method = "OPTIONS";
  request.target = "/";
  request.headers = {{"Origin", "http://localhost:5173"},
                     {"Access-Control-Request-Method", "POST"},
                     {"Access-Control-Request-Headers", "x-amz-target,authorization"}};
  const http::Reply reply = dispatcher_.Handle(request);
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.body.empty());
  EXPECT_EQ(reply.headers.Get("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(reply.headers.Get("Access-Control-Allow-Methods"), "POST");
  EXPECT_EQ(reply.headers.Get("Access-Control-Allow-Headers"), "x-amz-target,authorization");
  EXPECT_EQ(reply.headers.Get("Access-Control-Max-Age"), "172800");
  EXPECT_NE(reply.headers.Get("Access-Control-Expose-Headers").find("x-amzn-RequestId"),
            std::string_view::npos);
}

TEST_F(DispatcherTest, SaysThatItIsHealthy) {
  http::Request request;
  request.method = "GET";
  request.target = "/";
  request.headers = {{"Host", "127.0.0.1:8000"}};
  const http::Reply reply = dispatcher_.Handle(request);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "healthy: 127.0.0.1:8000 ");
  request.target = "/elsewhere";
  EXPECT_EQ(dispatcher_.Handle(request).status, 501);
}

TEST_F(DispatcherTest, LetsBrowsersReadRepliesAndNobodyElseKnow) {
  const http::Reply page = Send("DynamoDB_20120810.GetItem", "{}", {{"Origin", "http://a"}});
  EXPECT_EQ(page.headers.Get("Access-Control-Allow-Origin"), "*");
  EXPECT_NE(page.headers.Get("Access-Control-Expose-Headers").find("x-amzn-RequestId"),
            std::string_view::npos);
  EXPECT_EQ(Send("DynamoDB_20120810.GetItem").headers.Get("Access-Control-Allow-Origin"), "");
}

TEST_F(DispatcherTest, CompressesLongRepliesOnRequest) {
  service_.reply = std::string(5000, 'x');
  const http::Reply reply =
      Send("DynamoDB_20120810.GetItem", "{}", {{"Accept-Encoding", "deflate, gzip;q=0.5"}});
  EXPECT_EQ(reply.headers.Get("Content-Encoding"), "deflate");
  EXPECT_TRUE(Inflate(reply.body, 10'000) == service_.reply);
  EXPECT_EQ(reply.headers.Get("x-amz-crc32"), std::to_string(Crc32(reply.body)));
  EXPECT_TRUE(Send("DynamoDB_20120810.GetItem").body == service_.reply);
  EXPECT_TRUE(Send("DynamoDB_20120810.GetItem", "{}", {{"Accept-Encoding", "gzip;q=0"}}).body ==
              service_.reply);
  service_.reply = std::string(4096, 'x');
  EXPECT_TRUE(Send("DynamoDB_20120810.GetItem", "{}", {{"Accept-Encoding", "gzip"}}).body ==
              service_.reply);
}

// As DynamoDB does it, the odd ones included.
TEST_F(DispatcherTest, ChoosesTheCodingOfReplies) {
  service_.reply = std::string(5000, 'x');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", ""},
      {"identity", ""},
      {"br", ""},
      {"x-gzip", ""},
      {"gzip, deflate", "gzip"},
      {"br, identity, deflate, gzip", "deflate"},
      {"GZIP, identity", "gzip"},
      {"dog, gzip ,, cat", "gzip"},
      {"gzip;q=0.8, deflate;q=0.5", "gzip"},
      {"br, gzip;q=0, deflate; q = 0.5 , identity;q=0", "deflate"},
      {"*", "gzip"},
      {"*, deflate;q=0.5", "gzip"},
      {"*, deflate", "deflate"},
      {"*, gzip;q=0.5", "deflate"},
      {"gzip ;q=0", ""},
      {"*;q=0", ""},
      {"*;q=0.5,identity", "gzip"},
      {"gzip;q=0.5,identity;q=0.8", "gzip"},
      {"br;q=0.8,identity;q=0.5,*;q=0", ""},
      {"\"gzip\"", ""},
      {"gzip br", ""},
      {"gzip:q=1", ""},
      {"gzip;q=31,deflate;q=51", "gzip"},
      {"deflate;q=0.5, gzip;q=0.2", "deflate"},
      {"deflate;q=0.5, gzip;q=1;q=0.2", "gzip"},
      {"deflate;q=0.5,gzip;q=0.", "deflate"},
      {"deflate;q=0.5,gzip;q=0. x", "gzip"},
      {"deflate;q=-0.5,gzip;q=0.2", "gzip"},
      {"gzip;q= 0;q=1", ""},
      {"gzip;q =0;q=1", "gzip"},
      {"gzip;nq=0;q=1", ""},
      {"gzip;q=0, gzip;q=1, gzip;q=0", "gzip"},
      {"br,identity;q=0.5,gzip;q=0.0001", "gzip"}};
  for (const auto& [accept, coding] : cases) {
    const http::Reply reply =
        Send("DynamoDB_20120810.GetItem", "{}", {{"Accept-Encoding", accept}});
    EXPECT_EQ(reply.headers.Get("Content-Encoding"), coding) << accept;
  }
}

TEST_F(DispatcherTest, InflatesGzipBodies) {
  Send("DynamoDB_20120810.GetItem", Gzip("{\"a\":1}"), {{"Content-Encoding", "gzip"}});
  EXPECT_EQ(service_.body, "{\"a\":1}");
  // Two members, one behind the other, are one text.
  Send("DynamoDB_20120810.GetItem", Gzip("{\"b\"") + Gzip(":2}"), {{"Content-Encoding", "gzip"}});
  EXPECT_EQ(service_.body, "{\"b\":2}");
}

TEST_F(DispatcherTest, InflatesDeflateBodies) {
  std::string deflated(100, '\0');
  uLongf size = deflated.size();
  ASSERT_EQ(::compress(reinterpret_cast<Bytef*>(deflated.data()), &size,
                       reinterpret_cast<const Bytef*>("{\"a\":1}"), 7),
            Z_OK);
  deflated.resize(size);
  Send("DynamoDB_20120810.GetItem", deflated, {{"Content-Encoding", "deflate"}});
  EXPECT_EQ(service_.body, "{\"a\":1}");
}

TEST_F(DispatcherTest, RefusesRequestsOverSixteenMegabytes) {
  const std::string long_body = "{}" + std::string(16 * 1024 * 1024, ' ');
  EXPECT_EQ(Send("DynamoDB_20120810.GetItem", long_body).status, 413);
  EXPECT_EQ(Send("DynamoDB_20120810.GetItem", long_body.substr(2)).status, 200);
}

TEST_F(DispatcherTest, RefusesGzipThatIsNoneOrABomb) {
  EXPECT_EQ(Send("DynamoDB_20120810.GetItem", "nope", {{"Content-Encoding", "gzip"}}).status, 400);
  EXPECT_FALSE(Inflate(Gzip(std::string(1'000'000, 'a')), 1000).has_value());
}

}  // namespace
}  // namespace offstage::aws
