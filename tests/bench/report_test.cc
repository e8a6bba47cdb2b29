#include "bench/report.h"

#include <gtest/gtest.h>

#include "bench/session.h"

namespace offstage::bench {
namespace {

CaseResult Measurement() {
  CaseResult result{.name = "GET /<b>", .source = "here"};
  for (int i = 1; i <= 200; ++i)
    result.now.latencies.push_back(i * 0.1);
  result.now.round_medians = {1, 2, 3};
  result.now.seconds = 2;
  result.now.handler = {4};
  result.now.calls = {1};
  result.now.calls_each = {{"dynamodb.GetItem T", 2}};
  result.now.cold_starts = {{.init_ms = 100, .first_run_ms = 5, .total_ms = 110}};
  result.now.slowest = {
      {.request_id = "r", .route = "GET /<b>", .function = "F", .total_ms = 20, .handler_ms = 4}};
  return result;
}

TEST(Figure, HasThreeDigits) {
  EXPECT_EQ(Figure(0.0123), "0.01");
  EXPECT_EQ(Figure(1.234), "1.23");
  EXPECT_EQ(Figure(12.34), "12.3");
  EXPECT_EQ(Figure(1234.5), "1234");
}

TEST(Reports, NeverShowAFigureOfWhatFailed) {
  CaseResult result = Measurement();
  result.error = "GET /x answers 500";
  const BenchRun run{.info = {}, .results = {result}};
  for (const std::string& text : {ConsoleReport(run), MarkdownReport(run), HtmlReport(run)}) {
    EXPECT_NE(text.find("GET /x answers 500"), std::string::npos) << text;
    EXPECT_EQ(text.find("20.0"), std::string::npos) << text;  // The slowest.
  }
}

TEST(Reports, PercentilesThatCannotBeAreLeftOut) {
  const BenchRun run{.info = {}, .results = {Measurement()}};
  EXPECT_NE(ConsoleReport(run).find("p99 19.8  p99.9 -"), std::string::npos) << ConsoleReport(run);
}

TEST(Reports, TheEstimateIsLabelled) {
  BenchRun run{.info = {}, .results = {Measurement()}};
  EXPECT_EQ(ConsoleReport(run).find("ESTIMATE"), std::string::npos);
  run.info.estimate_memory_mb = 512;
  EXPECT_NE(ConsoleReport(run).find("ESTIMATE, not measured: at 512 MB"), std::string::npos);
}

TEST(HtmlReport, StandsAloneAndEscapes) {
  const std::string page = HtmlReport({.info = {.stack = "<script>"}, .results = {Measurement()}});
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("http://"), std::string::npos);
  EXPECT_EQ(page.find("https://"), std::string::npos);
  EXPECT_EQ(page.find("<b>/"), std::string::npos);
  for (const char* picture : {"Latency distribution", "Cold start", "Timeline of request r"})
    EXPECT_NE(page.find(std::string("<title>") + picture), std::string::npos) << picture;
}

TEST(ReportFor, NamesWhatItCanWrite) {
  EXPECT_TRUE(ReportFor("a.md", {}).ok());
  EXPECT_TRUE(ReportFor("a.html", {}).ok());
  EXPECT_FALSE(ReportFor("a.pdf", {}).ok());
}

TEST(Earlier, ReadsTheRoundsOfAnEarlierRun) {
  const auto rounds = ReadEarlier(R"({"benchmarks": [
    {"run_type": "iteration", "run_name": "GET /x/concurrency:1/iterations:1/repeats:2/manual_time", "p50_ms": 2.5},
    {"run_type": "iteration", "run_name": "GET /x/concurrency:1/iterations:1/repeats:2/manual_time", "p50_ms": 3},
    {"run_type": "aggregate", "run_name": "GET /x/concurrency:1/iterations:1/repeats:2/manual_time", "p50_ms": 2.7},
    {"run_type": "iteration", "run_name": "GET /y/concurrency:1/iterations:1", "error_occurred": true, "p50_ms": 9},
    {"run_type": "iteration", "run_name": "GET /x/concurrency:1/baseline/iterations:1", "p50_ms": 7}]})");
  ASSERT_TRUE(rounds.ok());
  EXPECT_EQ(*rounds, (EarlierRounds{{"GET /x/concurrency:1", {2.5, 3}}}));
  for (const char* bad : {"", "[]", "{}", R"({"benchmarks": 1})", R"({"benchmarks": []})"})
    EXPECT_FALSE(ReadEarlier(bad).ok()) << bad;
}

}  // namespace
}  // namespace offstage::bench
