// Streams over real tables: what writes leave in them, in which order and for how long.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "dynamodb/service.h"
#include "streams/service.h"

namespace offstage::streams {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class StreamsTest : public testing::Test {
 protected:
  StreamsTest() {
    dynamodb::Options options;
    options.persistence = dynamodb::Persistence::kInMemory;
    options.clock = &clock_;
    options.ids = &ids_;
    options.log = &log_;
    options.changes = &streams_;
    auto tables = dynamodb::Service::Create(options);
    tables_ = std::move(tables).value();
    const auto attached = streams_.Attach(*tables_);
    if (!attached.ok()) throw std::runtime_error(attached.error().message);
  }

  json Tables(std::string_view operation, const json& request) {
    const auto reply = tables_->Run(operation, request.dump());
    EXPECT_TRUE(reply.ok()) << operation << ": " << (reply.ok() ? "" : reply.error().message);
    return reply.ok() && !reply->empty() ? json::parse(*reply) : json();
  }

  json Streams(std::string_view operation, const json& request) {
    const auto reply = streams_.Run(operation, request.dump());
    EXPECT_TRUE(reply.ok()) << operation << ": " << (reply.ok() ? "" : reply.error().message);
    return reply.ok() ? json::parse(*reply) : json();
  }

  std::string StreamError(std::string_view operation, const json& request) {
    const auto reply = streams_.Run(operation, request.dump());
    EXPECT_FALSE(reply.ok()) << operation << request;
    return reply.ok() ? "" : reply.error().type + ": " + reply.error().message;
  }

  // The stream's ARN.
  std::string MakeTable(const std::string& name, const std::string& view) {
    const json made =
        Tables("CreateTable",
               {{"TableName", name},
                {"AttributeDefinitions", {{{"AttributeName", "pk"}, {"AttributeType", "S"}}}},
                {"KeySchema", {{{"AttributeName", "pk"}, {"KeyType", "HASH"}}}},
                {"BillingMode", "PAY_PER_REQUEST"},
                {"StreamSpecification", {{"StreamEnabled", true}, {"StreamViewType", view}}}});
    return made["TableDescription"]["LatestStreamArn"];
  }

  void Put(const std::string& table, const std::string& key, const std::string& value) {
    Tables("PutItem",
           {{"TableName", table}, {"Item", {{"pk", {{"S", key}}}, {"v", {{"S", value}}}}}});
  }

  std::string ShardOf(const std::string& arn) {
    return Streams("DescribeStream",
                   {{"StreamArn", arn}})["StreamDescription"]["Shards"][0]["ShardId"];
  }

  std::string IteratorAt(const std::string& arn, json request) {
    request["StreamArn"] = arn;
    request["ShardId"] = ShardOf(arn);
    return Streams("GetShardIterator", request)["ShardIterator"];
  }

  json RecordsOf(const std::string& arn) {
    const std::string iterator = IteratorAt(arn, {{"ShardIteratorType", "TRIM_HORIZON"}});
    return Streams("GetRecords", {{"ShardIterator", iterator}})["Records"];
  }

