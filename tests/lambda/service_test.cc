// What the service promises beyond a single handler's behaviour: warm environments, limits, reload,
// and that nothing is left behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT: kill is POSIX

#include <fstream>
#include <future>
#include <nlohmann/json.hpp>

#include "base/json.h"
#include "lambda/support.h"

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

#define OFFSTAGE_SKIP_WITHOUT(family) \
  if (const std::string absent = WhyAbsent(family); !absent.empty()) GTEST_SKIP() << absent

Json Parsed(const std::string& text) {
  return Json::parse(text, nullptr, false);
}

// Processes whose command line names the folder.
int ProcessesNaming(const std::string& text) {
  int count = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    std::ifstream file(entry.path() / "cmdline", std::ios::binary);
    const std::string line((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    if (line.find(text) != std::string::npos) ++count;
  }
  return count;
}

TEST(LambdaService, KeepsEnvironmentsWarm) {
  OFFSTAGE_SKIP_WITHOUT("python");
  Fixture fixture({ConformanceFunction("python")});
  const InvokeResult cold = fixture.Invoke("conformance-python", R"({"do":"count"})");
  EXPECT_TRUE(cold.cold_start);
  EXPECT_GT(cold.times.init.count(), 0);
  EXPECT_THAT(cold.log_tail, HasSubstr("Init Duration: "));
  const InvokeResult warm = fixture.Invoke("conformance-python", R"({"do":"count"})");
  EXPECT_FALSE(warm.cold_start);
  EXPECT_EQ(warm.payload, "2");
  EXPECT_THAT(warm.log_tail, testing::Not(HasSubstr("Init Duration: ")));
}

TEST(LambdaService, AFreshEnvironmentFollowsACrashAndATimeout) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig function = ConformanceFunction("python");
  function.timeout = milliseconds(1500);
  Fixture fixture({function});
  EXPECT_EQ(fixture.Invoke(function.name, R"({"do":"count"})").payload, "1");
  EXPECT_EQ(fixture.Invoke(function.name, R"({"do":"exit","code":1})").status,
            InvokeStatus::kFunctionError);
  EXPECT_EQ(fixture.Invoke(function.name, R"({"do":"count"})").payload, "1");
  EXPECT_EQ(fixture.Invoke(function.name, R"({"do":"hang"})").status, InvokeStatus::kFunctionError);
  EXPECT_EQ(fixture.Invoke(function.name, R"({"do":"count"})").payload, "1");
}

TEST(LambdaService, RunsInvocationsInParallelAndThrottlesAtTheReservedConcurrency) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig function = ConformanceFunction("python");
  function.timeout = seconds(2);
  function.reserved_concurrency = 2;
  Fixture fixture({function});
  std::vector<std::future<InvokeResult>> running;
  for (int i = 0; i < 4; ++i) {
    running.push_back(std::async(
        std::launch::async, [&] { return fixture.Invoke(function.name, R"({"do":"hang"})"); }));
  }
  int throttled = 0;
  for (auto& result : running)
    throttled += result.get().status == InvokeStatus::kThrottled ? 1 : 0;
  EXPECT_EQ(throttled, 2);
}

TEST(LambdaService, AtTheDeploymentsLimitIdleEnvironmentsMakeRoom) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig first = ConformanceFunction("python");
  FunctionConfig second = first;
  second.name = "second";
  Options options;
  options.max_environments = 1;
  Fixture fixture({first, second}, options);
  EXPECT_EQ(fixture.Invoke(first.name, R"({"do":"count"})").payload, "1");
  EXPECT_EQ(fixture.Invoke("second", R"({"do":"count"})").payload, "1");
  EXPECT_EQ(fixture.Invoke(first.name, R"({"do":"count"})").payload, "1") << "cold again";
}

TEST(Code, IsDescribedAsItIsNow) {
  const test::TempDir code;
  code.Write("app.py", "old");
  FunctionConfig function = ConformanceFunction("python");
  function.code = code.path();
  const Fixture fixture({function});
  const auto facts = [&] { return fixture.service->FactsOf(function.name); };
  EXPECT_EQ(facts()->size, 3U);
  const std::string before = facts()->sha256;
  EXPECT_EQ(facts()->sha256, before);
  code.Write("app.py", "newer");
  EXPECT_EQ(facts()->size, 5U);
  EXPECT_NE(facts()->sha256, before);
  EXPECT_FALSE(fixture.service->FactsOf("nobody").has_value());
}

TEST(LambdaService, ChangedCodeRunsAtTheNextInvocation) {
  OFFSTAGE_SKIP_WITHOUT("python");
  const test::TempDir code;
  code.Write("app.py", "def handler(event, context):\n    return 'old'\n");
  FunctionConfig function = ConformanceFunction("python");
  function.code = code.path();
  function.handler = "app.handler";
  Fixture fixture({function});
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, "\"old\"");
  code.Write("app.py", "def handler(event, context):\n    return 'new'\n");
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, "\"new\"");
  EXPECT_FALSE(fs::exists(code.path() / "__pycache__")) << "the user's folder is never written to";
}

