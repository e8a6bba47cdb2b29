// offstage exec -- COMMAND: runs a command beside a deployment of its own, and ends with its
// status.
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <thread>

#include "base/text.h"
#include "cli/exec_python.h"
#include "cli/options.h"
#include "cli/stop_signal.h"

extern char** environ;

namespace offstage::cli {

namespace {

struct ExecOptions {
  CommonOptions common;
  std::vector<std::string> seeds;
  std::string function;
  int port = 0;
  int aws_port = 0;
  std::vector<std::string> command;
};

using Variables = std::map<std::string, std::string>;

std::string UpperName(const std::string& name) {
  std::string out;
  for (const char c : ToUpper(name))
    out.push_back((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_');
  return out;
}

Variables VariablesFor(const app::Deployment& deployment) {
  const templates::Stack& stack = deployment.stack();
  Variables variables;
  variables["AWS_ENDPOINT_URL"] = deployment.aws_url();
  variables["AWS_ENDPOINT_URL_DYNAMODB"] = deployment.aws_url();
  variables["AWS_ENDPOINT_URL_LAMBDA"] = deployment.aws_url();
  variables["AWS_REGION"] = stack.region;
  variables["AWS_DEFAULT_REGION"] = stack.region;
  variables["AWS_ACCESS_KEY_ID"] = "offstage";
  variables["AWS_SECRET_ACCESS_KEY"] = "offstage";
  variables["OFFSTAGE_STACK"] = stack.name;
  if (!deployment.api_url().empty()) {
    variables["API_URL"] = deployment.api_url();
    variables["OFFSTAGE_API_URL"] = deployment.api_url();
  }
  for (const templates::Table& table : stack.tables)
    variables["OFFSTAGE_TABLE_" + UpperName(table.logical_id)] = table.name;
  for (const templates::Function& function : stack.functions)
    variables["OFFSTAGE_FUNCTION_" + UpperName(function.logical_id)] = function.name;
  return variables;
}

// The command's environment: ours, with `variables` in place of those of the same name. What could
// lead to a real account is taken out.
std::vector<std::string> Environment(const Variables& variables) {
  static constexpr std::string_view kDangerous[] = {
      "AWS_PROFILE=", "AWS_DEFAULT_PROFILE=", "AWS_SESSION_TOKEN=", "AWS_ROLE_ARN=",
      "AWS_WEB_IDENTITY_TOKEN_FILE="};
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string name(text.substr(0, text.find('=')));
    const bool dangerous = std::any_of(std::begin(kDangerous), std::end(kDangerous),
                                       [&](std::string_view d) { return text.starts_with(d); });
    if (!dangerous && !variables.contains(name)) environment.emplace_back(text);
  }
  for (const auto& [name, value] : variables)
    environment.push_back(name + "=" + value);
  return environment;
}

// The command in a process group of its own, so that what it leaves running can be ended too.
Result<pid_t> Spawn(const std::vector<std::string>& command,
                    const std::vector<std::string>& environment) {
  const auto pointers = [](const std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (const std::string& text : texts)
      out.push_back(const_cast<char*>(text.c_str()));  // NOLINT: posix_spawn does not write
    out.push_back(nullptr);
    return out;
  };
  std::vector<char*> argv = pointers(command);
  std::vector<char*> envp = pointers(environment);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGTTOU, SIGTTIN})
    sigaddset(&defaults, number);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int code = ::posix_spawnp(&pid, argv[0], nullptr, &attributes, argv.data(), envp.data());
  posix_spawnattr_destroy(&attributes);
  if (code != 0)
    return Fail(Error{fmt::format("cannot run {}: {}", command.front(), std::strerror(code))});
  return pid;
}

// While the command runs the terminal is its own (Ctrl-C, reading from it), then ours again.
class Foreground {
 public:
  explicit Foreground(pid_t group) : terminal_(::isatty(STDIN_FILENO) == 1) {
    if (!terminal_) return;
    // Else taking the terminal back would stop us.
    ::signal(SIGTTOU, SIG_IGN);  // NOLINT(bugprone-signal-handler): ignoring is always safe
    ::tcsetpgrp(STDIN_FILENO, group);
  }
  ~Foreground() {
    if (terminal_) ::tcsetpgrp(STDIN_FILENO, ::getpgrp());
  }
  Foreground(const Foreground&) = delete;
  Foreground& operator=(const Foreground&) = delete;

