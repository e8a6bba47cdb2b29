#include "cli/bench_baseline.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "app/project.h"
#include "base/text.h"
#include "process/process.h"
#include "template/loader.h"

extern char** environ;

namespace offstage::cli {

namespace {

namespace fs = std::filesystem;

class Output : public process::Listener {
 public:
  void OnOutput(std::string_view bytes) override { text.append(bytes); }
  void OnExit(const process::ExitStatus& status) override { exit = status; }
  // Read once the process is gone.
  std::string text;
  process::ExitStatus exit;
};

Result<fs::path> FindGit() {
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  for (const std::string_view folder : Split(path == nullptr ? "" : path, ':')) {
    const fs::path candidate = fs::path(folder) / "git";
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return Fail(Error{"--baseline with a git ref needs git, which is not installed"});
}

// What git prints. Fails with its own words.
Result<std::string> Git(const fs::path& folder, const std::vector<std::string>& arguments) {
  constexpr std::chrono::minutes kLimit{2};
  OFFSTAGE_TRY(const fs::path program, FindGit());
  process::Command command;
  command.arguments = {program.string(), "-C", folder.string()};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  for (char** entry = environ; *entry != nullptr; ++entry) {
    // Inside a hook git points to the repository that the hook runs in.
    if (!std::string_view(*entry).starts_with("GIT_")) command.environment.emplace_back(*entry);
  }
  OFFSTAGE_TRY(const auto host, process::Host::Start());
  Output output;
  bool ended = false;
  {
    auto child = host->Spawn(command, output);
    if (!child.ok()) return Fail(Error{child.error().message});
    ended = (*child)->WaitForExit(std::chrono::steady_clock::now() + kLimit).has_value();
  }
  if (!ended || !output.exit.success())
    return Fail(Error{fmt::format("git {}: {}", arguments.front(), Trim(output.text))});
  return std::string(Trim(output.text));
}

}  // namespace

Worktree::Worktree(Worktree&& other) noexcept
    : repository_(std::move(other.repository_)),
      folder_(std::exchange(other.folder_, {})),
      commit_(std::move(other.commit_)),
      linked_(std::move(other.linked_)) {}

Worktree::~Worktree() {
  if (folder_.empty()) return;
  (void)Git(repository_, {"worktree", "remove", "--force", (folder_ / "tree").string()}).ok();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  (void)Git(repository_, {"worktree", "prune"}).ok();
}

Result<Worktree> Worktree::Make(const fs::path& inside, const std::string& ref) {
  Worktree made;
  const auto top = Git(inside, {"rev-parse", "--show-toplevel"});
  if (!top.ok()) {
    return Fail(
        Error{fmt::format("--baseline {}: there is no such file, and {} is in no git repository",
                          ref, inside.string())});
  }
  made.repository_ = *top;
  const auto commit = Git(made.repository_, {"rev-parse", "--verify", "--quiet", "--end-of-options",
                                             ref + "^{commit}"});
  if (!commit.ok() || commit->empty()) {
    return Fail(
        Error{fmt::format("--baseline {}: there is no such file, and no such git ref", ref)});
  }
  made.commit_ = commit->substr(0, 7);
  std::string pattern = (fs::temp_directory_path() / "offstage-baseline-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    return Fail(Error{"cannot make a temporary folder: " + pattern});
  made.folder_ = pattern;
  OFFSTAGE_TRY_VOID(Git(made.repository_, {"worktree", "add", "--quiet", "--detach",
                                           (made.folder_ / "tree").string(), *commit}));
  made.LinkIgnored();
  return made;
}

fs::path Worktree::Locate(const fs::path& path) const {
  std::error_code ignored;
  return folder_ / "tree" /
         fs::canonical(path, ignored).lexically_relative(fs::canonical(repository_, ignored));
}

void Worktree::LinkIgnored() {
  const auto listed =
      Git(repository_, {"ls-files", "--others", "--ignored", "--exclude-standard", "--directory"});
  if (!listed.ok()) return;
  for (const std::string_view line : Split(*listed, '\n')) {
    std::string name(Trim(line));
    while (name.ends_with('/'))
      name.pop_back();
    const std::string base = fs::path(name).filename().string();
    if (name.empty() || base == "__pycache__" || base == ".offstage") continue;
    const fs::path there = folder_ / "tree" / name;
    std::error_code failure;
    if (fs::exists(there, failure) || !fs::is_directory(there.parent_path(), failure)) continue;
    fs::create_symlink(repository_ / name, there, failure);
    if (!failure) linked_.push_back(name);
  }
}

Result<Baseline> OpenBaseline(const std::string& name, const fs::path& template_file) {
  Baseline baseline;
  baseline.label = name;
  std::error_code failure;
  if (fs::is_regular_file(name, failure) && name.ends_with(".json")) {
    std::ifstream in(name, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto earlier = bench::ReadEarlier(text);
    if (earlier.ok()) {
      baseline.earlier = std::move(earlier).value();
      return baseline;
    }
    // Templates may be JSON too.
    if (text.find("\"Resources\"") == std::string::npos)
      return Fail(Error{fmt::format("--baseline {}: {}", name, earlier.error().message)});
  }
  if (fs::is_regular_file(name, failure)) {
    baseline.template_file = name;
    return baseline;
  }
  if (fs::is_directory(name, failure)) {
    OFFSTAGE_TRY(baseline.template_file, templates::FindTemplate(name));
    return baseline;
  }
  auto worktree = Worktree::Make(template_file.parent_path(), name);
  if (!worktree.ok()) return Fail(worktree.error());
  baseline.worktree.emplace(std::move(worktree).value());
  baseline.template_file = baseline.worktree->Locate(template_file);
  baseline.label = fmt::format("{} ({})", name, baseline.worktree->commit());
  if (!fs::exists(baseline.template_file, failure)) {
    return Fail(Error{fmt::format("--baseline {}: {} does not exist there", name,
                                  template_file.filename().string())});
  }
  if (!baseline.worktree->linked().empty()) {
    baseline.notes.push_back("not in git, so the baseline uses the current ones: " +
                             Join(baseline.worktree->linked(), ", "));
  }
  return baseline;
}

}  // namespace offstage::cli
