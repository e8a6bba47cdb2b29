// What scenarios rest on: a store goes back to an earlier moment, whatever has happened since.
#include "dynamodb/store/snapshot.h"
#include "dynamodb/store_fixture.h"

namespace offstage::dynamodb {
namespace {

using StoreSnapshotTest = StoreFixture;

TEST_F(StoreSnapshotTest, BringsItemsAndIndexesBack) {
  const TablePtr table = Create(WithIndex(TwoKeys("t")));
  Put(*table, Key("a"), "first", {std::nullopt, "red"});
  const auto snapshot = store_->TakeSnapshot();
  ASSERT_TRUE(snapshot.ok()) << snapshot.error().message;
  Put(*table, Key("a"), "changed", {"red", "blue"});
  Put(*table, Key("b"), "second", {std::nullopt, "red"});
  ASSERT_TRUE(store_->Restore(*snapshot).ok());
  EXPECT_EQ(Get(*table, Key("a")), "first");
  EXPECT_EQ(Get(*table, Key("b")), std::nullopt);
  EXPECT_EQ(OfColour(*table, "red"), std::vector<std::string>{"first"});
  EXPECT_EQ(OfColour(*table, "blue"), std::vector<std::string>{});
  EXPECT_EQ(store_->Counts(*table)->items, 1);
}

TEST_F(StoreSnapshotTest, CanBeRestoredAgainAndAgain) {
  const TablePtr table = Create(OneKey("t"));
  const auto snapshot = store_->TakeSnapshot();
  ASSERT_TRUE(snapshot.ok());
  for (int i = 0; i < 40; ++i) {
    // A reader that is idle between the rounds must not show the round before.
    EXPECT_EQ(Scan(*table).size(), 0u) << i;
    Put(*table, Key("k" + std::to_string(i)), "item");
    EXPECT_EQ(Scan(*table).size(), 1u) << i;
    ASSERT_TRUE(store_->Restore(*snapshot).ok());
  }
}

TEST_F(StoreSnapshotTest, TablesMadeSinceAreGoneAndDroppedOnesAreBack) {
  const TablePtr old = Create(OneKey("old"));
  Put(*old, Key("a"), "item");
  const auto snapshot = store_->TakeSnapshot();
  ASSERT_TRUE(snapshot.ok());
  Create(OneKey("new"));
  ASSERT_TRUE(store_->DropTable(*old).ok());
  ASSERT_TRUE(store_->Restore(*snapshot).ok());
  EXPECT_EQ(store_->FindTable("new"), nullptr);
  const TablePtr again = store_->FindTable("old");
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(Get(*again, Key("a")), "item");
  // Its id is given out a second time, to a table of another shape.
  const TablePtr made = Create(TwoKeys("other"));
  Put(*made, Key("p", "s"), "there");
  EXPECT_EQ(Get(*made, Key("p", "s")), "there");
}

TEST_F(StoreSnapshotTest, TwoSnapshotsAreKeptApart) {
  const TablePtr table = Create(OneKey("t"));
  const auto empty = store_->TakeSnapshot();
  Put(*table, Key("a"), "item");
  const auto full = store_->TakeSnapshot();
  ASSERT_TRUE(empty.ok() && full.ok());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(store_->Restore(*empty).ok());
    EXPECT_EQ(Get(*table, Key("a")), std::nullopt);
    ASSERT_TRUE(store_->Restore(*full).ok());
    EXPECT_EQ(Get(*table, Key("a")), "item");
  }
}

}  // namespace
}  // namespace offstage::dynamodb
