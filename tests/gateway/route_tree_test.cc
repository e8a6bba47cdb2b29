#include "gateway/route_tree.h"

#include <gtest/gtest.h>

namespace offstage::gateway {

namespace {

TEST(RouteTree, RefusesWhatTheServiceRefuses) {
  RouteTree tree;
  EXPECT_FALSE(tree.Add("GET", "/a{id}", 0).ok());
  EXPECT_FALSE(tree.Add("GET", "/{id}b", 0).ok());
  EXPECT_FALSE(tree.Add("GET", "/{}", 0).ok());
  EXPECT_FALSE(tree.Add("GET", "/{+}", 0).ok());
  EXPECT_FALSE(tree.Add("GET", "/{a}{b}", 0).ok());
  EXPECT_FALSE(tree.Add("GET", "/{proxy+}/x", 0).ok());
  EXPECT_FALSE(tree.Add("GET", "users", 0).ok());
  EXPECT_FALSE(tree.Add("GET", "", 0).ok());
}

TEST(RouteTree, RefusesARouteGivenTwice) {
  RouteTree tree;
  EXPECT_TRUE(tree.Add("GET", "/a/{id}", 0).ok());
  EXPECT_TRUE(tree.Add("POST", "/a/{id}", 1).ok());
  const Status twice = tree.Add("GET", "/a/{other}", 2);
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().message, "route GET /a/{other} is there twice");
}

TEST(RouteTree, NamesParametersAsTheMatchedRouteDoes) {
  RouteTree tree;
  ASSERT_TRUE(tree.Add("GET", "/{user}", 0).ok());
  ASSERT_TRUE(tree.Add("POST", "/{author}/article", 1).ok());
  const auto match = tree.Find("POST", "/7/article");
  ASSERT_TRUE(match.has_value());
  ASSERT_EQ(match->parameters.size(), 1U);
  EXPECT_EQ(match->parameters[0].first, "author");
  EXPECT_EQ(match->parameters[0].second, "7");
}

// Every subset of {literal, parameter} at each level, none with the method asked for: the search
// may look at each node once, and not at more.
TEST(RouteTree, WorstCaseSearchEnds) {
  RouteTree tree;
  constexpr unsigned kDepth = 9;
  for (unsigned bits = 0; bits < 1U << kDepth; ++bits) {
    std::string path;
    for (unsigned level = 0; level < kDepth; ++level)
      path += bits >> level & 1U ? "/{p}" : "/a";
    ASSERT_TRUE(tree.Add("GET", path, bits).ok());
  }
  EXPECT_FALSE(tree.Find("POST", "/a/a/a/a/a/a/a/a/a").has_value());
  EXPECT_FALSE(tree.Find("GET", "/a/a/a/a/a/a/a/a/a/a").has_value());
  EXPECT_TRUE(tree.Find("GET", "/a/a/a/a/b/a/a/a/a").has_value());
}

TEST(RouteTree, TakesHostilePaths) {
  RouteTree tree;
  ASSERT_TRUE(tree.Add("ANY", "/{proxy+}", 0).ok());
  ASSERT_TRUE(tree.Add("ANY", "/a/{x}", 1).ok());
  const std::string slashes(100000, '/');
  EXPECT_TRUE(tree.Find("GET", slashes).has_value());
  std::string deep;
  for (int i = 0; i < 20000; ++i)
    deep += "/a";
  EXPECT_TRUE(tree.Find("GET", deep).has_value());
  EXPECT_TRUE(tree.Find("GET", std::string("/\0\xff%", 4)).has_value());
}

}  // namespace

}  // namespace offstage::gateway
