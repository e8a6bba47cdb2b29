// How an environment's process is started: command line, working directory and exactly the
// variables that Lambda would set.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/id.h"
#include "lambda/function_config.h"
#include "lambda/interpreter.h"
#include "lambda/options.h"
#include "lambda/runtimes.h"
#include "process/process.h"

namespace offstage::lambda {

// What sets one environment apart from the others of its function.
struct EnvironmentIdentity {
  // "ASIA" and 16 characters: names the environment in every signed request (design, decision 1).
  std::string access_key_id = {};
  std::string secret_access_key = {};
  std::string session_token = {};
  // "2026/11/25/[$LATEST]0123456789abcdef0123456789abcdef"
  std::string log_stream = {};
};

EnvironmentIdentity MakeIdentity(IdSource& ids, TimePoint now, std::string_view version);

// Where the service keeps its files below Options::work_folder.
struct WorkFolders {
  explicit WorkFolders(const std::filesystem::path& work_folder)
      : root(work_folder / "lambda"),
        sandboxes(root / "sandboxes"),
        bootstrap(root / "bootstrap"),
        inline_code(root / "inline"),
        bytecode(root / "bytecode") {}
  std::filesystem::path root;
  std::filesystem::path sandboxes;
  std::filesystem::path bootstrap;
  std::filesystem::path inline_code;
  std::filesystem::path bytecode;
};

// Where the deployment's own servers listen.
struct Endpoints {
  // "http://127.0.0.1:4566"; empty: none.
  std::string aws_url = {};
  // Serves AWS's host names over TLS; 0: nothing does.
  int tls_port = 0;
  // The APIs'; 0: they are not served.
  int api_port = 0;

  // The port of `aws_url`; 0: none.
  int aws_port() const;
};

// What a command needs to know besides the environment's identity.
struct LaunchContext {
  const FunctionConfig& function;
  const Runtime& runtime;
  // Of provided.*: its own bootstrap file.
  const Interpreter& interpreter;
  const Options& options;
  const Endpoints& endpoints;
  // A debugger may attach here; 0: none.
  int debug_port = 0;
  enum class Layers { kAtOpt, kElsewhere } layers = Layers::kElsewhere;
  // "on-demand" or "provisioned-concurrency".
  std::string_view initialization = "on-demand";
};

// `runtime_api`: "127.0.0.1:PORT".
process::Command MakeCommand(const LaunchContext& context, const EnvironmentIdentity& identity,
                             const std::string& runtime_api);

}  // namespace offstage::lambda
