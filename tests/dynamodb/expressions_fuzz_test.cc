// Hostile expressions from a fixed seed: whatever is sent is compiled or refused, and what compiles
// can be run. tests/fuzz/ holds the programs that look further.
#include <gtest/gtest.h>

#include "dynamodb/expressions/condition.h"
#include "dynamodb/expressions/key_condition.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/expressions/update.h"
#include "dynamodb/random_values.h"
#include "dynamodb/value/attribute_json.h"

namespace offstage::dynamodb {
namespace {

constexpr const char* const kPieces[] = {"a",
                                         "b",
                                         "m",
                                         "l",
                                         "m.x",
                                         "l[0]",
                                         "l[1].x",
                                         "[0]",
                                         ".",
                                         "#a",
                                         "#b",
                                         ":n",
                                         ":s",
                                         ":l",
                                         ":t",
                                         "(",
                                         ")",
                                         ",",
                                         "=",
                                         "<>",
                                         "<",
                                         ">=",
                                         " AND ",
                                         " OR ",
                                         " NOT ",
                                         " BETWEEN ",
                                         " IN ",
                                         "size(",
                                         "contains(",
                                         "begins_with(",
                                         "attribute_exists(",
                                         "SET ",
                                         " REMOVE ",
                                         " ADD ",
                                         " DELETE ",
                                         "if_not_exists(",
                                         "list_append(",
                                         "+",
                                         "-",
                                         " ",
                                         "!",
                                         "status",
                                         "[99999999999]"};

constexpr const char* const kConditions[] = {
    "a = :n AND (b < :n OR NOT m.x >= :n)", "size(l) BETWEEN :n AND :n", "a IN (:n, :s, m.x)",
    "attribute_exists(l[0]) OR contains(l, :n) AND begins_with(b, :s)", "#a = :n AND #b > :s"};
constexpr const char* const kUpdates[] = {
    "SET a = :n, m.x = if_not_exists(m.y, :n) + :n, l[5] = :s REMOVE l[0], b",
    "ADD a :n, m.t :t DELETE t :t", "SET l = list_append(l, :l), b = a - :n",
    "REMOVE l[0], l[1], m.x"};
constexpr const char* const kProjections[] = {"a, m.x, l[0], l[1]", "#a, #b, m",
                                              "l[1].x, l[1].y[2]"};

struct Fixture {
  Placeholders placeholders;
  Item item = ParseItem(R"({"a":{"N":"1"},"b":{"S":"xy"},"t":{"SS":["p","q"]},
      "m":{"M":{"x":{"N":"2"},"t":{"SS":["p"]}}},
      "l":{"L":[{"N":"1"},{"M":{"x":{"S":"z"}}},{"L":[]}]}})")
                  .value();

  Fixture() {
    EXPECT_TRUE(placeholders.SetNames(R"({"#a":"a","#b":"b"})").ok());
    EXPECT_TRUE(placeholders
                    .SetValues(R"({":n":{"N":"5"},":s":{"S":"x"},":l":{"L":[{"N":"9"}]},
                        ":t":{"SS":["p"]}})")
                    .ok());
  }
};

template <std::size_t kCount>
std::string MutateOneOf(const char* const (&seeds)[kCount], Random& random) {
  return Mutate(seeds[random.Below(kCount)], kPieces, random);
}

TEST(ExpressionFuzz, Conditions) {
  Random random(10);
  Fixture fixture;
  int compiled = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = MutateOneOf(kConditions, random);
    const auto condition =
        Condition::Compile(text, Condition::Kind::kFilter, fixture.placeholders, nullptr);
    (void)KeyCondition::Compile(text, fixture.placeholders, nullptr);
    if (!condition.ok()) {
      ASSERT_EQ(condition.error().type, "ValidationException") << text;
      continue;
    }
    ++compiled;
    (void)condition.value().Matches(fixture.item);
    (void)condition.value().Matches(Item());
  }
  EXPECT_GT(compiled, 500);
}

TEST(ExpressionFuzz, Updates) {
  Random random(11);
  Fixture fixture;
  int applied = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = MutateOneOf(kUpdates, random);
    const auto update = Update::Compile(text, fixture.placeholders, nullptr);
    if (!update.ok()) continue;
    const auto updated = update.value().Apply(fixture.item);
    (void)update.value().Apply(Item());
    if (!updated.ok()) continue;
    ++applied;
    (void)update.value().Touched(updated.value());
    const auto again = ParseItem(ToJsonText(updated.value()));
    ASSERT_TRUE(again.ok()) << text;
    ASSERT_EQ(again.value(), updated.value()) << text;
  }
  EXPECT_GT(applied, 500);
}

TEST(ExpressionFuzz, Projections) {
  Random random(12);
  Fixture fixture;
  int compiled = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = MutateOneOf(kProjections, random);
    const auto projection = Projection::Compile(text, fixture.placeholders, nullptr);
    if (!projection.ok()) continue;
    ++compiled;
    (void)projection.value().Apply(fixture.item);
  }
  EXPECT_GT(compiled, 500);
}

}  // namespace
}  // namespace offstage::dynamodb
