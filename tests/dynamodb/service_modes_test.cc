// The modes that make a local table behave as AWS's may: reads that lag behind, provisioned
// throughput that is used up, transactions that meet.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "dynamodb/service.h"

namespace offstage::dynamodb {
namespace {

using nlohmann::json;

class ServiceModesTest : public ::testing::Test {
 protected:
  void Open(const Modes& modes) {
    Options options;
    options.persistence = Persistence::kInMemory;
    options.modes = modes;
    options.clock = &clock_;
    options.ids = &ids_;
    options.log = &log_;
    auto service = Service::Create(options);
    ASSERT_TRUE(service.ok()) << service.error().message;
    service_ = std::move(service).value();
  }

  // As a client: modes are for what comes over the wire.
  aws::Outcome<std::string> Call(std::string_view operation, const json& request) {
    const http::Request wire;
    const std::string body = request.dump();
    aws::CallFacts facts;
    return service_->Execute({.operation = operation,
                              .request = wire,
                              .body = body,
                              .request_id = {},
                              .region = {},
                              .caller = {}},
                             facts);
  }
  json Answer(std::string_view operation, const json& request) {
    const auto outcome = Call(operation, request);
    EXPECT_TRUE(outcome.ok()) << operation << ": " << outcome.error().message;
    return outcome.ok() ? json::parse(*outcome) : json::object();
  }
  // "Type: message", or "" when it went well.
  std::string Refusal(std::string_view operation, const json& request) {
    const auto outcome = Call(operation, request);
    return outcome.ok() ? "" : outcome.error().type + ": " + outcome.error().message;
  }

  // Table with a string key "id" and an index on "colour".
  void CreateTable(const std::string& name, const json& billing) {
    const auto key = [](const char* attribute) {
      return json::array({{{"AttributeName", attribute}, {"KeyType", "HASH"}}});
    };
    json index = {{"IndexName", "by-colour"},
                  {"KeySchema", key("colour")},
                  {"Projection", {{"ProjectionType", "ALL"}}}};
    if (billing.contains("ProvisionedThroughput"))
      index["ProvisionedThroughput"] = billing["ProvisionedThroughput"];
    json request = {{"TableName", name},
                    {"KeySchema", key("id")},
                    {"AttributeDefinitions",
                     {{{"AttributeName", "id"}, {"AttributeType", "S"}},
                      {{"AttributeName", "colour"}, {"AttributeType", "S"}}}},
                    {"GlobalSecondaryIndexes", json::array({index})}};
    request.update(billing);
    Answer("CreateTable", request);
  }
  void CreateOnDemand(const std::string& name) {
    CreateTable(name, {{"BillingMode", "PAY_PER_REQUEST"}});
  }
  void CreateProvisioned(const std::string& name, int reads, int writes) {
    CreateTable(name, {{"ProvisionedThroughput",
                        {{"ReadCapacityUnits", reads}, {"WriteCapacityUnits", writes}}}});
  }

  static json Put(const std::string& table, const std::string& id) {
    return {{"TableName", table}, {"Item", {{"id", {{"S", id}}}, {"colour", {{"S", "red"}}}}}};
  }
  static json Get(const std::string& table, const std::string& id, bool consistent = false) {
    return {{"TableName", table}, {"Key", {{"id", {{"S", id}}}}}, {"ConsistentRead", consistent}};
  }
  bool Sees(const json& get) { return Answer("GetItem", get).contains("Item"); }
  std::size_t CountOfRed(const std::string& table) {
    return Answer("Query", {{"TableName", table},
                            {"IndexName", "by-colour"},
                            {"KeyConditionExpression", "colour = :c"},
                            {"ExpressionAttributeValues", {{":c", {{"S", "red"}}}}}})["Count"];
  }

