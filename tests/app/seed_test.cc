#include "app/seed.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace offstage::app {
namespace {

std::string OnlyItem(std::string_view document) {
  const auto seed = ParseSeed(document, "seed.json");
  EXPECT_TRUE(seed.ok()) << seed.error().message;
  if (!seed.ok() || seed->size() != 1 || (*seed)[0].items.size() != 1) return "";
  return (*seed)[0].items[0];
}

TEST(Seed, TypesPlainJson) {
  EXPECT_EQ(
      OnlyItem(R"({"T": [{"a": "x", "b": true, "c": null, "d": [1, {"e": -2}]}]})"),
      R"({"a":{"S":"x"},"b":{"BOOL":true},"c":{"NULL":true},"d":{"L":[{"N":"1"},{"M":{"e":{"N":"-2"}}}]}})");
}

TEST(Seed, KeepsDynamoDbJson) {
  const std::string item = R"({"id":{"S":"x"},"tags":{"SS":["a","b"]}})";
  EXPECT_EQ(OnlyItem("{\"T\": [" + item + "]}"), item);
}

// {"S": 1} is not typed: the item is plain and its attribute a map.
TEST(Seed, TakesAnItemAsTypedOnlyWhenAllOfItIs) {
  EXPECT_EQ(OnlyItem(R"({"T": [{"a": {"S": "x"}, "b": "y"}]})"),
            R"({"a":{"M":{"S":{"S":"x"}}},"b":{"S":"y"}})");
  EXPECT_EQ(OnlyItem(R"({"T": [{"a": {"S": 1}}]})"), R"({"a":{"M":{"S":{"N":"1"}}}})");
}

TEST(Seed, KeepsEveryDigit) {
  EXPECT_EQ(
      OnlyItem(
          R"({"T": [{"n": 3.10, "m": 12345678901234567890123456789012345678, "f": 0.1234567890123456789}]})"),
      R"({"f":{"N":"0.1234567890123456789"},"m":{"N":"12345678901234567890123456789012345678"},"n":{"N":"3.10"}})");
}

TEST(Seed, ReadsScanOutput) {
  EXPECT_EQ(OnlyItem(R"({"T": {"Items": [{"id": {"S": "x"}}], "Count": 1}})"),
            R"({"id":{"S":"x"}})");
}

TEST(Seed, SaysWhatIsWrong) {
  for (const auto& [text, part] :
       std::vector<std::pair<std::string, std::string>>{{"{", "seed.json"},
                                                        {"[]", "object of tables"},
                                                        {R"({"T": 1})", "table T"},
                                                        {R"({"T": [{}, 1]})", "item 2"}}) {
    const auto seed = ParseSeed(text, "seed.json");
    ASSERT_FALSE(seed.ok()) << text;
    EXPECT_NE(seed.error().message.find(part), std::string::npos) << seed.error().message;
  }
  EXPECT_FALSE(ReadSeedFile("/nonexistent.json").ok());
  EXPECT_FALSE(ReadSeedFile("/tmp").ok());
}

TEST(ToPlainJson, IsWhatParseSeedReadsBack) {
  const std::string item =
      R"({"a":{"S":"x"},"b":{"L":[{"N":"1"},{"M":{"c":{"NULL":true}}}]},"n":{"N":"5"},"t":{"BOOL":false}})";
  const std::string plain = ToPlainJson(item);
  EXPECT_EQ(plain, R"({"a":"x","b":[1,{"c":null}],"n":5,"t":false})");
  EXPECT_EQ(OnlyItem("{\"T\": [" + plain + "]}"), item);
}

}  // namespace
}  // namespace offstage::app
