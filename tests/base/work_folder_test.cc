#include "base/work_folder.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>

#include "support/temp_dir.h"

namespace offstage {
namespace {

namespace fs = std::filesystem;

class WorkFolders : public testing::Test {
 protected:
  WorkFolders() { setenv("TMPDIR", place_.path().c_str(), 1); }
  ~WorkFolders() override { unsetenv("TMPDIR"); }

  std::size_t Count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(place_.path()), fs::directory_iterator()));
  }

  test::TempDir place_;
};

TEST_F(WorkFolders, EndWithAllThatIsInThem) {
  {
    const auto folder = WorkFolder::Make();
    ASSERT_TRUE(folder.ok()) << folder.error().message;
    const auto other = WorkFolder::Make();
    ASSERT_TRUE(other.ok());
    EXPECT_NE((*folder)->path(), (*other)->path());
    EXPECT_EQ((*folder)->path().parent_path(), place_.path());
    fs::create_directories((*folder)->path() / "a" / "b");
    std::ofstream((*folder)->path() / "a" / "file") << "text";
    EXPECT_EQ(Count(), 2U);
  }
  EXPECT_EQ(Count(), 0U);
}

TEST_F(WorkFolders, OfProcessesThatDiedAreRemovedAndNoOthers) {
  const auto living = WorkFolder::Make();
  ASSERT_TRUE(living.ok());
  fs::create_directory(place_.path() / "offstage-of-somebody-else");
  EXPECT_EXIT(
      {
        const auto left = WorkFolder::Make();
        _exit(left.ok() ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
  EXPECT_EQ(Count(), 3U);
  // A process removes what is abandoned when it makes its first folder in a place; this one has.
  const fs::path elsewhere = place_.path() / "elsewhere";
  fs::create_directory(elsewhere);
  fs::create_directory_symlink(place_.path(), elsewhere / "place");
  setenv("TMPDIR", (elsewhere / "place").c_str(), 1);
  EXPECT_EXIT(
      {
        const auto next = WorkFolder::Make();
        if (next.ok()) fs::remove_all((*next)->path());
        _exit(next.ok() ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
  EXPECT_TRUE(fs::exists((*living)->path()));
  EXPECT_TRUE(fs::exists(place_.path() / "offstage-of-somebody-else"));
  // These two and the folder `elsewhere`.
  EXPECT_EQ(Count(), 3U);
}

}  // namespace
}  // namespace offstage
