// Build: what `sam build` makes, for all templates of the tree: each function's and layer's code
// with its dependencies installed, and templates that name it.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "process/process.h"
#include "template/loader.h"

namespace offstage::packaging {

struct BuildOptions {
  // `placeholders` is set by Build.
  templates::LoadOptions load = {};
  // Replaced as a whole once everything is built; left as it is when something fails.
  std::filesystem::path output = {};
  // Artifacts by what they were made from; empty: none are kept.
  std::filesystem::path cache = {};
  int jobs = 2;
  // Do not try package indexes: take what is installed on this machine.
  bool offline = false;
  std::chrono::seconds step_timeout{900};
};

struct Artifact {
  // "APIs/getUsersFunction"
  std::string path = {};
  // "python3.12, pip"
  std::string method = {};
  bool cached = false;
  // What differs from an ordinary build: packages taken from this machine, another interpreter.
  std::vector<std::string> notes = {};
  // Empty: it is built. With the command's output.
  std::string failure = {};
  // 0: made together with another of the same code.
  std::chrono::milliseconds took{0};
};

struct BuildReport {
  // template.yaml in the output.
  std::filesystem::path template_file = {};
  std::vector<Artifact> artifacts = {};
  // Files of templates and of code that are taken as they are.
  std::vector<std::string> notes = {};

  bool ok() const;
};

// Fails where the template cannot be read or the output cannot be written; what a function's build
// lacks is in its artifact.
Result<BuildReport> Build(const BuildOptions& options, templates::IdRegistry& ids,
                          process::Host& host);

}  // namespace offstage::packaging