  ManualClock clock_{TimePoint(seconds(1'764'072'000))};
  SeededIds ids_{1};
  StderrLog log_{LogLevel::kError};
  Service streams_{{.account = {.region = "us-east-1", .id = "000000000000"}, .clock = &clock_}};
  std::unique_ptr<dynamodb::Service> tables_;
};

TEST_F(StreamsTest, TellOfEachChangeInOrder) {
  const std::string arn = MakeTable("users", "NEW_AND_OLD_IMAGES");
  Put("users", "a", "1");
  Put("users", "a", "2");
  Tables("DeleteItem", {{"TableName", "users"}, {"Key", {{"pk", {{"S", "a"}}}}}});
  const json records = RecordsOf(arn);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0]["eventName"], "INSERT");
  EXPECT_EQ(records[1]["eventName"], "MODIFY");
  EXPECT_EQ(records[2]["eventName"], "REMOVE");
  EXPECT_EQ(records[1]["dynamodb"],
            json({{"ApproximateCreationDateTime", 1'764'072'000},
                  {"Keys", {{"pk", {{"S", "a"}}}}},
                  {"NewImage", {{"pk", {{"S", "a"}}}, {"v", {{"S", "2"}}}}},
                  {"OldImage", {{"pk", {{"S", "a"}}}, {"v", {{"S", "1"}}}}},
                  {"SequenceNumber", records[1]["dynamodb"]["SequenceNumber"]},
                  {"SizeBytes", 3 + 5 + 5},
                  {"StreamViewType", "NEW_AND_OLD_IMAGES"}}));
  EXPECT_EQ(records[0]["eventSource"], "aws:dynamodb");
  EXPECT_EQ(records[0]["eventVersion"], "1.1");
  EXPECT_EQ(records[0]["awsRegion"], "us-east-1");
  EXPECT_FALSE(records[0].contains("userIdentity"));
  EXPECT_LT(records[0]["dynamodb"]["SequenceNumber"], records[1]["dynamodb"]["SequenceNumber"]);
  EXPECT_NE(records[0]["eventID"], records[1]["eventID"]);
}

TEST_F(StreamsTest, ShowWhatTheirViewTypeSays) {
  for (const std::string view : {"KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"}) {
    const std::string arn = MakeTable("t-" + view, view);
    Put("t-" + view, "a", "1");
    Put("t-" + view, "a", "2");
    const json change = RecordsOf(arn)[1]["dynamodb"];
    EXPECT_EQ(change.contains("NewImage"), view.starts_with("NEW")) << view;
    EXPECT_EQ(change.contains("OldImage"), view.find("OLD") != std::string::npos) << view;
    EXPECT_EQ(change["Keys"], json({{"pk", {{"S", "a"}}}}));
  }
}

TEST_F(StreamsTest, LeaveOutWritesThatChangeNothingOrFail) {
  const std::string arn = MakeTable("users", "NEW_AND_OLD_IMAGES");
  Put("users", "a", "1");
  Put("users", "a", "1");
  const json item = {{"pk", {{"S", "a"}}}, {"v", {{"S", "3"}}}};
  const json request = {
      {"TableName", "users"}, {"Item", item}, {"ConditionExpression", "attribute_not_exists(pk)"}};
  EXPECT_FALSE(tables_->Run("PutItem", request.dump()).ok());
  EXPECT_EQ(RecordsOf(arn).size(), 1U);
}

TEST_F(StreamsTest, MarkWhatExpired) {
  const std::string arn = MakeTable("users", "KEYS_ONLY");
  Tables("UpdateTimeToLive",
         {{"TableName", "users"},
          {"TimeToLiveSpecification", {{"AttributeName", "ttl"}, {"Enabled", true}}}});
  Tables("PutItem", {{"TableName", "users"},
                     {"Item", {{"pk", {{"S", "a"}}}, {"ttl", {{"N", "1764072001"}}}}}});
  clock_.Advance(seconds(5));
  EXPECT_EQ(tables_->ExpireItems().value(), 1);
  const json records = RecordsOf(arn);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[1]["eventName"], "REMOVE");
  EXPECT_EQ(records[1]["userIdentity"],
            json({{"PrincipalId", "dynamodb.amazonaws.com"}, {"Type", "Service"}}));
}

TEST_F(StreamsTest, ForgetAfterADay) {
  const std::string arn = MakeTable("users", "KEYS_ONLY");
  Put("users", "a", "1");
  const std::string first = RecordsOf(arn)[0]["dynamodb"]["SequenceNumber"];
  clock_.Advance(hours(23));
  Put("users", "b", "1");
  EXPECT_EQ(RecordsOf(arn).size(), 2U);
  clock_.Advance(hours(2));
  const json records = RecordsOf(arn);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0]["dynamodb"]["Keys"]["pk"]["S"], "b");
  EXPECT_TRUE(StreamError("GetShardIterator", {{"StreamArn", arn},
                                               {"ShardId", ShardOf(arn)},
                                               {"ShardIteratorType", "AT_SEQUENCE_NUMBER"},
                                               {"SequenceNumber", first}})
                  .starts_with("TrimmedDataAccessException"));
}

TEST_F(StreamsTest, AreReadFromEachKindOfPlace) {
  const std::string arn = MakeTable("users", "KEYS_ONLY");
  Put("users", "a", "1");
  Put("users", "b", "1");
  const std::string second = RecordsOf(arn)[1]["dynamodb"]["SequenceNumber"];
  const std::string latest = IteratorAt(arn, {{"ShardIteratorType", "LATEST"}});
  Put("users", "c", "1");
  const auto keys = [this](const std::string& iterator) {
    std::string out;
    const json page = Streams("GetRecords", {{"ShardIterator", iterator}});
    for (const json& record : page["Records"])
      out += record["dynamodb"]["Keys"]["pk"]["S"].get<std::string>();
    return out;
  };
  EXPECT_EQ(keys(latest), "c");
  EXPECT_EQ(keys(IteratorAt(arn, {{"ShardIteratorType", "TRIM_HORIZON"}})), "abc");
  EXPECT_EQ(keys(IteratorAt(
                arn, {{"ShardIteratorType", "AT_SEQUENCE_NUMBER"}, {"SequenceNumber", second}})),
            "bc");
  EXPECT_EQ(keys(IteratorAt(
                arn, {{"ShardIteratorType", "AFTER_SEQUENCE_NUMBER"}, {"SequenceNumber", second}})),
            "c");
}

