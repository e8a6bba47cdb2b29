#include "app/tables.h"

#include <gtest/gtest.h>

#include <sstream>

#include "support/temp_dir.h"

namespace offstage::app {
namespace {

class TablesTest : public ::testing::Test {
 protected:
  TablesTest() {
    templates::Table table;
    table.logical_id = "UsersTable";
    table.path = "Data/UsersTable";
    table.name = "s-UsersTable-1";
    table.key_schema = {{.name = "id", .key_type = "HASH"}};
    table.attributes = {{.name = "id", .type = "S"}};
    table.billing_mode = "PAY_PER_REQUEST";
    stack_.tables.push_back(table);
  }

  std::unique_ptr<dynamodb::Service> Open() {
    auto tables = OpenTables(stack_, folder_.path() / "t.db", {clock_, ids_, log_});
    EXPECT_TRUE(tables.ok()) << tables.error().message;
    return std::move(tables).value();
  }

  test::TempDir folder_;
  templates::Stack stack_;
  SystemClock clock_;
  RandomIds ids_;
  MemoryLog log_;
};

TEST_F(TablesTest, ImportsByLogicalIdPathAndPhysicalName) {
  const auto tables = Open();
  for (const char* name : {"UsersTable", "Data/UsersTable", "s-UsersTable-1"}) {
    const auto counts =
        ImportTables(stack_, *tables, {{.table = name, .items = {R"({"id":{"S":"a"}})"}}});
    ASSERT_TRUE(counts.ok()) << counts.error().message;
  }
  const auto counts = ImportTables(stack_, *tables, {{.table = "Nope", .items = {}}});
  ASSERT_FALSE(counts.ok());
  EXPECT_NE(counts.error().message.find("Data/UsersTable"), std::string::npos)
      << counts.error().message;
}

TEST_F(TablesTest, ExportIsWhatImportReads) {
  const std::vector<std::string> items = {R"({"id":{"S":"a"},"n":{"N":"1"}})",
                                          R"({"id":{"S":"b"},"l":{"L":[{"S":"x"}]}})"};
  std::ostringstream first;
  {
    const auto tables = Open();
    ASSERT_TRUE(ImportTables(stack_, *tables, {{.table = "UsersTable", .items = items}}).ok());
    ASSERT_TRUE(ExportTables(stack_, *tables, {}, DataFormat::kPlainJson, first).ok());
    ASSERT_TRUE(tables->Reset().ok());
    std::ostringstream empty;
    ASSERT_TRUE(ExportTables(stack_, *tables, {"UsersTable"}, DataFormat::kPlainJson, empty).ok());
    EXPECT_EQ(empty.str().find("\"id\""), std::string::npos);
  }
  // Opened again: what import writes is on disk.
  const auto tables = Open();
  const auto seed = ParseSeed(first.str(), "export");
  ASSERT_TRUE(seed.ok()) << seed.error().message;
  ASSERT_TRUE(ImportTables(stack_, *tables, *seed).ok());
  std::ostringstream second;
  ASSERT_TRUE(ExportTables(stack_, *tables, {}, DataFormat::kPlainJson, second).ok());
  EXPECT_EQ(second.str(), first.str());
}

TEST_F(TablesTest, ABadItemLeavesTheTableAsItWas) {
  const auto tables = Open();
  const auto counts = ImportTables(
      stack_, *tables,
      {{.table = "UsersTable", .items = {R"({"id":{"S":"a"}})", R"({"x":{"S":"no key"}})"}}});
  ASSERT_FALSE(counts.ok());
  std::ostringstream out;
  ASSERT_TRUE(ExportTables(stack_, *tables, {}, DataFormat::kPlainJson, out).ok());
  EXPECT_EQ(out.str().find("\"a\""), std::string::npos);
}

}  // namespace
}  // namespace offstage::app
