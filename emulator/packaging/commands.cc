#include "packaging/commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/text.h"

extern char**
    environ;  // NOLINT(readability-redundant-declaration): not every platform declares it.

namespace offstage::packaging {
namespace {

namespace fs = std::filesystem;

class Collector final : public process::Listener {
 public:
  void OnOutput(std::string_view bytes) override {
    constexpr std::size_t kLimit = 256 * 1024;
    text_.append(bytes);
    if (text_.size() > kLimit) {
      text_.erase(0, text_.size() - kLimit);
    }
  }
  void OnExit(const process::ExitStatus&) override {}
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::vector<std::string> Environment(const std::vector<std::string>& extra) {
  const auto name_of = [](std::string_view text) { return text.substr(0, text.find('=')); };
  std::vector<std::string> all = extra;
  for (char** at = environ; *at != nullptr; ++at) {
    const bool given = std::any_of(extra.begin(), extra.end(), [&](const std::string& one) {
      return name_of(one) == name_of(*at);
    });
    if (!given) {
      all.emplace_back(*at);
    }
  }
  return all;
}

}  // namespace

CommandResult RunCommand(process::Host& host, std::vector<std::string> arguments,
                         const fs::path& folder, const std::vector<std::string>& extra,
                         std::chrono::seconds timeout) {
  Collector collector;
  const process::Command command{std::move(arguments), Environment(extra), folder};
  auto child = host.Spawn(command, collector);
  if (!child.ok()) {
    return {false, "", child.error().message};
  }
  const auto status = (*child)->WaitForExit(std::chrono::steady_clock::now() + timeout);
  CommandResult result;
  if (!status) {
    (*child)->Kill();
    result.failure = fmt::format("it took longer than {} s", timeout.count());
  } else if (!status->success()) {
    result.failure = status->Describe();
  }
  child->reset();  // All output is here once it is gone.
  result.ok = result.failure.empty();
  result.output = collector.text();
  return result;
}

std::vector<fs::path> FindPrograms(std::string_view name) {
  std::vector<fs::path> found;
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody sets it.
  for (const std::string_view folder : Split(path == nullptr ? "/usr/bin:/bin" : path, ':')) {
    fs::path candidate = fs::path(folder) / name;
    std::error_code error;
    if (!folder.empty() && fs::is_regular_file(candidate, error) &&
        ::access(candidate.c_str(), X_OK) == 0) {
      found.push_back(std::move(candidate));
    }
  }
  return found;
}

std::optional<fs::path> FindProgram(std::string_view name) {
  std::vector<fs::path> all = FindPrograms(name);
  return all.empty() ? std::nullopt : std::optional(std::move(all.front()));
}

namespace {

bool HasSign(std::string_view output, std::initializer_list<std::string_view> signs) {
  return std::any_of(signs.begin(), signs.end(), [output](std::string_view sign) {
    return output.find(sign) != std::string_view::npos;
  });
}

}  // namespace

bool SaysUnreachable(std::string_view output) {
  return HasSign(
      output, {"Failed to establish a new connection", "Temporary failure in name resolution",
               "Network is unreachable", "Connection refused", "Name or service not known",
               "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ENOTCACHED",
               "Could not reach host", "Could not fetch specs", "ProxyError",
               "Tunnel connection failed", "ConnectTimeoutError", "ReadTimeoutError"});
}

bool SaysNotFound(std::string_view output) {
  return HasSign(output, {"No matching distribution found",
                          "Could not find a version that satisfies", "E403", "E404", "ETARGET"});
}

}  // namespace offstage::packaging
