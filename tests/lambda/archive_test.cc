#include "lambda/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <zip.h>

#include "support/temp_dir.h"

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct ZipEntry {
  std::string name;
  std::string content;
  // As stat has it; 0: the archive says nothing.
  mode_t mode = 0;
};

void MakeZip(const fs::path& path, const std::vector<ZipEntry>& entries) {
  zip_t* zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  ASSERT_NE(zip, nullptr);
  for (const ZipEntry& entry : entries) {
    zip_source_t* source = zip_source_buffer(zip, entry.content.data(), entry.content.size(), 0);
    const zip_int64_t index = zip_file_add(zip, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    ASSERT_GE(index, 0) << zip_strerror(zip);
    if (entry.mode != 0) {
      zip_file_set_external_attributes(zip, static_cast<zip_uint64_t>(index), 0, ZIP_OPSYS_UNIX,
                                       static_cast<zip_uint32_t>(entry.mode) << 16);
    }
  }
  ASSERT_EQ(zip_close(zip), 0);
}

class UnzipTest : public testing::Test {
 protected:
  Status Run(const std::vector<ZipEntry>& entries, const ArchiveLimits& limits = {}) {
    MakeZip(archive_, entries);
    return Unzip(archive_, target_, limits);
  }
  // Refused, with nothing left behind.
  void ExpectRefused(const std::vector<ZipEntry>& entries, const std::string& why,
                     const ArchiveLimits& limits = {}) {
    const Status status = Run(entries, limits);
    ASSERT_FALSE(status.ok());
    EXPECT_THAT(status.error().message, HasSubstr(why));
    EXPECT_THAT(status.error().message, HasSubstr(archive_.string()));
    EXPECT_FALSE(fs::exists(target_));
  }

  test::TempDir folder_;
  const fs::path archive_ = folder_.path() / "code.zip";
  const fs::path target_ = folder_.path() / "unpacked";
};

TEST_F(UnzipTest, WritesFilesFoldersLinksAndTheExecutableBit) {
  ASSERT_TRUE(Run({{"bootstrap", "#!/bin/sh\n", S_IFREG | 0755},
                   {"lib/a.py", "A = 1\n", S_IFREG | 0644},
                   {"empty/", "", S_IFDIR | 0755},
                   {"lib/b.py", "a.py", S_IFLNK | 0777}})
                  .ok());
  EXPECT_EQ(test::ReadFile(target_ / "lib/b.py"), "A = 1\n");
  EXPECT_EQ(fs::status(target_ / "bootstrap").permissions() & fs::perms::owner_exec,
            fs::perms::owner_exec);
  EXPECT_EQ(fs::status(target_ / "lib/a.py").permissions() & fs::perms::owner_exec,
            fs::perms::none);
  EXPECT_TRUE(fs::is_directory(target_ / "empty"));
}

TEST_F(UnzipTest, RefusesWhatWouldLandOutside) {
  ExpectRefused({{"good.py", ""}, {"../evil.py", "x"}}, "'../evil.py' would land outside");
  ExpectRefused({{"a/../../evil.py", "x"}}, "would land outside");
  ExpectRefused({{"..\\evil.py", "x"}}, "would land outside");
  ExpectRefused({{"/etc/evil", "x"}}, "would land outside");
  EXPECT_FALSE(fs::exists(folder_.path() / "evil.py"));
}

TEST_F(UnzipTest, RefusesLinksThatLeadOutAndFilesBelowLinks) {
  ExpectRefused({{"out", "../..", S_IFLNK | 0777}}, "leads out");
  ExpectRefused({{"out", "/etc", S_IFLNK | 0777}}, "leads out");
  ExpectRefused({{"real/", "", S_IFDIR | 0755},
                 {"link", "real", S_IFLNK | 0777},
                 {"link/file", "x", S_IFREG | 0644}},
                "below a symbolic link");
}

TEST_F(UnzipTest, RefusesBombs) {
  ExpectRefused({{"zeros", std::string(3 * 1024 * 1024, '\0')}}, "larger than 2 MB",
                {.max_bytes = 2 * 1024 * 1024});
  ExpectRefused({{"a", ""}, {"b", ""}, {"c", ""}}, "3 entries", {.max_entries = 2});
}

TEST_F(UnzipTest, RefusesWhatIsNoZipFile) {
  folder_.Write("code.zip", "not a zip");
  EXPECT_THAT(Unzip(archive_, target_).error().message, HasSubstr("Not a zip archive"));
}

TEST(ArchiveStore, UnpacksTheSameContentOnceAndChangedContentAnew) {
  const test::TempDir folder;
  ArchiveStore store(folder.path() / "archives");
  EXPECT_EQ(store.Resolve(folder.path()).value(), folder.path()) << "a folder stays as it is";
  const fs::path archive = folder.path() / "a.zip";
  MakeZip(archive, {{"x", "1"}});
  const fs::path first = store.Resolve(archive).value();
  EXPECT_EQ(test::ReadFile(first / "x"), "1");
  fs::copy(archive, folder.path() / "b.zip");
  EXPECT_EQ(store.Resolve(folder.path() / "b.zip").value(), first);
  MakeZip(archive, {{"x", "22"}});
  const fs::path second = store.Resolve(archive).value();
  EXPECT_NE(second, first);
  EXPECT_EQ(test::ReadFile(second / "x"), "22");
}

}  // namespace
}  // namespace offstage::lambda
