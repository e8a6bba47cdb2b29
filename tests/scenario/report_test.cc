#include "scenario/report.h"

#include <gtest/gtest.h>

#include <pugixml.hpp>

namespace offstage::scenario {
namespace {

RunSummary Summary() {
  RunSummary summary;
  ScenarioResult good;
  good.id = "users: Good";
  good.suite = "users";
  good.name = "Good";
  good.reached = {{.route = "GET /users", .status = 200, .function = "GetUsers"}};
  ScenarioResult bad = good;
  bad.id = "users: Bad # <1>";
  bad.name = "Bad # <1>";
  bad.file = "s/users.scenario.yml";
  bad.line = 3;
  bad.outcome = Outcome::kFailed;
  StepResult step;
  step.title = "GET /users";
  step.place = "s/users.scenario.yml:17:9";
  step.outcome = Outcome::kFailed;
  step.mismatches = {{.path = "status", .expected = "200", .actual = "404"}};
  step.curl = "curl -i 'http://127.0.0.1:3000/users'";
  step.log = {"F | control \x01 character"};
  bad.steps = {step};
  ScenarioResult skipped = good;
  skipped.id = "users: Later";
  skipped.outcome = Outcome::kSkipped;
  skipped.reason = "not built yet";
  summary.results = {good, bad, skipped};
  summary.coverage = MeasureCoverage(
      summary.results, {{.route = "GET /users"}, {.route = "POST /users"}}, {"GetUsers", "Other"});
  return summary;
}

TEST(Report, JUnitIsXmlWithTheFailure) {
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(JUnitReport(Summary()).c_str()));
  const auto root = document.child("testsuites");
  EXPECT_EQ(root.attribute("tests").as_int(), 3);
  EXPECT_EQ(root.attribute("failures").as_int(), 1);
  const auto failed = root.child("testsuite").find_child_by_attribute("name", "Bad # <1>");
  EXPECT_STREQ(failed.child("failure").attribute("message").value(),
               "GET /users: status: expected 200, but was 404");
}

TEST(Report, TapEscapesAndSkips) {
  const std::string tap = TapReport(Summary());
  EXPECT_NE(tap.find("TAP version 13\n1..3\nok 1 - users: Good\nnot ok 2 - users: Bad \\# <1>\n"),
            std::string::npos)
      << tap;
  EXPECT_NE(tap.find("ok 3 - users: Later # SKIP not built yet"), std::string::npos);
}

TEST(Report, GitHubAnnotationsPointAtTheStep) {
  EXPECT_EQ(
      GitHubAnnotations(Summary()),
      "::error file=s/users.scenario.yml,line=17,title=users%3A Bad # <1>::GET /users: status: "
      "expected 200, but was 404\n");
  EXPECT_EQ(GitHubAnnotations(Summary(), "backend").find("::error file=backend/s/users"), 0U);
}

TEST(Report, CoverageNamesWhatNoScenarioReached) {
  const Coverage coverage = Summary().coverage;
  EXPECT_EQ(coverage.routes_missed, std::vector<std::string>{"POST /users"});
  EXPECT_EQ(coverage.functions_missed, std::vector<std::string>{"Other"});
  EXPECT_DOUBLE_EQ(coverage.RoutePercent(), 50);
}

TEST(Report, HtmlStandsAloneAndEscapes) {
  const std::string html = HtmlReport(Summary());
  EXPECT_EQ(html.find("src="), std::string::npos);
  EXPECT_EQ(html.find("<link"), std::string::npos);
  EXPECT_NE(html.find("Bad # &lt;1&gt;"), std::string::npos);
}

TEST(Report, ResultsSurviveTheirJson) {
  const ScenarioResult result = Summary().results[1];
  const auto again = FromJson(*ParseJson(DumpJson(ToJson(result))));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(DumpJson(ToJson(*again)), DumpJson(ToJson(result)));
}

TEST(Report, FlakyOnesAreThoseThatDidBoth) {
  RunSummary summary = Summary();
  ScenarioResult again = summary.results[1];
  again.run = 2;
  again.outcome = Outcome::kPassed;
  summary.results.push_back(again);
  EXPECT_EQ(summary.Flaky(), std::vector<std::string>{"users: Bad # <1>"});
}

TEST(Report, TheFilesNameDecides) {
  EXPECT_TRUE(ReportFor("r.xml", Summary()).ok());
  EXPECT_NE(ReportFor("r.txt", {}).error().message.find(".xml (JUnit)"), std::string::npos);
}

}  // namespace
}  // namespace offstage::scenario
