#include "scenario/selection.h"

#include <gtest/gtest.h>

#include <set>

namespace offstage::scenario {
namespace {

std::vector<Scenario> Ten() {
  std::vector<Scenario> scenarios(10);
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    scenarios[i].id = "suite: Number " + std::to_string(i);
    scenarios[i].tags = {i % 2 == 0 ? "even" : "odd", i == 4 ? "slow" : "quick"};
  }
  return scenarios;
}

std::vector<std::size_t> Chosen(const SelectionOptions& options) {
  std::vector<std::size_t> numbers;
  const auto chosen = Select(Ten(), options);
  if (!chosen.ok()) return numbers;
  for (const Assignment& assignment : *chosen)
    numbers.push_back(assignment.scenario);
  return numbers;
}

constexpr auto kAsWritten = SelectionOptions::Order::kAsWritten;

TEST(Selection, ByNameAndTag) {
  EXPECT_EQ(Chosen({.filters = {"number 3", "NUMBER 5"}, .order = kAsWritten}),
            (std::vector<std::size_t>{3, 5}));
  EXPECT_EQ(Chosen({.tags = {"even", "!slow"}, .order = kAsWritten}),
            (std::vector<std::size_t>{0, 2, 6, 8}));
  EXPECT_EQ(Chosen({.only = std::vector<std::string>{"suite: Number 7"}}),
            (std::vector<std::size_t>{7}));
}

TEST(Selection, ShardsAreDisjointAndComplete) {
  std::multiset<std::size_t> all;
  for (const char* shard : {"1/3", "2/3", "3/3"}) {
    for (const std::size_t number : Chosen({.shard = shard}))
      all.insert(number);
  }
  EXPECT_EQ(all.size(), 10u);
  EXPECT_EQ(std::set<std::size_t>(all.begin(), all.end()).size(), 10u);
  for (const char* wrong : {"0/3", "4/3", "a/b", "3", "1/0"})
    EXPECT_FALSE(Select(Ten(), {.shard = wrong}).ok()) << wrong;
}

TEST(Selection, TheSeedDecidesTheOrder) {
  EXPECT_EQ(Chosen({.seed = 5}), Chosen({.seed = 5}));
  EXPECT_NE(Chosen({.seed = 5}), Chosen({.seed = 6}));
  EXPECT_EQ(Chosen({.repeat = 3, .seed = 5}).size(), 30u);
}

}  // namespace
}  // namespace offstage::scenario
