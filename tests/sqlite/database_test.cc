#include "sqlite/database.h"

#include <gtest/gtest.h>

#include <string>

#include "support/temp_dir.h"

namespace offstage::sqlite {
namespace {

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() {
    auto opened = Database::Open({.path = (folder_.path() / "t.db").string()});
    EXPECT_TRUE(opened.ok());
    database_ = std::move(opened).value();
    EXPECT_TRUE(database_->Execute("CREATE TABLE t(k BLOB PRIMARY KEY, v TEXT)").ok());
  }

  Status Insert(std::string_view key, std::string_view value) {
    OFFSTAGE_TRY(auto insert, database_->Prepare("INSERT INTO t VALUES (?1, ?2)"));
    insert.Bind(1, BlobView{key});
    insert.Bind(2, value);
    return insert.Run();
  }

  std::int64_t Count() {
    auto count = database_->Prepare("SELECT count(*) FROM t");
    EXPECT_TRUE(*count->Step());
    return count->Int(0);
  }

  test::TempDir folder_;
  std::unique_ptr<Database> database_;
};

TEST_F(DatabaseTest, RoundTripsBytesAndText) {
  const std::string key("\0\xff\x01", 3);
  ASSERT_TRUE(Insert(key, "välue").ok());
  auto select = database_->Prepare("SELECT k, v FROM t");
  ASSERT_TRUE(*select->Step());
  EXPECT_EQ(select->Blob(0), key);
  EXPECT_EQ(select->Text(1), "välue");
  EXPECT_FALSE(*select->Step());
}

TEST_F(DatabaseTest, EmptyTextAndBlobAreNotNull) {
  ASSERT_TRUE(Insert({}, {}).ok());
  auto select = database_->Prepare("SELECT k, v FROM t");
  ASSERT_TRUE(*select->Step());
  EXPECT_FALSE(select->IsNull(0));
  EXPECT_FALSE(select->IsNull(1));
}

TEST_F(DatabaseTest, AnErrorNamesTheStatement) {
  ASSERT_TRUE(Insert("k", "v").ok());
  const auto again = Insert("k", "v");
  ASSERT_FALSE(again.ok());
  EXPECT_NE(again.error().message.find("UNIQUE"), std::string::npos);
  EXPECT_NE(again.error().message.find("INSERT INTO t"), std::string::npos);
}

TEST_F(DatabaseTest, ATransactionThatIsNotCommittedLeavesNothing) {
  {
    auto transaction = Transaction::Begin(*database_);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(Insert("a", "1").ok());
  }
  EXPECT_EQ(Count(), 0);
  auto transaction = Transaction::Begin(*database_);
  ASSERT_TRUE(Insert("a", "1").ok());
  ASSERT_TRUE(transaction->Commit().ok());
  EXPECT_EQ(Count(), 1);
}

TEST(Database, AMissingFolderIsNamed) {
  const auto opened = Database::Open({.path = "/nonexistent/folder/t.db"});
  ASSERT_FALSE(opened.ok());
  EXPECT_NE(opened.error().message.find("/nonexistent/folder/t.db"), std::string::npos);
}

TEST(Database, AFileThatIsNoDatabaseIsRefused) {
  const test::TempDir folder;
  const auto file = folder.Write("t.db", std::string(4096, 'x'));
  EXPECT_FALSE(Database::Open({.path = file.string()}).ok());
}

}  // namespace
}  // namespace offstage::sqlite
