#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dynamodb/expressions/condition.h"
#include "dynamodb/expressions/expression_cache.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/expressions/reserved_words.h"
#include "dynamodb/expressions/update.h"
#include "dynamodb/value/attribute_json.h"

namespace offstage::dynamodb {
namespace {

using testing::ElementsAre;

TEST(Condition, NamesTheAttributesThatItReads) {
  Placeholders placeholders;
  ASSERT_TRUE(placeholders.SetNames(R"({"#n":"name"})").ok());
  const auto condition =
      Condition::Compile("size(b.c) < a AND attribute_exists(#n) OR begins_with(b, d[0])",
                         Condition::Kind::kCondition, placeholders, nullptr);
  ASSERT_TRUE(condition.ok()) << condition.error().message;
  EXPECT_THAT(condition.value().AttributeNames(), ElementsAre("b", "a", "name", "d"));
  EXPECT_THAT(condition.value().NestedAttributeNames(), ElementsAre("b", "d"));
}

TEST(Update, NamesTheAttributesThatItWrites) {
  Placeholders placeholders;
  const auto update = Update::Compile("SET a.b = c, d = e REMOVE a.c", placeholders, nullptr);
  ASSERT_TRUE(update.ok()) << update.error().message;
  EXPECT_THAT(update.value().AttributeNames(), ElementsAre("a", "d"));
}

TEST(Projection, OfAttributesKeepsWholeAttributes) {
  const Item item = ParseItem(R"({"a":{"S":"1"},"b":{"S":"2"},"c":{"S":"3"}})").value();
  const Projection projection = Projection::OfAttributes({"c", "a", "z"});
  EXPECT_EQ(ToJsonText(projection.Apply(item)), R"({"a":{"S":"1"},"c":{"S":"3"}})");
  EXPECT_THAT(projection.AttributeNames(), ElementsAre("c", "a", "z"));
}

TEST(Placeholders, UnusedOnesAreListedAsAJavaSetIteratesOverThem) {
  Placeholders placeholders;
  ASSERT_TRUE(
      placeholders.SetValues(R"({":z":{"S":""},":a":{"S":""},":name":{"S":""},":b":{"S":""}})")
          .ok());
  const auto used = placeholders.CheckAllUsed();
  ASSERT_FALSE(used.ok());
  EXPECT_EQ(
      used.error().message,
      "Value provided in ExpressionAttributeValues unused in expressions: keys: {:z, :name, :a, "
      ":b}");
}

TEST(Placeholders, TheOlderLayerNamesTheKeyOfABadValue) {
  Placeholders placeholders;
  const auto set = placeholders.SetValues(R"({":v":{"N":"x"}})", ValueLayer::kOlder);
  ASSERT_FALSE(set.ok());
  EXPECT_EQ(
      set.error().message,
      "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
      "numeric value: x for key :v");
}

TEST(Placeholders, OneUseOfTwoIsEnough) {
  Placeholders placeholders;
  ASSERT_TRUE(placeholders.SetValues(R"({":v":{"N":"1"}})").ok());
  ASSERT_TRUE(
      Condition::Compile("a = :v OR b = :v", Condition::Kind::kFilter, placeholders, nullptr).ok());
  EXPECT_TRUE(placeholders.CheckAllUsed().ok());
}

TEST(ExpressionCache, HoldsOnToWhatParsesAndForgetsWhenFull) {
  ExpressionCache cache;
  Placeholders placeholders;
  ASSERT_TRUE(
      Condition::Compile("attribute_exists(a)", Condition::Kind::kFilter, placeholders, &cache)
          .ok());
  ASSERT_FALSE(
      Condition::Compile("attribute_exists(", Condition::Kind::kFilter, placeholders, &cache).ok());
  EXPECT_NE(cache.Find('c', "attribute_exists(a)"), nullptr);
  EXPECT_EQ(cache.Find('c', "attribute_exists("), nullptr);
  EXPECT_EQ(cache.Find('u', "attribute_exists(a)"), nullptr);
  for (std::size_t i = 0; i < ExpressionCache::kMaxEntries; ++i) {
    cache.Insert('c', std::to_string(i), std::make_shared<int>(0));
  }
  EXPECT_EQ(cache.Find('c', "attribute_exists(a)"), nullptr);
}

TEST(ReservedWords, AreFoundInAnyCase) {
  EXPECT_TRUE(IsReservedWord("status"));
  EXPECT_TRUE(IsReservedWord("LocalTimestamp"));
  EXPECT_TRUE(IsReservedWord("ABORT"));
  EXPECT_TRUE(IsReservedWord("zone"));
  EXPECT_FALSE(IsReservedWord("statuses"));
  EXPECT_FALSE(IsReservedWord(""));
  EXPECT_FALSE(IsReservedWord("localtimestamps"));
}

// Hostile nesting must neither crash nor take long.
TEST(Condition, DeepNestingIsRefused) {
  for (const char* piece : {"(", "NOT ", "NOT (", "size(", "(a = b OR ", "a = b AND ("}) {
    std::string text;
    while (text.size() < 4000)
      text += piece;
    Placeholders placeholders;
    EXPECT_FALSE(Condition::Compile(text, Condition::Kind::kFilter, placeholders, nullptr).ok());
  }
}

}  // namespace
}  // namespace offstage::dynamodb
