#include "app/built_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <vector>

namespace offstage::app {

namespace fs = std::filesystem;

namespace {

// A file that changed after `time`, at or below `path`; empty: none.
fs::path ChangedAfter(const fs::path& path, fs::file_time_type time, int& budget) {
  static constexpr std::string_view kSkipped[] = {
      ".aws-sam", ".git", ".offstage", "node_modules", "__pycache__", ".venv", ".pytest_cache"};
  std::error_code error;
  if (fs::is_regular_file(path, error)) {
    return fs::last_write_time(path, error) > time && !error ? path : fs::path();
  }
  fs::recursive_directory_iterator it(path, fs::directory_options::skip_permission_denied, error);
  for (const fs::recursive_directory_iterator end; !error && it != end; it.increment(error)) {
    if (--budget < 0) return path;
    const std::string name = it->path().filename().string();
    if (std::find(std::begin(kSkipped), std::end(kSkipped), name) != std::end(kSkipped)) {
      it.disable_recursion_pending();
      continue;
    }
    std::error_code ignored;
    if (it->is_regular_file(ignored) && it->last_write_time(ignored) > time) return it->path();
  }
  return {};
}

}  // namespace

BuiltOutput FindBuiltOutput(const fs::path& template_file) {
  const fs::path folder = template_file.parent_path() / ".aws-sam" / "build";
  std::error_code error;
  fs::path built = folder / "template.yaml";
  if (!fs::is_regular_file(built, error)) return {};
  const fs::file_time_type time = fs::last_write_time(built, error);
  std::vector<fs::path> sources;
  std::ifstream list(folder / ".offstage-sources");
  for (std::string line; std::getline(list, line);)
    sources.emplace_back(line);
  if (sources.empty()) sources.push_back(template_file.parent_path());
  int budget = 50'000;
  for (const fs::path& source : sources) {
    const fs::path changed = ChangedAfter(source, time, budget);
    if (!changed.empty()) {
      return {{},
              fmt::format(".aws-sam/build is not used: {} is newer; `offstage build` makes it anew",
                          changed.lexically_proximate(template_file.parent_path()).string())};
    }
  }
  return {std::move(built),
          "code and packages come from .aws-sam/build; after a change, `offstage build` again (or "
          "remove that folder to run the sources)"};
}

}  // namespace offstage::app
