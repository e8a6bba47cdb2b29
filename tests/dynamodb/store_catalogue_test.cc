// Which tables there are, and what becomes of the catalogue when a change of it fails.
#include "dynamodb/store_fixture.h"
#include "sqlite/database.h"

namespace offstage::dynamodb {
namespace {

class StoreCatalogueTest : public StoreFixture {
 protected:
  // From now on no transaction that does `what` to the catalogue's rows commits: a foreign key that
  // is checked at the commit makes it fail there and not before.
  void FailCommitsAfter(const std::string& what) {
    auto database = sqlite::Database::Open({.path = path()});
    ASSERT_TRUE(database.ok());
    const auto made = (*database)->Execute(
        "CREATE TABLE nobody(id INTEGER PRIMARY KEY);"
        "CREATE TABLE orphan(id INTEGER REFERENCES nobody(id) DEFERRABLE INITIALLY DEFERRED);"
        "CREATE TRIGGER fail AFTER " +
        what + " ON dynamodb_tables BEGIN INSERT INTO orphan VALUES(1); END;");
    ASSERT_TRUE(made.ok()) << made.error().message;
  }

  static Store::FillIndex FillNothing() {
    return [](const Index&, std::string_view) -> Result<std::optional<IndexKey>> {
      return std::optional<IndexKey>();
    };
  }
};

TEST_F(StoreCatalogueTest, NamesDifferInCase) {
  Create(OneKey("Users"));
  EXPECT_NE(store_->FindTable("Users"), nullptr);
  EXPECT_EQ(store_->FindTable("users"), nullptr);
}

TEST_F(StoreCatalogueTest, TablesAreSortedByName) {
  for (const char* name : {"b", "C", "a"})
    Create(OneKey(name));
  std::vector<std::string> names;
  for (const TablePtr& table : store_->Tables())
    names.push_back(table->definition.name);
  EXPECT_EQ(names, (std::vector<std::string>{"C", "a", "b"}));
}

TEST_F(StoreCatalogueTest, ATableMadeAnewIsEmptyAndAnotherOne) {
  const TablePtr first = Create(OneKey("t"));
  Put(*first, Key("a"), "1");
  ASSERT_TRUE(store_->DropTable(*first).ok());
  EXPECT_EQ(store_->FindTable("t"), nullptr);
  const TablePtr second = Create(OneKey("t"));
  EXPECT_NE(second->id, first->id);
  EXPECT_EQ(Get(*second, Key("a")), std::nullopt);
}

TEST_F(StoreCatalogueTest, ANewIndexIsFilledFromTheItems) {
  const TablePtr before = Create(OneKey("t"));
  Put(*before, Key("a"), "red");
  Put(*before, Key("b"), "none");
  const auto after = store_->UpdateTable(
      WithIndex(*before),
      [&](const Index& index, std::string_view item) -> Result<std::optional<IndexKey>> {
        EXPECT_EQ(index.definition.name, "by-colour");
        EXPECT_EQ(store_->FindTable("t")->FindIndex("by-colour"), nullptr) << "seen too early";
        if (item == "none") return std::optional<IndexKey>();
        return std::optional(IndexKey{.hash = 1, .partition = std::string(item), .sort = {}});
      });
  ASSERT_TRUE(after.ok()) << after.error().message;
  EXPECT_EQ(OfColour(**after, "red"), std::vector<std::string>{"red"});
  EXPECT_EQ(OfColour(**after, "none"), std::vector<std::string>{});
}

TEST_F(StoreCatalogueTest, AFillThatFailsLeavesTheTableAsItWas) {
  const TablePtr before = Create(OneKey("t"));
  Put(*before, Key("a"), "1");
  const auto after = store_->UpdateTable(
      WithIndex(*before), [](const Index&, std::string_view) -> Result<std::optional<IndexKey>> {
        return Fail(Error{"no"});
      });
  EXPECT_FALSE(after.ok());
  EXPECT_EQ(store_->FindTable("t"), before);
  Put(*before, Key("a"), "2");
  EXPECT_EQ(Get(*before, Key("a")), "2");
}

TEST_F(StoreCatalogueTest, AnUpdateThatCannotBeCommittedLeavesTheTableAsItWas) {
  const TablePtr before = Create(OneKey("t"));
  FailCommitsAfter("INSERT");
  EXPECT_FALSE(store_->UpdateTable(WithIndex(*before), FillNothing()).ok());
  EXPECT_EQ(store_->FindTable("t"), before);
}

TEST_F(StoreCatalogueTest, ATableWhoseRemovalCannotBeCommittedIsStillThere) {
  const TablePtr table = Create(OneKey("t"));
  Put(*table, Key("a"), "1");
  FailCommitsAfter("DELETE");
  EXPECT_FALSE(store_->DropTable(*table).ok());
  ASSERT_EQ(store_->FindTable("t"), table);
  EXPECT_EQ(Get(*table, Key("a")), "1");
  const auto counts = store_->Counts(*table);
  ASSERT_TRUE(counts.ok());
  EXPECT_EQ(counts->items, 1);
}

TEST_F(StoreCatalogueTest, ATableThatCannotBeCommittedIsNotThere) {
  FailCommitsAfter("INSERT");
  EXPECT_FALSE(store_->CreateTable(OneKey("t")).ok());
  EXPECT_EQ(store_->FindTable("t"), nullptr);
}

TEST_F(StoreCatalogueTest, ClearingThatCannotBeCommittedKeepsItemsAndCounts) {
  const TablePtr table = Create(OneKey("t"));
  Put(*table, Key("a"), "12345");
  auto database = sqlite::Database::Open({.path = path()});
  ASSERT_TRUE(database.ok());
  ASSERT_TRUE((*database)
                  ->Execute("CREATE TRIGGER fail BEFORE DELETE ON dynamodb_items_" +
                            std::to_string(table->id) + " BEGIN SELECT RAISE(ABORT, 'no'); END;")
                  .ok());
  EXPECT_FALSE(store_->ClearTable(*table).ok());
  EXPECT_EQ(Get(*table, Key("a")), "12345");
  EXPECT_EQ(store_->Counts(*table)->bytes, 5);
}

TEST_F(StoreCatalogueTest, AReaderAnswersFromTheTableThatItBeganWith) {
  const TablePtr table = Create(OneKey("t"));
  Put(*table, Key("a"), "1");
  auto reader = store_->Read();
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)->Find(*table, Key("x")).ok());
  ASSERT_TRUE(store_->DropTable(*table).ok());
  const auto found = (*reader)->Find(*table, Key("a"));
  ASSERT_TRUE(found.ok()) << found.error().message;
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->text, "1");
}

}  // namespace
}  // namespace offstage::dynamodb
