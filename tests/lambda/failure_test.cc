#include "lambda/failure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace offstage::lambda {
namespace {

using testing::HasSubstr;

struct ImportCase {
  const char* name;
  const char* runtime;
  const char* type;
  const char* message;
  const char* explained;
};

class ImportErrorTest : public testing::TestWithParam<ImportCase> {};

TEST_P(ImportErrorTest, SaysWhatLambdaWouldHaveAndWhatProvidesItHere) {
  const ImportCase& row = GetParam();
  FunctionConfig function;
  function.name = "f";
  function.handler = "app.handler";
  function.code = "/code";
  const std::string payload =
      std::string(R"({"errorType":")") + row.type + R"(","errorMessage":")" + row.message + "\"}";
  const Failure failure = Reported(function, *FindRuntime(row.runtime), payload);
  EXPECT_EQ(failure.payload, payload) << "the runtime's own error is passed on as it is";
  EXPECT_THAT(failure.explanation, HasSubstr(row.explained));
}

constexpr ImportCase kCases[] = {
    {"Boto3", "python3.11", "Runtime.ImportModuleError",
     "Unable to import module 'app': No module named 'boto3'", "Lambda bundles it; here install"},
    {"OtherPython", "python3.11", "Runtime.ImportModuleError",
     "Unable to import module 'app': No module named 'requests'", "pip install requests -t /code"},
    {"SdkV2WhereBundled", "nodejs16.x", "Runtime.ImportModuleError",
     "Error: Cannot find module 'aws-sdk'", "Lambda bundles it up to nodejs16.x"},
    {"SdkV2WhereNotBundled", "nodejs20.x", "Runtime.ImportModuleError",
     "Error: Cannot find module 'aws-sdk'", "it fails when deployed too unless packaged"},
    {"SdkV3", "nodejs20.x", "Runtime.ImportModuleError",
     "Error: Cannot find package '@aws-sdk/client-s3' imported from /code/app.mjs",
     "here `npm install @aws-sdk/client-s3`"},
    {"SdkV3BeforeItsTime", "nodejs16.x", "Runtime.ImportModuleError",
     "Error: Cannot find module '@aws-sdk/client-s3'", "only from nodejs18.x on"},
    {"RubySdk", "ruby3.2", "Init<LoadError>", "cannot load such file -- aws-sdk-dynamodb",
     "gem install aws-sdk-dynamodb"},
    {"OwnFile", "python3.11", "Runtime.ImportModuleError",
     "Unable to import module 'app': No module named 'app'", "was not found in /code"},
};

INSTANTIATE_TEST_SUITE_P(Table, ImportErrorTest, testing::ValuesIn(kCases),
                         [](const testing::TestParamInfo<ImportCase>& parameter) {
                           return std::string(parameter.param.name);
                         });

TEST(OutOfMemory, IsAKilledProcessToTheClientAndExplainedBesideIt) {
  FunctionConfig function;
  function.name = "f";
  const Failure failure = OutOfMemory(function, "r", 150ULL * 1024 * 1024);
  EXPECT_EQ(failure.payload, R"({"errorType":"Runtime.ExitError","errorMessage":)"
                             R"("RequestId: r Error: Runtime exited with error: signal: killed"})");
  EXPECT_THAT(failure.explanation, HasSubstr("used 150 MB of its MemorySize of 128 MB"));
}

}  // namespace
}  // namespace offstage::lambda
