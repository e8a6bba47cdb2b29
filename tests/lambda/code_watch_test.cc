#include "lambda/code_watch.h"

#include <gtest/gtest.h>

#include <fstream>
#include <utility>

#include "support/temp_dir.h"

namespace offstage::lambda {
namespace {

class CodeWatchTest : public testing::Test {
 protected:
  CodeWatchTest() {
    folder_.Write("app.py", "a");
    folder_.Write("lib/deep/util.py", "b");
    watch_ = std::make_unique<CodeWatch>(folder_.path(), folder_.path() / "data");
  }
  bool Changed() {
    const std::uint64_t before = generation_;
    generation_ = watch_->Generation();
    return generation_ != before;
  }

  test::TempDir folder_;
  std::unique_ptr<CodeWatch> watch_;
  std::uint64_t generation_ = 1;
};

#if defined(__linux__)  // Elsewhere changes show after the scan interval.

TEST_F(CodeWatchTest, AsksAreFreeOfChangesUntilThereIsOne) {
  EXPECT_FALSE(Changed());
  folder_.Write("app.py", "other");
  EXPECT_TRUE(Changed());
  EXPECT_FALSE(Changed());
}

TEST_F(CodeWatchTest, SeesDeepNewMovedAndRemovedFiles) {
  folder_.Write("lib/deep/util.py", "other");
  EXPECT_TRUE(Changed());
  folder_.Write("fresh/folder/new.py", "c");
  EXPECT_TRUE(Changed());
  folder_.Write("fresh/folder/new.py", "d");
  EXPECT_TRUE(Changed());
  std::filesystem::rename(folder_.path() / "app.py", folder_.path() / "main.py");
  EXPECT_TRUE(Changed());
  std::filesystem::remove(folder_.path() / "main.py");
  EXPECT_TRUE(Changed());
}

TEST_F(CodeWatchTest, AFileHalfWrittenIsNotYetAChange) {
  std::ofstream file(folder_.path() / "new.py");
  file << "half" << std::flush;
  EXPECT_FALSE(Changed());
  file.close();
  EXPECT_TRUE(Changed());
}

TEST_F(CodeWatchTest, SeesWhatTakesTheFoldersPlace) {
  test::TempDir elsewhere;
  const auto folder = folder_.path() / "code";
  std::filesystem::create_directories(folder);
  CodeWatch watch(folder, "");
  std::uint64_t before = watch.Generation();
  const auto changed = [&] {
    const std::uint64_t now = watch.Generation();
    return now != std::exchange(before, now);
  };
  std::filesystem::rename(folder, elsewhere.path() / "old");
  std::filesystem::create_directories(folder);
  EXPECT_TRUE(changed());
  folder_.Write("code/app.py", "new");
  EXPECT_TRUE(changed());
  std::filesystem::remove_all(folder);
  folder_.Write("code", "a zip");
  EXPECT_TRUE(changed());
  folder_.Write("code", "another zip");
  EXPECT_TRUE(changed());
  EXPECT_FALSE(changed());
}

TEST_F(CodeWatchTest, CachesVersionControlAndOwnDataDoNotCount) {
  std::filesystem::create_directories(folder_.path() / "__pycache__");
  folder_.Write("__pycache__/app.pyc", "x");
  folder_.Write(".git/index", "x");
  folder_.Write("data/store.db", "x");
  folder_.Write("app.py.swp", "x");
  folder_.Write("app.py~", "x");
  EXPECT_FALSE(Changed());
}

#endif

TEST(CodeWatchMissingFolder, DoesNotFail) {
  CodeWatch watch("/nonexistent/folder", "");
  EXPECT_EQ(watch.Generation(), watch.Generation());
}

}  // namespace
}  // namespace offstage::lambda
