// Which program on this machine runs a function (design, decision 12): the runtime's exact version
// if it is installed, else the nearest; among those, one that has the packages that the function
// needs.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "lambda/function_config.h"
#include "lambda/options.h"
#include "lambda/runtimes.h"
#include "process/process.h"

namespace offstage::lambda {

struct Interpreter {
  // The program itself, never a version manager's shim.
  std::filesystem::path path = {};
  // major.minor; Node.js: major only.
  Version version = {};
  // Folders where it looks for installed packages.
  std::vector<std::filesystem::path> package_folders = {};
};

struct InterpreterChoice {
  Interpreter interpreter = {};
  // What differs from AWS, or empty.
  std::string note = {};
};

// Thread-safe.
class InterpreterFinder {
 public:
  // Both outlive this. `search_path`: as PATH is written; empty: this process's PATH.
  InterpreterFinder(const Options& options, process::Host& host, std::string search_path = {});

  // Fails, saying what is missing and how to install it, when no interpreter of the language is
  // there or, with RuntimeMatch::kExact, none of the version. Not for Language::kProvided.
  Result<InterpreterChoice> Choose(const Runtime& runtime, const FunctionConfig& function);

 private:
  const std::vector<Interpreter>& Installed(Language language) OFFSTAGE_EXCLUDES(mutex_);
  std::vector<Interpreter> Search(Language language) const;
  std::optional<Interpreter> Inspect(Language language, const std::filesystem::path& path) const;
  Result<std::optional<InterpreterChoice>> Override(const Runtime& runtime) const;

  const Options& options_;
  process::Host& host_;
  const std::string search_path_;
  Mutex mutex_;
  std::optional<std::vector<Interpreter>> python_ OFFSTAGE_GUARDED_BY(mutex_);
  std::optional<std::vector<Interpreter>> node_ OFFSTAGE_GUARDED_BY(mutex_);
  std::optional<std::vector<Interpreter>> ruby_ OFFSTAGE_GUARDED_BY(mutex_);
};

// Import names of the distributions that a requirements.txt lists, lower case: {"boto3",
// "simplejson"}.
std::vector<std::string> RequiredPackages(const std::string& requirements);

}  // namespace offstage::lambda
