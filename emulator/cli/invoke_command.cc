// offstage invoke: runs one function with an event, in the running emulator if there is one.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include "app/control.h"
#include "base/json.h"
#include "cli/options.h"

namespace offstage::cli {

namespace {

struct InvokeOptions {
  CommonOptions common;
  std::string function;
  std::string event;
};

// A file, "-" for standard input, JSON text itself, or nothing: {}.
Result<std::string> ReadEvent(const std::string& event) {
  std::string text = "{}";
  std::string name = "the event";
  if (event == "-") {
    text = {std::istreambuf_iterator<char>(std::cin), {}};
    name = "the event on standard input";
  } else if (!event.empty() &&
             (event.front() == '{' || event.front() == '[' || event.front() == '"')) {
    text = event;
  } else if (!event.empty()) {
    std::ifstream in(event, std::ios::binary);
    if (!in) return Fail(Error{"cannot read the event file " + event});
    text = {std::istreambuf_iterator<char>(in), {}};
    name = event;
  }
  const auto json = ParseJson(text);
  if (!json.ok()) return Fail(Error{name + " is not JSON: " + json.error().message});
  return text;
}

int Report(const InvokeResult& result) {
  std::printf("%s\n", result.payload.c_str());
  if (!result.explanation.empty())
    std::fprintf(stderr, "offstage: %s\n", result.explanation.c_str());
  return result.status == InvokeStatus::kOk ? kDone : kChecksFailed;
}

int RunInvoke(const InvokeOptions& options) {
  SystemClock clock;
  RandomIds ids;
  StderrLog log(options.common.verbose ? LogLevel::kDebug : LogLevel::kWarning);
  app::RequestLog requests(stderr,
                           options.common.quiet ? app::Verbosity::kQuiet : app::Verbosity::kNormal);
  const auto event = ReadEvent(options.event);
  if (!event.ok()) return Complain(event.error(), kUsageOrTemplate);
  const auto plan = app::PlanProject(ToProjectOptions(options.common));
  if (!plan.ok()) return Complain(plan.error(), kUsageOrTemplate);
  if (plan->storage == app::ProjectOptions::Storage::kFile) {
    if (const auto running = app::FindRunning(plan->data, plan->stack_name)) {
      const auto result = app::RemoteControl(*running).Invoke(options.function, *event);
      return result.ok() ? Report(*result) : Complain(result.error(), kUsageOrTemplate);
    }
  }
  auto deployment_options = ToDeploymentOptions(options.common);
  if (!deployment_options.ok()) return Complain(deployment_options.error(), kUsageOrTemplate);
  auto open = Open(options.common, ids);
  if (!open.ok()) return Complain(open.error().error, open.error().code);
  auto deployment =
      app::Deployment::Start(std::move(open->stack), open->state ? &*open->state : nullptr,
                             *deployment_options, {clock, ids, log, requests});
  if (!deployment.ok()) return Complain(deployment.error(), kCouldNotStart);
  const auto result = (*deployment)->Invoke(options.function, *event);
  return result.ok() ? Report(*result) : Complain(result.error(), kUsageOrTemplate);
}

}  // namespace

void AddInvokeCommand(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<InvokeOptions>();
  CLI::App* command = program.add_subcommand(
      "invoke", "Run one function with an event; the answer goes to stdout, its log to stderr");
  command
      ->add_option("function", options->function,
                   "Logical id, path (APIs/getUsers) or physical name")
      ->required();
  command->add_option("-e,--event", options->event,
                      "Event: a JSON file, - for stdin, or JSON text (default: {})");
  AddProjectOptions(*command, options->common);
  AddRuntimeOptions(*command, options->common);
  command->add_flag("-v,--verbose", options->common.verbose, "Show more of what happens");
  command->add_flag("-q,--quiet", options->common.quiet, "Do not show the function's log");
  command->callback([options, &exit_code] { exit_code = RunInvoke(*options); });
}

}  // namespace offstage::cli
