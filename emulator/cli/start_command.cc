// offstage start: serves the stack until Ctrl-C.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "app/provision/apis.h"
#include "base/text.h"
#include "cli/options.h"
#include "cli/stop_signal.h"
#include "scenario/recording.h"

namespace offstage::cli {

namespace {

struct StartOptions {
  CommonOptions common;
  // A scenario file to write; empty: none.
  std::string record;
  std::string bind = "127.0.0.1";
  int port = 3000;
  int aws_port = 4566;
  int https_port = 0;
  std::vector<std::string> seeds;
  std::vector<std::string> local_issuer;
  std::vector<std::string> debug;
  bool warm = false;
};

void PrintNotes(const templates::Stack& stack, bool verbose) {
  std::size_t harmless = 0;
  for (const templates::Note& note : stack.notes) {
    const bool matters =
        note.fate == templates::Fate::kRefused || note.fate == templates::Fate::kWarning;
    if (matters || (verbose && note.fate == templates::Fate::kIgnored)) {
      fmt::print("  {}: {}\n", templates::FateName(note.fate), note.Text());
    } else if (note.fate == templates::Fate::kIgnored) {
      ++harmless;
    }
  }
  if (harmless > 0)
    fmt::print("  {} harmless to ignore when emulating (start -v lists them)\n", harmless);
}

void PrintRoutes(const app::Deployment& deployment, const CommonOptions& options) {
  std::size_t preflights = 0;
  for (const gateway::RouteListing& route : deployment.Routes()) {
    if (route.target == "mock" && route.method == "OPTIONS" && !options.verbose) {
      ++preflights;
      continue;
    }
    const templates::Function* function = deployment.stack().FindFunction(route.target);
    fmt::print("  {:<7} {}{}  ->  {}{}\n", route.method, deployment.api_url(), route.url_path,
               function == nullptr ? route.target : function->path,
               route.protection.empty() ? "" : "  [" + route.protection + "]");
  }
  for (const gateway::ApiConfig& api : app::ToApiConfigs(deployment.stack())) {
    for (const gateway::ApiKey& key : api.api_keys)
      fmt::print("  API key {} of {}  ->  x-api-key: {}\n", key.name, api.name, key.value);
  }
  if (preflights > 0) fmt::print("  OPTIONS on {} paths, for browsers (CORS)\n", preflights);
}

// Notes that several functions share are printed once.
void PrintFunctionNotes(const app::Deployment& deployment) {
  std::vector<std::pair<std::string, std::vector<std::string>>> groups;
  for (const app::FunctionNote& note : deployment.FunctionNotes()) {
    if (note.about == app::FunctionNote::About::kDebugging) {
      fmt::print("  debug {}: {}\n", note.function, note.text);
      continue;
    }
    auto group = std::find_if(groups.begin(), groups.end(),
                              [&](const auto& g) { return g.first == note.text; });
    if (group == groups.end()) group = groups.insert(groups.end(), {note.text, {}});
    group->second.push_back(note.function);
  }
  for (const auto& [text, functions] : groups) {
    if (functions.size() == 1) fmt::print("  note: {}: {}\n", functions[0], text);
    if (functions.size() > 1) fmt::print("  note: {} functions: {}\n", functions.size(), text);
  }
}

// Where messages are, and the pages of each domain by http and (Amplify insists on it) by https.
void PrintPools(app::Deployment& deployment) {
  const auto pools = deployment.pools().Pools();
  if (pools.empty()) return;
  fmt::print("Mailbox       {}/_offstage/mailbox\n", deployment.aws_url());
  bool any = false;
  for (const cognito::Service::PoolSummary& pool : pools) {
    for (const std::string& domain : pool.domains) {
      any = true;
      fmt::print("Sign-in pages {}/_domains/{}   {}/_domains/{}\n", deployment.aws_url(), domain,
                 deployment.https_url(), domain);
    }
  }
  if (any)
    fmt::print("              the authority behind https: {}\n",
               deployment.authority_file().string());
}

void PrintReport(app::Deployment& deployment, const app::ProjectPlan& plan,
                 const CommonOptions& options) {
  const templates::Stack& stack = deployment.stack();
  if (plan.template_file.empty()) {
    fmt::print("offstage: {}, so the AWS endpoint alone is served\n",
               options.no_template
                   ? "--no-template"
                   : "there is no template.yml, template.yaml or template.json in this folder and "
                     "--template names none");
  } else {
    fmt::print("offstage: stack {} in {}\n", stack.name, stack.region);
  }
  if (!plan.built_note.empty()) fmt::print("  note: {}\n", plan.built_note);
  PrintNotes(stack, options.verbose);
  PrintFunctionNotes(deployment);
  for (const templates::Table& table : stack.tables)
    fmt::print("  table {}  ->  {}\n", table.path, table.name);
  for (const cognito::Service::PoolSummary& pool : deployment.pools().Pools()) {
    fmt::print("  user pool {}  ->  {}   clients {}\n", pool.name, pool.id,
               Join(pool.clients, ", "));
  }
  for (const templates::Output& output : stack.outputs) {
    if (options.verbose)
      fmt::print("  output {}{}{} = {}\n", output.stack_path, output.stack_path.empty() ? "" : "/",
                 output.name, output.value);
  }
  PrintRoutes(deployment, options);
  if (!deployment.api_url().empty()) fmt::print("API           {}\n", deployment.api_url());
  fmt::print("AWS endpoint  {}   (any credentials; region {})\n", deployment.aws_url(),
             stack.region);
  PrintPools(deployment);
  fmt::print("Ready. Ctrl-C stops everything.\n");
  std::fflush(stdout);
}

int Seed(app::Deployment& deployment, const std::vector<std::string>& files) {
  for (const std::string& file : files) {
    const auto seed = app::ReadSeedFile(file);
    if (!seed.ok()) return Complain(seed.error(), kUsageOrTemplate);
    const auto counts = app::ImportTables(deployment.stack(), deployment.tables(), *seed);
    if (!counts.ok()) return Complain({file + ": " + counts.error().message}, kUsageOrTemplate);
    for (const app::ImportCount& count : *counts) {
      fmt::print("offstage: seeded {} items into {}\n", count.items, count.table);
    }
  }
  return kDone;
}

int RunStart(const StartOptions& options) {
  StopSignal stop;
  SystemClock clock;
  RandomIds ids;
  StderrLog log(options.common.verbose ? LogLevel::kDebug : LogLevel::kInfo);
  const auto verbosity = options.common.quiet     ? app::Verbosity::kQuiet
                         : options.common.verbose ? app::Verbosity::kVerbose
                                                  : app::Verbosity::kNormal;
  app::RequestLog requests(stdout, verbosity);
  auto deployment_options = ToDeploymentOptions(options.common);
  if (!deployment_options.ok()) return Complain(deployment_options.error(), kUsageOrTemplate);
  deployment_options->bind = options.bind;
  deployment_options->api_port = options.port;
  deployment_options->aws_port = options.aws_port;
  deployment_options->https_port = options.https_port;
  deployment_options->debug = options.debug;
  if (options.warm) deployment_options->warm_up = lambda::WarmUp::kAll;
  deployment_options->local_issuer_clients.insert(options.local_issuer.begin(),
                                                  options.local_issuer.end());
  std::unique_ptr<scenario::Recording> recording;
  if (!options.record.empty()) {
    recording = std::make_unique<scenario::Recording>(
        options.record,
        std::vector<std::filesystem::path>(options.seeds.begin(), options.seeds.end()));
    // Now, so that nobody records for an hour into a file that cannot be written; then each time,
    // so that a crash costs nothing.
    const Status written = recording->Write();
    if (!written.ok()) return Complain(written.error(), kCouldNotStart);
    deployment_options->on_exchange = [&recording](const http::Request& request,
                                                   const http::Reply& reply) {
      recording->Add(request, reply);
      (void)recording->Write();
    };
  }
  auto open = Open(options.common, ids);
  if (!open.ok()) return Complain(open.error().error, open.error().code);
  if (options.bind != "127.0.0.1" && options.bind != "localhost") {
    log.Warn(
        "listening beyond this machine: anyone who reaches it can run your functions and read your "
        "data",
        {{"bind", options.bind}});
  }
  auto deployment =
      app::Deployment::Start(std::move(open->stack), open->state ? &*open->state : nullptr,
                             *deployment_options, {clock, ids, log, requests});
  if (!deployment.ok()) return Complain(deployment.error(), kCouldNotStart);
  if (const int code = Seed(**deployment, options.seeds); code != kDone) return code;
  if (open->state) {
    const auto announced = open->state->Announce({.pid = ::getpid(),
                                                  .api_port = (*deployment)->api_port(),
                                                  .aws_port = (*deployment)->aws_port()});
    if (!announced.ok()) return Complain(announced.error(), kCouldNotStart);
  }
  PrintReport(**deployment, open->plan, options.common);
  stop.Wait();
  if (!options.common.quiet) fmt::print("offstage: stopping\n");
  std::fflush(stdout);
  deployment->reset();
  if (recording != nullptr) {
    fmt::print("offstage: recorded {} requests in {}; run them: offstage test {}\n",
               recording->size(), options.record, options.record);
  }
  return kDone;
}

}  // namespace

void AddStartCommand(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<StartOptions>();
  CLI::App* command =
      program.add_subcommand("start", "Serve the stack's APIs, functions and tables until Ctrl-C");
  options->common.project.use_template = app::ProjectOptions::Template::kFindOrNone;
  AddProjectOptions(*command, options->common);
  AddRuntimeOptions(*command, options->common);
  command->add_option("--port", options->port, "Port of the APIs; 0 picks a free one")
      ->capture_default_str()
      ->check(CLI::Range(0, 65535));
  command
      ->add_option("--aws-port", options->aws_port, "Port of the AWS endpoint; 0 picks a free one")
      ->capture_default_str()
      ->check(CLI::Range(0, 65535));
  command
      ->add_option("--https-port", options->https_port,
                   "Port of the AWS endpoint and its sign-in pages by https, on this machine only; "
                   "0 picks a free one")
      ->capture_default_str()
      ->check(CLI::Range(0, 65535));
  command
      ->add_option("--bind", options->bind,
                   "Address to listen on; anything but loopback is open to your network")
      ->capture_default_str();
  command->add_option("--seed", options->seeds,
                      "Data file (JSON by table) to put into the tables; may be repeated");
  command->add_option("--record", options->record,
                      "Scenario file to write from the requests that the APIs get; secrets are "
                      "replaced");
  command->add_option("--local-issuer", options->local_issuer,
                      "App client whose tokens name this emulator as their issuer instead of AWS; "
                      "* for all; may be repeated");
  command
      ->add_option("--debug", options->debug,
                   "Function that a debugger may attach to; its timeouts are suspended; may be "
                   "repeated")
      ->allow_extra_args(false);
  command->add_flag("--warm", options->warm,
                    "Start a process of every function now instead of at its first invocation");
  command->add_flag("--no-template", options->common.no_template,
                    "Serve the AWS endpoint alone, as without a template in the folder");
  command->add_flag("-v,--verbose", options->common.verbose,
                    "Also show ignored properties, outputs and each AWS call");
  command->add_flag("-q,--quiet", options->common.quiet,
                    "Do not print requests and handler output");
  command->callback([options, &exit_code] { exit_code = RunStart(*options); });
}

}  // namespace offstage::cli
