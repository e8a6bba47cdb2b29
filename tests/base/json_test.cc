#include "base/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace offstage {
namespace {

TEST(ParseJson, ReadsADocument) {
  const auto json = ParseJson(R"({"a": [1, "x"]})");
  ASSERT_TRUE(json.ok());
  EXPECT_EQ((*json)["a"][1], "x");
}

TEST(ParseJson, NamesThePlaceOfAnError) {
  const auto json = ParseJson("{\"a\": }");
  ASSERT_FALSE(json.ok());
  EXPECT_NE(json.error().message.find("line 1, column 7"), std::string::npos)
      << json.error().message;
}

TEST(ParseJson, RefusesDepthThatWouldEatTheStack) {
  EXPECT_FALSE(ParseJson(std::string(100'000, '[')).ok());
  EXPECT_FALSE(ParseJson(std::string(600, '[') + std::string(600, ']')).ok());
  EXPECT_TRUE(ParseJson(std::string(500, '[') + std::string(500, ']')).ok());
  EXPECT_TRUE(ParseJson("\"" + std::string(1000, '[') + "\"").ok());
}

TEST(ParseJson, RefusesInvalidUtf8) {
  EXPECT_FALSE(ParseJson("\"\xff\"").ok());
}

TEST(DumpJson, ReplacesInvalidUtf8) {
  EXPECT_EQ(DumpJson(Json("\xff")), "\"\xEF\xBF\xBD\"");
}

TEST(AppendJsonString, EscapesLikeTheLibrary) {
  std::string all;
  for (int c = 1; c < 128; ++c)
    all.push_back(static_cast<char>(c));
  std::string out;
  AppendJsonString(all, out);
  EXPECT_EQ(Json::parse(out).get<std::string>(), all);
}

}  // namespace
}  // namespace offstage
