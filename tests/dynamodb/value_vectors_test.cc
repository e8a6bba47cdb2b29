// Cases of fixtures/vectors/dynamodb_value: attribute values and numbers as sent, and what becomes
// of them.
#include <gtest/gtest.h>

#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/number.h"
#include "dynamodb/vectors.h"

namespace offstage::dynamodb {
namespace {

ValueLayer LayerOf(const nlohmann::json& body) {
  return body.value("layer", "current") == "older" ? ValueLayer::kOlder : ValueLayer::kCurrent;
}

class AttributeValueVectors : public testing::TestWithParam<VectorCase> {};

// "given" is the value's JSON, or "text" its very text; "value" what is stored, or "error".
TEST_P(AttributeValueVectors, Parse) {
  const nlohmann::json& body = GetParam().body;
  const std::string text =
      body.contains("text") ? body.at("text").get<std::string>() : body.at("given").dump();
  const auto parsed = ParseAttributeValue(std::string_view(text), LayerOf(body));
  if (body.contains("error")) {
    ASSERT_FALSE(parsed.ok());
    EXPECT_EQ(parsed.error().message, body.at("error"));
    EXPECT_EQ(parsed.error().type, body.value("type", "ValidationException"));
    return;
  }
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(ToJson(parsed.value()), body.at("value"));
}

INSTANTIATE_TEST_SUITE_P(, AttributeValueVectors,
                         testing::ValuesIn(ReadVectors("dynamodb_value/attribute_values.json")),
                         VectorName());

class NumberVectors : public testing::TestWithParam<VectorCase> {};

// "number" is what is sent; "value" what is stored and "bytes" its size, or "error".
TEST_P(NumberVectors, Normalize) {
  const nlohmann::json& body = GetParam().body;
  const auto number = NormalizeNumber(body.at("number").get<std::string>(), LayerOf(body));
  if (body.contains("error")) {
    ASSERT_FALSE(number.ok());
    EXPECT_EQ(number.error().message, body.at("error"));
    return;
  }
  ASSERT_TRUE(number.ok()) << number.error().message;
  EXPECT_EQ(number.value(), body.at("value"));
  if (body.contains("bytes")) {
    EXPECT_EQ(NumberSize(number.value()), body.at("bytes"));
  }
}

INSTANTIATE_TEST_SUITE_P(, NumberVectors,
                         testing::ValuesIn(ReadVectors("dynamodb_value/numbers.json")),
                         VectorName());

}  // namespace
}  // namespace offstage::dynamodb
