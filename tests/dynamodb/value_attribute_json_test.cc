#include <gtest/gtest.h>

#include "base/check.h"
#include "dynamodb/random_values.h"
#include "dynamodb/value/attribute_json.h"

namespace offstage::dynamodb {
namespace {

std::string Nested(int wraps) {
  std::string text;
  for (int i = 0; i < wraps; ++i)
    text += R"({"M":{"n":)";
  text += R"({"S":"leaf"})";
  for (int i = 0; i < wraps; ++i)
    text += "}}";
  return text;
}

TEST(AttributeJson, WhatIsWrittenIsReadBackTheSame) {
  Random random(7);
  for (int i = 0; i < 5000; ++i) {
    const Item item = RandomItem(random, 0);
    const std::string text = ToJsonText(item);
    const auto parsed = ParseItem(text);
    ASSERT_TRUE(parsed.ok()) << text << "\n" << parsed.error().message;
    ASSERT_EQ(parsed.value(), item) << text;
    ASSERT_EQ(ParseStoredItem(text), item) << text;
    ASSERT_EQ(ToJsonText(parsed.value()), text);
    ASSERT_EQ(ToJson(item), Json::parse(text));
    for (const Attribute& attribute : item) {
      ASSERT_EQ(FindStoredAttribute(text, attribute.name), ToJsonText(attribute.value));
    }
    ASSERT_EQ(FindStoredAttribute(text, "absent"), "");
  }
}

TEST(AttributeJson, ThirtyTwoLevelsAreAllowedAndNoMore) {
  EXPECT_TRUE(ParseAttributeValue(Nested(31)).ok());
  const auto deep = ParseAttributeValue(Nested(32));
  ASSERT_FALSE(deep.ok());
  EXPECT_EQ(deep.error().message,
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
            "levels beyond supported limit");
}

TEST(AttributeJson, TenThousandLevelsCostNoStack) {
  const auto deep = ParseItem("{\"a\":" + Nested(10000) + "}");
  ASSERT_FALSE(deep.ok());
  EXPECT_EQ(deep.error().type, "ValidationException");
}

TEST(AttributeJson, WrongJsonTypesWinOverFaultsWrittenBefore) {
  const auto parsed = ParseItem(R"({"a":{"N":"x"},"b":{"S":5}})");
  ASSERT_FALSE(parsed.ok());
  EXPECT_TRUE(IsSerializationError(parsed.error()));
  EXPECT_EQ(parsed.error().message, "NUMBER_VALUE cannot be converted to String");
}

TEST(AttributeJson, OfAttributesWrittenTwiceTheLastStays) {
  const auto parsed = ParseItem(R"({"b":{"S":"1"},"a":{"S":"2"},"b":{"S":"3"}})");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(ToJsonText(parsed.value()), R"({"a":{"S":"2"},"b":{"S":"3"}})");
}

TEST(AttributeJson, HalvesOfSurrogatePairsBecomeQuestionMarks) {
  const auto parsed = ParseAttributeValue(R"({"S":"\ud83d\ude00 \ud83d \ude00 \ud83d\u0041"})");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().text(), "\xF0\x9F\x98\x80 ? ? ?A");
}

TEST(AttributeJson, TextThatIsNoJsonIsASerializationError) {
  for (const char* text :
       {"", "{", "{\"S\":\"a\"", "{\"S\":\"a\"}}", "{\"S\":\"a\",}", "{\"S\" \"a\"}",
        "{\"S\":\"\xff\"}", "{\"S\":\"a\nb\"}", "{\"L\":[,]}", "{\"L\":[{\"S\":\"\"},]}",
        "{\"X\":01}", "{\"X\":tru}", "{'S':'a'}", "{\"S\":\"\\x\"}", "{\"S\":\"\\u12\"}"}) {
    const auto parsed = ParseAttributeValue(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().type, "SerializationException") << text;
  }
}

TEST(AttributeJson, DamageInTheStoreIsABugAndNoCrash) {
  EXPECT_THROW(ParseStoredItem(R"({"a":{"S":5}})"), InternalBug);
  EXPECT_THROW(ParseStoredItem(R"({"a":{}})"), InternalBug);
  EXPECT_THROW(ParseStoredItem("{\"a\":{\"S\":\"x"), InternalBug);
}

TEST(AttributeJson, ParsesJsonValuesToo) {
  const auto parsed = ItemFromJson(Json::parse(R"({"a":{"NS":["2","1.0"]}})"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(ToJsonText(parsed.value()), R"({"a":{"NS":["1","2"]}})");
}

}  // namespace
}  // namespace offstage::dynamodb
