#include "app/provision/event_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "template/document.h"

namespace offstage::app {
namespace {

using templates::Node;

class EventSourcesTest : public ::testing::Test {
 protected:
  EventSourcesTest() {
    stack_.name = "shop";
    stack_.region = "eu-west-1";
    stack_.account_id = "000000000000";
    stack_.functions.push_back(
        {.logical_id = "Listener",
         .path = "Nested/Listener",
         .name = "shop-Listener-1",
         .arn = "arn:aws:lambda:eu-west-1:000000000000:function:shop-Listener-1"});
    stack_.tables.push_back({.logical_id = "Orders", .path = "Orders", .name = "shop-Orders-1"});
  }

  static Node Yaml(const std::string& text) {
    auto document = templates::ParseDocument(text, "t.yml");
    EXPECT_TRUE(document.ok());
    return document.ok() ? document->root : Node::Map();
  }
  EventSources Of(const std::string& type, const std::string& properties) {
    stack_.functions[0].events = {{.name = "E",
                                   .path = "Nested/Listener.Events.E",
                                   .type = type,
                                   .properties = Yaml(properties)}};
    return ToEventSources(stack_);
  }
  // The first note, without its place.
  std::string Note(const std::string& type, const std::string& properties) {
    const EventSources sources = Of(type, properties);
    EXPECT_TRUE(sources.sources.mappings.empty());
    EXPECT_TRUE(sources.sources.schedules.empty());
    return sources.notes.empty() ? "" : sources.notes[0].Text();
  }

