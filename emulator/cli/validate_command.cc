// offstage validate: what would fail at or after a deployment, and what becomes of each resource.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>

#include "app/provision/apis.h"
#include "app/provision/event_sources.h"
#include "cli/options.h"
#include "validate/validate.h"

namespace offstage::cli {

namespace {

struct ValidateCommandOptions {
  CommonOptions common;
  std::string format = "text";
  bool strict = false;
};

std::string Print(const validate::Report& report, const ValidateCommandOptions& options) {
  if (options.format == "json") return validate::JsonReport(report);
  if (options.format == "sarif") return validate::SarifReport(report, OFFSTAGE_VERSION);
  if (options.format == "github") return validate::GithubReport(report);
  return validate::TextReport(report, !options.common.quiet);
}

std::vector<templates::Note> LeftOut(const templates::Stack& stack) {
  std::vector<templates::Note> notes = app::ToEventSources(stack).notes;
  std::vector<templates::Note> routes = app::RefusedRoutes(stack);
  std::move(routes.begin(), routes.end(), std::back_inserter(notes));
  return notes;
}

int RunValidate(const ValidateCommandOptions& options) {
  const auto plan = app::PlanProject(ToProjectOptions(options.common));
  if (!plan.ok()) return Complain(plan.error(), kUsageOrTemplate);
  SeededIds seeded(1);  // Names do not matter here, and must not be kept.
  templates::IdRegistry ids(seeded);
  validate::ValidateOptions validate_options;
  validate_options.load = app::ToLoadOptions(*plan);
  validate_options.left_out = LeftOut;
  const auto report = validate::Validate(validate_options, ids);
  if (!report.ok()) return Complain(report.error(), kUsageOrTemplate);
  const std::string text = Print(*report, options);
  std::fwrite(text.data(), 1, text.size(), stdout);
  const bool failed = report->Count(validate::Severity::kError) > 0 ||
                      (options.strict && report->Count(validate::Severity::kWarning) > 0);
  return failed ? kChecksFailed : kDone;
}

}  // namespace

void AddValidateCommand(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<ValidateCommandOptions>();
  CLI::App* command = program.add_subcommand(
      "validate", "Say what in the template would fail when deployed, and what is emulated here");
  options->common.project.built = app::ProjectOptions::Built::kNever;
  AddProjectOptions(*command, options->common);
  command->add_option("--format", options->format, "text, json, sarif or github")
      ->capture_default_str()
      ->check(CLI::IsMember({"text", "json", "sarif", "github"}));
  command->add_flag("--strict", options->strict, "Exit with 1 on warnings too");
  command->add_flag("-q,--quiet", options->common.quiet, "Do not list what becomes of resources");
  command->callback([options, &exit_code] { exit_code = RunValidate(*options); });
}

}  // namespace offstage::cli
