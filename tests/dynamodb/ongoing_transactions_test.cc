#include "dynamodb/ops/ongoing_transactions.h"

#include <gtest/gtest.h>

namespace offstage::dynamodb {
namespace {

using std::chrono::milliseconds;

// "Type" or "Type [reason, reason]"; "" when it went well.
template <typename T>
std::string Refusal(const aws::Outcome<T>& outcome) {
  if (outcome.ok()) return "";
  const aws::ApiError& error = outcome.error();
  if (!error.members.contains("CancellationReasons")) return error.type;
  std::string codes;
  for (const Json& reason : error.members["CancellationReasons"])
    codes += (codes.empty() ? "" : ", ") + reason["Code"].get<std::string>();
  return error.type + " [" + codes + "]";
}

TEST(OngoingTransactions, WhoComesSecondLosesUntilTheFirstHasEnded) {
  OngoingTransactions transactions(milliseconds(0));
  {
    const auto first = transactions.Begin({"a", "", "b"}, "token");
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(Refusal(transactions.CheckFree("a")), "TransactionConflictException");
    EXPECT_EQ(Refusal(transactions.CheckFree("c")), "");
    EXPECT_EQ(Refusal(transactions.CheckAllFree({"c", "b"})),
              "TransactionCanceledException [None, TransactionConflict]");
    EXPECT_EQ(Refusal(transactions.Begin({"c", "a"}, "")),
              "TransactionCanceledException [None, TransactionConflict]");
    // The one that lost has taken nothing.
    EXPECT_EQ(Refusal(transactions.CheckFree("c")), "");
    EXPECT_EQ(Refusal(transactions.Begin({"d"}, "token")), "TransactionInProgressException");
  }
  EXPECT_EQ(Refusal(transactions.CheckAllFree({"a", "b"})), "");
  EXPECT_EQ(Refusal(transactions.Begin({"d"}, "token")), "");
}

TEST(OngoingTransactions, NeverMeetWhereTheyTakeNoTime) {
  OngoingTransactions transactions(std::nullopt);
  const auto first = transactions.Begin({"a"}, "token");
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Refusal(transactions.CheckFree("a")), "");
  EXPECT_EQ(Refusal(transactions.Begin({"a"}, "token")), "");
}

}  // namespace
}  // namespace offstage::dynamodb
