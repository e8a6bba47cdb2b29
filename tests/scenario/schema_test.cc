// The published schema and the loader are made from one table; these tests hold both to it.
#include <gtest/gtest.h>

#include "base/text.h"
#include "gateway/json_schema.h"
#include "scenario/loader.h"
#include "scenario/shapes.h"
#include "support/temp_dir.h"
#include "template/document.h"

namespace offstage::scenario {
namespace {

TEST(Schema, ThePublishedFileIsTheCurrentOne) {
  const std::string published =
      test::ReadFile(std::string(OFFSTAGE_SOURCE_DIR) + "/scenarios/scenario.schema.json");
  EXPECT_EQ(published, MakeSchema().dump(2) + "\n")
      << "write it anew: offstage test --schema > scenarios/scenario.schema.json";
}

class Verdicts : public testing::TestWithParam<const char*> {
 protected:
  static bool SchemaTakes(const std::string& text) {
    const auto schema = gateway::JsonSchema::Compile(DumpJson(MakeSchema()));
    EXPECT_TRUE(schema.ok()) << (schema.ok() ? "" : schema.error().message);
    const auto document = templates::ParseDocument(text, "t.yml");
    EXPECT_TRUE(document.ok());
    return schema.ok() && schema->Check(templates::ToJson(document->root)).ok();
  }
  bool LoaderTakes(const std::string& text) {
    return LoadFiles({folder_.Write("t.scenario.yml", text)}).ok();
  }
  test::TempDir folder_;
};

using GoodFiles = Verdicts;
TEST_P(GoodFiles, SchemaAndLoaderTake) {
  EXPECT_TRUE(LoaderTakes(GetParam())) << GetParam();
  EXPECT_TRUE(SchemaTakes(GetParam())) << GetParam();
}
INSTANTIATE_TEST_SUITE_P(
    Schema, GoodFiles,
    testing::Values(
        "scenarios: [{name: a, steps: [{get: /}]}]",
        "scenarios: [{name: a, tags: [x], steps: [{get: /, eventually: 5s, expect: {status: "
        "200}}]}]",
        "given: {tables: {T: [{id: 1}]}}\nscenarios: [{name: a, steps: [{settle: 5}]}]",
        "blocks: {b: [{get: /}]}\nscenarios: [{name: a, steps: [{use: b, with: {x: 1}}]}]",
        "scenarios: [{name: a, given: {faults: {nth: 2, throttle: true}}, steps: []}]",
        "bench: [{name: a, measure: {get: /}}]",
        "bench: [{name: a, given: {tables: {T: [{id: 1}]}}, setup: [{post: /}], measure: {get: /, "
        "expect: {status: 404}}, concurrency: [1, 4], rate: 50}]"));

using BadFiles = Verdicts;
TEST_P(BadFiles, NeitherTakes) {
  EXPECT_FALSE(LoaderTakes(GetParam())) << GetParam();
  EXPECT_FALSE(SchemaTakes(GetParam())) << GetParam();
}
INSTANTIATE_TEST_SUITE_P(
    Schema, BadFiles,
    testing::Values("scenarios: [{nme: a, steps: []}]", "scenarios: [{name: a}]",
                    "scenarios: [{name: a, steps: {}}]",
                    "scenarios: [{name: a, steps: [{gett: /}]}]",
                    "scenarios: [{name: a, steps: [{get: /, expect: {stat: 1}}]}]",
                    "scenarios: [{name: a, steps: [{settle: soon}]}]",
                    "scenarios: [{name: [a], steps: []}]", "scenaros: []",
                    "scenarios: [{name: a, given: {faults: {throtle: true}}, steps: []}]",
                    "bench: [{name: a}]", "bench: [{measure: {get: /}}]",
                    "bench: [{name: a, measure: [{get: /}]}]",
                    "bench: [{name: a, measure: {get: /}, concurency: 2}]"));

TEST(Schema, EveryKeyHasADescription) {
  for (const Shape* shape :
       {&FileShape(), &ScenarioShape(), &BenchShape(), &StepShape(), &ExpectShape()}) {
    for (const Field& field : shape->fields)
      EXPECT_FALSE(field.doc.empty()) << shape->name << " " << field.name;
  }
}

}  // namespace
}  // namespace offstage::scenario
