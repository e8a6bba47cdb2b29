#include "scenario/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "support/temp_dir.h"

namespace offstage::scenario {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LoaderTest : public testing::Test {
 protected:
  std::vector<Scenario> Load(const std::string& text) {
    auto scenarios = LoadFiles({folder_.Write("a.scenario.yml", text)});
    EXPECT_TRUE(scenarios.ok()) << (scenarios.ok() ? "" : Join(scenarios.error().problems, "\n"));
    return scenarios.ok() ? *scenarios : std::vector<Scenario>();
  }
  // What is wrong, without the folder's name.
  std::string Problem(const std::string& text) {
    const auto scenarios = LoadFiles({folder_.Write("a.scenario.yml", text)});
    if (scenarios.ok()) return "nothing is wrong";
    return ReplaceAll(Join(scenarios.error().problems, "\n"), folder_.path().string() + "/", "");
  }
  static std::vector<std::string> Names(const std::vector<Scenario>& scenarios) {
    std::vector<std::string> names;
    for (const Scenario& scenario : scenarios)
      names.push_back(scenario.id);
    return names;
  }
  test::TempDir folder_;
};

TEST_F(LoaderTest, MultipliesExamplesAndMatrices) {
  const auto scenarios = Load(R"(
suite: s
scenarios:
  - name: Limit ${limit}
    examples: [{limit: 1}, {limit: x}]
    steps: [{get: /}]
  - name: Both
    matrix: {a: [1, 2], b: [p, q]}
    steps: [{get: /}]
)");
  EXPECT_THAT(Names(scenarios),
              ElementsAre("s: Limit 1", "s: Limit x", "s: Both [a=1, b=p]", "s: Both [a=1, b=q]",
                          "s: Both [a=2, b=p]", "s: Both [a=2, b=q]"));
}

TEST_F(LoaderTest, BlocksAndVariablesComeFromIncludedFiles) {
  folder_.Write("lib.yml", "vars: {x: 1}\nblocks:\n  hello:\n    - get: /hello\n");
  const auto scenarios = Load(R"(
include: lib.yml
scenarios:
  - name: n
    steps: [{use: hello, with: {y: 2}}, {use: lib.yml#hello}]
)");
  ASSERT_EQ(scenarios.size(), 1u);
  ASSERT_EQ(scenarios[0].steps[0].block.size(), 1u);
  EXPECT_EQ(scenarios[0].steps[1].block[0].kind, StepKind::kHttp);
  EXPECT_EQ(scenarios[0].variables[0].first, "x");
}

struct Broken {
  const char* text;
  const char* message;
};

class BrokenFiles : public LoaderTest, public testing::WithParamInterface<Broken> {};

TEST_P(BrokenFiles, AreReportedWithThePlaceAndTheRemedy) {
  EXPECT_THAT(Problem(GetParam().text), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Loader, BrokenFiles,
    testing::Values(
        Broken{"scenarios:\n  - nme: x\n    steps: []\n",
               "a.scenario.yml:2:5: a scenario has no key `nme`; did you mean `name`?"},
        Broken{"scenarios:\n  - name: x\n    steps:\n      - gte: /users\n",
               "a.scenario.yml:4:9: a step has no key `gte`; did you mean `get`?"},
        Broken{"scenarios:\n  - name: x\n", "2:5: a scenario needs `steps`"},
        Broken{"scenarios:\n  - name: x\n    steps: {get: /}\n",
               "3:12: `steps` takes a list, each item a step; this is a map"},
        Broken{"scenarios:\n  - name: x\n    steps: [{get: /, expect: {statu: 200}}]\n",
               "expect has no key `statu`; did you mean `status`?"},
        Broken{"scenarios:\n  - name: x\n    steps: [{get: /, post: /}]\n",
               "a step does one thing; this one has `get` and `post`"},
        Broken{"scenarios:\n  - name: x\n    steps: [{expect: {status: 1}}]\n",
               "this step does nothing; it needs one of get, post"},
        Broken{"scenarios:\n  - name: x\n    steps: [{invoke: F, json: {}}]\n",
               "`json` has no meaning in a `invoke` step"},
        Broken{"scenarios:\n  - name: x\n    steps: [{invoke: F, expect: {status: 200}}]\n",
               "a `invoke` step has no `status` to look at"},
        Broken{"scenarios:\n  - name: x\n    steps: [{settle: soon}]\n",
               "`settle` takes a duration like 500ms, 5s, 2m, 1h or 3d; this is text"},
        Broken{"scenarios:\n  - name: x\n    steps: [{get: /, expect: {jsonpath: {'$.a[': 1}}}]\n",
               "$.a[: expected a number"},
        Broken{"scenarios:\n  - name: x\n    steps: [{get: /, capture: {a: heder X}}]\n",
               "a capture takes `$.path`, `header NAME`, `status` or `body`, not `heder X`"},
        Broken{
            "scenarios:\n  - name: x\n    steps: [{use: sgn up}]\nblocks: {sign up: [{get: /}]}\n",
            "3:19: there is no block `sgn up`; did you mean `sign up`?"},
        Broken{"blocks: {a: [{use: b}], b: [{use: a}]}\nscenarios:\n  - name: x\n    steps: [{use: "
               "a}]\n",
               "blocks use each other: a uses b uses a"},
        Broken{"include: a.scenario.yml\n", "files include each other: a.scenario.yml includes"},
        Broken{"include: none.yml\n", "1:10: "},
        Broken{"scenarios:\n  - {name: x, steps: [{get: /}]}\n  - {name: x, steps: [{get: /}]}\n",
               "3:5: there already is a scenario `a: x`"},
        Broken{"scenarios:\n  - {name: x, name: y, steps: []}\n", "'name' is written twice"},
        Broken{"scenarios:\n  - name: x\n    steps: [{get: /, as: ada}]\n",
               "3:26: there is no user `ada` in `x`; `given: users` or a `sign-up` step makes one"},
        Broken{"given: {users: {ada: {}}}\nscenarios:\n  - name: x\n    steps: [{sign-in: adda}]\n",
               "4:23: there is no user `adda` in `x`; did you mean `ada`?"},
        Broken{"given: {users: {ada: {}}}\nscenarios:\n  - name: x\n    steps: [{get: /, as: {usr: "
               "ada}}]\n",
               "`as` has no key `usr`; did you mean `user`?"},
        Broken{"given: {users: {ada: {groop: [a]}}}\nscenarios: []\n",
               "a user has no key `groop`; did you mean `groups`?"},
        Broken{"given: {users: [ada]}\nscenarios: []\n", "`users` takes a map; this is a list"},
        Broken{"scenarios:\n  - name: x\n    steps: [{sign-up: a, code: 1}]\n",
               "`code` has no meaning in a `sign-up` step"},
        Broken{"given: {parameters: [a]}\nscenarios: []\n",
               "`parameters` takes a map; this is a list"},
        Broken{"given: {parameters: {/a: {value: b}}}\nscenarios: []\n",
               "1:27: a parameter has no key `value`; did you mean `Value`?"},
        Broken{"given: {parameters: {/a: {Value: b, Type: Secret}}}\nscenarios: []\n",
               "1:26: `/a` has the Type Secret; there are String, StringList, SecureString"},
        Broken{"given: {parameters: {/a: {Type: String, Value: [b]}}}\nscenarios: []\n",
               "1:26: `/a` must have a text as its value"},
        Broken{"contract: none.yml\nscenarios: []\n", "1:11: "},
        Broken{
            "contract: a.scenario.yml\nscenarios: []\n",
            "a.scenario.yml is no OpenAPI document: it needs `openapi` (or `swagger`) and `paths`"},
        Broken{"scenarios: [\n", "not valid YAML"},
        Broken{"scenarios:\n  - {name: x, examples: [1], steps: []}\n",
               "an example is a map of variables"}));

TEST_F(LoaderTest, FindsFilesInFoldersButNotInHiddenOnes) {
  folder_.Write("b/x.scenario.yml", "");
  folder_.Write("a.scenario.yaml", "");
  folder_.Write(".git/y.scenario.yml", "");
  folder_.Write("node_modules/p/z.scenario.yml", "");
  folder_.Write("b/people.steps.yml", "");
  const auto files = FindFiles({folder_.path()});
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[0].filename(), "a.scenario.yaml");
  EXPECT_FALSE(FindFiles({folder_.path() / "none"}).ok());
}

}  // namespace
}  // namespace offstage::scenario
