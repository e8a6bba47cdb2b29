#include "http/message.h"

#include <gtest/gtest.h>

namespace offstage::http {
namespace {

TEST(Headers, CompareNamesWithoutCaseAndKeepOrder) {
  Headers headers{{"B", "1"}, {"a", "2"}, {"b", "3"}};
  EXPECT_EQ(headers.Get("b"), "1");
  EXPECT_EQ(headers.GetAll("B").size(), 2u);
  headers.Set("b", "4");
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers.begin()->second, "4");
  headers.Remove("A");
  EXPECT_EQ(headers.Find("a"), nullptr);
}

TEST(Request, SplitsItsTarget) {
  Request request;
  request.target = "/a%20b?x=1?2";
  EXPECT_EQ(request.RawPath(), "/a%20b");
  EXPECT_EQ(request.RawQuery(), "x=1?2");
}

}  // namespace
}  // namespace offstage::http
