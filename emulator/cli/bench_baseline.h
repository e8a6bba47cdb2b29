// What `offstage bench --baseline` names: a git ref (checked out into a temporary folder), another
// template, or the results of an earlier run. Internal to cli/.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/session.h"

namespace offstage::cli {

// A git worktree in a temporary folder; both are gone when this is. Thread-compatible.
class Worktree {
 public:
  // Of the repository that `inside` lies in. Fails when there is none, or no such ref.
  static Result<Worktree> Make(const std::filesystem::path& inside, const std::string& ref);
  ~Worktree();
  Worktree(Worktree&& other) noexcept;
  Worktree& operator=(Worktree&&) = delete;

  // Where `path` of the repository is in the worktree.
  std::filesystem::path Locate(const std::filesystem::path& path) const;
  // "1a2b3c4"
  const std::string& commit() const { return commit_; }
  // What git does not keep and handlers need (node_modules, compiled bootstraps): linked from the
  // current code, so both versions use the same.
  const std::vector<std::string>& linked() const { return linked_; }

 private:
  Worktree() = default;
  void LinkIgnored();

  std::filesystem::path repository_;
  std::filesystem::path folder_;
  std::string commit_;
  std::vector<std::string> linked_;
};

struct Baseline {
  // "main (1a2b3c4)", "results.json"; for reports.
  std::string label = {};
  // To be measured in turn; empty: there are `earlier` results instead.
  std::filesystem::path template_file = {};
  std::optional<Worktree> worktree = {};
  bench::EarlierRounds earlier = {};
  std::vector<std::string> notes = {};
};
// `name` as given; `template_file`: of the current code.
Result<Baseline> OpenBaseline(const std::string& name, const std::filesystem::path& template_file);

}  // namespace offstage::cli
