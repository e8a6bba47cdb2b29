#include "events/filter.h"

#include <gtest/gtest.h>

namespace offstage::events {
namespace {

const char kRecord[] = R"({
  "eventName": "INSERT",
  "count": 7,
  "empty": "",
  "nothing": null,
  "tags": ["a", "b"],
  "dynamodb": {"Keys": {"id": {"S": "order-17"}}, "NewImage": {"state": {"S": "Paid"}}}
})";

struct Case {
  const char* pattern;
  bool matches;
};

// docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
TEST(Filter, FollowsTheRules) {
  const Case cases[] = {
      {R"({"eventName": ["INSERT"]})", true},
      {R"({"eventName": ["MODIFY", "INSERT"]})", true},
      {R"({"eventName": ["insert"]})", false},
      {R"({"eventName": [{"equals-ignore-case": "insert"}]})", true},
      {R"({"dynamodb": {"Keys": {"id": {"S": [{"prefix": "order-"}]}}}})", true},
      {R"({"dynamodb": {"Keys": {"id": {"S": [{"suffix": "-18"}]}}}})", false},
      {R"({"dynamodb": {"NewImage": {"state": {"S": [{"anything-but": ["Open"]}]}}}})", true},
      {R"({"dynamodb": {"NewImage": {"state": {"S": [{"anything-but": "Paid"}]}}}})", false},
      {R"({"dynamodb": {"NewImage": {"state": {"S": [{"anything-but": {"prefix": "P"}}]}}}})",
       false},
      {R"({"dynamodb": {"OldImage": {"state": {"S": [{"exists": false}]}}}})", true},
      {R"({"dynamodb": {"NewImage": {"state": {"S": [{"exists": false}]}}}})", false},
      {R"({"dynamodb": {"NewImage": {"state": {"S": [{"exists": true}]}}}})", true},
      {R"({"count": [{"numeric": [">", 5, "<=", 7]}]})", true},
      {R"({"count": [{"numeric": ["=", 8]}]})", false},
      {R"({"count": [7]})", true},
      {R"({"empty": [""]})", true},
      {R"({"nothing": [null]})", true},
      {R"({"eventName": [null]})", false},
      {R"({"tags": ["b"]})", true},
      {R"({"tags": ["c"]})", false},
      {R"({"$or": [{"eventName": ["REMOVE"]}, {"count": [7]}]})", true},
      {R"({"$or": [{"eventName": ["REMOVE"]}, {"count": [8]}]})", false},
      {R"({"eventName": ["INSERT"], "count": [8]})", false},
      {R"({})", true},
  };
  const Json record = Json::parse(kRecord);
  for (const Case& one : cases) {
    const auto filter = Filter::Parse(one.pattern);
    ASSERT_TRUE(filter.ok()) << one.pattern << ": " << filter.error().message;
    EXPECT_EQ(filter->Matches(record), one.matches) << one.pattern;
  }
}

TEST(Filter, NamesWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"nonsense", "no JSON object"},
      {"[]", "no JSON object"},
      {R"({"a": "b"})", "`a` takes a list of values or a map"},
      {R"({"a": {"b": []}})", "`a.b` takes a list of values or a map"},
      {R"({"a": [{"prefx": "b"}]})", "unknown operator `prefx`"},
      {R"({"$or": {"a": ["b"]}})", "`$or` takes a list"}};
  for (const auto& [pattern, words] : cases) {
    const auto filter = Filter::Parse(pattern);
    ASSERT_FALSE(filter.ok()) << pattern;
    EXPECT_NE(filter.error().message.find(words), std::string::npos) << filter.error().message;
  }
}

TEST(Filter, OneOfSeveralIsEnough) {
  const auto insert = Filter::Parse(R"({"eventName": ["INSERT"]})");
  const auto remove = Filter::Parse(R"({"eventName": ["REMOVE"]})");
  const Json record = Json::parse(kRecord);
  EXPECT_TRUE(MatchesAny({}, record));
  EXPECT_TRUE(MatchesAny({*remove, *insert}, record));
  EXPECT_FALSE(MatchesAny({*remove}, record));
}

}  // namespace
}  // namespace offstage::events
