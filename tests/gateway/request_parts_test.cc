#include "gateway/request_parts.h"

#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "base/text.h"

namespace offstage::gateway {

namespace {

std::string RandomBytes(std::mt19937& random, std::size_t max_length) {
  std::string bytes(random() % max_length, '\0');
  for (char& c : bytes)
    c = static_cast<char>(random() & 255U);
  return bytes;
}

TEST(ParseQuery, TakesAnyBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 2000; ++i) {
    std::size_t values = 0;
    const std::string query = RandomBytes(random, 300);
    for (const NamedValues& parameter : ParseQuery(query))
      values += parameter.values.size();
    EXPECT_LE(values, query.size());
  }
}

// A quadratic parser would need minutes for this.
TEST(ParseQuery, IsLinearInTheNumberOfNames) {
  std::string query;
  for (int i = 0; i < 300000; ++i)
    query += "k" + std::to_string(i) + "=&";
  EXPECT_EQ(ParseQuery(query).size(), 300000U);
  EXPECT_EQ(ParseQuery(std::string(1000000, '&')).size(), 0U);
  EXPECT_EQ(ParseQuery(std::string(1000000, '=')).size(), 1U);
  EXPECT_EQ(ParseQuery(std::string(1000000, '%')).size(), 1U);
}

TEST(ToValidUtf8, KeepsValidTextAndReplacesTheRest) {
  EXPECT_EQ(ToValidUtf8("a\xC3\xA9\xF0\x9F\x98\x80"), "a\xC3\xA9\xF0\x9F\x98\x80");
  EXPECT_EQ(ToValidUtf8("a\xFF"
                        "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(ToValidUtf8("\xC3"), "\xEF\xBF\xBD");
  std::mt19937 random(2);
  for (int i = 0; i < 2000; ++i)
    EXPECT_TRUE(IsValidUtf8(ToValidUtf8(RandomBytes(random, 200))));
}

TEST(ToExplanation, IsOneBoundedLineOfAscii) {
  EXPECT_EQ(ToExplanation("a\r\n\tb\xC3\xA9"), "a b??");
  const std::string longest = ToExplanation(std::string(5000, 'x'));
  EXPECT_EQ(longest.size(), kMaxExplanation);
  EXPECT_TRUE(longest.ends_with("x..."));
}

}  // namespace

}  // namespace offstage::gateway