 private:
  const bool terminal_;
};

// Hands our own signals on to the command.
class Forwarding {
 public:
  Forwarding(StopSignal& signal, pid_t group)
      : signal_(signal), thread_([this, group] {
          const int number = signal_.Wait();
          if (number != 0) ::kill(-group, number);
        }) {}
  ~Forwarding() {
    signal_.Cancel();
    thread_.join();
  }
  Forwarding(const Forwarding&) = delete;
  Forwarding& operator=(const Forwarding&) = delete;

 private:
  StopSignal& signal_;
  std::thread thread_;
};

// As a shell would say it: the exit code, or 128 and the signal.
int WaitFor(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int RunCommand(const ExecOptions& options, const Variables& variables, StopSignal& signal) {
  const auto pid = Spawn(options.command, Environment(variables));
  if (!pid.ok()) return Complain(pid.error(), kUsageOrTemplate);
  int code = 0;
  {
    const Foreground foreground(*pid);
    const Forwarding forwarding(signal, *pid);
    code = WaitFor(*pid);
  }
  // What the command left behind in its group ends with it.
  ::kill(-*pid, SIGTERM);
  return code;
}

int SeedTables(app::Deployment& deployment, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const auto seed = app::ReadSeedFile(file);
    if (!seed.ok()) return Complain(seed.error(), kUsageOrTemplate);
    const auto counts = app::ImportTables(deployment.stack(), deployment.tables(), *seed);
    if (!counts.ok()) return Complain({file + ": " + counts.error().message}, kUsageOrTemplate);
  }
  return kDone;
}

int RunExec(ExecOptions& options) {
  StopSignal signal;
  SystemClock clock;
  RandomIds ids;
  StderrLog log(options.common.verbose ? LogLevel::kDebug : LogLevel::kError);
  app::RequestLog requests(
      stderr, options.common.verbose ? app::Verbosity::kVerbose : app::Verbosity::kQuiet);
  if (options.common.project.data.empty()) options.common.in_memory = true;
  auto deployment_options = ToDeploymentOptions(options.common);
  if (!deployment_options.ok()) return Complain(deployment_options.error(), kUsageOrTemplate);
  deployment_options->api_port = options.port;
  deployment_options->aws_port = options.aws_port;
  auto open = Open(options.common, ids);
  if (!open.ok()) return Complain(open.error().error, open.error().code);
  auto deployment =
      app::Deployment::Start(std::move(open->stack), open->state ? &*open->state : nullptr,
                             *deployment_options, {clock, ids, log, requests});
  if (!deployment.ok()) return Complain(deployment.error(), kCouldNotStart);
  if (const int code = SeedTables(**deployment, options.seeds); code != kDone) return code;
  Variables variables = VariablesFor(**deployment);
  if (!options.function.empty()) {
    const templates::Function* function = (*deployment)->stack().FindFunction(options.function);
    if (function == nullptr)
      return Complain({"--env-of: there is no function " + options.function}, kUsageOrTemplate);
    for (const auto& [name, value] : function->environment)
      variables[name] = value;
  }
  const auto python = PythonRedirect::Make();
  if (!python.ok()) return Complain(python.error(), kCouldNotStart);
  variables["PYTHONPATH"] = (*python)->PythonPath();
  return RunCommand(options, variables, signal);
}

}  // namespace

void AddExecCommand(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<ExecOptions>();
  CLI::App* command = program.add_subcommand(
      "exec", "Run a command (pytest, npm test, k6 ...) beside a deployment on free ports");
  AddProjectOptions(*command, options->common);
  AddRuntimeOptions(*command, options->common);
  command->add_option("--seed", options->seeds, "Data file to put into the tables; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--env-of", options->function,
                      "Also set this function's own environment variables");
  command->add_option("--port", options->port, "Port of the APIs (default: a free one)");
  command->add_option("--aws-port", options->aws_port,
                      "Port of the AWS endpoint (default: a free one)");
  command->add_flag("-v,--verbose", options->common.verbose, "Show requests and AWS calls");
  command->add_option("command", options->command, "The command, after --")->required();
  command->positionals_at_end();
  command->callback([options, &exit_code] { exit_code = RunExec(*options); });
}

}  // namespace offstage::cli