  ManualClock clock_{std::chrono::system_clock::from_time_t(1'795'608'000)};
  RandomIds ids_;
  StderrLog log_{LogLevel::kError};
  std::unique_ptr<Service> service_;
};

using LaggingReads = ServiceModesTest;

TEST_F(LaggingReads, MissWhatWasJustWrittenUnlessTheyAreConsistent) {
  Open({.read_lag = std::chrono::hours(1)});
  CreateOnDemand("things");
  Answer("PutItem", Put("things", "a"));
  EXPECT_FALSE(Sees(Get("things", "a")));
  EXPECT_TRUE(Sees(Get("things", "a", true)));
  EXPECT_EQ(CountOfRed("things"), 0u);
  EXPECT_EQ(Answer("Scan", {{"TableName", "things"}})["Count"], 0);
  EXPECT_EQ(Answer("Scan", {{"TableName", "things"}, {"ConsistentRead", true}})["Count"], 1);
  EXPECT_EQ(Answer("BatchGetItem",
                   {{"RequestItems",
                     {{"things", {{"Keys", {{{"id", {{"S", "a"}}}}}}}}}}})["Responses"]["things"]
                .size(),
            0u);
  const json select = {{"Statement", "SELECT * FROM things WHERE id = 'a'"}};
  EXPECT_EQ(Answer("ExecuteStatement", select)["Items"].size(), 0u);
  // Transactions and conditions always see what is so.
  EXPECT_TRUE(
      Answer("TransactGetItems",
             {{"TransactItems",
               {{{"Get",
                  {{"TableName", "things"}, {"Key", {{"id", {{"S", "a"}}}}}}}}}}})["Responses"][0]
          .contains("Item"));
}

TEST_F(LaggingReads, SeeItInTheEnd) {
  Open({.read_lag = std::chrono::milliseconds(20)});
  CreateOnDemand("things");
  Answer("PutItem", Put("things", "a"));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!Sees(Get("things", "a")) && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  EXPECT_TRUE(Sees(Get("things", "a")));
  EXPECT_EQ(CountOfRed("things"), 1u);
}

TEST_F(LaggingReads, TablesAndImportedDataAreThereAtOnce) {
  Open({.read_lag = std::chrono::hours(1)});
  CreateOnDemand("things");
  ASSERT_TRUE(service_->Import("things", {R"({"id":{"S":"seed"},"colour":{"S":"red"}})"}).ok());
  EXPECT_TRUE(Sees(Get("things", "seed")));
  const auto saved = service_->Save();
  ASSERT_TRUE(saved.ok());
  Answer("PutItem", Put("things", "a"));
  CreateOnDemand("others");
  EXPECT_FALSE(Sees(Get("others", "a")));
  // A new table is no reason to forget what has been written before it was made.
  EXPECT_TRUE(Sees(Get("things", "a")));
  ASSERT_TRUE(service_->Restore(**saved).ok());
  EXPECT_FALSE(Sees(Get("things", "a")));
  EXPECT_TRUE(Sees(Get("things", "seed")));
}

TEST_F(LaggingReads, ManyReadersAndWritersAtOnce) {
  Open({.read_lag = std::chrono::milliseconds(5)});
  CreateOnDemand("things");
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([this, client] {
      for (int i = 0; i < 100; ++i) {
        Answer("PutItem", Put("things", std::to_string(client) + "-" + std::to_string(i)));
        Answer("Query", {{"TableName", "things"},
                         {"IndexName", "by-colour"},
                         {"KeyConditionExpression", "colour = :c"},
                         {"ExpressionAttributeValues", {{":c", {{"S", "red"}}}}}});
      }
    });
  }
  for (std::thread& client : clients)
    client.join();
}

using EnforcedCapacity = ServiceModesTest;

constexpr char kTableExceeded[] =
    "ProvisionedThroughputExceededException: The level of configured provisioned throughput for "
    "the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.";

TEST_F(EnforcedCapacity, WritesAreRefusedOnceASecondsWorthIsUsed) {
  Open({.capacity = Modes::Capacity::kEnforced});
  CreateProvisioned("things", 5, 2);
  EXPECT_EQ(Refusal("PutItem", Put("things", "a")), "");
  EXPECT_EQ(Refusal("PutItem", Put("things", "b")), "");
  EXPECT_NE(Refusal("PutItem", Put("things", "c")).find("global secondary indexes"),
            std::string::npos);
  // Reads have a budget of their own, of which an eventual one takes half a unit.
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(Refusal("GetItem", Get("things", "a")), "") << i;
  EXPECT_EQ(Refusal("GetItem", Get("things", "a")), kTableExceeded);
  EXPECT_EQ(CountOfRed("things"), 2u);
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(Refusal("PutItem", Put("things", "c")), "");
  EXPECT_EQ(Refusal("GetItem", Get("things", "c", true)), "");
}

TEST_F(EnforcedCapacity, UnusedCapacityIsKeptForFiveMinutes) {
  Open({.capacity = Modes::Capacity::kEnforced});
  CreateProvisioned("things", 1, 1);
  EXPECT_EQ(Refusal("GetItem", Get("things", "a", true)), "");
  clock_.Advance(std::chrono::hours(1));
  int answered = 0;
  while (answered < 1000 && Refusal("GetItem", Get("things", "a", true)).empty())
    ++answered;
  EXPECT_EQ(answered, 300);
}

TEST_F(EnforcedCapacity, TablesOnDemandHaveNoLimit) {
  Open({.capacity = Modes::Capacity::kEnforced});
  CreateOnDemand("things");
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(Refusal("PutItem", Put("things", "a")), "");
}

TEST_F(EnforcedCapacity, RepliesShowWhatWasAskedFor) {
  Open({.capacity = Modes::Capacity::kEnforced});
  CreateProvisioned("things", 100, 100);
  json put = Put("things", "a");
  EXPECT_EQ(Answer("PutItem", put), json::object());
  put["ReturnConsumedCapacity"] = "TOTAL";
  EXPECT_EQ(Answer("PutItem", put)["ConsumedCapacity"],
            json({{"TableName", "things"}, {"CapacityUnits", 1.0}}));
  put["ReturnConsumedCapacity"] = "INDEXES";
  EXPECT_TRUE(Answer("PutItem", Put("things", "b")).empty());
  EXPECT_TRUE(Answer("PutItem", put)["ConsumedCapacity"].contains("Table"));
  put["ReturnConsumedCapacity"] = "ALL";
  EXPECT_NE(Refusal("PutItem", put).find("ValidationException"), std::string::npos);
}

TEST_F(EnforcedCapacity, OfABatchOnlyTheOtherTablesPartIsDone) {
  Open({.capacity = Modes::Capacity::kEnforced});
  CreateProvisioned("small", 1, 1);
  CreateOnDemand("large");
  Answer("PutItem", Put("small", "a"));
  const auto part = [](const std::string& id) {
    return json::array({{{"PutRequest", {{"Item", {{"id", {{"S", id}}}}}}}}});
  };
  const json reply =
      Answer("BatchWriteItem", {{"RequestItems", {{"small", part("b")}, {"large", part("b")}}}});
  EXPECT_EQ(reply["UnprocessedItems"], json({{"small", part("b")}}));
  EXPECT_TRUE(Sees(Get("large", "b")));
  EXPECT_NE(Refusal("BatchWriteItem", {{"RequestItems", {{"small", part("b")}}}}), "");
}

TEST_F(EnforcedCapacity, ATransactionIsCancelledWithTheReason) {
  Open({.capacity = Modes::Capacity::kEnforced});
  CreateProvisioned("small", 1, 1);
  CreateOnDemand("large");
  Answer("PutItem", Put("small", "a"));
  const auto outcome =
      Call("TransactWriteItems",
           {{"TransactItems", {{{"Put", Put("large", "a")}}, {{"Put", Put("small", "b")}}}}});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().type, "TransactionCanceledException");
  const json reasons = json::parse(outcome.error().members.dump())["CancellationReasons"];
  EXPECT_EQ(reasons[0]["Code"], "None");
  EXPECT_EQ(reasons[1]["Code"], "ProvisionedThroughputExceeded");
  EXPECT_FALSE(Sees(Get("large", "a")));
}

using MeetingTransactions = ServiceModesTest;

json PutAction(const std::string& table, const std::string& id) {
  return {{"Put", {{"TableName", table}, {"Item", {{"id", {{"S", id}}}}}}}};
}

TEST_F(MeetingTransactions, RefuseWritesOfTheirItemsAndNoOthersWhileTheyLast) {
  Open({.transaction_time = std::chrono::seconds(2)});
  CreateOnDemand("things");
  std::jthread transaction([&] {
    Answer("TransactWriteItems",
           {{"TransactItems", {PutAction("things", "a"), PutAction("things", "b")}}});
  });
  const std::string refusal = "TransactionConflictException: Transaction is ongoing for the item";
  while (Refusal("PutItem", Put("things", "a")).empty())
    std::this_thread::yield();
  const json key = {{"TableName", "things"}, {"Key", {{"id", {{"S", "b"}}}}}};
  EXPECT_EQ(Refusal("DeleteItem", key), refusal);
  EXPECT_EQ(Refusal("UpdateItem", key), refusal);
  EXPECT_EQ(Refusal("ExecuteStatement", {{"Statement", "INSERT INTO things VALUE {'id': 'b'}"}}),
            refusal);
  EXPECT_EQ(
      Refusal("TransactGetItems", {{"TransactItems", json::array({{{"Get", key}}})}}),
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons "
      "for specific reasons [TransactionConflict]");
  EXPECT_EQ(
      Refusal("TransactWriteItems",
              {{"TransactItems", {PutAction("things", "c"), PutAction("things", "a")}}}),
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons "
      "for specific reasons [None, TransactionConflict]");
  const json put_a = {{"PutRequest", {{"Item", {{"id", {{"S", "a"}}}}}}}};
  const json put_c = {{"PutRequest", {{"Item", {{"id", {{"S", "c"}}}}}}}};
  EXPECT_EQ(Answer("BatchWriteItem", {{"RequestItems", {{"things", {put_a, put_c}}}}}),
            json({{"UnprocessedItems", {{"things", json::array({put_a})}}}}));
  // What was there before the transaction is read without waiting for it.
  EXPECT_FALSE(Sees(Get("things", "b", true)));
  EXPECT_TRUE(Sees(Get("things", "c", true)));
  transaction.join();
  EXPECT_TRUE(Sees(Get("things", "b", true)));
  EXPECT_EQ(Refusal("PutItem", Put("things", "b")), "");
}

}  // namespace
}  // namespace offstage::dynamodb
