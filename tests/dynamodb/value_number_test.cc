#include <gtest/gtest.h>

#include "dynamodb/random_values.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {
namespace {

std::string Normal(std::string_view text) {
  const auto number = NormalizeNumber(text);
  return number.ok() ? number.value() : number.error().message;
}

std::string Sum(std::string_view a, std::string_view b) {
  const auto sum = AddNumbers(a, b);
  return sum.ok() ? sum.value() : sum.error().message;
}

constexpr const char* kOverflow =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";
constexpr const char* kUnderflow =
    "Number underflow. Attempting to store a number with magnitude smaller than supported range";

TEST(Number, CanonicalNumbersStayAsTheyAreAndComeApartAndTogether) {
  Random random(1);
  for (int i = 0; i < 20000; ++i) {
    const std::string number = RandomNumber(random);
    ASSERT_EQ(Normal(number), number);
    ASSERT_EQ(PutTogether(TakeApart(number)), number);
  }
}

TEST(Number, AddsWithAllThirtyEightDigits) {
  EXPECT_EQ(Sum("10000000000000000000000", "1"), "10000000000000000000001");
  EXPECT_EQ(Sum("0.1", "0.2"), "0.3");
  EXPECT_EQ(Sum("-5", "5"), "0");
  EXPECT_EQ(Sum("99999999999999999999999999999999999999", "1"),
            "100000000000000000000000000000000000000");
  EXPECT_EQ(Sum("100000000000000000000000000000000000000", "-1"),
            "99999999999999999999999999999999999999");
  EXPECT_EQ(Sum("0", "-7.5"), "-7.5");
}

TEST(Number, ASumOfMoreThanThirtyEightDigitsIsCalledAnOverflow) {
  EXPECT_EQ(Sum("100000000000000000000000000000000000000", "1"), kOverflow);
  EXPECT_EQ(Sum("100000000000000000000000000000000000000000000000000", "1"), kOverflow);
  EXPECT_EQ(Sum(Normal("9e125"), Normal("9e125")), kOverflow);
  EXPECT_EQ(Sum(Normal("1.1e-130"), Normal("-1e-130")), kUnderflow);
}

TEST(Number, SubtractionUndoesAddition) {
  Random random(2);
  int checked = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string a = RandomNumber(random);
    const std::string b = RandomNumber(random);
    const auto sum = AddNumbers(a, b);
    if (!sum.ok()) continue;
    const auto back = SubtractNumbers(sum.value(), b);
    if (!back.ok()) continue;
    ASSERT_EQ(back.value(), a) << a << " + " << b;
    ++checked;
  }
  EXPECT_GT(checked, 5000);
}

TEST(Number, OrderAgreesWithTheSignOfTheDifference) {
  Random random(3);
  for (int i = 0; i < 20000; ++i) {
    const std::string a = RandomNumber(random);
    const std::string b = RandomNumber(random);
    ASSERT_EQ(CompareNumbers(a, b), -CompareNumbers(b, a)) << a << " " << b;
    const auto difference = SubtractNumbers(a, b);
    if (!difference.ok()) continue;
    const int sign = difference.value() == "0" ? 0 : (difference.value()[0] == '-' ? -1 : 1);
    ASSERT_EQ(CompareNumbers(a, b), sign) << a << " " << b;
  }
}

TEST(Number, ExponentsBeyondAnyIntegerAreNoNumbers) {
  EXPECT_EQ(Normal("1e9223372036854775807"), kOverflow);
  EXPECT_EQ(Normal("1e-9223372036854775808"), kUnderflow);
  EXPECT_EQ(Normal("1e9223372036854775808"),
            "The parameter cannot be converted to a numeric value: 1e9223372036854775808");
  std::string text(100000, '9');
  text.replace(0, 2, "1e");
  EXPECT_EQ(Normal(text).substr(0, 13), "The parameter");
  text.assign(100000, '0');
  text.back() = '5';
  EXPECT_EQ(Normal(text), "5");
}

}  // namespace
}  // namespace offstage::dynamodb
