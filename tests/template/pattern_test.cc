#include "template/pattern.h"

#include <gtest/gtest.h>

namespace offstage::templates {
namespace {

struct Row {
  std::string_view pattern;
  std::string_view text;
  PatternMatch expected;
};

constexpr auto kYes = PatternMatch::kMatches;
constexpr auto kNo = PatternMatch::kDiffers;
constexpr auto kUnknown = PatternMatch::kUnknown;

const Row kRows[] = {
    {"[a-z]+", "abc", kYes},
    {"[a-z]+", "abc1", kNo},
    {"[a-z]*", "", kYes},
    {"^[a-zA-Z][a-zA-Z0-9-]{2,5}$", "ab-1", kYes},
    {"^[a-zA-Z][a-zA-Z0-9-]{2,5}$", "a", kNo},
    {"^[a-zA-Z][a-zA-Z0-9-]{2,5}$", "abcdefgh", kNo},
    {"(dev|staging|prod)", "staging", kYes},
    {"(dev|staging|prod)", "stage", kNo},
    {"^$|https?://.*", "", kYes},
    {"^$|https?://.*", "https://a.b", kYes},
    {"^((?!-)[a-z-]{1,63}(?<!-)\\.)+$", "a.", kUnknown},
    {"(?!-)[a-z-]+", "-a", kNo},
    {"(?!-)[a-z-]+", "a-", kYes},
    {"\\d{3}-\\d{4}", "555-1234", kYes},
    {"[^@\\s]+@[^@\\s]+\\.[^@\\s]+", "a@b.c", kYes},
    {"[^@\\s]+@[^@\\s]+\\.[^@\\s]+", "a@b", kNo},
    {"[]a]+", "]a", kYes},
    {"(a|b)*?c", "abc", kYes},
    {"(a*)*b", "aac", kNo},
    {"a{2}", "aa", kYes},
    {"a{2}", "aaa", kNo},
    {"\\p{Alpha}+", "abc", kUnknown},
    {"(a", "a", kUnknown},
    {"[a", "a", kUnknown},
    {"*", "a", kUnknown},
    {"a\\", "a", kUnknown},
};

TEST(Pattern, MatchesAsJavaDoes) {
  for (const Row& row : kRows) {
    EXPECT_EQ(MatchPattern(row.pattern, row.text), row.expected)
        << row.pattern << " on " << row.text;
  }
}

// std::regex would take years for the first and overflow the stack on the second.
TEST(Pattern, GivesUpInsteadOfHanging) {
  EXPECT_EQ(MatchPattern("(a+)+b", std::string(40, 'a')), kUnknown);
  EXPECT_EQ(MatchPattern("(a|b)*", std::string(100'000, 'a')), kUnknown);
  EXPECT_EQ(MatchPattern(std::string(100'000, '('), "a"), kUnknown);
}

}  // namespace
}  // namespace offstage::templates
