#include <gtest/gtest.h>

#include "dynamodb/random_values.h"
#include "dynamodb/value/key_encoding.h"
#include "dynamodb/value/number.h"

namespace offstage::dynamodb {
namespace {

int Sign(int value) {
  return value < 0 ? -1 : (value > 0 ? 1 : 0);
}

AttributeValue RandomKey(Random& random, AttributeType type) {
  switch (type) {
    case AttributeType::kNumber:
      return AttributeValue::Number(RandomNumber(random));
    case AttributeType::kString:
      return AttributeValue::String(RandomText(random));
    default:
      return AttributeValue::Binary(RandomBytes(random));
  }
}

constexpr AttributeType kKeyTypes[] = {AttributeType::kString, AttributeType::kNumber,
                                       AttributeType::kBinary};

TEST(KeyEncoding, BytesSortAsValuesAndComeBack) {
  for (const AttributeType type : kKeyTypes) {
    Random random(4);
    for (int i = 0; i < 20000; ++i) {
      const AttributeValue a = RandomKey(random, type);
      const AttributeValue b = RandomKey(random, type);
      const std::string bytes = EncodeKey(a);
      ASSERT_EQ(Sign(bytes.compare(EncodeKey(b))), CompareScalars(a, b))
          << a.text() << " and " << b.text();
      ASSERT_EQ(DecodeKey(type, bytes), a);
    }
  }
}

TEST(KeyEncoding, TheLargestNumberTakesTwentyTwoBytes) {
  const auto number = NormalizeNumber("-1.2345678901234567890123456789012345678e125");
  EXPECT_EQ(EncodeKey(AttributeValue::Number(number.value())).size(), 22u);
}

TEST(KeyEncoding, ComponentsSortByTheFirstThenTheSecond) {
  for (const AttributeType first : kKeyTypes) {
    Random random(5);
    for (int i = 0; i < 20000; ++i) {
      const AttributeValue a[] = {RandomKey(random, first),
                                  RandomKey(random, AttributeType::kBinary)};
      const AttributeValue b[] = {RandomKey(random, first),
                                  RandomKey(random, AttributeType::kBinary)};
      std::string bytes_a;
      std::string bytes_b;
      for (int k = 0; k < 2; ++k) {
        AppendKeyComponent(a[k], bytes_a);
        AppendKeyComponent(b[k], bytes_b);
      }
      int order = CompareScalars(a[0], b[0]);
      if (order == 0) order = CompareScalars(a[1], b[1]);
      ASSERT_EQ(Sign(bytes_a.compare(bytes_b)), order);
      std::string_view rest = bytes_a;
      ASSERT_EQ(TakeKeyComponent(first, rest), a[0]);
      ASSERT_EQ(TakeKeyComponent(AttributeType::kBinary, rest), a[1]);
      ASSERT_TRUE(rest.empty());
    }
  }
}

TEST(KeyEncoding, BytesThatNothingEncodesToAreRefused) {
  Random random(6);
  for (int i = 0; i < 20000; ++i) {
    const std::string bytes = RandomBytes(random);
    const auto decoded = DecodeKey(AttributeType::kNumber, bytes);
    if (!decoded) continue;
    ASSERT_EQ(EncodeKey(*decoded), bytes);
  }
  EXPECT_FALSE(DecodeKey(AttributeType::kNumber, ""));
  std::string_view cut("abc\x00", 4);
  EXPECT_FALSE(TakeKeyComponent(AttributeType::kString, cut));
}

TEST(KeyEncoding, PrefixEndIsAboveEverythingThatBeginsSo) {
  EXPECT_EQ(PrefixEnd("ab"), "ac");
  EXPECT_EQ(PrefixEnd("a\xFF\xFF"), "b");
  EXPECT_EQ(PrefixEnd("\xFF"), std::nullopt);
  EXPECT_EQ(PrefixEnd(""), std::nullopt);
}

// Stored on disk: these may change only together with the database version.
TEST(KeyEncoding, HashesStayTheSame) {
  EXPECT_EQ(PartitionHash("user-1"), 1183056325u);
  EXPECT_EQ(PartitionHash(""), 983116070u);
}

TEST(KeyEncoding, SegmentsAreDisjointAndComplete) {
  for (const std::uint32_t total : {1u, 3u, 7u, 1000000u}) {
    std::uint64_t expected = 0;
    for (std::uint32_t segment = 0; segment < total; ++segment) {
      const HashRange range = SegmentRange(segment, total);
      ASSERT_EQ(range.first, expected);
      ASSERT_GT(range.end, range.first);
      expected = range.end;
    }
    EXPECT_EQ(expected, kHashSpace);
  }
}

TEST(KeyEncoding, HashesSpreadEvenly) {
  int counts[8] = {};
  for (int i = 0; i < 8000; ++i) {
    ++counts[PartitionHash("item#" + std::to_string(i)) / (kHashSpace / 8)];
  }
  for (const int count : counts) {
    EXPECT_GT(count, 850);
    EXPECT_LT(count, 1150);
  }
}

}  // namespace
}  // namespace offstage::dynamodb
