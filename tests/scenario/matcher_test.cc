#include "scenario/matcher.h"

#include <gtest/gtest.h>

#include "scenario/yaml.h"

namespace offstage::scenario {
namespace {

struct Case {
  const char* matcher;
  const char* fits;     // JSON, or "" for no value at all.
  const char* differs;  // The same.
};

std::vector<Mismatch> Compare(const char* matcher, const std::string& json) {
  const Node node = Yaml(matcher);
  if (json.empty()) return Match(node, nullptr, "x", {});
  const auto value = ParseJson(json);
  EXPECT_TRUE(value.ok()) << json;
  return Match(node, &*value, "x", {});
}

class MatcherCases : public testing::TestWithParam<Case> {};

TEST_P(MatcherCases, TellsRightFromWrong) {
  const Case& row = GetParam();
  const auto differences = Compare(row.matcher, row.fits);
  EXPECT_TRUE(differences.empty())
      << row.matcher << " should fit " << row.fits << ", but: " << differences[0].path << " "
      << differences[0].expected << " / " << differences[0].actual;
  EXPECT_FALSE(Compare(row.matcher, row.differs).empty())
      << row.matcher << " should not fit " << row.differs;
}

INSTANTIATE_TEST_SUITE_P(
    Matcher, MatcherCases,
    testing::Values(
        // Maps are compared by the members they name, at every depth.
        Case{"{a: 1}", R"({"a": 1, "b": 2})", R"({"a": 2})"},
        Case{"{a: {b: 1}}", R"({"a": {"b": 1, "c": 2}})", R"({"a": {"c": 2}})"},
        Case{"[1, {a: 2}]", R"([1, {"a": 2, "b": 3}])", R"([1, {"a": 2}, 3])"},
        Case{"5", "5.0", "6"}, Case{"text", R"("text")", R"("Text")"}, Case{"true", "true", "1"},
        Case{"{a: ~}", R"({"a": null})", "{}"},
        // Kinds.
        Case{"<string>", R"("")", "1"}, Case{"<integer 0..100>", "100", "101"},
        Case{"<integer>", "5.0", "5.5"}, Case{"<number ..0>", "-1.5", "0.1"},
        Case{"<list 3>", "[1,2,3]", "[1,2]"}, Case{"<string 1..3>", R"("äöü")", R"("")"},
        Case{"<absent>", "", "null"}, Case{"<present>", "null", ""}, Case{"<any>", "0", "null"},
        Case{"<uuid>", R"("0b0c5f8e-1d2c-4a3b-9e8f-001122334455")", R"("0b0c5f8e")"},
        Case{"<date-time>", R"("2026-01-31T12:00:00Z")", R"("31.1.2026")"},
        Case{"</^a+$/>", R"("aaa")", R"("ab")"}, Case{"<..250>", "250", "251"},
        // A text that merely has brackets in it is a text.
        Case{"'<b>bold</b>'", R"("<b>bold</b>")", R"("bold")"},
        Case{"{$exactly: <string>}", R"("<string>")", R"("other")"},
        // Operators.
        Case{"{$exactly: {a: 1}}", R"({"a": 1})", R"({"a": 1, "b": 2})"},
        Case{"{$contains: ell}", R"("hello")", R"("help")"},
        Case{"{$contains: [{a: 1}, {a: 2}]}", R"([{"a": 2}, {"a": 1, "b": 3}])", R"([{"a": 1}])"},
        Case{"{$unordered: [1, 2]}", "[2, 1]", "[2, 2]"},
        Case{"{$unordered: [<any>, 1]}", "[1, 2]", "[2, 3]"},
        Case{"{$each: <integer>}", "[1, 2]", R"([1, "2"])"},
        Case{"{$any: {a: 1}}", R"([{"a": 2}, {"a": 1}])", R"([{"a": 2}])"},
        Case{"{$all: [<string>, {$starts-with: a}]}", R"("ab")", R"("b")"},
        Case{"{$in: [1, <string>]}", R"("x")", "2"}, Case{"{$not: 1}", "2", "1"},
        Case{"{$length: <2..>}", R"("ab")", "[1]"}, Case{"{$min: 1, $below: 3}", "2.9", "3"},
        Case{"{$after: '2026-01-01'}", R"("2026-01-02")", R"("2025-12-31")"},
        Case{"{$ends-with: c}", R"("abc")", R"("ab")"},
        Case{"{$json: {a: 1}}", R"("{\"a\": 1}")", R"("{")"}));

TEST(Matcher, NamesThePlaceOfEachDifference) {
  const auto differences =
      Compare("{users: [{name: Ada}, {name: Bo}]}", R"({"users": [{"name": "Eve"}, {}]})");
  ASSERT_EQ(differences.size(), 2u);
  EXPECT_EQ(differences[0].path, "x.users[0].name");
  EXPECT_EQ(differences[0].expected, R"("Ada")");
  EXPECT_EQ(differences[0].actual, R"("Eve")");
  EXPECT_EQ(differences[1].path, "x.users[1].name");
  EXPECT_EQ(differences[1].actual, "nothing");
}

TEST(Matcher, ReportsWhatIsMisspelt) {
  const auto problem = [](const char* text) {
    Problems problems;
    CheckMatcher(Yaml(text), problems);
    return problems.empty() ? std::string() : problems.list().front();
  };
  EXPECT_EQ(problem("{a: <strng>}"),
            "test.yml:1:5: <strng> names no kind of value; did you mean <string>?; to compare with "
            "that very text, write {$exactly: '<strng>'}");
  EXPECT_EQ(problem("{a: {$contain: x}}"),
            "test.yml:1:6: there is no operator $contain; did you mean $contains?");
  EXPECT_NE(problem("{$regex: '('}").find("cannot be used"), std::string::npos);
  EXPECT_NE(problem("{$in: 1}").find("$in takes a list"), std::string::npos);
  EXPECT_NE(problem("{$not: 1, a: 2}").find("cannot stand in one map"), std::string::npos);
  EXPECT_NE(problem("<integer 1-5>").find("a range is written"), std::string::npos);
  EXPECT_EQ(problem("{a: [<any>, {$each: <uuid>}]}"), "");
}

}  // namespace
}  // namespace offstage::scenario
