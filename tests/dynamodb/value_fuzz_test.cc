// Hostile input for the parsers of this folder, from a fixed seed: quick, and the same everywhere.
// tests/fuzz/ holds the programs that look further.
#include <gtest/gtest.h>

#include "dynamodb/random_values.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {
namespace {

constexpr const char* const kJsonPieces[] = {"{\"S\":\"x\"}",
                                             "{\"N\":\"1e-999\"}",
                                             "{\"L\":[",
                                             "{\"M\":{\"a\":",
                                             "\"",
                                             "\\u",
                                             "\\ud83d",
                                             "[",
                                             "]",
                                             "{",
                                             "}",
                                             ":",
                                             ",",
                                             "null",
                                             "1e5",
                                             "{\"BS\":[\"AA==\"",
                                             "\xff",
                                             "\xC3"};

TEST(ValueFuzz, MutatedItemsAreParsedOrRefusedAndWhatIsParsedComesBack) {
  Random random(8);
  int parsed_count = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = Mutate(ToJsonText(RandomItem(random, 0)), kJsonPieces, random);
    const auto parsed = ParseItem(text);
    if (!parsed.ok()) continue;
    ++parsed_count;
    const auto again = ParseItem(ToJsonText(parsed.value()));
    ASSERT_TRUE(again.ok()) << text;
    ASSERT_EQ(again.value(), parsed.value()) << text;
  }
  EXPECT_GT(parsed_count, 500);
}

constexpr const char* const kNumberPieces[] = {"e", "E",      "+",          "-", ".",
                                               "0", "000000", "9999999999", " ", "_"};

TEST(ValueFuzz, MutatedNumbersAreNormalOrRefused) {
  Random random(9);
  for (int i = 0; i < 50000; ++i) {
    const std::string text = Mutate(RandomNumber(random), kNumberPieces, random);
    for (const ValueLayer layer : {ValueLayer::kCurrent, ValueLayer::kOlder}) {
      const auto number = NormalizeNumber(text, layer);
      if (!number.ok()) continue;
      ASSERT_EQ(NormalizeNumber(number.value()).value(), number.value()) << text;
    }
  }
}

}  // namespace
}  // namespace offstage::dynamodb
