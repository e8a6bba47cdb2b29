#include "lambda/code_watch.h"

#include <gtest/gtest.h>

#include <fstream>

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
