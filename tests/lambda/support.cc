#include "lambda/support.h"

#include <gtest/gtest.h>

#include "lambda/interpreter.h"

namespace offstage::lambda {

std::filesystem::path HandlerFolder(std::string_view name) {
  return std::filesystem::path(OFFSTAGE_SOURCE_DIR) / "fixtures/handlers" / name;
}

FunctionConfig ConformanceFunction(std::string_view family) {
  FunctionConfig function;
  function.name = "conformance-" + std::string(family);
  function.runtime = family == "python"   ? "python3.11"
                     : family == "nodejs" ? "nodejs20.x"
                     : family == "ruby"   ? "ruby3.2"
                                          : "provided.al2023";
  function.handler = "conformance.handler";
  function.code = HandlerFolder(family);
  function.timeout = std::chrono::seconds(20);
  return function;
}

std::string WhyAbsent(std::string_view family) {
  const auto runtime = FindRuntime(ConformanceFunction(family).runtime);
  if (runtime->language == Language::kProvided) {
    return std::filesystem::exists("/usr/bin/curl") ? "" : "curl is not installed";
  }
  const Options options;
  const auto host = std::move(process::Host::Start()).value();
  InterpreterFinder finder(options, *host);
  const auto choice = finder.Choose(*runtime, ConformanceFunction(family));
  return choice.ok() ? "" : choice.error().message;
}

Fixture::Fixture(std::vector<FunctionConfig> functions, Options options) {
  options.work_folder = folder.path() / "work";
  if (options.aws_endpoint_url.empty()) options.aws_endpoint_url = "http://127.0.0.1:9";
  auto created = Service::Create(
      std::move(options), std::move(functions),
      {.clock = clock, .ids = ids, .log = log, .traces = nullptr, .output = &output});
  EXPECT_TRUE(created.ok()) << (created.ok() ? "" : created.error().message);
  service = std::move(created).value();
}

}  // namespace offstage::lambda
