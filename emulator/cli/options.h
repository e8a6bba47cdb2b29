// Options that several commands share, and the exit codes of all of them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "app/deployment.h"
#include "app/project.h"
#include "app/request_log.h"

namespace offstage::cli {

// As the design page fixes them.
enum ExitCode {
  kDone = 0,
  kChecksFailed = 1,     // The user's function or checks failed.
  kUsageOrTemplate = 2,  // Wrong usage, or a template that cannot be used.
  kCouldNotStart = 3,    // A port in use, a folder that cannot be written.
  kBug = 70,             // A bug of ours.
};

struct CommonOptions {
  app::ProjectOptions project;
  bool in_memory = false;
  std::string dynamodb_endpoint;
  int read_lag_ms = 0;
  bool enforce_capacity = false;
  // Below 0: transactions take no time.
  int transaction_ms = -1;
  bool no_template = false;
  bool strict_runtimes = false;
  bool verbose = false;
  bool quiet = false;
  std::vector<std::string> interpreters;  // "python3.8=/usr/bin/python3"
  std::vector<std::string> allow_egress;
  bool throttling = false;
  std::vector<std::string> jwks;  // "https://issuer.example.com/=jwks.json"
};

// --template, --config-env, --stack-name, --region, --parameter-overrides, --data, --in-memory,
// --dynamodb-endpoint.
void AddProjectOptions(CLI::App& command, CommonOptions& options);
// --strict-runtimes, --interpreter, --allow-egress, --read-lag, --enforce-capacity,
// --transaction-conflicts, --throttling, --jwks.
void AddRuntimeOptions(CLI::App& command, CommonOptions& options);

// The same options as arguments again, for processes of this program that share its work. What is
// an option of AddProjectOptions or AddRuntimeOptions is here too. Those that take any number of
// values come last.
std::vector<std::string> ToArguments(const CommonOptions& options);

// Options as the app wants them. Fails for an --interpreter or --jwks that is not
// NAME=PATH.
Result<app::DeploymentOptions> ToDeploymentOptions(const CommonOptions& options);
app::ProjectOptions ToProjectOptions(const CommonOptions& options);

// "offstage: MESSAGE" on stderr; returns `code`.
int Complain(const Error& error, ExitCode code);

// A plan, its locked state folder (unless in memory) and the resolved stack.
struct OpenProject {
  app::ProjectPlan plan;
  std::optional<app::StateFolder> state;
  templates::Stack stack;
};
// Fails with the code that the command should exit with.
struct OpenFailure {
  Error error;
  ExitCode code = kUsageOrTemplate;
};
Result<OpenProject, OpenFailure> Open(const CommonOptions& options, IdSource& ids);

// Each command adds itself to `program`; when it was the one chosen, its callback sets `exit_code`.
void AddStartCommand(CLI::App& program, int& exit_code);
void AddInvokeCommand(CLI::App& program, int& exit_code);
void AddRoutesCommand(CLI::App& program, int& exit_code);
void AddDataCommand(CLI::App& program, int& exit_code);
void AddTestCommand(CLI::App& program, int& exit_code);
void AddExecCommand(CLI::App& program, int& exit_code);
void AddTokenCommand(CLI::App& program, int& exit_code);
void AddBuildCommand(CLI::App& program, int& exit_code);
void AddValidateCommand(CLI::App& program, int& exit_code);
void AddBenchCommand(CLI::App& program, int& exit_code);

}  // namespace offstage::cli
