#include <gtest/gtest.h>

#include "dynamodb/expressions/legacy.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/vectors.h"

namespace offstage::dynamodb {
namespace {

constexpr const char* kInvalid = "One or more parameter values were invalid: ";

Item ItemOf(std::string_view json) {
  return ParseItem(json).value();
}

std::string FilterError(std::string_view json) {
  const auto filter = ConditionFromFilter(json, ConditionalOperator::kAnd);
  return filter.ok() ? "" : filter.error().message;
}

std::string ExpectedError(std::string_view json) {
  const auto condition = ConditionFromExpected(json, ConditionalOperator::kAnd);
  return condition.ok() ? "" : condition.error().message;
}

std::string UpdateError(std::string_view json) {
  const auto update = UpdateFromAttributeUpdates(json);
  return update.ok() ? "" : update.error().message;
}

class LegacyComparisons : public testing::TestWithParam<VectorCase> {};

// "operator" and "values"; "holds" and "fails": what attribute `a` may be, null for nothing.
TEST_P(LegacyComparisons, Evaluate) {
  const nlohmann::json& body = GetParam().body;
  nlohmann::json entry = {{"ComparisonOperator", body.at("operator")}};
  if (body.contains("values")) entry["AttributeValueList"] = body.at("values");
  const std::string json = nlohmann::json({{"a", entry}}).dump();
  for (const auto& condition : {ConditionFromFilter(json, ConditionalOperator::kAnd),
                                ConditionFromExpected(json, ConditionalOperator::kAnd)}) {
    ASSERT_TRUE(condition.ok()) << condition.error().message;
    for (const char* const verdict : {"holds", "fails"}) {
      for (const auto& value : body.at(verdict)) {
        Item item;
        if (!value.is_null()) item.Set("a", AttributeValueFromJson(value).value());
        EXPECT_EQ(condition.value().Matches(item), verdict == std::string("holds")) << value;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, LegacyComparisons,
                         testing::ValuesIn(ReadVectors("dynamodb_expressions/legacy.json")),
                         VectorName());

TEST(LegacyFilter, JoinsByAndOrOr) {
  constexpr std::string_view kJson =
      R"({"a":{"ComparisonOperator":"NOT_NULL"},"b":{"ComparisonOperator":"NULL"}})";
  const auto both = ConditionFromFilter(kJson, ConditionalOperator::kAnd).value();
  const auto any = ConditionFromFilter(kJson, ConditionalOperator::kOr).value();
  EXPECT_FALSE(both.Matches(Item()));
  EXPECT_TRUE(any.Matches(Item()));
  EXPECT_TRUE(both.Matches(ItemOf(R"({"a":{"S":"x"}})")));
}

TEST(LegacyFilter, RefusesValuesThatDoNotFitTheComparison) {
  EXPECT_EQ(FilterError(R"({"a":{"ComparisonOperator":"EQ"}})"),
            std::string(kInvalid) + "Invalid number of argument(s) for the EQ ComparisonOperator");
  EXPECT_EQ(
      FilterError(
          R"({"a":{"ComparisonOperator":"IN","AttributeValueList":[{"S":"a"},{"N":"1"}]}})"),
      std::string(kInvalid) + "AttributeValues inside AttributeValueList must be of same type");
  EXPECT_EQ(
      FilterError(R"({"a":{"ComparisonOperator":"GT","AttributeValueList":[{"SS":["a"]}]}})"),
      std::string(kInvalid) + "ComparisonOperator GT is not valid for SS AttributeValue type");
  EXPECT_EQ(
      FilterError(
          R"({"a":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"2"},{"N":"1"}]}})"),
      "The BETWEEN condition was provided a range where the lower bound is greater than the upper "
      "bound");
  EXPECT_EQ(FilterError(R"({"a":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"x"}]}})"),
            "The parameter cannot be converted to a numeric value: x");
}

TEST(LegacyExpected, ComparesWithAValueOrAsksForAbsence) {
  const auto equal =
      ConditionFromExpected(R"({"a":{"Value":{"N":"1"}}})", ConditionalOperator::kAnd);
  EXPECT_TRUE(equal.value().Matches(ItemOf(R"({"a":{"N":"1.0"}})")));
  EXPECT_FALSE(equal.value().Matches(Item()));
  const auto absent = ConditionFromExpected(R"({"a":{"Exists":false}})", ConditionalOperator::kAnd);
  EXPECT_TRUE(absent.value().Matches(Item()));
  EXPECT_FALSE(absent.value().Matches(ItemOf(R"({"a":{"NULL":true}})")));
  const auto greater = ConditionFromExpected(
      R"({"a":{"ComparisonOperator":"GT","Value":{"N":"1"}}})", ConditionalOperator::kAnd);
  EXPECT_TRUE(greater.value().Matches(ItemOf(R"({"a":{"N":"2"}})")));
}

TEST(LegacyExpected, RefusesMembersThatContradictEachOther) {
  const std::string invalid = kInvalid;
  EXPECT_EQ(ExpectedError(R"({"a":{"Value":{"N":"1"},"AttributeValueList":[]}})"),
            invalid + "Value and AttributeValueList cannot be used together for Attribute: a");
  EXPECT_EQ(ExpectedError(R"({"a":{"Exists":true,"ComparisonOperator":"NULL"}})"),
            invalid + "Exists and ComparisonOperator cannot be used together for Attribute: a");
  EXPECT_EQ(
      ExpectedError(R"({"a":{"ComparisonOperator":"LT"}})"),
      invalid +
          "Value or AttributeValueList must be used with ComparisonOperator: LT for Attribute: a");
  EXPECT_EQ(
      ExpectedError(R"({"a":{"AttributeValueList":[{"S":"x"}]}})"),
      invalid + "AttributeValueList can only be used with a ComparisonOperator for Attribute: a");
  EXPECT_EQ(ExpectedError(R"({"a":{}})"),
            invalid + "Value must be provided when Exists is null for Attribute: a");
  EXPECT_EQ(ExpectedError(R"({"a":{"Exists":true}})"),
            invalid + "Value must be provided when Exists is true for Attribute: a");
  EXPECT_EQ(ExpectedError(R"({"a":{"Exists":false,"Value":{"S":"x"}}})"),
            invalid + "Value cannot be used when Exists is false for Attribute: a");
}

TEST(LegacyKeyConditions, BecomeKeyTerms) {
  const auto condition = KeyConditionFromLegacy(
      R"({"pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"p"}]},
          "sk":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"1"},{"N":"2"}]}})");
  ASSERT_TRUE(condition.ok()) << condition.error().message;
  const auto range =
      condition.value().RangeFor({{{"pk", KeyType::kString}}, {{"sk", KeyType::kNumber}}});
  ASSERT_TRUE(range.ok()) << range.error().message;
  EXPECT_EQ(range.value().partition[0].text(), "p");
  EXPECT_EQ(range.value().sort[0].op, KeyOperator::kBetween);
  EXPECT_EQ(range.value().sort[0].upper.text(), "2");
}

