#include "process/process.h"

#include <unistd.h>

#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "base/text.h"

namespace offstage::process {
namespace {

class CapturingListener : public Listener {
 public:
  void OnOutput(std::string_view bytes) override { text.append(bytes); }
  void OnExit(const ExitStatus&) override {}
  std::string text;
};

// Lower case and without the C library's spelling differences: "killed", "segmentation fault".
std::string SignalName(int number) {
  const char* name =
      strsignal(number);  // NOLINT(concurrency-mt-unsafe): known numbers are constant
  return name == nullptr ? std::to_string(number) : ToLower(name);
}

}  // namespace

std::string ExitStatus::Describe() const {
  if (signal != 0) return "signal: " + SignalName(signal);
  return "exit status " + std::to_string(code);
}

std::optional<std::string> Capture(Host& host, const Command& command,
                                   std::chrono::milliseconds timeout) {
  CapturingListener listener;
  auto child = host.Spawn(command, listener);
  if (!child.ok()) return std::nullopt;
  const auto status = child.value()->WaitForExit(std::chrono::steady_clock::now() + timeout);
  if (!status.has_value() || !status->success()) return std::nullopt;
  return listener.text;
}

std::optional<std::size_t> PeakMemoryBytes(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  constexpr std::string_view kField = "VmHWM:";
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with(kField)) continue;
    const std::string_view value = Trim(std::string_view(line).substr(kField.size()));
    std::size_t kilobytes = 0;
    if (std::from_chars(value.data(), value.data() + value.size(), kilobytes).ec != std::errc()) {
      return std::nullopt;
    }
    return kilobytes * 1024;
  }
  return std::nullopt;
}

namespace {

// Deeper trees than this are cut off.
constexpr int kMaxDepth = 16;

std::optional<std::size_t> MemoryBytes(pid_t pid, int depth);

std::size_t MemoryOfDescendants(const std::string& folder, int depth) {
  std::size_t bytes = 0;
  std::error_code error;
  // Each thread has the children that it started.
  for (const auto& thread : std::filesystem::directory_iterator(folder + "/task", error)) {
    std::ifstream children(thread.path() / "children");
    for (pid_t child = 0; children >> child;)
      bytes += MemoryBytes(child, depth + 1).value_or(0);
  }
  return bytes;
}

std::optional<std::size_t> MemoryBytes(pid_t pid, int depth) {
  const std::string folder = "/proc/" + std::to_string(pid);
  // "size resident shared ...", in pages.
  std::ifstream file(folder + "/statm");
  std::size_t size = 0;
  std::size_t resident = 0;
  if (!(file >> size >> resident)) return std::nullopt;
  const std::size_t own = resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return own + (depth < kMaxDepth ? MemoryOfDescendants(folder, depth) : 0);
}

}  // namespace

std::optional<std::size_t> MemoryBytes(pid_t pid) {
  return MemoryBytes(pid, 0);
}

}  // namespace offstage::process