  templates::Stack stack_;
};

constexpr char kStream[] =
    "Stream: arn:aws:dynamodb:eu-west-1:000000000000:table/shop-Orders-1/stream/x\n";

TEST_F(EventSourcesTest, MappingsTakeEveryProperty) {
  const EventSources sources = Of("DynamoDB", std::string(kStream) + R"(
StartingPosition: LATEST
BatchSize: 5
MaximumBatchingWindowInSeconds: 7
MaximumRetryAttempts: 0
MaximumRecordAgeInSeconds: 60
BisectBatchOnFunctionError: true
FunctionResponseTypes: [ReportBatchItemFailures]
DestinationConfig: {OnFailure: {Destination: "arn:aws:sqs:us-east-1:1:q"}}
FilterCriteria: {Filters: [{Pattern: '{"eventName": ["INSERT"]}'}]}
)");
  ASSERT_EQ(sources.sources.mappings.size(), 1U);
  const events::StreamMapping& mapping = sources.sources.mappings[0];
  EXPECT_EQ(mapping.name, "Nested/Listener/E");
  EXPECT_EQ(mapping.function, "shop-Listener-1");
  EXPECT_EQ(mapping.table, "shop-Orders-1");
  EXPECT_EQ(mapping.start, events::StreamMapping::Start::kLatest);
  EXPECT_EQ(mapping.batch_size, 5);
  EXPECT_EQ(mapping.window, std::chrono::seconds(7));
  EXPECT_EQ(mapping.max_retries, 0);
  EXPECT_EQ(mapping.max_age, std::chrono::seconds(60));
  EXPECT_TRUE(mapping.bisect);
  EXPECT_TRUE(mapping.reports_item_failures);
  EXPECT_EQ(mapping.on_failure, "arn:aws:sqs:us-east-1:1:q");
  ASSERT_EQ(sources.notes.size(), 1U);
  EXPECT_THAT(sources.notes[0].message,
              testing::HasSubstr("SQS is not emulated: records that are given up "
                                 "do not reach arn:aws:sqs:us-east-1:1:q"));
  EXPECT_EQ(mapping.filters.size(), 1U);
}

TEST_F(EventSourcesTest, AFunctionIsNoDestinationOfAStream) {
  const EventSources sources =
      Of("DynamoDB", std::string(kStream) +
                         "StartingPosition: LATEST\n"
                         "DestinationConfig: {OnFailure: {Destination: 'arn:aws:lambda:r:1:f'}}");
  ASSERT_EQ(sources.sources.mappings.size(), 1U);
  EXPECT_EQ(sources.sources.mappings[0].on_failure, "");
  ASSERT_EQ(sources.notes.size(), 1U);
  EXPECT_THAT(sources.notes[0].message, testing::HasSubstr("AWS refuses a function"));
}

TEST_F(EventSourcesTest, DefaultsAreLambdas) {
  const EventSources sources =
      Of("DynamoDB",
         std::string(kStream) + "StartingPosition: TRIM_HORIZON\nMaximumRetryAttempts: -1");
  ASSERT_EQ(sources.sources.mappings.size(), 1U);
  EXPECT_EQ(sources.sources.mappings[0].batch_size, 100);
  EXPECT_FALSE(sources.sources.mappings[0].max_retries);
}

TEST_F(EventSourcesTest, WhatIsLeftOutIsNamed) {
  const std::string good = std::string(kStream) + "StartingPosition: LATEST\n";
  const std::pair<std::pair<const char*, std::string>, const char*> cases[] = {
      {{"SQS", "Queue: q"}, "events of type SQS are not emulated"},
      {{"EventBridgeRule", "Pattern: {source: [x]}"}, "events of type EventBridgeRule are not"},
      {{"DynamoDB", "Stream: arn:aws:dynamodb:x:1:table/gone/stream/x"}, "is no stream of a table"},
      {{"DynamoDB", kStream}, "StartingPosition is TRIM_HORIZON or LATEST, not ''"},
      {{"DynamoDB", good + "TumblingWindowInSeconds: 5"}, "TumblingWindowInSeconds is not"},
      {{"DynamoDB", good + "BatchSize: 0"}, "BatchSize must be from 1 to 10000"},
      {{"DynamoDB", good + "FilterCriteria: {Filters: [{Pattern: x}]}"}, "no JSON object"},
      {{"Schedule", "Schedule: daily"}, "'daily' is no schedule"},
      {{"ScheduleV2",
        "{ScheduleExpression: rate(1 day), ScheduleExpressionTimezone: Europe/Tallinn}"},
       "ScheduleExpressionTimezone Europe/Tallinn is not emulated"},
      {{"ScheduleV2", "{ScheduleExpression: rate(1 day), StartDate: '2026-01-01'}"},
       "StartDate is not emulated"}};
  for (const auto& [event, words] : cases) {
    const std::string note = Note(event.first, event.second);
    EXPECT_NE(note.find(words), std::string::npos) << event.second << ": " << note;
    EXPECT_NE(note.find("Nested/Listener.Events.E"), std::string::npos) << note;
  }
}

TEST_F(EventSourcesTest, WhatIsSwitchedOffIsLeftOutWithoutAWord) {
  EXPECT_EQ(Note("Schedule", "{Schedule: rate(1 day), Enabled: false}"), "");
  EXPECT_EQ(Note("ScheduleV2", "{ScheduleExpression: rate(1 day), State: DISABLED}"), "");
  EXPECT_EQ(Note("DynamoDB", std::string(kStream) + "StartingPosition: LATEST\nEnabled: false"),
            "");
  EXPECT_EQ(Note("Api", "{Path: /, Method: get}"), "");
}

TEST_F(EventSourcesTest, SchedulesOfEveryKind) {
  stack_.resources.push_back(
      {.logical_id = "Rule",
       .path = "Rule",
       .type = "AWS::Events::Rule",
       .arn = "arn:rule",
       .properties = Yaml("ScheduleExpression: rate(1 hour)\nTargets:\n  - {Id: a, Arn: "
                          "'arn:aws:lambda:eu-west-1:000000000000:function:shop-Listener-1:live', "
                          "Input: '{}'}\n  - {Id: b, Arn: 'arn:aws:sqs:q'}")});
  const EventSources sources = Of("Schedule", "{Schedule: rate(1 day), Input: '{\"a\": 1}'}");
  ASSERT_EQ(sources.sources.schedules.size(), 2U);
  EXPECT_EQ(sources.sources.schedules[0].input, "{\"a\": 1}");
  EXPECT_EQ(sources.sources.schedules[0].arn,
            "arn:aws:events:eu-west-1:000000000000:rule/shop-ListenerE");
  EXPECT_EQ(sources.sources.schedules[1].name, "Rule/a");
  EXPECT_EQ(sources.sources.schedules[1].function, "shop-Listener-1");
  ASSERT_EQ(sources.notes.size(), 1U);
  EXPECT_EQ(sources.notes[0].path, "Rule.Targets.b");
  EXPECT_NE(sources.notes[0].message.find("'arn:aws:sqs:q' is no function of this stack"),
            std::string::npos);
}

}  // namespace
}  // namespace offstage::app
