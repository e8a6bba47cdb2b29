// What is on disk: reopened, copied under way as a killed program leaves it, of another version, no
// database at all.
#include <filesystem>
#include <fstream>

#include "dynamodb/store_fixture.h"
#include "sqlite/database.h"

namespace offstage::dynamodb {
namespace {

namespace fs = std::filesystem;

class StoreLifetimeTest : public StoreFixture {};

TEST_F(StoreLifetimeTest, OpenedAgainItHasTheSameTablesItemsAndCounts) {
  const TablePtr before = Create(WithIndex(TwoKeys("t")));
  Put(*before, Key("p", "s"), "12345", {std::nullopt, "red"});
  Open();
  const TablePtr after = store_->FindTable("t");
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(TableToJson(*after), TableToJson(*before));
  EXPECT_EQ(Get(*after, Key("p", "s")), "12345");
  EXPECT_EQ(OfColour(*after, "red"), std::vector<std::string>{"12345"});
  EXPECT_EQ(store_->Counts(*after)->bytes, 5);
}

TEST_F(StoreLifetimeTest, WhatAKilledProgramLeavesHasEveryWriteAndTrueCounts) {
  const TablePtr table = Create(OneKey("t"));
  // Counted at a clean end before: the copy must not believe that figure.
  Put(*table, Key("a"), "1");
  Open();
  Put(*store_->FindTable("t"), Key("b"), "22");
  const test::TempDir copy;
  for (const char* suffix : {"", "-wal"})
    fs::copy_file(path() + suffix, copy.path() / ("dynamodb.db" + std::string(suffix)));
  auto opened = Store::Open({.path = (copy.path() / "dynamodb.db").string()});
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  const TablePtr found = (*opened)->FindTable("t");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ((*opened)->Counts(*found)->items, 2);
  EXPECT_EQ((*opened)->Counts(*found)->bytes, 3);
}

TEST_F(StoreLifetimeTest, ANewerFormatIsLeftAlone) {
  store_.reset();
  {
    auto database = sqlite::Database::Open({.path = path()});
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE(
        (*database)->Execute("UPDATE dynamodb_meta SET value = '99' WHERE name = 'version'").ok());
  }
  const auto opened = Store::Open({.path = path()});
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("format 99"), std::string::npos) << opened.error().message;
  EXPECT_NE(opened.error().message.find(path()), std::string::npos) << opened.error().message;
}

TEST_F(StoreLifetimeTest, AFileThatIsNoDatabaseIsNamedAndLeftAlone) {
  const fs::path file = folder_.Write("notes.txt", std::string(5000, 'x'));
  const auto opened = Store::Open({.path = file.string()});
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find(file.string()), std::string::npos);
  EXPECT_EQ(test::ReadFile(file), std::string(5000, 'x'));
}

TEST_F(StoreLifetimeTest, ATemporaryStoreLeavesNoFile) {
  const test::TempDir temporary;
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before == nullptr ? "" : before;
  setenv("TMPDIR", temporary.path().c_str(), 1);
  {
    auto opened = Store::Open({});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    ASSERT_TRUE((*opened)->CreateTable(OneKey("t")).ok());
    EXPECT_FALSE(fs::is_empty(temporary.path()));
  }
  EXPECT_TRUE(fs::is_empty(temporary.path()));
  if (before == nullptr) {
    unsetenv("TMPDIR");
  } else {
    setenv("TMPDIR", kept.c_str(), 1);
  }
}

}  // namespace
}  // namespace offstage::dynamodb