TEST_F(StreamsTest, GoOnWhereTheLastPageEnded) {
  const std::string arn = MakeTable("users", "KEYS_ONLY");
  for (const char* key : {"a", "b", "c"})
    Put("users", key, "1");
  std::string iterator = IteratorAt(arn, {{"ShardIteratorType", "TRIM_HORIZON"}});
  std::string seen;
  for (int page = 0; page < 4; ++page) {
    const json reply = Streams("GetRecords", {{"ShardIterator", iterator}, {"Limit", 1}});
    for (const json& record : reply["Records"])
      seen += record["dynamodb"]["Keys"]["pk"]["S"].get<std::string>();
    iterator = reply["NextShardIterator"];
  }
  EXPECT_EQ(seen, "abc");
}

TEST_F(StreamsTest, IteratorsExpireAfterAQuarterOfAnHour) {
  const std::string arn = MakeTable("users", "KEYS_ONLY");
  const std::string iterator = IteratorAt(arn, {{"ShardIteratorType", "TRIM_HORIZON"}});
  clock_.Advance(minutes(16));
  EXPECT_TRUE(StreamError("GetRecords", {{"ShardIterator", iterator}})
                  .starts_with("ExpiredIteratorException"));
}

TEST_F(StreamsTest, StayReadableWhenSwitchedOff) {
  const std::string arn = MakeTable("users", "KEYS_ONLY");
  Put("users", "a", "1");
  Tables("UpdateTable",
         {{"TableName", "users"}, {"StreamSpecification", {{"StreamEnabled", false}}}});
  const json stream = Streams("DescribeStream", {{"StreamArn", arn}})["StreamDescription"];
  EXPECT_EQ(stream["StreamStatus"], "DISABLED");
  EXPECT_TRUE(stream["Shards"][0]["SequenceNumberRange"].contains("EndingSequenceNumber"));
  const std::string iterator = IteratorAt(arn, {{"ShardIteratorType", "TRIM_HORIZON"}});
  const json page = Streams("GetRecords", {{"ShardIterator", iterator}});
  EXPECT_EQ(page["Records"].size(), 1U);
  const json end = Streams("GetRecords", {{"ShardIterator", page["NextShardIterator"]}});
  EXPECT_EQ(end, json({{"Records", json::array()}}));
}

TEST_F(StreamsTest, AreListedByTable) {
  const std::string users = MakeTable("users", "KEYS_ONLY");
  const std::string articles = MakeTable("articles", "KEYS_ONLY");
  EXPECT_EQ(Streams("ListStreams", {{"TableName", "users"}})["Streams"],
            json::array({{{"StreamArn", users},
                          {"StreamLabel", users.substr(users.rfind('/') + 1)},
                          {"TableName", "users"}}}));
  const json page = Streams("ListStreams", {{"Limit", 1}});
  ASSERT_EQ(page["Streams"].size(), 1U);
  EXPECT_EQ(page["LastEvaluatedStreamArn"], articles);
  EXPECT_EQ(
      Streams("ListStreams", {{"ExclusiveStartStreamArn", articles}})["Streams"][0]["StreamArn"],
      users);
}

TEST_F(StreamsTest, SayWhatIsWrongWithARequest) {
  const std::string arn =
      "arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/2024-11-18T14:36:44.149";
  // recorded 20-11-2024, localemu test_non_existent_stream
  EXPECT_EQ(
      StreamError("DescribeStream", {{"StreamArn", arn}}),
      "ResourceNotFoundException: Requested resource not found: Stream: " + arn + " not found");
  EXPECT_EQ(StreamError("DescribeStream", json::object()),
            "ValidationException: 1 validation error detected: Value null at 'streamArn' failed to "
            "satisfy constraint: Member must not be null");
  EXPECT_EQ(StreamError("GetRecords", {{"ShardIterator", "x"}, {"Limit", 1001}}),
            "ValidationException: 1 validation error detected: Value '1001' at 'limit' failed to "
            "satisfy constraint: Member must have value less than or equal to 1000");
  EXPECT_EQ(StreamError("GetRecords", {{"ShardIterator", "x"}}),
            "ValidationException: Invalid ShardIterator");
  EXPECT_TRUE(StreamError("ListStreams", {{"TableName", 5}}).starts_with("SerializationException"));
  EXPECT_TRUE(StreamError("Nonsense", json::object()).starts_with("UnknownOperationException"));
}

