#include "bench/reply_reader.h"

#include <gtest/gtest.h>

namespace offstage::bench {
namespace {

using State = ReplyReader::State;

struct Example {
  const char* name;
  std::string bytes;
  int status;
  std::size_t body;
  bool keep_alive;
};

class GoodReplies : public testing::TestWithParam<Example> {};

// However the bytes are cut, the end is found, and not before.
TEST_P(GoodReplies, AreReadByteByByteAndAtOnce) {
  const Example& example = GetParam();
  ReplyReader reader;
  reader.Begin(ReplyReader::Body::kPossible);
  EXPECT_EQ(reader.Feed(example.bytes), State::kDone);
  EXPECT_EQ(reader.status(), example.status);
  EXPECT_EQ(reader.body_bytes(), example.body);
  EXPECT_EQ(reader.keep_alive(), example.keep_alive);
  reader.Begin(ReplyReader::Body::kPossible);
  for (std::size_t i = 0; i + 1 < example.bytes.size(); ++i)
    ASSERT_EQ(reader.Feed(example.bytes.substr(i, 1)), State::kMore) << i;
  EXPECT_EQ(reader.Feed(example.bytes.substr(example.bytes.size() - 1)), State::kDone);
  EXPECT_EQ(reader.body_bytes(), example.body);
}
INSTANTIATE_TEST_SUITE_P(
    ReplyReader, GoodReplies,
    testing::Values(
        Example{"Length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", 200, 5, true},
        Example{"Empty", "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", 201, 0, true},
        Example{"NoBody", "HTTP/1.1 204 No Content\r\n\r\n", 204, 0, true},
        Example{"Close", "HTTP/1.1 500 Oops\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
                500, 2, false},
        Example{"Old", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, 1, false},
        Example{"Chunks",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
                "chunked\r\n\r\n5\r\nhello\r\na;x=y\r\n0123456789\r\n0\r\n\r\n",
                200, 15, true},
        Example{"Continue",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200,
                2, true}),
    [](const auto& row) { return row.param.name; });

TEST(ReplyReader, AHeadReplyHasNoBody) {
  ReplyReader reader;
  reader.Begin(ReplyReader::Body::kNone);
  EXPECT_EQ(reader.Feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), State::kDone);
}

TEST(ReplyReader, ABodyWithoutLengthEndsWithTheConnection) {
  ReplyReader reader;
  reader.Begin(ReplyReader::Body::kPossible);
  EXPECT_EQ(reader.Feed("HTTP/1.1 200 OK\r\n\r\nall of "), State::kMore);
  EXPECT_EQ(reader.Feed("it"), State::kMore);
  EXPECT_EQ(reader.End(), State::kDone);
  EXPECT_EQ(reader.body_bytes(), 9U);
}

TEST(ReplyReader, KnowsWhatIsNoReply) {
  for (const std::string bad :
       {"SSH-2.0\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    ReplyReader reader;
    reader.Begin(ReplyReader::Body::kPossible);
    EXPECT_EQ(reader.Feed(bad), State::kBroken) << bad;
  }
}

TEST(ReplyReader, ACutReplyIsBroken) {
  ReplyReader reader;
  reader.Begin(ReplyReader::Body::kPossible);
  EXPECT_EQ(reader.Feed("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"), State::kMore);
  EXPECT_EQ(reader.End(), State::kBroken);
}

}  // namespace
}  // namespace offstage::bench
