// Point-in-time recovery: a table as it was at a moment of the past.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "dynamodb/service_fixture.h"

namespace offstage::dynamodb {
namespace {

using nlohmann::json;
using std::chrono::minutes;

class PointInTime : public ServiceFixture {
 protected:
  PointInTime() {
    const auto key = [](const char* attribute) {
      return json::array({{{"AttributeName", attribute}, {"KeyType", "HASH"}}});
    };
    Answer("CreateTable", {{"TableName", "things"},
                           {"KeySchema", key("id")},
                           {"BillingMode", "PAY_PER_REQUEST"},
                           {"AttributeDefinitions",
                            {{{"AttributeName", "id"}, {"AttributeType", "S"}},
                             {{"AttributeName", "colour"}, {"AttributeType", "S"}}}},
                           {"GlobalSecondaryIndexes",
                            json::array({{{"IndexName", "by-colour"},
                                          {"KeySchema", key("colour")},
                                          {"Projection", {{"ProjectionType", "ALL"}}}}})}});
  }

  json Answer(std::string_view operation, const json& request) {
    const auto outcome = service_->Run(operation, request.dump());
    EXPECT_TRUE(outcome.ok()) << operation << ": " << outcome.error().message;
    return outcome.ok() ? json::parse(*outcome) : json::object();
  }
  std::string Refusal(std::string_view operation, const json& request) {
    const auto outcome = service_->Run(operation, request.dump());
    return outcome.ok() ? "" : outcome.error().type;
  }
  void Enable(bool on) {
    Answer("UpdateContinuousBackups",
           {{"TableName", "things"},
            {"PointInTimeRecoverySpecification", {{"PointInTimeRecoveryEnabled", on}}}});
  }
  void Put(const std::string& id, const std::string& colour) {
    Answer("PutItem",
           {{"TableName", "things"}, {"Item", {{"id", {{"S", id}}}, {"colour", {{"S", colour}}}}}});
  }
  void Delete(const std::string& id) {
    Answer("DeleteItem", {{"TableName", "things"}, {"Key", {{"id", {{"S", id}}}}}});
  }
  double Now() const { return static_cast<double>(ToEpochMillis(clock_.Now())) / 1000; }
  static json RestoreRequest(const std::string& target, double seconds) {
    return {
        {"SourceTableName", "things"}, {"TargetTableName", target}, {"RestoreDateTime", seconds}};
  }
  // "id=colour" of every item, sorted, once by a scan and once by the index.
  std::string Items(const std::string& table) {
    const std::string scanned = Sorted(Answer("Scan", {{"TableName", table}}));
    EXPECT_EQ(Sorted(Answer("Scan", {{"TableName", table}, {"IndexName", "by-colour"}})), scanned);
    return scanned;
  }
  static std::string Sorted(const json& page) {
    std::vector<std::string> items;
    for (const json& item : page["Items"]) {
      items.push_back(item["id"]["S"].get<std::string>() + "=" +
                      item["colour"]["S"].get<std::string>());
    }
    std::sort(items.begin(), items.end());
    std::string out;
    for (const std::string& item : items)
      out += (out.empty() ? "" : " ") + item;
    return out;
  }
};

TEST_F(PointInTime, GivesTheTableAsItWasWithItsIndexes) {
  Put("before", "red");
  Enable(true);
  Put("changed", "red");
  Put("deleted", "red");
  clock_.Advance(minutes(1));
  const double moment = Now();
  clock_.Advance(minutes(1));
  Put("changed", "blue");
  Put("changed", "green");
  Delete("deleted");
  Put("new", "red");
  Delete("new");
  Put("deleted", "again");
  Put("newer", "red");
  clock_.Advance(minutes(10));
  const json restored =
      Answer("RestoreTableToPointInTime", RestoreRequest("then", moment))["TableDescription"];
  EXPECT_EQ(restored["RestoreSummary"]["RestoreDateTime"], moment);
  EXPECT_EQ(Items("then"), "before=red changed=red deleted=red");
  EXPECT_EQ(Answer("DescribeTable", {{"TableName", "then"}})["Table"]["ItemCount"], 3);
  EXPECT_EQ(Items("things"), "before=red changed=green deleted=again newer=red");
  Answer("RestoreTableToPointInTime", {{"SourceTableName", "things"},
                                       {"TargetTableName", "latest"},
                                       {"UseLatestRestorableTime", true}});
  EXPECT_EQ(Items("latest"), Items("things"));
}

TEST_F(PointInTime, ReachesNoFurtherThanItsWindow) {
  Put("a", "red");
  EXPECT_EQ(Refusal("RestoreTableToPointInTime", RestoreRequest("then", Now())),
            "PointInTimeRecoveryUnavailableException");
  Enable(true);
  const double enabled = Now();
  clock_.Advance(minutes(20));
  EXPECT_EQ(Refusal("RestoreTableToPointInTime", RestoreRequest("then", enabled - 1)),
            "InvalidRestoreTimeException");
  // The service's newest moment lies five minutes back.
  EXPECT_EQ(Refusal("RestoreTableToPointInTime", RestoreRequest("then", Now() - 60)),
            "InvalidRestoreTimeException");
  EXPECT_EQ(Refusal("RestoreTableToPointInTime", RestoreRequest("then", enabled)), "");

  Answer("UpdateContinuousBackups",
         {{"TableName", "things"},
          {"PointInTimeRecoverySpecification",
           {{"PointInTimeRecoveryEnabled", true}, {"RecoveryPeriodInDays", 1}}}});
  clock_.Advance(std::chrono::hours(48));
  const json window = Answer(
      "DescribeContinuousBackups",
      {{"TableName", "things"}})["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"];
  EXPECT_EQ(window["RecoveryPeriodInDays"], 1);
  EXPECT_EQ(window["EarliestRestorableDateTime"], Now() - 24 * 3600);
  EXPECT_EQ(Refusal("RestoreTableToPointInTime", RestoreRequest("older", enabled + 1)),
            "InvalidRestoreTimeException");
}

TEST_F(PointInTime, ForgetsWithTheDataAndWhenItIsSwitchedOff) {
  Enable(true);
  Put("a", "red");
  clock_.Advance(minutes(10));
  const double moment = Now();
  ASSERT_TRUE(service_->Reset().ok());
  clock_.Advance(minutes(10));
  EXPECT_EQ(Refusal("RestoreTableToPointInTime", RestoreRequest("then", moment - 60)),
            "InvalidRestoreTimeException");
  Enable(false);
  Enable(true);
  clock_.Advance(minutes(10));
  EXPECT_EQ(Refusal("RestoreTableToPointInTime", RestoreRequest("then", moment + 60)),
            "InvalidRestoreTimeException");
}

}  // namespace
}  // namespace offstage::dynamodb
