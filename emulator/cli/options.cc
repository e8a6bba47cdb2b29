#include "cli/options.h"

#include <cstdio>

namespace offstage::cli {

void AddProjectOptions(CLI::App& command, CommonOptions& options) {
  command.add_option(
      "-t,--template", options.project.template_file,
      "The SAM or CloudFormation template (default: template.yml, .yaml or .json here)");
  command.add_option("--config-file", options.project.config_file,
                     "samconfig.toml to read options from");
  command.add_option("--config-env", options.project.config_env,
                     "Environment of samconfig.toml (default: default)");
  command.add_option("--stack-name", options.project.stack_name,
                     "Name of the stack (default: samconfig.toml's, else the folder's)");
  command.add_option("--region", options.project.region,
                     "AWS region to stand in for (default: samconfig.toml's, else us-east-1)");
  command
      .add_option("--parameter-overrides", options.project.parameter_overrides,
                  "Template parameters, in SAM's syntax: Key=Value ... or "
                  "ParameterKey=K,ParameterValue=V ...")
      ->expected(-1);
  command
      .add_option("--ssm-parameters", options.project.ssm_parameters,
                  "File (YAML or JSON) with the values of SSM parameters, by name; may be repeated")
      ->allow_extra_args(false);
  command
      .add_option("--secrets", options.project.secrets,
                  "File with the values of Secrets Manager's secrets, by name; may be repeated")
      ->allow_extra_args(false);
  command
      .add_option("--imports", options.project.imports,
                  "File with the exports of other stacks (Fn::ImportValue), by name; may be "
                  "repeated")
      ->allow_extra_args(false);
  command.add_option("--data", options.project.data,
                     "Folder for state (default: .offstage beside the template)");
  command.add_flag("--in-memory", options.in_memory,
                   "Keep no state: everything is gone at the end");
  command.add_option("--dynamodb-endpoint", options.dynamodb_endpoint,
                     "Keep the tables in another DynamoDB-compatible engine, for example "
                     "http://127.0.0.1:8000; calls are signed with AWS_ACCESS_KEY_ID and "
                     "AWS_SECRET_ACCESS_KEY where both are set");
}

void AddRuntimeOptions(CLI::App& command, CommonOptions& options) {
  command.add_flag("--strict-runtimes", options.strict_runtimes,
                   "Refuse functions whose exact runtime version is not installed");
  command
      .add_option("--interpreter", options.interpreters,
                  "Interpreter for a runtime, e.g. python3.8=/opt/python3.8/bin/python3")
      ->allow_extra_args(false);
  command
      .add_option("--read-lag", options.read_lag_ms,
                  "Milliseconds by which reads without ConsistentRead, and all of global indexes, "
                  "lag behind writes, as they may on AWS: shows handlers that read too early")
      ->check(CLI::Range(0, 60'000));
  command.add_flag("--enforce-capacity", options.enforce_capacity,
                   "Throttle calls beyond the tables' provisioned throughput, as AWS does");
  command
      .add_option("--transaction-conflicts", options.transaction_ms,
                  "Milliseconds that transactions take to write: who writes one of their items "
                  "meanwhile gets TransactionConflictException, as on AWS")
      ->check(CLI::Range(0, 60'000));
  command
      .add_option("--allow-egress", options.allow_egress,
                  "Host besides this machine that handlers and HTTP integrations may connect to: "
                  "api.example.com, *.example.com, * for all; may be repeated")
      ->allow_extra_args(false);
  command.add_flag("--throttling", options.throttling,
                   "Enforce the throttling settings of stages and routes (usage plans always are)");
  command
      .add_option("--jwks", options.jwks,
                  "Keys of a JWT issuer outside the stack: ISSUER=FILE, or =URL on this machine")
      ->allow_extra_args(false);
}

std::vector<std::string> ToArguments(const CommonOptions& options) {
  std::vector<std::string> arguments;
  const auto add = [&arguments](const std::string& option, const std::string& value) {
    if (value.empty()) return;
    arguments.push_back(option);
    arguments.push_back(value);
  };
  const auto add_each = [&add](const std::string& option, const auto& values) {
    for (const auto& value : values)
      add(option, std::filesystem::path(value).string());
  };
  const app::ProjectOptions& project = options.project;
  add("--template", project.template_file.string());
  add("--config-file", project.config_file.string());
  add("--config-env", project.config_env);
  add("--stack-name", project.stack_name);
  add("--region", project.region);
  add("--data", project.data.string());
  add("--dynamodb-endpoint", options.dynamodb_endpoint);
  add_each("--ssm-parameters", project.ssm_parameters);
  add_each("--secrets", project.secrets);
  add_each("--imports", project.imports);
  add_each("--interpreter", options.interpreters);
  add_each("--allow-egress", options.allow_egress);
  for (const std::string& jwks : options.jwks)
    add("--jwks", jwks);
  if (options.in_memory) arguments.emplace_back("--in-memory");
  if (options.strict_runtimes) arguments.emplace_back("--strict-runtimes");
  if (options.enforce_capacity) arguments.emplace_back("--enforce-capacity");
  if (options.throttling) arguments.emplace_back("--throttling");
  if (options.transaction_ms >= 0)
    add("--transaction-conflicts", std::to_string(options.transaction_ms));
  if (options.read_lag_ms > 0) add("--read-lag", std::to_string(options.read_lag_ms));
  if (!project.parameter_overrides.empty()) arguments.emplace_back("--parameter-overrides");
  arguments.insert(arguments.end(), project.parameter_overrides.begin(),
                   project.parameter_overrides.end());
  return arguments;
}

Result<app::DeploymentOptions> ToDeploymentOptions(const CommonOptions& options) {
  app::DeploymentOptions deployment;
  deployment.dynamodb_endpoint = options.dynamodb_endpoint;
  if (options.enforce_capacity)
    deployment.table_modes.capacity = dynamodb::Modes::Capacity::kEnforced;
  deployment.table_modes.read_lag = std::chrono::milliseconds(options.read_lag_ms);
  if (options.transaction_ms >= 0)
    deployment.table_modes.transaction_time = std::chrono::milliseconds(options.transaction_ms);
  deployment.allow_egress = options.allow_egress;
  if (options.strict_runtimes) deployment.runtimes = app::DeploymentOptions::Runtimes::kStrict;
  if (options.throttling) deployment.throttling = app::DeploymentOptions::Throttling::kEnforced;
  for (const std::string& text : options.jwks) {
    // An issuer's address may have '=' in its query, a file's name hardly.
    const auto equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return Fail(Error{
          "--jwks takes ISSUER=FILE, for example https://login.example.com/=jwks.json, not '" +
          text + "'"});
    }
    deployment.jwks.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  for (const std::string& text : options.interpreters) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
      return Fail(
          Error{"--interpreter takes RUNTIME=PATH, for example python3.8=/usr/bin/python3, not '" +
                text + "'"});
    }
    deployment.interpreters.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return deployment;
}

app::ProjectOptions ToProjectOptions(const CommonOptions& options) {
  app::ProjectOptions project = options.project;
  if (options.in_memory) project.storage = app::ProjectOptions::Storage::kInMemory;
  if (options.no_template) project.use_template = app::ProjectOptions::Template::kNone;
  return project;
}

int Complain(const Error& error, ExitCode code) {
  std::fprintf(stderr, "offstage: %s\n", error.message.c_str());
  return code;
}

Result<OpenProject, OpenFailure> Open(const CommonOptions& options, IdSource& ids) {
  auto plan = app::PlanProject(ToProjectOptions(options));
  if (!plan.ok()) return Fail(OpenFailure{plan.error(), kUsageOrTemplate});
  OpenProject open;
  open.plan = *plan;
  if (open.plan.storage == app::ProjectOptions::Storage::kFile) {
    auto state = app::StateFolder::Lock(open.plan.data, open.plan.stack_name);
    if (!state.ok()) return Fail(OpenFailure{state.error(), kCouldNotStart});
    open.state.emplace(std::move(state).value());
  }
  auto stack = app::LoadProject(open.plan, open.state ? &*open.state : nullptr, ids);
  if (!stack.ok()) return Fail(OpenFailure{stack.error(), kUsageOrTemplate});
  open.stack = std::move(stack).value();
  return open;
}

}  // namespace offstage::cli
