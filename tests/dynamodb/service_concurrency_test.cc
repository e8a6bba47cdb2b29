// Histories of many clients at once: conditional writes, counters and transactions behave as if one
// came after the other, also while tables and indexes come and go.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "dynamodb/service.h"
#include "support/temp_dir.h"

namespace offstage::dynamodb {
namespace {

using nlohmann::json;

constexpr int kClients = 6;

class ServiceConcurrencyTest : public ::testing::Test {
 protected:
  ServiceConcurrencyTest() {
    Options options;
    options.database_file = (folder_.path() / "dynamodb.db").string();
    options.clock = &clock_;
    options.ids = &ids_;
    options.log = &log_;
    auto service = Service::Create(options);
    EXPECT_TRUE(service.ok());
    service_ = std::move(service).value();
  }

  aws::Outcome<std::string> Run(std::string_view operation, const json& request) {
    return service_->Run(operation, request.dump());
  }
  // The answer; an error is a failure of the test.
  json Answer(std::string_view operation, const json& request) {
    const auto outcome = Run(operation, request);
    EXPECT_TRUE(outcome.ok()) << operation << ": " << outcome.error().type << ": "
                              << outcome.error().message << " " << outcome.error().explanation;
    return outcome.ok() ? json::parse(*outcome) : json::object();
  }
  // "" when it went well.
  std::string ErrorOf(std::string_view operation, const json& request) {
    const auto outcome = Run(operation, request);
    return outcome.ok() ? "" : outcome.error().type;
  }

  void CreateTable(const std::string& name) {
    Answer("CreateTable",
           {{"TableName", name},
            {"BillingMode", "PAY_PER_REQUEST"},
            {"AttributeDefinitions", {{{"AttributeName", "id"}, {"AttributeType", "S"}}}},
            {"KeySchema", {{{"AttributeName", "id"}, {"KeyType", "HASH"}}}}});
  }

  template <typename Work>
  void AtOnce(const Work& work) {
    std::latch start(kClients);
    std::vector<std::jthread> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([&, i] {
        start.arrive_and_wait();
        work(i);
      });
    }
  }

  test::TempDir folder_;
  SystemClock clock_;
  RandomIds ids_;
  MemoryLog log_;
  std::unique_ptr<Service> service_;
};

json Id(const std::string& id) {
  return {{"id", {{"S", id}}}};
}
json Number(int number) {
  return {{"N", std::to_string(number)}};
}

TEST_F(ServiceConcurrencyTest, EachIncrementOfACounterAnswersANumberOfItsOwn) {
  CreateTable("things");
  constexpr int kEach = 60;
  std::mutex mutex;
  std::set<int> seen;
  AtOnce([&](int) {
    for (int i = 0; i < kEach; ++i) {
      const json answer =
          Answer("UpdateItem", {{"TableName", "things"},
                                {"Key", Id("counter")},
                                {"UpdateExpression", "ADD n :one"},
                                {"ExpressionAttributeValues", {{":one", Number(1)}}},
                                {"ReturnValues", "UPDATED_NEW"}});
      const int now = std::stoi(answer["Attributes"]["n"]["N"].get<std::string>());
      const std::lock_guard lock(mutex);
      EXPECT_TRUE(seen.insert(now).second) << now << " twice";
    }
  });
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kClients * kEach));
  EXPECT_EQ(*seen.rbegin(), kClients * kEach);
}

TEST_F(ServiceConcurrencyTest, AConditionalPutHasOneWinner) {
  CreateTable("things");
  constexpr int kItems = 40;
  std::atomic<int> won{0};
  AtOnce([&](int client) {
    for (int i = 0; i < kItems; ++i) {
      json item = Id("item-" + std::to_string(i));
      item["owner"] = Number(client);
      const std::string error =
          ErrorOf("PutItem", {{"TableName", "things"},
                              {"Item", item},
                              {"ConditionExpression", "attribute_not_exists(id)"}});
      EXPECT_TRUE(error.empty() || error == "ConditionalCheckFailedException") << error;
      won += error.empty() ? 1 : 0;
    }
  });
  EXPECT_EQ(won, kItems);
}

