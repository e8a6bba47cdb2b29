#include "scenario/jsonpath.h"

#include <gtest/gtest.h>

namespace offstage::scenario {
namespace {

// RFC 9535's own example, shortened.
const char* const kStore = R"({"store": {"book": [
  {"title": "A", "price": 8.95, "tags": ["x"]}, {"title": "B", "price": 12.99},
  {"title": "C", "price": 8.99, "isbn": "1"}], "bicycle": {"color": "red", "price": 399}},
  "a key": 1})";

std::string At(const std::string& text) {
  const auto path = JsonPath::Parse(text);
  if (!path.ok()) return path.error().message;
  const auto value = path->Value(*ParseJson(kStore));
  return value ? DumpJson(*value) : "nothing";
}

TEST(JsonPath, FindsValues) {
  EXPECT_EQ(At("$.store.book[0].title"), R"("A")");
  EXPECT_EQ(At("$.store.book[-1].title"), R"("C")");
  EXPECT_EQ(At("$['a key']"), "1");
  EXPECT_EQ(At("$.store.book[*].title"), R"(["A","B","C"])");
  EXPECT_EQ(At("$.store.book[1:].title"), R"(["B","C"])");
  EXPECT_EQ(At("$.store.book[?@.price < 9].title"), R"(["A","C"])");
  EXPECT_EQ(At("$.store.book[?(@.isbn && @.price > 1)].title"), R"(["C"])");
  EXPECT_EQ(At("$.store.book[?(@.title == 'B')].price"), "[12.99]");
  EXPECT_EQ(At("$.store.nothing"), "nothing");
  EXPECT_EQ(At("$.store.book[7]"), "nothing");
  EXPECT_EQ(At("$..color"), R"(["red"])");
}

TEST(JsonPath, SaysWhereItIsWrong) {
  EXPECT_EQ(At("store"), "store: a path begins with $, at character 1");
  EXPECT_EQ(At("$.a["), "$.a[: expected a number, *, ? or a name in quotes, at character 5");
  EXPECT_EQ(At("$['a"), "$['a: this quote has no end, at character 5");
  EXPECT_EQ(At("$.a b"), "$.a b: expected . or [, at character 4");
}

}  // namespace
}  // namespace offstage::scenario
