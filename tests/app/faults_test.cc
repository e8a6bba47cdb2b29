#include "app/faults.h"

#include <gtest/gtest.h>

namespace offstage::app {
namespace {

// Which of `calls` GetItem calls of function "f" on table "users" are hit: "0101".
std::string Hits(FaultPlan& plan, int calls) {
  std::string hits;
  for (int i = 0; i < calls; ++i)
    hits += plan.Hit("f", "GetItem", R"({"TableName":"users"})") ? '1' : '0';
  return hits;
}

TEST(FaultPlan, CountsTheCallsThatFit) {
  FaultPlan plan;
  plan.Add({.operation = "GetItem", .nth = 3, .times = 2, .error = "ThrottlingException"});
  EXPECT_FALSE(plan.Hit("f", "PutItem", "{}"));
  EXPECT_EQ(Hits(plan, 6), "001100");
}

TEST(FaultPlan, TimesZeroIsFromThereOn) {
  FaultPlan plan;
  plan.Add({.nth = 2, .times = 0, .error = "InternalServerError"});
  EXPECT_EQ(Hits(plan, 4), "0111");
}

TEST(FaultPlan, FunctionAndTableNarrowIt) {
  FaultPlan plan;
  plan.Add({.function = "other", .times = 0, .error = "X"});
  plan.Add({.table = "articles", .times = 0, .error = "X"});
  EXPECT_EQ(Hits(plan, 2), "00");
  EXPECT_TRUE(plan.Hit("other", "Query", "{}"));
  // By value and, in batches, as a key; never as a part of another name.
  EXPECT_TRUE(plan.Hit("f", "Query", R"({"TableName":"articles"})"));
  EXPECT_TRUE(plan.Hit("f", "BatchGetItem", R"({"RequestItems":{"articles":{"Keys":[]}}})"));
  EXPECT_FALSE(plan.Hit("f", "Query", R"({"TableName":"articles-2"})"));
}

TEST(FaultPlan, TheFirstThatHitsIsTaken) {
  FaultPlan plan;
  plan.Add({.nth = 2, .error = "First"});
  plan.Add({.times = 0, .error = "Second"});
  EXPECT_EQ(plan.Hit("f", "GetItem", "")->error, "Second");
  EXPECT_EQ(plan.Hit("f", "GetItem", "")->error, "First");
  EXPECT_EQ(plan.Hit("f", "GetItem", "")->error, "Second");
}

TEST(FaultPlan, ClearForgetsFaultsAndCounts) {
  FaultPlan plan;
  plan.Add({.times = 0, .error = "X"});
  plan.Clear();
  EXPECT_EQ(Hits(plan, 2), "00");
}

}  // namespace
}  // namespace offstage::app
