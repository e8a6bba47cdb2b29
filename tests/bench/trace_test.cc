#include "bench/trace.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace offstage::bench {
namespace {

using namespace std::chrono_literals;

Span At(const std::string& request, const std::string& name, std::chrono::microseconds start,
        std::chrono::microseconds duration,
        std::vector<std::pair<std::string, std::string>> attributes) {
  return {.request_id = request,
          .name = name,
          .start = Steady::time_point() + start,
          .duration = duration,
          .attributes = std::move(attributes)};
}

Span Gateway(std::vector<std::pair<std::string, std::string>> more = {}) {
  std::vector<std::pair<std::string, std::string>> attributes = {{"route", "GET /x"},
                                                                 {"status", "200"},
                                                                 {"function", "F"},
                                                                 {"invocation", "i1"},
                                                                 {"handler_us", "9000"}};
  attributes.insert(attributes.end(), more.begin(), more.end());
  return At("g1", "gateway GET /x", 1000us, 10'000us, std::move(attributes));
}

scenario::Record ThreeReads() {
  scenario::Record record;
  for (int i = 0; i < 3; ++i) {
    record.spans.push_back(At("i1", "dynamodb.GetItem", 2000us + i * 1000us, 500us,
                              {{"table", "T"}, {"capacity", "0.5"}}));
  }
  record.spans.push_back(At("i1", "lambda F", 1500us, 9000us, {{"start", "warm"}}));
  // Another request's.
  record.spans.push_back(At("i2", "dynamodb.Scan", 2000us, 500us, {{"table", "T"}}));
  record.spans.push_back(Gateway());
  return record;
}

TEST(Trace, GivesEachRequestItsOwnCalls) {
  const auto traced = ReadTrace(ThreeReads());
  ASSERT_EQ(traced.size(), 1U);
  EXPECT_EQ(traced[0].calls.size(), 3U);
  EXPECT_EQ(traced[0].handler_ms, 9);
  EXPECT_EQ(traced[0].total_ms, 10);
  EXPECT_NEAR(traced[0].CallsMs(), 1.5, 1e-9);
  EXPECT_EQ(traced[0].Capacity(), 1.5);
  EXPECT_EQ(traced[0].calls[0].start_ms, 1);
}

TEST(Trace, OverlappingCallsCountOnce) {
  Traced request;
  request.calls = {{.operation = "a", .start_ms = 0, .duration_ms = 4},
                   {.operation = "b", .start_ms = 1, .duration_ms = 2},
                   {.operation = "c", .start_ms = 3, .duration_ms = 3}};
  EXPECT_EQ(request.CallsMs(), 6);
}

TEST(Trace, SplitsAColdStart) {
  scenario::Record record;
  record.spans.push_back(At("i1", "lambda F", 1000us, 9000us,
                            {{"process_us", "2000"}, {"runtime_us", "1000"}, {"code_us", "4000"}}));
  record.spans.push_back(Gateway({{"start", "cold"}, {"init_us", "7500"}}));
  const auto traced = ReadTrace(record);
  ASSERT_TRUE(traced.at(0).cold);
  EXPECT_TRUE(traced[0].cold->has_parts);
  EXPECT_EQ(traced[0].cold->process_ms, 2);
  EXPECT_EQ(traced[0].cold->imports_ms, 4);
  EXPECT_EQ(traced[0].cold->init_ms, 7.5);
  EXPECT_EQ(traced[0].cold->first_run_ms, 9);
}

TEST(Explain, NamesReadsThatCouldBeABatch) {
  const std::string facts = Join(Explain(ReadTrace(ThreeReads()).at(0)), "\n");
  EXPECT_NE(
      facts.find(
          "3 dynamodb.GetItem on T took 1.5 ms in the emulator, one after another: a BatchGetItem"),
      std::string::npos)
      << facts;
  EXPECT_NE(facts.find("1.5 capacity units"), std::string::npos) << facts;
  EXPECT_NE(facts.find("F ran 9.0 ms (90 %): 1.5 ms of it while AWS calls"), std::string::npos)
      << facts;
}

TEST(Explain, ParallelReadsAreNoHint) {
  Traced request{.function = "F", .total_ms = 10, .handler_ms = 9};
  request.calls = {
      {.operation = "dynamodb.GetItem", .table = "T", .start_ms = 1, .duration_ms = 2},
      {.operation = "dynamodb.GetItem", .table = "T", .start_ms = 1.5, .duration_ms = 2}};
  EXPECT_EQ(Join(Explain(request), "\n").find("one after another"), std::string::npos);
}

TEST(Explain, SaysWhatAScanDoes) {
  Traced request{.function = "F", .total_ms = 10, .handler_ms = 9};
  request.calls = {{.operation = "dynamodb.Scan", .table = "T", .start_ms = 1, .duration_ms = 2}};
  EXPECT_NE(Join(Explain(request), "\n").find("a Scan reads the whole table"), std::string::npos);
}

TEST(PeakMemory, IsTheLargestOfTheReports) {
  scenario::Record record;
  const auto report = [](int megabytes) {
    return "REPORT RequestId: x\tMemory Size: 128 MB\tMax Memory Used: " +
           std::to_string(megabytes) + " MB\t";
  };
  EXPECT_FALSE(PeakMemoryMb(record));
  record.lines.push_back({.text = report(999)});  // A handler may print anything.
  record.lines.push_back({.text = report(40), .platform = true});
  record.lines.push_back({.text = report(52), .platform = true});
  record.lines.push_back({.text = report(51), .platform = true});
  EXPECT_EQ(PeakMemoryMb(record), 52);
}

TEST(ImportTimes, NameTheSlowOnesAndWhatTheSlowestLoads) {
  const auto imports = ReadImportTimes({
      "import time: self [us] | cumulative | imported package",
      "import time:       100 |        100 |   zipimport",
      "import time:      5000 |       5100 | site",
      "import time:      9000 |       9000 |     botocore.hooks",
      "import time:     20000 |      29000 |   botocore",
      "import time:       300 |        300 |   boto3.compat",
      "import time:      2000 |      31300 | boto3",
      "import time:       400 |        400 | decimal",
      "something else",
  });
  std::vector<std::string> names;
  for (const ImportTime& import : imports)
    names.push_back(import.module);
  EXPECT_EQ(names, (std::vector<std::string>{"boto3", "botocore in boto3", "site"}));
  EXPECT_EQ(imports[0].total_ms, 31.3);
  EXPECT_EQ(imports[0].self_ms, 2);
  EXPECT_EQ(imports[1].total_ms, 29);
}

}  // namespace
}  // namespace offstage::bench
