#include "lambda/invocation_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lambda/support.h"

namespace offstage::lambda {
namespace {

TEST(ReportLine, HasTabsAndRoundsTheBilledTimeUp) {
  EXPECT_EQ(ReportLine({.request_id = "r",
                        .duration_millis = 3.009,
                        .memory_mb = 128,
                        .max_memory_bytes = 36 * 1024 * 1024}),
            "REPORT RequestId: r\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\t"
            "Max Memory Used: 36 MB\t\n");
}

TEST(ReportLine, NamesInitOfColdStartsAndFailures) {
  EXPECT_EQ(ReportLine({.request_id = "r",
                        .duration_millis = 1,
                        .init_millis = 110.1,
                        .memory_mb = 256,
                        .status = "error",
                        .error_type = "Runtime.ExitError"}),
            "REPORT RequestId: r\tDuration: 1.00 ms\tBilled Duration: 112 ms\tMemory Size: 256 MB\t"
            "Max Memory Used: 0 MB\tInit Duration: 110.10 ms\tStatus: error\tError Type: "
            "Runtime.ExitError\n");
}

TEST(InvocationLog, GivesLinesToPeopleAndTheTailToClients) {
  RecordingOutput output;
  InvocationLog log("f", "$LATEST", &output);
  log.Begin("r");
  log.AppendHandlerOutput("one\ntw");
  log.AppendHandlerOutput("o\nthree");
  const std::string tail = log.Finish({.request_id = "r"});
  EXPECT_THAT(tail,
              testing::StartsWith(
                  "START RequestId: r Version: $LATEST\none\ntwo\nthree\nEND RequestId: r\n"));
  EXPECT_THAT(output.Lines(), testing::ElementsAre("START RequestId: r Version: $LATEST", "one",
                                                   "two", "three", "END RequestId: r",
                                                   testing::StartsWith("REPORT RequestId: r\t")));
}

TEST(InvocationLog, TheTailIsTheLastFourKilobytes) {
  InvocationLog log("f", "$LATEST", nullptr);
  log.Begin("r");
  for (int i = 0; i < 1000; ++i)
    log.AppendHandlerOutput("0123456789\n");
  const std::string tail = log.Finish({.request_id = "r"});
  EXPECT_EQ(tail.size(), kLogTailBytes);
  EXPECT_THAT(tail, testing::HasSubstr("END RequestId: r\nREPORT"));
}

}  // namespace
}  // namespace offstage::lambda
