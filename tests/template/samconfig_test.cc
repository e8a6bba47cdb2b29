#include "template/samconfig.h"

#include <gtest/gtest.h>

#include "support/temp_dir.h"

namespace offstage::templates {
namespace {

TextPairs Overrides(const std::vector<std::string>& texts) {
  auto parsed = ParseParameterOverrides(texts);
  EXPECT_TRUE(parsed.ok());
  return parsed.ok() ? *parsed : TextPairs{};
}

TEST(ParameterOverrides, BothOfSamsForms) {
  const TextPairs expected = {{"AppName", "hdoc"}, {"Stage", "dev"}};
  EXPECT_EQ(Overrides({"AppName=\"hdoc\" Stage=\"dev\""}), expected);
  EXPECT_EQ(Overrides({"AppName=hdoc", "Stage=dev"}), expected);
  EXPECT_EQ(
      Overrides(
          {"ParameterKey=AppName,ParameterValue=hdoc  ParameterKey=Stage,ParameterValue='dev'"}),
      expected);
}

TEST(ParameterOverrides, QuotesEscapesAndEqualsInValues) {
  const TextPairs expected = {{"Title", "a \"b\" c"}, {"Url", "https://x/?a=b"}, {"Empty", ""}};
  EXPECT_EQ(Overrides({R"(Title="a \"b\" c" Url=https://x/?a=b Empty="")"}), expected);
}

TEST(ParameterOverrides, NamesWhatIsNeither) {
  const auto parsed = ParseParameterOverrides({"A=1 oops"});
  ASSERT_FALSE(parsed.ok());
  EXPECT_NE(parsed.error().message.find("'oops'"), std::string::npos);
}

constexpr std::string_view kToml = R"(version = 0.1
[default.global.parameters]
region = "eu-west-1"
[default.deploy.parameters]
stack_name = "hdoc-backend-dev"
region = "us-east-1"
capabilities = "CAPABILITY_IAM"
parameter_overrides = "AppName=\"hdoc\" Stage=\"dev\""
[staging.deploy.parameters]
stack_name = "hdoc-backend-staging"
template_file = "other.yaml"
parameter_overrides = ["AppName=hdoc", "Stage=staging"]
)";

TEST(SamConfig, ReadsTheChosenEnvironment) {
  const test::TempDir folder;
  folder.Write("samconfig.toml", kToml);
  const auto config = FindSamConfig(folder.path());
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->stack_name, "hdoc-backend-dev");
  EXPECT_EQ(config->region, "us-east-1");
  EXPECT_EQ(config->parameters, (TextPairs{{"AppName", "hdoc"}, {"Stage", "dev"}}));

  const auto staging = FindSamConfig(folder.path(), "staging");
  ASSERT_TRUE(staging.ok());
  EXPECT_EQ(staging->stack_name, "hdoc-backend-staging");
  EXPECT_EQ(staging->region, std::nullopt);
  EXPECT_EQ(staging->template_file, "other.yaml");
  EXPECT_EQ(staging->parameters, (TextPairs{{"AppName", "hdoc"}, {"Stage", "staging"}}));
}

TEST(SamConfig, YamlSaysTheSame) {
  const test::TempDir folder;
  folder.Write("samconfig.yaml",
               "version: 0.1\ndefault:\n  deploy:\n    parameters:\n      stack_name: app\n"
               "      parameter_overrides:\n        - Stage=dev\n        - Name=\"a b\"\n");
  const auto config = FindSamConfig(folder.path());
  ASSERT_TRUE(config.ok()) << config.error().message;
  EXPECT_EQ(config->stack_name, "app");
  EXPECT_EQ(config->parameters, (TextPairs{{"Stage", "dev"}, {"Name", "a b"}}));
}

TEST(SamConfig, NoFileIsFineUnlessAnEnvironmentIsWanted) {
  const test::TempDir folder;
  const auto config = FindSamConfig(folder.path());
  ASSERT_TRUE(config.ok());
  EXPECT_FALSE(config->stack_name.has_value());
  EXPECT_FALSE(FindSamConfig(folder.path(), "prod").ok());
}

TEST(SamConfig, ErrorsNameThePlace) {
  const test::TempDir folder;
  folder.Write("samconfig.toml", "[default\nx = 1\n");
  const auto broken = FindSamConfig(folder.path());
  ASSERT_FALSE(broken.ok());
  EXPECT_EQ(broken.error().message.rfind("samconfig.toml:1:", 0), 0U) << broken.error().message;

  folder.Write("samconfig.toml", kToml);
  const auto missing = FindSamConfig(folder.path(), "prod");
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("default, staging"), std::string::npos)
      << missing.error().message;
}

}  // namespace
}  // namespace offstage::templates