TEST(LegacyKeyConditions, KnowComparisonsThatNoKeyIsFoundBy) {
  const auto condition = KeyConditionFromLegacy(
      R"({"pk":{"ComparisonOperator":"NE","AttributeValueList":[{"S":"p"}]}})");
  const auto range = condition.value().RangeFor({{{"pk", KeyType::kString}}, {}});
  ASSERT_FALSE(range.ok());
  EXPECT_EQ(range.error().message,
            "Attempted conditional constraint is not an indexable operation");
  EXPECT_EQ(KeyConditionFromLegacy("{}").error().message,
            "Conditions can be of length 1 or 2 only");
}

TEST(LegacyAttributeUpdates, PutAddAndDelete) {
  const auto update = UpdateFromAttributeUpdates(
      R"({"a":{"Value":{"S":"x"}},"n":{"Action":"ADD","Value":{"N":"2"}},"gone":{"Action":"DELETE"},
          "l":{"Action":"ADD","Value":{"L":[{"N":"2"}]}},"s":{"Action":"DELETE","Value":{"SS":["p"]}}})");
  ASSERT_TRUE(update.ok()) << update.error().message;
  const auto updated = update.value().Apply(
      ItemOf(R"({"n":{"N":"1"},"gone":{"S":"y"},"l":{"L":[{"N":"1"}]},"s":{"SS":["p","q"]}})"));
  ASSERT_TRUE(updated.ok()) << updated.error().message;
  EXPECT_EQ(ToJsonText(updated.value()),
            R"({"a":{"S":"x"},"l":{"L":[{"N":"1"},{"N":"2"}]},"n":{"N":"3"},"s":{"SS":["q"]}})");
}

TEST(LegacyAttributeUpdates, RefusesActionsThatDoNotFitTheValue) {
  const std::string invalid = kInvalid;
  EXPECT_EQ(UpdateError(R"({"a":{"Action":"PUT"}})"),
            invalid + "Only DELETE action is allowed when no attribute value is specified");
  EXPECT_EQ(UpdateError(R"({"a":{"Action":"DELETE","Value":{"S":"x"}}})"),
            invalid + "DELETE action with value is not supported for the type S");
  EXPECT_EQ(UpdateError(R"({"a":{"Action":"ADD","Value":{"S":"x"}}})"),
            invalid + "ADD action is not supported for the type S");
  const auto update = UpdateFromAttributeUpdates(R"({"a":{"Action":"ADD","Value":{"N":"1"}}})");
  const auto updated = update.value().Apply(ItemOf(R"({"a":{"S":"x"}})"));
  ASSERT_FALSE(updated.ok());
  EXPECT_EQ(updated.error().message, "Type mismatch for attribute to update");
}

TEST(Legacy, BrokenJsonIsASerializationError) {
  for (const char* json :
       {"", "[]", "{\"a\":", "{\"a\":{\"Value\":5}}", "{\"a\":{\"Value\":{\"S\":5}}}"}) {
    const auto condition = ConditionFromExpected(json, ConditionalOperator::kAnd);
    ASSERT_FALSE(condition.ok());
    EXPECT_EQ(condition.error().type, "SerializationException") << json;
  }
}

}  // namespace
}  // namespace offstage::dynamodb
