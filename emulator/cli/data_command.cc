// offstage data import|export|reset: the tables' contents, of the running emulator if there is one,
// else straight from the state folder.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "app/control.h"
#include "app/tables.h"
#include "cli/options.h"

namespace offstage::cli {

namespace {

struct DataOptions {
  CommonOptions common;
  std::vector<std::string> files;
  std::vector<std::string> tables;
  std::string output;
  bool dynamodb_json = false;
};

// The tables, wherever they are. Exactly one of the two is set.
struct Access {
  std::optional<app::RemoteControl> remote;
  std::optional<OpenProject> open;
  // Only with --dynamodb-endpoint; outlives the tables.
  std::unique_ptr<dynamodb::RemoteEndpoint> endpoint;
  std::unique_ptr<dynamodb::TableService> tables;
};

struct AccessContext {
  SystemClock clock;
  RandomIds ids;
  StderrLog log{LogLevel::kWarning};
};

Status OpenTables(const CommonOptions& options, Access& access, AccessContext& context) {
  const templates::Stack& stack = access.open->stack;
  if (options.dynamodb_endpoint.empty()) {
    OFFSTAGE_TRY(access.tables, app::OpenTables(stack, access.open->state->database(),
                                                {context.clock, context.ids, context.log}));
    return Ok();
  }
  OFFSTAGE_TRY(access.endpoint,
               dynamodb::RemoteEndpoint::Create(options.dynamodb_endpoint,
                                                aws::IdentityFromEnvironment(), context.clock));
  OFFSTAGE_TRY(access.tables,
               app::OpenRemoteTables(stack, *access.endpoint, dynamodb::RemoteOptions::AtEnd::kKeep,
                                     context.log));
  return Ok();
}

Result<Access, OpenFailure> OpenAccess(const CommonOptions& options, AccessContext& context) {
  const auto plan = app::PlanProject(ToProjectOptions(options));
  if (!plan.ok()) return Fail(OpenFailure{plan.error(), kUsageOrTemplate});
  Access access;
  if (const auto running = app::FindRunning(plan->data, plan->stack_name)) {
    access.remote.emplace(*running);
    return access;
  }
  OFFSTAGE_TRY(OpenProject open, Open(options, context.ids));
  access.open.emplace(std::move(open));
  const Status opened = OpenTables(options, access, context);
  if (!opened.ok()) return Fail(OpenFailure{opened.error(), kCouldNotStart});
  return access;
}

void PrintCounts(const std::vector<app::ImportCount>& counts) {
  for (const app::ImportCount& count : counts)
    fmt::print("{}: {} items\n", count.table, count.items);
}

int RunImport(const DataOptions& options) {
  AccessContext context;
  std::vector<std::vector<app::SeedTable>> seeds;
  for (const std::string& file : options.files) {
    auto seed = app::ReadSeedFile(file);
    if (!seed.ok()) return Complain(seed.error(), kUsageOrTemplate);
    seeds.push_back(std::move(seed).value());
  }
  auto access = OpenAccess(options.common, context);
  if (!access.ok()) return Complain(access.error().error, access.error().code);
  for (const auto& seed : seeds) {
    const auto counts = access->remote
                            ? access->remote->Import(seed)
                            : app::ImportTables(access->open->stack, *access->tables, seed);
    if (!counts.ok()) return Complain(counts.error(), kUsageOrTemplate);
    PrintCounts(*counts);
  }
  return kDone;
}

int RunExport(const DataOptions& options) {
  AccessContext context;
  auto access = OpenAccess(options.common, context);
  if (!access.ok()) return Complain(access.error().error, access.error().code);
  const auto format =
      options.dynamodb_json ? app::DataFormat::kDynamoDbJson : app::DataFormat::kPlainJson;
  std::ofstream file;
  if (!options.output.empty()) {
    file.open(options.output, std::ios::binary | std::ios::trunc);
    if (!file) return Complain({"cannot write " + options.output}, kCouldNotStart);
  }
  std::ostream& out = options.output.empty() ? std::cout : file;
  const Status done = access->remote ? access->remote->Export(options.tables, format, out)
                                     : app::ExportTables(access->open->stack, *access->tables,
                                                         options.tables, format, out);
  return done.ok() ? kDone : Complain(done.error(), kUsageOrTemplate);
}

int RunReset(const DataOptions& options) {
  AccessContext context;
  auto access = OpenAccess(options.common, context);
  if (!access.ok()) return Complain(access.error().error, access.error().code);
  const Status done = access->remote ? access->remote->Reset() : access->tables->Reset();
  if (!done.ok()) return Complain(done.error(), kCouldNotStart);
  fmt::print("All tables are empty.\n");
  return kDone;
}

}  // namespace

void AddDataCommand(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<DataOptions>();
  CLI::App* data = program.add_subcommand("data", "Import, export or empty the tables");
  data->require_subcommand(1);
  CLI::App* import_command =
      data->add_subcommand("import", "Put the items of JSON files into the tables");
  import_command
      ->add_option("files", options->files,
                   "Data files: {\"Table\": [items]}, plain or DynamoDB JSON")
      ->required();
  CLI::App* export_command =
      data->add_subcommand("export", "Write tables as a JSON document that import reads");
  export_command->add_option("tables", options->tables, "Tables (default: all)");
  export_command->add_option("-o,--output", options->output, "File to write (default: stdout)");
  export_command->add_flag("--dynamodb-json", options->dynamodb_json,
                           "Typed values ({\"S\": ...}), which keep sets and binaries apart");
  CLI::App* reset_command = data->add_subcommand("reset", "Delete every item of every table");
  for (CLI::App* command : {import_command, export_command, reset_command})
    AddProjectOptions(*command, options->common);
  import_command->callback([options, &exit_code] { exit_code = RunImport(*options); });
  export_command->callback([options, &exit_code] { exit_code = RunExport(*options); });
  reset_command->callback([options, &exit_code] { exit_code = RunReset(*options); });
}

}  // namespace offstage::cli
