#include "base/work_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <set>
#include <system_error>

namespace offstage {

namespace fs = std::filesystem;

namespace {

constexpr const char* kLockName = "in-use";

fs::path ParentOf(WorkFolder::Place place) {
  std::error_code failure;
  fs::path parent = fs::temp_directory_path(failure);
  if (failure) parent = "/tmp";
  const bool hidden = place == WorkFolder::Place::kHiddenFromHandlers;
  if (hidden && parent == "/tmp" && ::access("/var/tmp", W_OK | X_OK) == 0) return "/var/tmp";
  return parent;
}

// What processes left behind that were killed: nobody holds the lock any more.
void RemoveAbandoned(const fs::path& parent) {
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(parent, failure)) {
    if (!entry.path().filename().string().starts_with("offstage-")) continue;
    const int lock = ::open((entry.path() / kLockName).c_str(), O_RDWR | O_CLOEXEC);
    if (lock < 0) continue;
    std::error_code ignored;
    if (::flock(lock, LOCK_EX | LOCK_NB) == 0) fs::remove_all(entry.path(), ignored);
    ::close(lock);
  }
}

// Once a process: a folder is made for each scenario's database.
void RemoveAbandonedOnce(const fs::path& parent) {
  static std::mutex mutex;
  static std::set<fs::path> done;
  const std::lock_guard lock(mutex);
  if (done.insert(parent).second) RemoveAbandoned(parent);
}

Error CannotMake(const fs::path& path) {
  return Error{fmt::format("cannot make a temporary folder {}: {}", path.string(),
                           std::generic_category().message(errno))};
}

}  // namespace

Result<std::unique_ptr<WorkFolder>> WorkFolder::Make(Place place) {
  const fs::path parent = ParentOf(place);
  RemoveAbandonedOnce(parent);
  std::string pattern = (parent / "offstage-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return Fail(CannotMake(pattern));
  std::unique_ptr<WorkFolder> folder(new WorkFolder(pattern));
  // Locked before it has the name by which others look for it: they must never find it free.
  const fs::path unnamed = folder->path_ / "lock";
  folder->lock_ = ::open(unnamed.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (folder->lock_ < 0 || ::flock(folder->lock_, LOCK_EX | LOCK_NB) != 0)
    return Fail(CannotMake(folder->path_));
  std::error_code failure;
  fs::rename(unnamed, folder->path_ / kLockName, failure);
  return folder;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  if (lock_ >= 0) ::close(lock_);
}

}  // namespace offstage
