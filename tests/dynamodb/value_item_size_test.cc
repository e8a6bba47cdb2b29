#include <gtest/gtest.h>

#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {
namespace {

std::size_t SizeOfJson(std::string_view json) {
  return SizeOf(ParseItem(json).value());
}

TEST(ItemSize, CountsNamesAndValues) {
  EXPECT_EQ(SizeOfJson(R"({"pk":{"S":"abc"}})"), 5u);
  EXPECT_EQ(SizeOfJson(R"({"é":{"S":"€"}})"), 5u);
  EXPECT_EQ(SizeOfJson(R"({"b":{"B":"AAECAw=="}})"), 5u);
  EXPECT_EQ(SizeOfJson(R"({"n":{"NULL":true},"t":{"BOOL":false}})"), 4u);
  EXPECT_EQ(SizeOfJson(R"({"s":{"SS":["ab","c"]},"n":{"NS":["1","22"]}})"), 1 + 3 + 1 + 2 + 2u);
}

TEST(ItemSize, ContainersCostThreeBytesAndOneForEachElement) {
  EXPECT_EQ(SizeOfJson(R"({"l":{"L":[]}})"), 4u);
  EXPECT_EQ(SizeOfJson(R"({"l":{"L":[{"S":"ab"},{"S":"c"}]}})"), 1 + 3 + 2 + 3u);
  EXPECT_EQ(SizeOfJson(R"({"m":{"M":{"k":{"S":"v"}}}})"), 1 + 3 + 1 + 2u);
}

TEST(ItemSize, TheLimitIsFourHundredKilobytesToTheByte) {
  Item item;
  item.Set("pk", AttributeValue::String(std::string(kMaxItemBytes - 2, 'x')));
  EXPECT_TRUE(CheckItemSize(item).ok());
  item.Set("a", AttributeValue::Null());
  const auto checked = CheckItemSize(item);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().message, "Item size has exceeded the maximum allowed size");
}

TEST(ItemSize, CapacityIsRoundedUpToWholeUnits) {
  EXPECT_EQ(ReadUnits(0, ReadKind::kEventual), 0.5);
  EXPECT_EQ(ReadUnits(4096, ReadKind::kStrong), 1);
  EXPECT_EQ(ReadUnits(4097, ReadKind::kEventual), 1);
  EXPECT_EQ(ReadUnits(4097, ReadKind::kTransactional), 4);
  EXPECT_EQ(WriteUnits(0), 1);
  EXPECT_EQ(WriteUnits(1025), 2);
  EXPECT_EQ(WriteUnits(1025, WriteKind::kTransactional), 4);
}

}  // namespace
}  // namespace offstage::dynamodb
