// Deployment packages that are zip files: unpacked once into a folder that is named after their
// content.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/mutex.h"
#include "base/result.h"

namespace offstage::lambda {

struct ArchiveLimits {
  // Lambda's quota for a package with its layers, unzipped.
  std::uint64_t max_bytes = 250ULL * 1024 * 1024;
  std::uint64_t max_entries = 200'000;
};

// Unpacks the zip file `archive` into `folder`, which must not exist. Fails, leaving nothing, when
// it is not a zip file, is encrypted, has an entry that would land outside (an absolute path, "..",
// a symbolic link that leads out, anything below a symbolic link) or is larger than the limits say.
Status Unzip(const std::filesystem::path& archive, const std::filesystem::path& folder,
             const ArchiveLimits& limits = {});

// Thread-safe.
class ArchiveStore {
 public:
  // `folder` is made when something is unpacked.
  explicit ArchiveStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // The folder to use for a CodeUri or ContentUri: a folder stays as it is, a zip file is unpacked
  // unless its content has been before. Fails as Unzip does, naming the file.
  Result<std::filesystem::path> Resolve(const std::filesystem::path& path);

 private:
  struct Known {
    std::filesystem::file_time_type written = {};
    std::uintmax_t size = 0;
    std::filesystem::path folder = {};
  };

  const std::filesystem::path folder_;
  Mutex mutex_;
  // By the archive's path, so that an unchanged one is not read again.
  std::map<std::filesystem::path, Known> known_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::lambda
