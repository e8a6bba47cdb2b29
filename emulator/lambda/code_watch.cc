#include "lambda/code_watch.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <system_error>

#if defined(__linux__)
#include <sys/inotify.h>
#include <unistd.h>
#endif

namespace offstage::lambda {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kScanInterval{300};
// Scanning takes at most this share of the time.
constexpr int kScanPauseFactor = 20;

constexpr std::array<std::string_view, 12> kIgnoredFolders = {
    ".git",  ".hg",     ".svn",          ".offstage",   ".aws-sam", "__pycache__",
    ".idea", ".vscode", ".pytest_cache", ".mypy_cache", ".cache",   ".venv",
};

bool IsEditorsTemporary(std::string_view name) {
  return name.ends_with("~") || name.ends_with(".swp") || name.ends_with(".swx") ||
         name.ends_with(".pyc") || name.starts_with(".#") || name == "4913";
}

}  // namespace

CodeWatch::CodeWatch(fs::path folder, fs::path ignored)
    : folder_(std::move(folder)), ignored_(std::move(ignored)) {
  const MutexLock lock(mutex_);
  if (!StartNotifications()) scan_ = ScanTree();
}

CodeWatch::~CodeWatch() {
  const MutexLock lock(mutex_);
  StopNotifications();
}

std::optional<CodeWatch::Scan> CodeWatch::ScanFile() const {
  struct stat status = {};
  if (::stat(folder_.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
#if defined(__APPLE__)
  const timespec& written = status.st_mtimespec;
#else
  const timespec& written = status.st_mtim;
#endif
  return Scan{.files = 1,
              .digest = static_cast<std::uint64_t>(written.tv_sec) * 1'000'000'007 +
                        static_cast<std::uint64_t>(written.tv_nsec) * 31 +
                        static_cast<std::uint64_t>(status.st_size)};
}

bool CodeWatch::Counts(const fs::path& path) const {
  const std::string name = path.filename().string();
  return std::ranges::find(kIgnoredFolders, name) == kIgnoredFolders.end() &&
         !IsEditorsTemporary(name) && path != ignored_;
}

std::uint64_t CodeWatch::Generation() {
  const MutexLock lock(mutex_);
  if (Changed()) ++generation_;
  return generation_;
}

bool CodeWatch::Changed() {
  if (descriptor_ >= 0) return ReadNotifications();
  const auto file = ScanFile();
  if (!file) return ScanChanged();
  const bool changed = *file != scan_;
  scan_ = *file;
  return changed;
}

#if defined(__linux__)

bool CodeWatch::StartNotifications() {
  descriptor_ = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (descriptor_ >= 0 && WatchTree(folder_)) return true;
  StopNotifications();
  return false;
}

void CodeWatch::StopNotifications() {
  if (descriptor_ >= 0) close(descriptor_);
  descriptor_ = -1;
  watched_.clear();
}

// False when the folder is missing or the kernel's watches are used up.
bool CodeWatch::WatchTree(const fs::path& folder) {
  constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM |
                                    IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
  const int watch = inotify_add_watch(descriptor_, folder.c_str(), kEvents);
  if (watch < 0) return false;
  watched_[watch] = folder;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::error_code type_error;
    if (entry.is_directory(type_error) && !entry.is_symlink(type_error) && Counts(entry.path()) &&
        !WatchTree(entry.path())) {
      return false;
    }
  }
  return !error;
}

bool CodeWatch::ReadNotifications() {
  alignas(inotify_event) std::array<char, 16 * 1024> buffer;
  bool changed = false;
  bool replaced = false;
  for (;;) {
    const ssize_t count = read(descriptor_, buffer.data(), buffer.size());
    if (count <= 0) break;
    for (ssize_t at = 0; at < count;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if ((event->mask & (IN_Q_OVERFLOW | IN_DELETE_SELF | IN_MOVE_SELF)) != 0) {
        changed = true;
        const auto gone = watched_.find(event->wd);
        replaced = replaced || (gone != watched_.end() && gone->second == folder_);
        continue;
      }
      const auto folder = watched_.find(event->wd);
      if (folder == watched_.end() || event->len == 0) continue;
      const fs::path path = folder->second / event->name;
      if (!Counts(path)) continue;
      // A new file counts once it is closed after writing, a new folder at once.
      if ((event->mask & IN_CREATE) != 0 && (event->mask & IN_ISDIR) == 0 &&
          !fs::is_symlink(path)) {
        continue;
      }
      changed = true;
      if ((event->mask & IN_ISDIR) != 0) WatchTree(path);
    }
  }
  if (!replaced) return changed;
  // What is in the folder's place now is watched instead, or scanned when it cannot be.
  StopNotifications();
  if (!StartNotifications()) scan_ = {};
  return true;
}

#else

bool CodeWatch::StartNotifications() {
  return false;
}
void CodeWatch::StopNotifications() {}
bool CodeWatch::WatchTree(const fs::path&) {
  return false;
}
bool CodeWatch::ReadNotifications() {
  return false;
}

#endif

bool CodeWatch::ScanChanged() {
  const auto now = steady_clock::now();
  if (now < next_scan_) return false;
  const Scan scan = ScanTree();
  const auto took = steady_clock::now() - now;
  next_scan_ = now + std::max<steady_clock::duration>(kScanInterval, took * kScanPauseFactor);
  if (scan == scan_) return false;
  scan_ = scan;
  return true;
}

CodeWatch::Scan CodeWatch::ScanTree() const {
  Scan scan;
  std::error_code error;
  auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator it(folder_, options, error), end; it != end && !error;
       it.increment(error)) {
    if (!Counts(it->path())) {
      if (it->is_directory(error)) it.disable_recursion_pending();
      continue;
    }
    std::error_code ignored_error;
    const auto time = it->last_write_time(ignored_error).time_since_epoch().count();
    ++scan.files;
    // A sum, so that the order in which the folder lists its files does not matter.
    scan.digest += std::hash<std::string>{}(it->path().string() + '@' + std::to_string(time));
  }
  return scan;
}

}  // namespace offstage::lambda