// Known from scylladb/scylladb test/alternator/test_streams.py, which runs against the service too.
TEST_F(StreamsTest, TellNonsenseFromWhatIsNotThere) {
  const std::string arn = MakeTable("users", "KEYS_ONLY");
  const std::string shard = ShardOf(arn);
  const std::string nonsense(52, 'x');
  for (const char* operation : {"DescribeStream", "GetShardIterator"}) {
    EXPECT_TRUE(
        StreamError(operation,
                    {{"StreamArn", nonsense}, {"ShardId", shard}, {"ShardIteratorType", "LATEST"}})
            .starts_with("ValidationException"));
  }
  EXPECT_TRUE(StreamError("ListStreams", {{"ExclusiveStartStreamArn", nonsense}})
                  .starts_with("ValidationException"));
  EXPECT_TRUE(StreamError("GetShardIterator", {{"StreamArn", arn},
                                               {"ShardId", shard},
                                               {"ShardIteratorType", "TRIM_HORIZON"},
                                               {"SequenceNumber", "100000000000000000000"}})
                  .starts_with("ValidationException"));
}

TEST_F(StreamsTest, GoOnBehindAStreamThatIsGone) {
  const std::string users = MakeTable("users", "KEYS_ONLY");
  const std::string articles = MakeTable("articles", "KEYS_ONLY");
  Tables("DeleteTable", {{"TableName", "articles"}});
  clock_.Advance(hours(25));
  EXPECT_EQ(
      Streams("ListStreams", {{"ExclusiveStartStreamArn", articles}})["Streams"][0]["StreamArn"],
      users);
}

TEST_F(StreamsTest, ShardsAreFiltered) {
  const std::string arn = MakeTable("users", "KEYS_ONLY");
  const std::string shard = ShardOf(arn);
  const auto shards = [&](json request) {
    request["StreamArn"] = arn;
    return Streams("DescribeStream", request)["StreamDescription"]["Shards"].size();
  };
  EXPECT_EQ(shards({{"ShardFilter", {{"ShardId", shard}, {"Type", "CHILD_SHARDS"}}}}), 0U);
  EXPECT_EQ(shards({{"ExclusiveStartShardId", std::string(40, 'z')}}), 0U);
  for (const json& filter : {json{{"ShardId", shard}}, json{{"Type", "CHILD_SHARDS"}},
                             json{{"ShardId", shard}, {"Type", "foo"}},
                             json{{"ShardId", "x"}, {"Type", "CHILD_SHARDS"}}}) {
    EXPECT_TRUE(StreamError("DescribeStream", {{"StreamArn", arn}, {"ShardFilter", filter}})
                    .starts_with("ValidationException"))
        << filter;
  }
}

// A transaction's changes are there all or not at all.
TEST_F(StreamsTest, TellOfWholeTransactions) {
  const std::string arn = MakeTable("users", "KEYS_ONLY");
  Put("users", "b", "1");
  const json fine = {{"TableName", "users"}, {"Item", {{"pk", {{"S", "a"}}}}}};
  const json refused = {{"TableName", "users"},
                        {"Item", {{"pk", {{"S", "b"}}}}},
                        {"ConditionExpression", "attribute_not_exists(pk)"}};
  const json actions = json::array({{{"Put", fine}}, {{"Put", refused}}});
  EXPECT_FALSE(tables_->Run("TransactWriteItems", json({{"TransactItems", actions}}).dump()).ok());
  EXPECT_EQ(RecordsOf(arn).size(), 1U);
  Tables("ExecuteTransaction", {{"TransactStatements",
                                 {{{"Statement", "INSERT INTO users VALUE {'pk': 'c'}"}},
                                  {{"Statement", "DELETE FROM users WHERE pk = 'b'"}}}}});
  EXPECT_EQ(RecordsOf(arn).size(), 3U);
}

}  // namespace
}  // namespace offstage::streams
