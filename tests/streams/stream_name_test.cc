#include "streams/stream_name.h"

#include <gtest/gtest.h>

namespace offstage::streams {
namespace {

const Account kAccount = {.region = "us-east-1", .id = "000000000000"};
const StreamName kName = {.table = "users", .label = "2026-11-25T12:00:00.123"};

TEST(StreamName, IsReadOutOfItsArn) {
  const std::string arn = ArnOf(kName, kAccount);
  EXPECT_EQ(arn,
            "arn:aws:dynamodb:us-east-1:000000000000:table/users/stream/2026-11-25T12:00:00.123");
  ASSERT_TRUE(ParseArn(arn, kAccount));
  EXPECT_EQ(*ParseArn(arn, kAccount), kName);
}

TEST(StreamName, OfAnotherRegionIsNone) {
  EXPECT_FALSE(ParseArn(ArnOf(kName, {.region = "eu-west-1", .id = "000000000000"}), kAccount));
  EXPECT_FALSE(ParseArn("arn:aws:dynamodb:us-east-1:000000000000:table/users", kAccount));
  EXPECT_FALSE(ParseArn("", kAccount));
}

TEST(StreamName, SaysWhenItWasMade) {
  EXPECT_EQ(CreatedMillis("2026-11-25T12:00:00.123"), 1'795'608'000'123);
  EXPECT_EQ(CreatedMillis("yesterday"), 0);
}

TEST(Sequence, HasTheServicesLengthAndSorts) {
  EXPECT_EQ(SequenceNumber(0).size(), 21U);
  EXPECT_LT(SequenceNumber(9), SequenceNumber(10));
  EXPECT_EQ(ParseSequenceNumber(SequenceNumber(77)), 77);
  EXPECT_FALSE(ParseSequenceNumber("77"));
  EXPECT_FALSE(ParseSequenceNumber("100000000000000000x77"));
}

TEST(Iterator, ComesBackAsItWas) {
  const std::string text = ToText({.stream = kName, .position = 5, .created_ms = 1000}, kAccount);
  const auto iterator = ParseIterator(text, kAccount);
  ASSERT_TRUE(iterator);
  EXPECT_EQ(iterator->stream, kName);
  EXPECT_EQ(iterator->position, 5);
  EXPECT_EQ(iterator->created_ms, 1000);
  EXPECT_FALSE(ParseIterator(text.substr(0, text.size() - 1), kAccount));
  EXPECT_FALSE(ParseIterator("nonsense", kAccount));
}

}  // namespace
}  // namespace offstage::streams
