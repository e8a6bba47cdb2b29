// Cases of fixtures/vectors/dynamodb: requests in turn through the table of operations, each with
// its answer. A case begins with no tables but those of "tables" (CreateTable's requests).
#include <gtest/gtest.h>

#include "dynamodb/service_fixture.h"
#include "dynamodb/vectors.h"

namespace offstage::dynamodb {
namespace {

class ApiVectors : public ServiceFixture, public testing::WithParamInterface<VectorCase> {
 protected:
  void RunStep(const nlohmann::json& step) {
    const auto operation = step.at("run").get<std::string>();
    const std::string request = step.at("with").dump();
    const auto reply = service_->Run(operation, request);
    if (step.contains("error")) {
      ASSERT_FALSE(reply.ok()) << operation << request << " answered " << *reply;
      EXPECT_EQ(reply.error().type + ": " + reply.error().message, step.at("error"))
          << operation << request;
      if (!step.contains("members")) return;
      EXPECT_EQ(reply.error().members, step.at("members"));
      return;
    }
    ASSERT_TRUE(reply.ok()) << operation << request << " failed: " << reply.error().message;
    if (step.contains("gives")) {
      EXPECT_EQ(nlohmann::json::parse(*reply), step.at("gives")) << operation << request;
    }
    const nlohmann::json whole = reply->empty() ? nlohmann::json() : nlohmann::json::parse(*reply);
    for (const auto& pointer : step.value("lacks", nlohmann::json::array()))
      EXPECT_FALSE(whole.contains(nlohmann::json::json_pointer(pointer))) << pointer << whole;
    // Members that the reply has among others.
    if (!step.contains("has")) return;
    for (const auto& [pointer, value] : step.at("has").items()) {
      const nlohmann::json::json_pointer where(pointer);
      ASSERT_TRUE(whole.contains(where)) << pointer << " in " << whole;
      EXPECT_EQ(whole.at(where), value) << pointer << " in " << whole;
    }
  }
};

TEST_P(ApiVectors, AnswerAsTheService) {
  const nlohmann::json& body = GetParam().body;
  for (const auto& table : body.value("tables", nlohmann::json::array())) {
    const auto made = service_->Run("CreateTable", table.dump());
    ASSERT_TRUE(made.ok()) << made.error().message;
  }
  for (const auto& step : body.at("steps"))
    RunStep(step);
}

INSTANTIATE_TEST_SUITE_P(Partiql, ApiVectors,
                         testing::ValuesIn(ReadVectors("dynamodb/partiql.json")), VectorName());
INSTANTIATE_TEST_SUITE_P(PartiqlTexts, ApiVectors,
                         testing::ValuesIn(ReadVectors("dynamodb/partiql_texts.json")),
                         VectorName());
INSTANTIATE_TEST_SUITE_P(Backups, ApiVectors,
                         testing::ValuesIn(ReadVectors("dynamodb/backups.json")), VectorName());
INSTANTIATE_TEST_SUITE_P(OtherSuites, ApiVectors,
                         testing::ValuesIn(ReadVectors("dynamodb/other_suites.json")),
                         VectorName());
INSTANTIATE_TEST_SUITE_P(Keys, ApiVectors, testing::ValuesIn(ReadVectors("dynamodb/keys.json")),
                         VectorName());
INSTANTIATE_TEST_SUITE_P(TableResources, ApiVectors,
                         testing::ValuesIn(ReadVectors("dynamodb/table_resources.json")),
                         VectorName());

// What no vector file should hold: a request 200,000 levels deep, which overflowed the stack once.
using DeepRequests = ServiceFixture;
TEST_F(DeepRequests, AreRefused) {
  constexpr int kLevels = 200'000;
  for (const auto& [open, close] :
       {std::pair("{\"M\":{\"\":", "}}"), std::pair("{\"\":", "}"), std::pair("[", "]")}) {
    std::string request = R"({"TableName":"absent","Item":{"p":{"S":"x"},"a":)";
    for (int i = 0; i < kLevels; ++i)
      request += open;
    request += R"({"S":"leaf"})";
    for (int i = 0; i < kLevels; ++i)
      request += close;
    const auto reply = service_->Run("PutItem", request + "}}");
    ASSERT_FALSE(reply.ok());
    EXPECT_EQ(reply.error().status, 400) << open;
  }
}

// What no vector file should hold either: five megabytes.
using Transactions = ServiceFixture;
TEST_F(Transactions, CarryFourMegabytes) {
  const auto made = service_->Run(
      "CreateTable",
      R"({"TableName":"t01","BillingMode":"PAY_PER_REQUEST","KeySchema":[{"AttributeName":"p",)"
      R"("KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]})");
  ASSERT_TRUE(made.ok());
  const auto transaction = [](int items) {
    nlohmann::json request = {{"TransactItems", nlohmann::json::array()}};
    for (int i = 0; i < items; ++i) {
      request["TransactItems"].push_back(
          {{"Put",
            {{"TableName", "t01"},
             {"Item",
              {{"p", {{"S", std::to_string(i)}}}, {"x", {{"S", std::string(100'000, 'x')}}}}}}}});
    }
    return request.dump();
  };
  EXPECT_TRUE(service_->Run("TransactWriteItems", transaction(30)).ok());
  const auto refused = service_->Run("TransactWriteItems", transaction(50));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "Transaction payload size cannot exceed 4194304 bytes");
}

}  // namespace
}  // namespace offstage::dynamodb
