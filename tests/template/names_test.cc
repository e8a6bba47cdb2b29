#include "template/names.h"

#include <gtest/gtest.h>

namespace offstage::templates {
namespace {

TEST(IdRegistry, IssuesTheSameAgainForTheSameKey) {
  SeededIds source(1);
  IdRegistry ids(source);
  const std::string first = ids.Issue("app/Users", 13, kUpperAlphanumeric);
  EXPECT_EQ(first.size(), 13U);
  EXPECT_NE(ids.Issue("app/Articles", 13, kUpperAlphanumeric), first);
  EXPECT_EQ(ids.Issue("app/Users", 13, kUpperAlphanumeric), first);
}

TEST(IdRegistry, KeepsIdsAcrossRestarts) {
  SeededIds source(1);
  IdRegistry before(source);
  const std::string issued = before.Issue("app/Users", 13, kUpperAlphanumeric);
  EXPECT_TRUE(before.changed());

  SeededIds other_source(2);
  IdRegistry after(other_source);
  ASSERT_TRUE(after.Restore(before.ToJson()).ok());
  EXPECT_EQ(after.Issue("app/Users", 13, kUpperAlphanumeric), issued);
  EXPECT_FALSE(after.changed());
}

TEST(IdRegistry, RefusesWhatItDidNotWrite) {
  SeededIds source(1);
  IdRegistry ids(source);
  EXPECT_FALSE(ids.Restore("[1]").ok());
  EXPECT_FALSE(ids.Restore("{\"a\": 1}").ok());
  EXPECT_FALSE(ids.Restore("{").ok());
}

}  // namespace
}  // namespace offstage::templates
