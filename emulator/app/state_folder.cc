#include "app/state_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "base/json.h"

namespace offstage::app {

namespace fs = std::filesystem;

namespace {

// Whole or not at all: a killed process leaves the old file.
Status WriteFile(const fs::path& file, std::string_view text) {
  const fs::path temporary = file.string() + ".new";
  std::ofstream out(temporary, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  std::error_code failure;
  if (out) fs::rename(temporary, file, failure);
  if (!out || failure) {
    return Fail(Error{
        fmt::format("cannot write {}: {}", file.string(), std::generic_category().message(errno))});
  }
  return Ok();
}

std::optional<RunningEmulator> ReadRunning(const fs::path& folder) {
  std::ifstream in(folder / "running.json");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto json = ParseJson(text);
  if (!json.ok() || !json->is_object()) return std::nullopt;
  RunningEmulator running;
  running.pid = json->value("pid", std::int64_t{0});
  running.api_port = json->value("api_port", 0);
  running.aws_port = json->value("aws_port", 0);
  return running;
}

Error FolderFailure(const fs::path& folder, const std::string& reason) {
  return {fmt::format(
      "cannot use the data folder {}: {}; choose another with --data DIR, or --in-memory",
      folder.string(), reason)};
}

// Keeps the state out of the user's version control without touching their .gitignore.
void HideFromGit(const fs::path& data) {
  const fs::path ignore = data / ".gitignore";
  if (!fs::exists(ignore)) std::ofstream(ignore) << "*\n";
}

}  // namespace

Result<StateFolder> StateFolder::Lock(const fs::path& data, const std::string& stack_name) {
  const fs::path folder = data / stack_name;
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return Fail(FolderFailure(folder, failure.message()));
  HideFromGit(data);
  const int lock = ::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock < 0) return Fail(FolderFailure(folder, std::generic_category().message(errno)));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock);
    const auto running = ReadRunning(folder);
    if (!running) return Fail(FolderFailure(folder, "another offstage process uses it"));
    return Fail(
        Error{fmt::format("stack {} is running already (process {}, http://127.0.0.1:{}); stop it, "
                          "or use --in-memory or another --data",
                          stack_name, running->pid, running->api_port)});
  }
  return StateFolder(folder, lock);
}

StateFolder::StateFolder(StateFolder&& other) noexcept
    : folder_(std::move(other.folder_)), lock_(std::exchange(other.lock_, -1)) {}

StateFolder::~StateFolder() {
  if (lock_ < 0) return;
  std::error_code ignored;
  fs::remove(folder_ / "running.json", ignored);
  ::close(lock_);
}

Result<std::string> StateFolder::ReadNames() const {
  const fs::path file = folder_ / "names.json";
  if (!fs::exists(file)) return std::string();
  std::ifstream in(file, std::ios::binary);
  if (!in) return Fail(FolderFailure(folder_, "names.json cannot be read"));
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

Status StateFolder::WriteNames(std::string_view json) const {
  return WriteFile(folder_ / "names.json", json);
}

Status StateFolder::Announce(const RunningEmulator& running) {
  const OrderedJson json = {
      {"pid", running.pid}, {"api_port", running.api_port}, {"aws_port", running.aws_port}};
  return WriteFile(folder_ / "running.json", DumpJson(json) + "\n");
}

std::optional<RunningEmulator> FindRunning(const fs::path& data, const std::string& stack_name) {
  const fs::path folder = data / stack_name;
  const int lock = ::open((folder / "lock").c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) return std::nullopt;
  const bool held = ::flock(lock, LOCK_SH | LOCK_NB) != 0;
  ::close(lock);
  return held ? ReadRunning(folder) : std::nullopt;
}

}  // namespace offstage::app
