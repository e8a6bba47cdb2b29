#include "base/text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace offstage {
namespace {

TEST(Base64, RoundTripsEveryLength) {
  std::mt19937 random(7);
  for (std::size_t length = 0; length < 70; ++length) {
    std::string bytes(length, '\0');
    for (char& c : bytes)
      c = static_cast<char>(random());
    EXPECT_EQ(Base64Decode(Base64Encode(bytes)), bytes);
  }
}

TEST(Base64, KnowsTheRfcExamples) {
  EXPECT_EQ(Base64Encode("foob"), "Zm9vYg==");
  EXPECT_EQ(Base64Encode("fooba"), "Zm9vYmE=");
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* bad : {"a", "ab", "abc", "a===", "====", "ab=c", "ab\n=", "a b="}) {
    EXPECT_EQ(Base64Decode(bad), std::nullopt) << bad;
  }
}

TEST(PercentDecode, LeavesStrayPercentSigns) {
  EXPECT_EQ(PercentDecode("a%20b%2"), "a b%2");
  EXPECT_EQ(PercentDecode("100%zz%"), "100%zz%");
  EXPECT_EQ(PercentDecode("a+b"), "a+b");
  EXPECT_EQ(FormDecode("a+b%2B"), "a b+");
}

TEST(PercentEncode, KeepsUnreservedCharactersOnly) {
  EXPECT_EQ(PercentEncode("aZ0-_.~ /+ä"), "aZ0-_.~%20%2F%2B%C3%A4");
}

TEST(IsValidUtf8, RefusesOverlongSurrogateAndTruncatedForms) {
  EXPECT_TRUE(IsValidUtf8("aä€😀"));
  for (const char* bad :
       {"\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xf0\x9f\x98"}) {
    EXPECT_FALSE(IsValidUtf8(bad));
  }
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(Split("a,,b", ',').size(), 3u);
  EXPECT_EQ(Split("", ',').size(), 1u);
}

TEST(NearestName, FindsSlipsButNotStrangers) {
  const std::vector<std::string> names = {"Runtime", "Handler", "CodeUri"};
  EXPECT_EQ(NearestName("runtime", names), "Runtime");
  EXPECT_EQ(NearestName("Handlr", names), "Handler");
  EXPECT_EQ(NearestName("Zebra", names), std::nullopt);
  // Slips at either end, and a candidate that is much longer.
  EXPECT_EQ(NearestName("GetItms", {"GetItem", "GetItemsOfAllTablesOfTheAccount", "PutItem"}),
            "GetItem");
  EXPECT_EQ(NearestName("xHandler", {"Runtime", "Handler"}), "Handler");
  EXPECT_EQ(NearestName("HandlerXY", {"Runtime", "Handler"}), "Handler");
}

}  // namespace
}  // namespace offstage
