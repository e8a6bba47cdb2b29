#include "template/loader.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace offstage::templates {
namespace {

constexpr std::string_view kRoot = R"(Transform: AWS::Serverless-2016-10-31
Resources:
  UsersTable:
    Type: AWS::Serverless::SimpleTable
    Properties:
      PrimaryKey: {Name: github_username, Type: String}
  APIs:
    Type: AWS::Serverless::Application
    Properties:
      Location: ./sam/api.yaml
      Parameters: {UsersTable: !Ref UsersTable}
Outputs:
  APIURL:
    Value: !GetAtt APIs.Outputs.Endpoint
)";
constexpr std::string_view kNested = R"(Transform: AWS::Serverless-2016-10-31
Parameters:
  UsersTable: {Type: String}
Resources:
  getUsersFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: api/get_users/
      Handler: app.handler
      Runtime: python3.8
      Environment: {Variables: {databaseName: !Ref UsersTable}}
      Events:
        Get: {Type: Api, Properties: {Path: /users, Method: get}}
Outputs:
  Endpoint:
    Value: !Sub https://${ServerlessRestApi}.execute-api.${AWS::Region}.amazonaws.com/Prod/
)";

struct Loaded {
  test::TempDir folder;
  SeededIds source{3};
  IdRegistry ids{source};
  LoadOptions options;

  Loaded() {
    folder.Write("sam/api.yaml", kNested);
    options.template_file = folder.Write("template.yaml", kRoot);
    options.stack_name = "hdoc-dev";
  }
  Stack Load() {
    auto stack = LoadStack(options, ids);
    EXPECT_TRUE(stack.ok()) << stack.error().message;
    return stack.ok() ? std::move(stack).value() : Stack{};
  }
};

TEST(LoadStack, ResolvesNestedStacksEndToEnd) {
  Loaded loaded;
  const Stack stack = loaded.Load();
  const Table* table = stack.FindTable("UsersTable");
  ASSERT_NE(table, nullptr);
  const Function* function = stack.FindFunction("APIs/getUsersFunction");
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(function->environment, (TextPairs{{"databaseName", table->name}}));
  EXPECT_EQ(function->code, loaded.folder.path() / "sam/api/get_users");
  const Api* api = stack.FindApi("ServerlessRestApi");
  ASSERT_NE(api, nullptr);
  ASSERT_EQ(api->routes.size(), 1U);
  EXPECT_EQ(api->routes[0].function, function->name);
  ASSERT_NE(stack.FindOutput("APIURL"), nullptr);
  EXPECT_EQ(stack.FindOutput("APIURL")->value,
            "https://" + api->api_id + ".execute-api.us-east-1.amazonaws.com/Prod/");
  EXPECT_TRUE(stack.notes.empty()) << stack.notes[0].Text();
  EXPECT_EQ(stack.files.size(), 2U);
}

TEST(LoadStack, NamesLookLikeCloudFormations) {
  Loaded loaded;
  const Stack stack = loaded.Load();
  EXPECT_TRUE(
      testing::internal::RE::FullMatch(stack.tables[0].name, "hdoc-dev-UsersTable-[A-Z0-9]+"));
  const Function& function = stack.functions[0];
  EXPECT_LE(function.name.size(), 64U);
  EXPECT_EQ(function.name.rfind("hdoc-dev-APIs-", 0), 0U) << function.name;
  EXPECT_NE(function.name.find("-getUsersFunction-"), std::string::npos);
  EXPECT_EQ(stack.apis[0].api_id.size(), 10U);
}

TEST(LoadStack, NamesStayTheSameAcrossRestarts) {
  Loaded first;
  const Stack before = first.Load();
  Loaded second;
  SeededIds other_source(99);
  IdRegistry restored(other_source);
  ASSERT_TRUE(restored.Restore(first.ids.ToJson()).ok());
  second.ids = restored;
  const Stack after = second.Load();
  EXPECT_EQ(after.functions[0].name, before.functions[0].name);
  EXPECT_EQ(after.tables[0].name, before.tables[0].name);
  EXPECT_EQ(after.apis[0].api_id, before.apis[0].api_id);
  EXPECT_EQ(after.stack_id, before.stack_id);
  EXPECT_FALSE(second.ids.changed());
}

TEST(LoadStack, RefusesNamesThatCloudFormationRefuses) {
  Loaded loaded;
  loaded.options.stack_name = "1 app";
  const auto stack = LoadStack(loaded.options, loaded.ids);
  ASSERT_FALSE(stack.ok());
  EXPECT_NE(stack.error().message.find("'1 app'"), std::string::npos);
}

TEST(LoadStack, MissingRootIsAnError) {
  Loaded loaded;
  loaded.options.template_file = loaded.folder.path() / "none.yaml";
  const auto stack = LoadStack(loaded.options, loaded.ids);
  ASSERT_FALSE(stack.ok());
  EXPECT_EQ(stack.error().message, "none.yaml: no such file");
}

