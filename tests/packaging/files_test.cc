#include "packaging/files.h"

#include <gtest/gtest.h>

#include "packaging/commands.h"
#include "support/temp_dir.h"

namespace offstage::packaging {
namespace {

namespace fs = std::filesystem;

TEST(CopyTree, LeavesNamesOutAtEveryDepth) {
  const test::TempDir from;
  const test::TempDir to;
  from.Write("a/b.txt", "b");
  from.Write("a/.git/config", "x");
  from.Write("node_modules/p/index.js", "x");
  ASSERT_TRUE(CopyTree(from.path(), to.path() / "copy", {".git", "node_modules"}).ok());
  EXPECT_EQ(test::ReadFile(to.path() / "copy/a/b.txt"), "b");
  EXPECT_FALSE(fs::exists(to.path() / "copy/a/.git"));
  EXPECT_FALSE(fs::exists(to.path() / "copy/node_modules"));
}

TEST(CopyTree, LeavesOutLinksToTheFoldersThatHoldThem) {
  const test::TempDir from;
  const test::TempDir to;
  fs::create_directory_symlink(from.path(), from.path() / "self");
  from.Write("a/b", "b");
  fs::create_symlink("b", from.path() / "a/link");
  ASSERT_TRUE(CopyTree(from.path(), to.path() / "copy", {}).ok());
  EXPECT_FALSE(fs::exists(to.path() / "copy/self"));
  EXPECT_EQ(test::ReadFile(to.path() / "copy/a/link"), "b");
}

TEST(TreeDigest, TellsNamesContentsAndModesApart) {
  const test::TempDir folder;
  const auto digest = [&] { return *TreeDigest(folder.path(), {"skipped"}); };
  folder.Write("a", "1");
  const std::string first = digest();
  EXPECT_EQ(digest(), first);
  folder.Write("skipped/x", "1");
  EXPECT_EQ(digest(), first);
  folder.Write("a", "2");
  const std::string second = digest();
  EXPECT_NE(second, first);
  fs::permissions(folder.path() / "a", fs::perms::owner_exec, fs::perm_options::add);
  EXPECT_NE(digest(), second);
}

TEST(SaysUnreachable, KnowsTheWordsOfEachTool) {
  EXPECT_TRUE(SaysUnreachable("npm error code ECONNREFUSED"));
  EXPECT_TRUE(SaysNotFound("ERROR: No matching distribution found for x"));
  EXPECT_FALSE(SaysUnreachable("error: Microsoft Visual C++ is required"));
}

}  // namespace
}  // namespace offstage::packaging
