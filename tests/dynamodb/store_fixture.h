// A store with a table of two keys and an index, and short ways to write and read it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dynamodb/store/store.h"
#include "support/temp_dir.h"

namespace offstage::dynamodb {

class StoreFixture : public ::testing::Test {
 protected:
  StoreFixture() { Open(); }

  void Open() {
    store_.reset();
    auto opened = Store::Open({.path = path()});
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    store_ = std::move(opened).value();
  }

  std::string path() const { return (folder_.path() / "dynamodb.db").string(); }

  static Table TwoKeys(std::string name) {
    Table table;
    table.definition.name = std::move(name);
    table.definition.key = {.partition = {{.name = "p"}}, .sort = {{.name = "s"}}};
    return table;
  }
  static Table OneKey(std::string name) {
    Table table = TwoKeys(std::move(name));
    table.definition.key.sort.clear();
    return table;
  }
  static IndexDefinition ByColour() {
    return {.name = "by-colour", .key = {.partition = {{.name = "colour"}}, .sort = {}}};
  }
  static Table WithIndex(Table table) {
    table.definition.global_indexes = {ByColour()};
    table.indexes = {{.definition = ByColour()}};
    return table;
  }

  TablePtr Create(Table table) {
    auto made = store_->CreateTable(std::move(table));
    EXPECT_TRUE(made.ok()) << made.error().message;
    return made.ok() ? *made : nullptr;
  }

  static ItemKey Key(std::string partition, std::string sort = {}, std::uint32_t hash = 7) {
    return {.hash = hash, .partition = std::move(partition), .sort = std::move(sort)};
  }

  // Puts `text`, whose size is its length. `colours`: the index key before and after.
  using Colours = std::pair<std::optional<std::string>, std::optional<std::string>>;
  void Put(const Table& table, const ItemKey& key, std::string_view text,
           const Colours& colours = {}) {
    const auto done = store_->Write([&](WriteSession& session) -> aws::Outcome<Unit> {
      const auto old = session.Find(table, key);
      EXPECT_TRUE(old.ok());
      const auto put = session.Put(table, key, *old, text, static_cast<std::int64_t>(text.size()),
                                   Moves(table, colours));
      EXPECT_TRUE(put.ok()) << put.error().message;
      return Ok();
    });
    ASSERT_TRUE(done.ok()) << done.error().message;
  }
  void Delete(const Table& table, const ItemKey& key, const Colours& colours = {}) {
    const auto done = store_->Write([&](WriteSession& session) -> aws::Outcome<Unit> {
      const auto old = session.Find(table, key);
      EXPECT_TRUE(old.ok() && old->has_value());
      const auto deleted = session.Delete(table, key, **old, Moves(table, colours));
      EXPECT_TRUE(deleted.ok()) << deleted.error().message;
      return Ok();
    });
    ASSERT_TRUE(done.ok()) << done.error().message;
  }

  // Null: no such item.
  std::optional<std::string> Get(const Table& table, const ItemKey& key) {
    auto reader = store_->Read();
    EXPECT_TRUE(reader.ok());
    const auto found = (*reader)->Find(table, key);
    EXPECT_TRUE(found.ok()) << found.error().message;
    if (!found.ok() || !*found) return std::nullopt;
    return std::string((*found)->text);
  }

  std::vector<std::string> Query(const Table& table, const Index* index, const QueryRange& range) {
    auto reader = store_->Read();
    EXPECT_TRUE(reader.ok());
    auto cursor = (*reader)->Query(table, index, range);
    EXPECT_TRUE(cursor.ok()) << cursor.error().message;
    return Texts(*cursor);
  }
  std::vector<std::string> Scan(const Table& table, const ScanRange& range = {}) {
    auto reader = store_->Read();
    EXPECT_TRUE(reader.ok());
    auto cursor = (*reader)->Scan(table, nullptr, range);
    EXPECT_TRUE(cursor.ok()) << cursor.error().message;
    return Texts(*cursor);
  }
  std::vector<std::string> OfColour(const Table& table, const std::string& colour) {
    return Query(table, &table.indexes.at(0), {.hash = 1, .partition = colour});
  }

  test::TempDir folder_;
  std::unique_ptr<Store> store_;

 private:
  static std::vector<IndexMove> Moves(const Table& table, const Colours& colours) {
    if (table.indexes.empty()) return {};
    const auto key = [](const std::optional<std::string>& colour) -> std::optional<IndexKey> {
      if (!colour) return std::nullopt;
      return IndexKey{.hash = 1, .partition = *colour, .sort = {}};
    };
    return {{.index = table.indexes.data(),
             .before = key(colours.first),
             .after = key(colours.second)}};
  }

  static std::vector<std::string> Texts(Cursor& cursor) {
    std::vector<std::string> texts;
    while (true) {
      const auto more = cursor.Next();
      EXPECT_TRUE(more.ok());
      if (!more.ok() || !*more) return texts;
      texts.emplace_back(cursor.text());
    }
  }
};

}  // namespace offstage::dynamodb