TEST(LambdaService, TheEnvironmentIsLambdasAndNothingElse) {
  OFFSTAGE_SKIP_WITHOUT("python");
  setenv("OFFSTAGE_TEST_LEAK", "1", 1);  // NOLINT(concurrency-mt-unsafe): no other thread yet
  FunctionConfig function = ConformanceFunction("python");
  function.environment = {{"TEST_KEY", "TEST_VAL"}};
  function.memory_mb = 1024;
  Fixture fixture({function});
  const Json seen = Parsed(fixture.Invoke(function.name, R"({"do":"environment"})").payload);
  ASSERT_TRUE(seen.is_object());
  // Recorded from AWS (test_introspection_invoke[python3.11]), and AWS_ENDPOINT_URL, which is ours.
  std::vector<std::string> names;
  for (const auto& [name, value] : seen.items()) {
    // Python itself sets this one where the locale is not installed (PEP 538), on AWS too.
    if (name != "LC_CTYPE") names.push_back(name);
  }
  EXPECT_THAT(
      names,
      testing::UnorderedElementsAre(
          "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_EXECUTION_ENV",
          "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME",
          "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
          "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_RUNTIME_API",
          "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_XRAY_CONTEXT_MISSING",
          "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "LANG",
          "LD_LIBRARY_PATH", "PATH", "PWD", "PYTHONPATH", "SHLVL", "TEST_KEY", "TZ",
          "_AWS_XRAY_DAEMON_ADDRESS", "_AWS_XRAY_DAEMON_PORT", "_HANDLER", "_X_AMZN_TRACE_ID"));
  EXPECT_EQ(seen.value("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", ""), "1024");
  EXPECT_EQ(seen.value("TZ", ""), ":UTC");
  EXPECT_EQ(seen.value("_HANDLER", ""), "conformance.handler");
  EXPECT_EQ(seen.value("AWS_EXECUTION_ENV", ""), "AWS_Lambda_python3.11");
}

TEST(LambdaService, CustomRuntimesHaveFewerVariables) {
  OFFSTAGE_SKIP_WITHOUT("provided");
  FunctionConfig function = ConformanceFunction("provided");
  Fixture fixture({function});
  const Json seen = Parsed(fixture.Invoke(function.name, R"({"do":"environment"})").payload);
  ASSERT_TRUE(seen.is_object());
  EXPECT_FALSE(seen.contains("AWS_EXECUTION_ENV"));
  EXPECT_TRUE(seen.contains("AWS_LAMBDA_LOG_STREAM_NAME"));
}

class ContextTest : public testing::TestWithParam<std::string> {};

TEST_P(ContextTest, HasEveryField) {
  OFFSTAGE_SKIP_WITHOUT(GetParam());
  FunctionConfig function = ConformanceFunction(GetParam());
  Fixture fixture({function});
  const InvokeResult result =
      fixture.service->Invoke({.function = function.name,
                               .payload = R"({"do":"context"})",
                               .client_context = "eyJjdXN0b20iOnsiYSI6MX19",  // {"custom":{"a":1}}
                               .request_id = "11111111-2222-4333-8444-555555555555"});
  const Json expected = {
      {"aws_request_id", "11111111-2222-4333-8444-555555555555"},
      {"function_name", function.name},
      {"function_version", "$LATEST"},
      {"invoked_function_arn", "arn:aws:lambda:us-east-1:000000000000:function:" + function.name},
      {"log_group_name", "/aws/lambda/" + function.name},
      {"memory_limit", "128"},
      {"remaining_is_number", true},
      {"client_context", {{"a", 1}}},
  };
  EXPECT_EQ(Parsed(result.payload), expected) << result.payload;
}

INSTANTIATE_TEST_SUITE_P(Families, ContextTest, testing::Values("python", "nodejs", "ruby"),
                         [](const testing::TestParamInfo<std::string>& parameter) {
                           return parameter.param;
                         });

TEST(LambdaService, EachEnvironmentIsKnownByItsAccessKey) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig function = ConformanceFunction("python");
  Fixture fixture({function});
  const Json seen = Parsed(fixture.Invoke(function.name, R"({"do":"environment"})").payload);
  const auto caller = fixture.service->FindCaller(seen.value("AWS_ACCESS_KEY_ID", ""));
  ASSERT_TRUE(caller.has_value());
  EXPECT_EQ(caller->function, function.name);
  EXPECT_FALSE(fixture.service->FindCaller("AKIAIOSFODNN7EXAMPLE").has_value());
}

