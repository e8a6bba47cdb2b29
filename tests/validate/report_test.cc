#include "validate/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace offstage::validate {
namespace {

using nlohmann::json;

Report OneFinding() {
  Report report;
  report.template_file = "/work/app/template.yaml";
  report.findings.push_back({Severity::kError,
                             "handler",
                             {std::make_shared<const std::string>("sam/api,v1.yaml"), 17, 16},
                             "APIs/F.Properties.Handler",
                             "100% wrong:\nno file",
                             "write one"});
  report.fates.push_back({Outcome::kHonoured, {}, "APIs/F", "AWS::Serverless::Function", ""});
  return report;
}

TEST(TextReport, HasPlaceSeverityPathFixAndRule) {
  const std::string text = TextReport(OneFinding(), false);
  EXPECT_EQ(text.substr(0, text.find(" [handler]")),
            "sam/api,v1.yaml:17:16: error: APIs/F.Properties.Handler: 100% wrong:\nno file; write "
            "one");
  EXPECT_NE(text.find("1 error, 0 warnings"), std::string::npos);
}

TEST(GithubReport, EscapesWhatWouldEndACommand) {
  EXPECT_EQ(GithubReport(OneFinding()),
            "::error file=sam/api%2Cv1.yaml,line=17,col=16,title=handler::APIs/F.Properties."
            "Handler: 100%25 wrong:%0Ano file; write one\n");
}

TEST(JsonReport, HasFindingsAndFates) {
  const json report = json::parse(JsonReport(OneFinding()));
  EXPECT_EQ(report["summary"]["errors"], 1);
  EXPECT_EQ(report["findings"][0]["file"], "sam/api,v1.yaml");
  EXPECT_EQ(report["findings"][0]["column"], 16);
  EXPECT_EQ(report["fates"][0]["fate"], "honoured");
}

TEST(SarifReport, NamesRulesAndPlaces) {
  const json run = json::parse(SarifReport(OneFinding(), "0.1"))["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["rules"], json::parse(R"([{"id": "handler"}])"));
  const json& result = run["results"][0];
  EXPECT_EQ(result["level"], "error");
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["region"]["startLine"], 17);
}

}  // namespace
}  // namespace offstage::validate
