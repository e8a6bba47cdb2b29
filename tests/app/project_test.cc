#include "app/project.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace offstage::app {
namespace {

constexpr char kTemplate[] =
    "Transform: AWS::Serverless-2016-10-31\n"
    "Parameters:\n  Stage: {Type: String, Default: dev}\n"
    "Resources:\n  UsersTable: {Type: AWS::Serverless::SimpleTable}\n";

TEST(PlanProject, TakesOptionsFromSamconfigUnlessGiven) {
  const test::TempDir folder;
  folder.Write("template.yml", kTemplate);
  folder.Write("samconfig.toml",
               "version = 0.1\n[default.deploy.parameters]\nstack_name = \"from-config\"\nregion = "
               "\"eu-west-1\"\n"
               "parameter_overrides = \"Stage=\\\"prod\\\"\"\n");
  auto plan = PlanProject({.folder = folder.path()});
  ASSERT_TRUE(plan.ok()) << plan.error().message;
  EXPECT_EQ(plan->stack_name, "from-config");
  EXPECT_EQ(plan->region, "eu-west-1");
  EXPECT_EQ(plan->parameters.at(0).second, "prod");
  EXPECT_EQ(plan->data, folder.path() / ".offstage");
  plan = PlanProject({.folder = folder.path(), .stack_name = "mine", .region = "us-west-2"});
  EXPECT_EQ(plan->stack_name, "mine");
  EXPECT_EQ(plan->region, "us-west-2");
}

TEST(PlanProject, SaysWhichTemplatesItLookedFor) {
  const test::TempDir folder;
  const auto plan = PlanProject({.folder = folder.path()});
  ASSERT_FALSE(plan.ok());
  EXPECT_NE(plan.error().message.find("template.y"), std::string::npos) << plan.error().message;
}

TEST(LoadProject, NamesStayTheSameFromRunToRun) {
  const test::TempDir folder;
  folder.Write("template.yml", kTemplate);
  const auto plan = PlanProject({.folder = folder.path(), .stack_name = "s"});
  ASSERT_TRUE(plan.ok());
  std::string names[2];
  for (std::string& name : names) {
    RandomIds ids;
    auto state = StateFolder::Lock(plan->data, plan->stack_name);
    ASSERT_TRUE(state.ok());
    const auto stack = LoadProject(*plan, &*state, ids);
    ASSERT_TRUE(stack.ok()) << stack.error().message;
    ASSERT_EQ(stack->tables.size(), 1u);
    name = stack->tables[0].name;
  }
  EXPECT_EQ(names[0], names[1]);
  EXPECT_EQ(names[0].rfind("s-UsersTable-", 0), 0u) << names[0];
}

TEST(LoadProject, WithoutATemplateThereIsAnEmptyStack) {
  const test::TempDir folder;
  using enum ProjectOptions::Template;
  EXPECT_FALSE(PlanProject({.folder = folder.path(), .use_template = kFind}).ok());
  for (const auto use : {kNone, kFindOrNone}) {
    const auto plan = PlanProject({.folder = folder.path(), .use_template = use});
    ASSERT_TRUE(plan.ok());
    RandomIds ids;
    const auto stack = LoadProject(*plan, nullptr, ids);
    ASSERT_TRUE(stack.ok());
    EXPECT_TRUE(stack->tables.empty());
  }
}

TEST(LoadProject, ATemplateThatIsThereIsUsed) {
  const test::TempDir folder;
  folder.Write("template.yml", "Resources: {}\n");
  const auto plan =
      PlanProject({.folder = folder.path(), .use_template = ProjectOptions::Template::kFindOrNone});
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(plan->template_file.filename(), "template.yml");
}

}  // namespace
}  // namespace offstage::app