TEST_F(ServiceConcurrencyTest, MoneyIsNeitherMadeNorLostByTransactions) {
  CreateTable("things");
  constexpr int kAccounts = 4;
  const auto account = [](int i) { return Id("account-" + std::to_string(i)); };
  for (int i = 0; i < kAccounts; ++i) {
    json item = account(i);
    item["balance"] = Number(100);
    Answer("PutItem", {{"TableName", "things"}, {"Item", item}});
  }
  const auto change = [&](int which, const char* expression, const json& amount,
                          const char* condition) {
    return json{{"Update",
                 {{"TableName", "things"},
                  {"Key", account(which)},
                  {"UpdateExpression", expression},
                  {"ConditionExpression", condition},
                  {"ExpressionAttributeValues", {{":a", amount}}}}}};
  };
  AtOnce([&](int client) {
    for (int i = 0; i < 40; ++i) {
      if (client < 4) {
        const int from = (client + i) % kAccounts;
        const int to = (from + 1 + i % (kAccounts - 1)) % kAccounts;
        const std::string error =
            ErrorOf("TransactWriteItems",
                    {{"TransactItems",
                      {change(from, "SET balance = balance - :a", Number(7), "balance >= :a"),
                       change(to, "SET balance = balance + :a", Number(7),
                              "balance < :a OR balance >= :a")}}});
        EXPECT_TRUE(error.empty() || error == "TransactionCanceledException") << error;
        continue;
      }
      json gets = json::array();
      for (int a = 0; a < kAccounts; ++a)
        gets.push_back({{"Get", {{"TableName", "things"}, {"Key", account(a)}}}});
      const json answer = Answer("TransactGetItems", {{"TransactItems", gets}});
      int sum = 0;
      for (const json& response : answer["Responses"])
        sum += std::stoi(response["Item"]["balance"]["N"].get<std::string>());
      EXPECT_EQ(sum, 100 * kAccounts);
    }
  });
}

TEST_F(ServiceConcurrencyTest, AnIndexMadeUnderWritesHasEveryItem) {
  CreateTable("things");
  std::atomic<bool> made{false};
  AtOnce([&](int client) {
    if (client == 0) {
      Answer("UpdateTable",
             {{"TableName", "things"},
              {"AttributeDefinitions", {{{"AttributeName", "colour"}, {"AttributeType", "S"}}}},
              {"GlobalSecondaryIndexUpdates",
               {{{"Create",
                  {{"IndexName", "by-colour"},
                   {"KeySchema", {{{"AttributeName", "colour"}, {"KeyType", "HASH"}}}},
                   {"Projection", {{"ProjectionType", "ALL"}}}}}}}}});
      made = true;
      return;
    }
    for (int i = 0; i < 200 && !(made && i > 50); ++i) {
      json item = Id(std::to_string(client) + "-" + std::to_string(i));
      item["colour"] = {{"S", "red"}};
      Answer("PutItem", {{"TableName", "things"}, {"Item", item}});
    }
  });
  const json all = Answer("Scan", {{"TableName", "things"}, {"Select", "COUNT"}});
  const json red = Answer("Query", {{"TableName", "things"},
                                    {"IndexName", "by-colour"},
                                    {"KeyConditionExpression", "colour = :c"},
                                    {"ExpressionAttributeValues", {{":c", {{"S", "red"}}}}},
                                    {"Select", "COUNT"}});
  EXPECT_EQ(red["Count"], all["Count"]);
}

// Whoever uses a table while it is deleted and made anew is told so as the service does; no 500.
TEST_F(ServiceConcurrencyTest, ATableThatGoesAwayUnderItsClientsIsNotFound) {
  CreateTable("things");
  const std::set<std::string> fine = {"", "ResourceNotFoundException", "ResourceInUseException"};
  AtOnce([&](int client) {
    for (int i = 0; i < 30; ++i) {
      std::string error;
      if (client == 0) {
        error = ErrorOf("DeleteTable", {{"TableName", "things"}});
        CreateTable("things");
      } else if (client % 3 == 0) {
        error = ErrorOf("PutItem", {{"TableName", "things"}, {"Item", Id(std::to_string(i))}});
      } else if (client % 3 == 1) {
        error = ErrorOf("GetItem", {{"TableName", "things"}, {"Key", Id(std::to_string(i))}});
      } else {
        error = ErrorOf("Scan", {{"TableName", "things"}});
      }
      EXPECT_TRUE(fine.contains(error)) << error;
    }
  });
}

}  // namespace
}  // namespace offstage::dynamodb