TEST(LambdaService, ACallerMayLeaveWhileTheFunctionRunsOn) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig function = ConformanceFunction("python");
  function.timeout = seconds(1);
  Fixture fixture({function});
  const InvokeResult result = fixture.service->Invoke(
      {.function = function.name, .payload = R"({"do":"hang"})", .wait_limit = milliseconds(300)});
  EXPECT_EQ(result.status, InvokeStatus::kStillRunning);
  const auto deadline = steady_clock::now() + seconds(20);
  while (fixture.service->CurrentActivity().in_flight > 0 && steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_EQ(fixture.service->CurrentActivity().in_flight, 0);
  EXPECT_THAT(fixture.output.Lines(),
              testing::Contains(HasSubstr("Task timed out after 1.00 seconds")));
}

TEST(LambdaService, StopEndsRunningInvocationsAndLeavesNoProcess) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig function = ConformanceFunction("python");
  Fixture fixture({function});
  const std::string marker = (fixture.folder.path() / "work").string();
  EXPECT_EQ(fixture.Invoke(function.name, R"({"do":"fork"})").payload, "\"ok\"");
  auto running = std::async(std::launch::async,
                            [&] { return fixture.Invoke(function.name, R"({"do":"hang"})"); });
  const auto deadline = steady_clock::now() + seconds(20);
  while (fixture.output.Lines().empty() || fixture.output.Lines().back() != "before the hang") {
    ASSERT_LT(steady_clock::now(), deadline);
    std::this_thread::yield();
  }
  EXPECT_GT(ProcessesNaming(marker), 0);
  fixture.service->Stop();
  EXPECT_EQ(running.get().status, InvokeStatus::kStopped);
  EXPECT_EQ(ProcessesNaming(marker), 0);
  EXPECT_EQ(fixture.service->CurrentActivity().environments, 0);
  EXPECT_EQ(fixture.Invoke(function.name, "{}").status, InvokeStatus::kStopped);
}

TEST(LambdaService, InlineCodeRuns) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig function = ConformanceFunction("python");
  function.code.clear();
  function.inline_code = "def handler(event, context):\n    return 'inline'\n";
  function.handler = "index.handler";
  Fixture fixture({function});
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, "\"inline\"");
}

TEST(LambdaService, LayersAreFound) {
  OFFSTAGE_SKIP_WITHOUT("python");
  const test::TempDir layer;
  layer.Write("python/shared.py", "VALUE = 'from the layer'\n");
  FunctionConfig function = ConformanceFunction("python");
  function.inline_code = "import shared\ndef handler(event, context):\n    return shared.VALUE\n";
  function.handler = "index.handler";
  function.layers = {layer.path()};
  Fixture fixture({function});
  EXPECT_EQ(fixture.Invoke(function.name, "{}").payload, "\"from the layer\"");
}

TEST(LambdaService, SlowInitIsRepeatedUnderTheFunctionsTimeout) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig function = ConformanceFunction("python");
  function.inline_code = "import time\ntime.sleep(60)\n";
  function.handler = "index.handler";
  function.timeout = seconds(1);
  Options options;
  options.init_limit = milliseconds(300);
  Fixture fixture({function}, options);
  const InvokeResult result = fixture.Invoke(function.name, "{}");
  EXPECT_THAT(result.payload, HasSubstr("Task timed out after 1.00 seconds"));
  EXPECT_THAT(fixture.output.Lines(), testing::Contains(HasSubstr("Phase: init\tStatus: timeout")));
}

TEST(LambdaService, UnknownFunctionsAndRuntimesAreRefusedAndTheOthersRun) {
  OFFSTAGE_SKIP_WITHOUT("python");
  const FunctionConfig function = ConformanceFunction("python");
  FunctionConfig unknown = function;
  unknown.name = "unknown-runtime";
  unknown.runtime = "python3.99";
  unknown.position = "template.yaml:7:3";
  Fixture fixture({unknown, function});
  EXPECT_EQ(fixture.Invoke("nobody", "{}").status, InvokeStatus::kNotFound);
  const InvokeResult refused = fixture.Invoke(unknown.name, "{}");
  EXPECT_EQ(refused.status, InvokeStatus::kFunctionError);
  EXPECT_THAT(refused.explanation, testing::HasSubstr("python3.99"));
  EXPECT_THAT(fixture.service->Functions()[0].note, testing::StartsWith("template.yaml:7:3: "));
  EXPECT_EQ(fixture.Invoke(function.name, R"({"do":"lines"})").status, InvokeStatus::kOk);
}

TEST(LambdaService, AsynchronousInvocationsRunAndAreRetried) {
  OFFSTAGE_SKIP_WITHOUT("python");
  FunctionConfig function = ConformanceFunction("python");
  Fixture fixture({function});
  EXPECT_EQ(
      fixture.service->InvokeAsync({.function = function.name, .payload = R"({"do":"lines"})"})
          .status,
      InvokeStatus::kOk);
  const auto deadline = steady_clock::now() + seconds(20);
  while (fixture.service->CurrentActivity().in_flight > 0 && steady_clock::now() < deadline)
    std::this_thread::yield();
  EXPECT_THAT(fixture.output.Lines(), testing::Contains("two"));
}

}  // namespace
}  // namespace offstage::lambda
