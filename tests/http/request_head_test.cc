#include "http/request_head.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace offstage::http {
namespace {

TEST(RequestHead, KeepsSpellingOrderAndEncoding) {
  const auto head = ParseRequestHead(
      "GET /a%2Fb?q=%20 HTTP/1.1\r\nHost: x\r\nX-Two: b%20c\r\nx-one:  1 \r\nX-Two: d\r\n\r\n");
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->request.method, "GET");
  EXPECT_EQ(head->request.target, "/a%2Fb?q=%20");
  EXPECT_EQ(head->request.headers.Get("x-two"), "b%20c");
  EXPECT_EQ(head->request.headers.Get("X-ONE"), "1");
  EXPECT_EQ((head->request.headers.begin() + 2)->first, "x-one");
  EXPECT_TRUE(head->keep_alive);
}

TEST(RequestHead, RefusesAmbiguousFraming) {
  for (const char* headers :
       {"Content-Length: 1\r\nContent-Length: 1\r\n",
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n",
        "Content-Length: -1\r\n", "Content-Length: 1x\r\n",
        "Content-Length: 99999999999999999999999\r\n", "Bad Name: x\r\n", "NoColon\r\n",
        " folded: x\r\n", "X: a\x01b\r\n"}) {
    EXPECT_FALSE(
        ParseRequestHead(std::string("POST / HTTP/1.1\r\n") + headers + "\r\n").has_value())
        << headers;
  }
}

TEST(RequestHead, RefusesBadRequestLines) {
  for (const char* line : {"GET /", "GET  HTTP/1.1", "GET / HTTP/2.0", "GET / a HTTP/1.1",
                           "G@T / HTTP/1.1", "GET path HTTP/1.1", "", "GET / HTTP/1.1x"}) {
    EXPECT_FALSE(ParseRequestHead(std::string(line) + "\r\nHost: x\r\n\r\n").has_value()) << line;
  }
}

TEST(RequestHead, ClosesAsTheClientAsks) {
  EXPECT_FALSE(ParseRequestHead("GET / HTTP/1.1\r\nConnection: Close\r\n\r\n")->keep_alive);
  EXPECT_FALSE(ParseRequestHead("GET / HTTP/1.0\r\n\r\n")->keep_alive);
  EXPECT_TRUE(ParseRequestHead("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->keep_alive);
}

TEST(RequestHead, TakesThePathOfAnAbsoluteTarget) {
  EXPECT_EQ(ParseRequestHead("GET http://h:1/p?q HTTP/1.1\r\n\r\n")->request.target, "/p?q");
}

// Whatever bytes arrive, the parser answers or refuses; run under the sanitizers this is a small
// fuzz.
TEST(RequestHead, SurvivesMutatedBytes) {
  const std::string good =
      "POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = good;
    for (int edit = 0; edit < 3; ++edit)
      text[random() % text.size()] = static_cast<char>(random());
    (void)ParseRequestHead(text);
  }
}

}  // namespace
}  // namespace offstage::http
