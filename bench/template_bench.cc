// A template of 200 resources in five levels of nested stacks, resolved and validated from files.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "template/loader.h"
#include "validate/validate.h"

namespace {

namespace fs = std::filesystem;
using namespace offstage;  // NOLINT(google-build-using-namespace): a program of its own.

constexpr int kLevels = 5;
constexpr int kFunctions = 24;  // With tables, parameters and the nested stack: 40 a level.
constexpr int kTables = 15;

void WriteLevel(const fs::path& folder, int level) {
  std::ofstream file(folder / fmt::format("level{}.yaml", level));
  file << "Transform: AWS::Serverless-2016-10-31\nParameters:\n  Stage: {Type: String, Default: "
          "dev}\n"
          "Globals:\n  Function:\n    Runtime: python3.12\n    Timeout: 10\n    Environment:\n"
          "      Variables:\n        STAGE: !Ref Stage\nConditions:\n"
          "  IsProd: !Equals [!Ref Stage, prod]\nResources:\n";
  for (int i = 0; i < kTables; ++i) {
    file << fmt::format(
        "  Table{0}:\n    Type: AWS::DynamoDB::Table\n    Properties:\n"
        "      BillingMode: PAY_PER_REQUEST\n"
        "      AttributeDefinitions: [{{AttributeName: id, AttributeType: S}}]\n"
        "      KeySchema: [{{AttributeName: id, KeyType: HASH}}]\n"
        "      Tags: [{{Key: stage, Value: !Sub '${{AWS::StackName}}-${{Stage}}'}}]\n",
        i);
  }
  for (int i = 0; i < kFunctions; ++i) {
    file << fmt::format(
        "  Function{0}:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: .\n"
        "      Handler: app.handler\n      MemorySize: !If [IsProd, 512, 256]\n"
        "      Environment:\n        Variables:\n          TABLE: !Ref Table{1}\n"
        "          ARN: !Sub '${{Table{1}.Arn}}/index/*'\n"
        "      Policies:\n        - DynamoDBCrudPolicy: {{TableName: !Ref Table{1}}}\n"
        "      Events:\n        Get:\n          Type: Api\n"
        "          Properties: {{Path: '/l{2}/items{0}/{{id}}', Method: get}}\n",
        i, i % kTables, level);
  }
  if (level + 1 < kLevels) {
    file << fmt::format(
        "  Below:\n    Type: AWS::Serverless::Application\n    Properties:\n"
        "      Location: level{}.yaml\n      Parameters: {{Stage: !Ref Stage}}\n",
        level + 1);
  }
  file << "Outputs:\n  Url: {Value: !Sub 'https://${ServerlessRestApi}.example/'}\n";
}

class Project {
 public:
  Project() : folder_(fs::temp_directory_path() / fmt::format("template-bench-{}", ::getpid())) {
    fs::create_directories(folder_);
    std::ofstream(folder_ / "app.py") << "def handler(event, context): pass\n";
    for (int level = 0; level < kLevels; ++level) {
      WriteLevel(folder_, level);
    }
  }
  ~Project() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Project(const Project&) = delete;
  Project& operator=(const Project&) = delete;

  templates::LoadOptions Options() const {
    templates::LoadOptions options;
    options.template_file = folder_ / "level0.yaml";
    return options;
  }

 private:
  fs::path folder_;
};

void Resolve(benchmark::State& state) {
  const Project project;
  const templates::LoadOptions options = project.Options();
  std::size_t resources = 0;
  for (auto _ : state) {
    SeededIds source(1);
    templates::IdRegistry ids(source);
    const auto stack = templates::LoadStack(options, ids);
    if (!stack.ok()) {
      state.SkipWithError(stack.error().message.c_str());
      break;
    }
    resources = stack->resources.size();
  }
  state.counters["resources"] = static_cast<double>(resources);
}
BENCHMARK(Resolve)->Unit(benchmark::kMillisecond);

void Validate(benchmark::State& state) {
  const Project project;
  validate::ValidateOptions options;
  options.load = project.Options();
  for (auto _ : state) {
    SeededIds source(1);
    templates::IdRegistry ids(source);
    benchmark::DoNotOptimize(validate::Validate(options, ids).ok());
  }
}
BENCHMARK(Validate)->Unit(benchmark::kMillisecond);

void LoadSampleBackend(benchmark::State& state) {
  RandomIds source;
  templates::LoadOptions options;
  options.template_file = std::string(OFFSTAGE_SOURCE_DIR) + "/fixtures/hdoc-backend/template.yml";
  for (auto _ : state) {
    templates::IdRegistry ids(source);
    auto stack = templates::LoadStack(options, ids);
    if (!stack.ok()) state.SkipWithError(stack.error().message.c_str());
    benchmark::DoNotOptimize(stack);
  }
}
BENCHMARK(LoadSampleBackend)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
