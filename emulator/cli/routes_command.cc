// offstage routes: lists the routes of the stack's APIs without starting anything.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/route_table.h"
#include "base/json.h"
#include "cli/options.h"

namespace offstage::cli {

namespace {

struct RoutesOptions {
  CommonOptions common;
  bool json = false;
};

int RunRoutes(const RoutesOptions& options) {
  RandomIds ids;
  // Reading the template needs no lock: a running emulator may keep its own.
  CommonOptions common = options.common;
  common.in_memory = true;
  auto open = Open(common, ids);
  if (!open.ok()) return Complain(open.error().error, open.error().code);
  const auto rows = app::ListRoutes(open->stack);
  if (!rows.ok()) return Complain(rows.error(), kUsageOrTemplate);
  OrderedJson json = OrderedJson::array();
  for (const app::RouteRow& row : *rows) {
    if (options.json) {
      json.push_back({{"api", row.api},
                      {"method", row.method},
                      {"path", row.path},
                      {"function", row.function},
                      {"protection", row.protection}});
    } else {
      fmt::print("{:<7} {:<40} {}{}\n", row.method, row.path, row.function,
                 row.protection.empty() ? "" : "  [" + row.protection + "]");
    }
  }
  if (options.json) fmt::print("{}\n", json.dump(2));
  if (!options.json && rows->empty()) fmt::print("The stack has no routes.\n");
  return kDone;
}

}  // namespace

void AddRoutesCommand(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<RoutesOptions>();
  CLI::App* command = program.add_subcommand("routes", "List the routes of the stack's APIs");
  AddProjectOptions(*command, options->common);
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, &exit_code] { exit_code = RunRoutes(*options); });
}

}  // namespace offstage::cli
