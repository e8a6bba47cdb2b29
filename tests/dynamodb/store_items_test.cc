// Items by key, in partitions, in indexes and in Scan order.
#include <unordered_map>

#include "dynamodb/store_fixture.h"

namespace offstage::dynamodb {
namespace {

using Strings = std::vector<std::string>;

class StoreItemsTest : public StoreFixture {
 protected:
  TablePtr TableOfFive() {
    TablePtr table = Create(TwoKeys("t"));
    for (const char* sort : {"c", "a", "e", "b", "d"})
      Put(*table, Key("p", sort), sort);
    Put(*table, Key("q", "c"), "another partition");
    return table;
  }
};

TEST_F(StoreItemsTest, PutsReplaceAndDeletesRemove) {
  const TablePtr table = Create(TwoKeys("t"));
  Put(*table, Key("p", "s"), "1");
  Put(*table, Key("p", "s"), "two");
  EXPECT_EQ(Get(*table, Key("p", "s")), "two");
  EXPECT_EQ(Get(*table, Key("p", "S")), std::nullopt);
  Delete(*table, Key("p", "s"));
  EXPECT_EQ(Get(*table, Key("p", "s")), std::nullopt);
  EXPECT_EQ(Scan(*table), Strings{});
}

TEST_F(StoreItemsTest, QueriesGoThroughAPartitionInSortKeyOrder) {
  const TablePtr table = TableOfFive();
  EXPECT_EQ(Query(*table, nullptr, {.hash = 7, .partition = "p"}),
            (Strings{"a", "b", "c", "d", "e"}));
  EXPECT_EQ(Query(*table, nullptr, {.hash = 7, .partition = "p", .first = "b", .end = "d"}),
            (Strings{"b", "c"}));
  EXPECT_EQ(Query(*table, nullptr,
                  {.hash = 7, .partition = "p", .end = "d", .direction = Direction::kBackward}),
            (Strings{"c", "b", "a"}));
  EXPECT_EQ(Query(*table, nullptr, {.hash = 7, .partition = "nobody"}), Strings{});
}

TEST_F(StoreItemsTest, ScansGoByHashAndEndBeforeTheirEnd) {
  const TablePtr table = Create(OneKey("t"));
  for (const std::uint32_t hash : {30U, 10U, 20U})
    Put(*table, Key("k" + std::to_string(hash), "", hash), std::to_string(hash));
  EXPECT_EQ(Scan(*table), (Strings{"10", "20", "30"}));
  EXPECT_EQ(Scan(*table, {.first = 10, .end = 30}), (Strings{"10", "20"}));
  EXPECT_EQ(Scan(*table, {.first = 11, .end = 20}), Strings{});
}

TEST_F(StoreItemsTest, ScansWithSortKeysGoOnBehindAKey) {
  const TablePtr table = TableOfFive();
  const ScanRange::After after{.key = {.hash = 7, .partition = "p", .sort = "d"}};
  EXPECT_EQ(Scan(*table, {.after = after}), (Strings{"e", "another partition"}));
}

TEST_F(StoreItemsTest, IndexesFollowTheirItems) {
  const TablePtr table = Create(WithIndex(OneKey("t")));
  Put(*table, Key("a"), "1", {std::nullopt, "red"});
  Put(*table, Key("b"), "2", {std::nullopt, "red"});
  EXPECT_EQ(OfColour(*table, "red").size(), 2U);
  Put(*table, Key("a"), "3", {"red", "blue"});
  EXPECT_EQ(OfColour(*table, "red"), Strings{"2"});
  EXPECT_EQ(OfColour(*table, "blue"), Strings{"3"});
  Put(*table, Key("a"), "4", {"blue", std::nullopt});
  EXPECT_EQ(OfColour(*table, "blue"), Strings{});
  Delete(*table, Key("b"), {"red", std::nullopt});
  EXPECT_EQ(OfColour(*table, "red"), Strings{});
}

// Two keys of one partition hash that would like the same row.
std::pair<ItemKey, ItemKey> CollidingKeys() {
  std::unordered_map<std::int64_t, std::string> seen;
  for (int i = 0;; ++i) {
    ItemKey key{.hash = 7, .partition = "key-" + std::to_string(i), .sort = {}};
    const auto [entry, fresh] = seen.emplace(key.PreferredRow(), key.partition);
    if (!fresh) return {{.hash = 7, .partition = entry->second, .sort = {}}, key};
  }
}

TEST_F(StoreItemsTest, ItemsThatWantTheSameRowKeepApart) {
  const auto [first, second] = CollidingKeys();
  const TablePtr table = Create(OneKey("t"));
  Put(*table, first, "first");
  EXPECT_EQ(Get(*table, second), std::nullopt);
  Put(*table, second, "second");
  EXPECT_EQ(Get(*table, first), "first");
  EXPECT_EQ(Get(*table, second), "second");
  Put(*table, second, "second again");
  Delete(*table, first);
  EXPECT_EQ(Get(*table, second), "second again");
  // The first comes back to the row that it left.
  Put(*table, first, "first again");
  EXPECT_EQ(Scan(*table), (Strings{"first again", "second again"}));
  Delete(*table, second);
  EXPECT_EQ(Get(*table, second), std::nullopt);
  EXPECT_EQ(Get(*table, first), "first again");
}

TEST_F(StoreItemsTest, KeysMayHoldAnyBytes) {
  const TablePtr table = Create(TwoKeys("t"));
  const std::string zeros("\0\0", 2);
  Put(*table, Key(zeros, zeros), "zeros");
  Put(*table, Key(zeros, ""), "no sort key bytes");
  EXPECT_EQ(Get(*table, Key(zeros, zeros)), "zeros");
  EXPECT_EQ(Get(*table, Key(zeros, "")), "no sort key bytes");
  EXPECT_EQ(Get(*table, Key("", zeros)), std::nullopt);
}

TEST_F(StoreItemsTest, AWriteThatFailsChangesNothing) {
  const TablePtr table = Create(OneKey("t"));
  const auto done = store_->Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    EXPECT_TRUE(session.Put(*table, Key("a"), std::nullopt, "1", 1, {}).ok());
    return Fail(aws::ApiError{.type = "No", .message = "no"});
  });
  EXPECT_FALSE(done.ok());
  EXPECT_EQ(Get(*table, Key("a")), std::nullopt);
  EXPECT_EQ(store_->Counts(*table)->items, 0);
}

TEST_F(StoreItemsTest, CountsFollowEachWrite) {
  const TablePtr table = Create(OneKey("t"));
  Put(*table, Key("a"), "12345");
  Put(*table, Key("b"), "12");
  Put(*table, Key("a"), "1");
  EXPECT_EQ(store_->Counts(*table)->items, 2);
  EXPECT_EQ(store_->Counts(*table)->bytes, 3);
  Delete(*table, Key("b"));
  EXPECT_EQ(store_->Counts(*table)->items, 1);
  EXPECT_EQ(store_->Counts(*table)->bytes, 1);
  ASSERT_TRUE(store_->ClearTable(*table).ok());
  EXPECT_EQ(store_->Counts(*table)->items, 0);
  EXPECT_EQ(Scan(*table), Strings{});
}

}  // namespace
}  // namespace offstage::dynamodb
