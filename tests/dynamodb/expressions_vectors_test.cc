// Cases of fixtures/vectors/dynamodb_expressions: an expression with its placeholders and items,
// and what becomes of them.
#include <gtest/gtest.h>

#include "dynamodb/expressions/condition.h"
#include "dynamodb/expressions/key_condition.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/expressions/update.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/vectors.h"

namespace offstage::dynamodb {
namespace {

// "names" and "values" of a case; reports the first error.
aws::Outcome<Unit> SetUp(const nlohmann::json& body, Placeholders& placeholders) {
  if (body.contains("names")) OFFSTAGE_TRY_VOID(placeholders.SetNames(body.at("names").dump()));
  if (body.contains("values")) OFFSTAGE_TRY_VOID(placeholders.SetValues(body.at("values").dump()));
  return Ok();
}

// True when the case expects an error (checked here) or failed.
template <typename T>
bool CheckError(const nlohmann::json& body, const aws::Outcome<T>& outcome) {
  if (!body.contains("error")) {
    EXPECT_TRUE(outcome.ok()) << outcome.error().message;
    return !outcome.ok();
  }
  EXPECT_FALSE(outcome.ok()) << "expected: " << body.at("error");
  if (!outcome.ok()) {
    EXPECT_EQ(outcome.error().message, body.at("error"));
    EXPECT_EQ(outcome.error().type, "ValidationException");
  }
  return true;
}

class ConditionVectors : public testing::TestWithParam<VectorCase> {};

aws::Outcome<Condition> CompileCondition(const nlohmann::json& body, Placeholders& placeholders,
                                         ExpressionCache* cache) {
  OFFSTAGE_TRY_VOID(SetUp(body, placeholders));
  const auto kind =
      body.contains("filter") ? Condition::Kind::kFilter : Condition::Kind::kCondition;
  const std::string text = body.contains("filter") ? body.at("filter") : body.at("condition");
  OFFSTAGE_TRY(Condition condition, Condition::Compile(text, kind, placeholders, cache));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  return condition;
}

// "holds" and "fails": items for which it is true and false.
TEST_P(ConditionVectors, Evaluate) {
  const nlohmann::json& body = GetParam().body;
  ExpressionCache cache;
  // Twice: parsed, then from the cache.
  for (int i = 0; i < 2; ++i) {
    Placeholders placeholders;
    const auto condition = CompileCondition(body, placeholders, &cache);
    if (CheckError(body, condition)) continue;
    for (const auto& item : body.value("holds", nlohmann::json::array())) {
      EXPECT_TRUE(condition.value().Matches(ItemFromJson(item).value())) << item;
    }
    for (const auto& item : body.value("fails", nlohmann::json::array())) {
      EXPECT_FALSE(condition.value().Matches(ItemFromJson(item).value())) << item;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, ConditionVectors,
                         testing::ValuesIn(ReadVectors("dynamodb_expressions/conditions.json")),
                         VectorName());

class ProjectionVectors : public testing::TestWithParam<VectorCase> {};

aws::Outcome<Projection> CompileProjection(const nlohmann::json& body, Placeholders& placeholders) {
  OFFSTAGE_TRY_VOID(SetUp(body, placeholders));
  OFFSTAGE_TRY(Projection projection, Projection::Compile(body.at("projection").get<std::string>(),
                                                          placeholders, nullptr));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  return projection;
}

TEST_P(ProjectionVectors, Apply) {
  const nlohmann::json& body = GetParam().body;
  Placeholders placeholders;
  const auto projection = CompileProjection(body, placeholders);
  if (CheckError(body, projection)) return;
  const Item item = ItemFromJson(body.at("item")).value();
  EXPECT_EQ(ToJson(projection.value().Apply(item)), body.at("result"));
}

INSTANTIATE_TEST_SUITE_P(, ProjectionVectors,
                         testing::ValuesIn(ReadVectors("dynamodb_expressions/projections.json")),
                         VectorName());

class UpdateVectors : public testing::TestWithParam<VectorCase> {};

aws::Outcome<Update> CompileUpdate(const nlohmann::json& body, Placeholders& placeholders,
                                   ExpressionCache* cache) {
  OFFSTAGE_TRY_VOID(SetUp(body, placeholders));
  OFFSTAGE_TRY(Update update,
               Update::Compile(body.at("update").get<std::string>(), placeholders, cache));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  return update;
}

// "item" before, "result" after; "touched" what UPDATED_NEW gives.
TEST_P(UpdateVectors, Apply) {
  const nlohmann::json& body = GetParam().body;
  ExpressionCache cache;
  for (int i = 0; i < 2; ++i) {
    Placeholders placeholders;
    const auto update = CompileUpdate(body, placeholders, &cache);
    if (!body.contains("item")) {
      CheckError(body, update);
      continue;
    }
    ASSERT_TRUE(update.ok()) << update.error().message;
    const Item item = ItemFromJson(body.at("item")).value();
    const auto updated = update.value().Apply(item);
    if (CheckError(body, updated)) continue;
    EXPECT_EQ(ToJson(updated.value()), body.at("result"));
    if (body.contains("touched")) {
      EXPECT_EQ(ToJson(update.value().Touched(updated.value())), body.at("touched"));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, UpdateVectors,
                         testing::ValuesIn(ReadVectors("dynamodb_expressions/updates.json")),
                         VectorName());

class KeyConditionVectors : public testing::TestWithParam<VectorCase> {};

constexpr const char* kOperatorNames[] = {"=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"};

nlohmann::json ToJsonTerm(const KeyTerm& term) {
  nlohmann::json json = {{"attribute", term.attribute},
                         {"op", kOperatorNames[static_cast<int>(term.op)]},
                         {"value", ToJson(term.value)}};
  if (term.op == KeyOperator::kBetween) json["upper"] = ToJson(term.upper);
  return json;
}

std::vector<KeyAttribute> ToKeys(const nlohmann::json& json) {
  std::vector<KeyAttribute> keys;
  for (const auto& key : json) {
    const std::string type = key.at(1);
    keys.push_back({key.at(0), type == "S"   ? KeyType::kString
                               : type == "N" ? KeyType::kNumber
                                             : KeyType::kBinary});
  }
  return keys;
}

aws::Outcome<KeyRange> CompileRange(const nlohmann::json& body) {
  Placeholders placeholders;
  OFFSTAGE_TRY_VOID(SetUp(body, placeholders));
  OFFSTAGE_TRY(const KeyCondition condition,
               KeyCondition::Compile(body.at("key").get<std::string>(), placeholders, nullptr));
  OFFSTAGE_TRY_VOID(placeholders.CheckAllUsed());
  return condition.RangeFor({ToKeys(body.at("partition")), ToKeys(body.at("sort"))});
}

TEST_P(KeyConditionVectors, Range) {
  const nlohmann::json& body = GetParam().body;
  const auto range = CompileRange(body);
  if (CheckError(body, range)) return;
  nlohmann::json partition = nlohmann::json::array();
  for (const AttributeValue& value : range.value().partition)
    partition.push_back(ToJson(value));
  nlohmann::json sort = nlohmann::json::array();
  for (const KeyTerm& term : range.value().sort)
    sort.push_back(ToJsonTerm(term));
  EXPECT_EQ(partition, body.at("partition_values"));
  EXPECT_EQ(sort, body.value("sort_terms", nlohmann::json::array()));
}

INSTANTIATE_TEST_SUITE_P(, KeyConditionVectors,
                         testing::ValuesIn(ReadVectors("dynamodb_expressions/key_conditions.json")),
                         VectorName());

}  // namespace
}  // namespace offstage::dynamodb
