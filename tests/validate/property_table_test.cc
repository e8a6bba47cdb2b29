#include "validate/property_table.h"

#include <gtest/gtest.h>

namespace offstage::validate {
namespace {

TEST(PropertyTable, KnowsMembersAndWhatTheyHold) {
  const TypeProperties* table = FindTypeProperties("AWS::DynamoDB::Table");
  ASSERT_NE(table, nullptr);
  const Shape* properties = table->Find("-");
  ASSERT_NE(properties, nullptr);
  EXPECT_TRUE(properties->at("KeySchema").required);
  const Member& indexes = properties->at("GlobalSecondaryIndexes");
  EXPECT_EQ(indexes.holds, Holds::kList);
  EXPECT_EQ(indexes.shape, "GlobalSecondaryIndex");
  EXPECT_TRUE(table->Find(indexes.shape)->at("Projection").required);
  EXPECT_EQ(FindTypeProperties("AWS::DynamoDB::Tabel"), nullptr);
}

TEST(PropertyTable, EveryShapeThatAMemberNamesIsThere) {
  for (const std::string& type : KnownTypes()) {
    const TypeProperties* properties = FindTypeProperties(type);
    ASSERT_NE(properties->Find("-"), nullptr) << type;
    for (const auto& [name, shape] : properties->shapes) {
      for (const auto& [key, member] : shape) {
        EXPECT_TRUE(member.shape.empty() || properties->Find(member.shape) != nullptr)
            << type << " " << name << "." << key << " names " << member.shape;
      }
    }
  }
}

}  // namespace
}  // namespace offstage::validate
