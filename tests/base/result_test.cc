#include "base/result.h"

#include <gtest/gtest.h>

#include <string>

namespace offstage {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return Fail(Error{"odd"});
  return number / 2;
}

Result<int> Quarter(int number) {
  OFFSTAGE_TRY(const int half, Half(number));
  return Half(half);
}

TEST(Result, HoldsAValue) {
  ASSERT_TRUE(Quarter(12).ok());
  EXPECT_EQ(*Quarter(12), 3);
}

TEST(Result, TryPassesTheErrorOn) {
  EXPECT_EQ(Quarter(7).error().message, "odd");
  EXPECT_EQ(Quarter(6).error().message, "odd");
}

TEST(Result, AskingAFailureForItsValueIsABug) {
  EXPECT_THROW((void)Half(1).value(), InternalBug);
}

}  // namespace
}  // namespace offstage