// A text that doubles at every step must cost neither time nor memory.
TEST(LoadStack, ExponentialTextsAreRefused) {
  test::TempDir folder;
  std::string text =
      "Resources:\n  T0: {Type: 'AWS::SNS::Topic', Properties: {TopicName: aaaaaaaaaa}}\n";
  for (int i = 1; i < 60; ++i) {
    text += fmt::format(
        "  T{}: {{Type: 'AWS::SNS::Topic', Properties: {{TopicName: !Sub "
        "'${{T{}.TopicName}}${{T{}.TopicName}}'}}}}\n",
        i, i - 1, i - 1);
  }
  LoadOptions options;
  options.template_file = folder.Write("t.yaml", text);
  SeededIds source(1);
  IdRegistry ids(source);
  const auto stack = LoadStack(options, ids);
  ASSERT_TRUE(stack.ok());
  EXPECT_LT(stack->resources.size(), 20U);
  EXPECT_FALSE(stack->notes.empty());
}

TEST(LoadStack, NamesThatReferToNamesAreMadeOnceAndStayShort) {
  std::string text =
      "Resources:\n  A0: {Type: AWS::Lambda::Alias, Properties: {FunctionName: f, Name: n}}\n";
  for (int i = 1; i < 60; ++i) {
    text += fmt::format(
        "  A{0}: {{Type: AWS::Lambda::Alias, Properties: {{FunctionName: !Select [0, [!Ref A{1}, "
        "!Ref A{1}]], Name: !Select [0, [!Ref A{1}, !Ref A{1}]]}}}}\n",
        i, i - 1);
  }
  const test::TempDir folder;
  SeededIds seeded(7);
  IdRegistry ids(seeded);
  LoadOptions options;
  options.template_file = folder.Write("template.yaml", text);
  // Without that, longer than anyone waits.
  EXPECT_TRUE(LoadStack(options, ids).ok());
}

TEST(LoadStack, NestedStacksThatMultiplyAreRefused) {
  test::TempDir folder;
  // Level n includes level n + 1 eight times.
  for (int level = 0; level < 10; ++level) {
    std::string text = "Resources:\n";
    for (int i = 0; i < 8; ++i) {
      text += fmt::format(
          "  S{}: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: l{}.yaml}}}}\n",
          i, level + 1);
    }
    folder.Write(fmt::format("l{}.yaml", level), text);
  }
  folder.Write("l10.yaml", "Resources: {T: {Type: 'AWS::SNS::Topic'}}\n");
  LoadOptions options;
  options.template_file = folder.path() / "l0.yaml";
  SeededIds source(1);
  IdRegistry ids(source);
  const auto stack = LoadStack(options, ids);
  ASSERT_TRUE(stack.ok());
  EXPECT_TRUE(std::any_of(stack->notes.begin(), stack->notes.end(), [](const Note& note) {
    return note.message.find("too many nested stacks") != std::string::npos;
  }));
}

TEST(FindTemplate, TakesTheFirstOfThree) {
  test::TempDir folder;
  EXPECT_FALSE(FindTemplate(folder.path()).ok());
  folder.Write("template.json", "{}");
  folder.Write("template.yaml", "");
  EXPECT_EQ(FindTemplate(folder.path())->filename(), "template.yaml");
}

TEST(FindTemplate, TakesWhatCdkSynthesizedWhenThereIsOne) {
  test::TempDir folder;
  folder.Write("cdk.out/App.template.json", "{}");
  folder.Write("cdk.out/Part.nested.template.json", "{}");
  EXPECT_EQ(FindTemplate(folder.path())->filename(), "App.template.json");
  folder.Write("cdk.out/Other.template.json", "{}");
  const auto several = FindTemplate(folder.path());
  ASSERT_FALSE(several.ok());
  EXPECT_NE(several.error().message.find("cdk.out/App.template.json, cdk.out/Other.template.json"),
            std::string::npos);
}

TEST(ReadValues, TakesTextsAndMakesJsonOfMaps) {
  test::TempDir folder;
  const auto yaml = folder.Write("values.yaml", "/app/key: abc\nport: 010\ndb: {user: u}\n");
  const auto json = folder.Write("more.json", R"({"port": "443"})");
  const auto values = ReadValues({yaml, json});
  ASSERT_TRUE(values.ok()) << values.error().message;
  EXPECT_EQ(values->at("/app/key"), "abc");
  EXPECT_EQ(values->at("port"), "443");
  EXPECT_EQ(values->at("db"), R"({"user":"u"})");
  EXPECT_FALSE(ReadValues({folder.path() / "none.yaml"}).ok());
  EXPECT_FALSE(ReadValues({folder.Write("list.yaml", "a: [1]\n")}).ok());
}

}  // namespace
}  // namespace offstage::templates
