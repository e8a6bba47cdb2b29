// One table of behaviours, run for every runtime that the machine has an interpreter for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"
#include "lambda/support.h"

namespace offstage::lambda {
namespace {

struct Case {
  std::string family;
  Json row;
};

std::vector<Case> AllCases() {
  const std::string text = test::ReadFile(std::filesystem::path(OFFSTAGE_SOURCE_DIR) /
                                          "fixtures/vectors/lambda/conformance.json");
  std::vector<Case> cases;
  for (const Json& row : Json::parse(text)) {
    for (const Json& family : row.at("runtimes"))
      cases.push_back({family.get<std::string>(), row});
  }
  return cases;
}

// One service for all cases: what one case breaks must not reach the next.
class RuntimeConformance : public testing::TestWithParam<Case> {
 protected:
  static FunctionConfig FunctionOf(const Case& test_case) {
    const Json& row = test_case.row;
    FunctionConfig function = ConformanceFunction(test_case.family);
    function.name = test_case.family + "-" + row.at("name").get<std::string>();
    function.handler = row.value("handler", function.handler);
    if (row.contains("code")) function.code = HandlerFolder(row.at("code").get<std::string>());
    if (row.contains("timeout_ms")) {
      function.timeout = std::chrono::milliseconds(row.at("timeout_ms").get<int>());
    }
    return function;
  }
};

std::string Filled(const Json& text, const std::string& request_id) {
  return ReplaceAll(text.get<std::string>(), "{id}", request_id);
}

void CheckError(const Case& test_case, const InvokeResult& result) {
  const Json& row = test_case.row;
  EXPECT_EQ(result.status, InvokeStatus::kFunctionError) << result.payload;
  EXPECT_EQ(result.function_error, "Unhandled");
  EXPECT_FALSE(result.explanation.empty());
  const Json payload = Json::parse(result.payload, nullptr, false);
  ASSERT_TRUE(payload.is_object()) << result.payload;
  const Json& type = row.at("error_type");
  EXPECT_EQ(payload.value("errorType", ""), type.is_string()
                                                ? type.get<std::string>()
                                                : type.at(test_case.family).get<std::string>());
  const std::string message = payload.value("errorMessage", "");
  if (row.contains("message")) {
    EXPECT_EQ(message, Filled(row.at("message"), result.request_id));
  }
  if (row.contains("message_contains")) {
    EXPECT_THAT(message, testing::HasSubstr(Filled(row.at("message_contains"), result.request_id)));
  }
}

TEST_P(RuntimeConformance, BehavesAsDeployed) {
  const Case& test_case = GetParam();
  const Json& row = test_case.row;
  const std::string absent = WhyAbsent(test_case.family);
  if (!absent.empty()) GTEST_SKIP() << absent;
  Fixture fixture({FunctionOf(test_case)});
  const InvokeResult result = fixture.Invoke(FunctionOf(test_case).name, DumpJson(row.at("event")));
  if (row.contains("answer")) {
    EXPECT_EQ(result.status, InvokeStatus::kOk) << result.payload << "\n" << result.log_tail;
    EXPECT_EQ(Json::parse(result.payload, nullptr, false), row.at("answer")) << result.payload;
  } else {
    CheckError(test_case, result);
  }
  for (const Json& part : row.value("log", Json::array()))
    EXPECT_THAT(result.log_tail, testing::HasSubstr(Filled(part, result.request_id)));
  for (const Json& part : row.value("log_lacks", Json::array()))
    EXPECT_THAT(result.log_tail, testing::Not(testing::HasSubstr(Filled(part, result.request_id))));
}

INSTANTIATE_TEST_SUITE_P(Table, RuntimeConformance, testing::ValuesIn(AllCases()),
                         [](const testing::TestParamInfo<Case>& parameter) {
                           return parameter.param.row.at("name").get<std::string>() + "On" +
                                  parameter.param.family;
                         });

}  // namespace
}  // namespace offstage::lambda
