// SDKs of any version reach the emulator's endpoint with handlers that name none (design, decision
// 2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "http/server.h"
#include "lambda/interpreter.h"
#include "lambda/support.h"

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// A pretended DynamoDB that has one table and remembers who asked.
class SdkTest : public testing::Test {
 protected:
  SdkTest() {
    server_ = std::move(http::Server::Start({}, [this](const http::Request& request) {
                const MutexLock lock(mutex_);
                authorizations_.emplace_back(request.headers.Get("Authorization"));
                return http::Reply{.status = 200,
                                   .headers = {{"Content-Type", "application/x-amz-json-1.0"}},
                                   .body = R"({"TableNames":["local"]})"};
              })).value();
  }

  Json Run(FunctionConfig function, Options options) {
    options.aws_endpoint_url = server_->url();
    Fixture fixture({function}, std::move(options));
    const InvokeResult result = fixture.Invoke(function.name, "{}");
    EXPECT_EQ(result.status, InvokeStatus::kOk) << result.payload << result.explanation;
    const MutexLock lock(mutex_);
    for (const std::string& authorization : authorizations_)
      EXPECT_THAT(authorization, HasSubstr("Credential=ASIA"));
    return Json::parse(result.payload, nullptr, false);
  }

  Mutex mutex_;
  std::vector<std::string> authorizations_ OFFSTAGE_GUARDED_BY(mutex_);
  std::unique_ptr<http::Server> server_;
};

TEST_F(SdkTest, EveryInstalledBoto3ReachesTheEndpoint) {
  const auto host = std::move(process::Host::Start()).value();
  int tried = 0;
  // Debian's own is older than AWS_ENDPOINT_URL; the default choice may be newer.
  for (const char* path : {"/usr/bin/python3", ""}) {
    Options options;
    if (path[0] != '\0') options.interpreters["python"] = path;
    FunctionConfig function = ConformanceFunction("python");
    function.code = HandlerFolder("python_sdk");
    function.handler = "tables.handler";
    InterpreterFinder finder(options, *host);
    const auto choice = finder.Choose(*FindRuntime(function.runtime), function);
    if (!choice.ok()) continue;
    const auto& folders = choice->interpreter.package_folders;
    if (std::ranges::none_of(folders, [](const fs::path& f) { return fs::exists(f / "boto3"); }))
      continue;
    ++tried;
    const Json expected = {{"client", {"local"}},
                           {"resource", {"local"}},
                           {"botocore", {"local"}},
                           {"named host", {"local"}}};
    EXPECT_EQ(Run(function, options), expected) << choice->interpreter.path;
  }
  if (tried == 0) GTEST_SKIP() << "no Python here has boto3";
}

TEST_F(SdkTest, JavaScriptSdkVersion2ReachesTheEndpoint) {
  if (!WhyAbsent("nodejs").empty()) GTEST_SKIP() << WhyAbsent("nodejs");
  const fs::path packages = fs::path(OFFSTAGE_SOURCE_DIR) / "tests/clients/node_modules";
  if (!fs::exists(packages / "aws-sdk")) GTEST_SKIP() << packages << " has no aws-sdk";
  Options options;
  options.sdk_paths = {packages};
  FunctionConfig function = ConformanceFunction("nodejs");
  function.runtime = "nodejs16.x";
  function.code = HandlerFolder("nodejs_sdk");
  function.handler = "tables.handler";
  const Json expected = {{"client", {"local"}}, {"deep", {"local"}}, {"named host", {"local"}}};
  EXPECT_EQ(Run(function, options), expected);
}

}  // namespace
}  // namespace offstage::lambda
