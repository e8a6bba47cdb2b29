// offstage build: dependencies installed for every function of the tree, as `sam build` does for
// one template.
#include <fmt/format.h>

#include <cstdio>
#include <thread>

#include "cli/options.h"
#include "packaging/build.h"

namespace offstage::cli {

namespace {

struct BuildCommandOptions {
  CommonOptions common;
  std::filesystem::path output;
  int jobs = 0;
  bool no_cache = false;
  bool offline = false;
};

void Print(const packaging::BuildReport& report, bool quiet) {
  for (const std::string& note : report.notes)
    fmt::print(stderr, "offstage: {}\n", note);
  for (const packaging::Artifact& artifact : report.artifacts) {
    if (!artifact.failure.empty()) {
      fmt::print(stderr, "offstage: {}: {}\n", artifact.path, artifact.failure);
      continue;
    }
    if (quiet) continue;
    fmt::print(
        "  {}  ({}){}\n", artifact.path, artifact.method,
        artifact.cached ? "  from the cache" : fmt::format("  {} ms", artifact.took.count()));
    for (const std::string& note : artifact.notes)
      fmt::print("    note: {}\n", note);
  }
}

int RunBuild(const BuildCommandOptions& options) {
  const auto plan = app::PlanProject(ToProjectOptions(options.common));
  if (!plan.ok()) return Complain(plan.error(), kUsageOrTemplate);
  const std::filesystem::path folder = plan->template_file.parent_path() / ".aws-sam";
  packaging::BuildOptions build;
  build.load = app::ToLoadOptions(*plan);
  build.output = options.output.empty() ? folder / "build" : options.output;
  build.cache = options.no_cache ? std::filesystem::path() : folder / "offstage-cache";
  build.jobs = options.jobs > 0
                   ? options.jobs
                   : std::max(2, static_cast<int>(std::thread::hardware_concurrency()));
  build.offline = options.offline;
  SeededIds seeded(1);  // Names do not matter here, and must not be kept.
  templates::IdRegistry ids(seeded);
  auto host = process::Host::Start();
  if (!host.ok()) return Complain(host.error(), kCouldNotStart);
  const auto report = packaging::Build(build, ids, **host);
  if (!report.ok()) return Complain(report.error(), kUsageOrTemplate);
  Print(*report, options.common.quiet);
  if (!report->ok()) {
    fmt::print(stderr, "offstage: the build failed; {} is as it was\n", build.output.string());
    return kChecksFailed;
  }
  if (!options.common.quiet) {
    fmt::print("Built {}\n`sam deploy` and `offstage start` take it from there.\n",
               report->template_file.string());
  }
  return kDone;
}

}  // namespace

void AddBuildCommand(CLI::App& program, int& exit_code) {
  auto options = std::make_shared<BuildCommandOptions>();
  CLI::App* command = program.add_subcommand(
      "build", "Install the dependencies of every function and layer into .aws-sam/build");
  options->common.project.built = app::ProjectOptions::Built::kNever;
  AddProjectOptions(*command, options->common);
  command->add_option("--build-dir", options->output,
                      "Folder for the result (default: .aws-sam/build beside the template)");
  command->add_option("--jobs", options->jobs, "How many builds run at once (default: one a CPU)")
      ->check(CLI::Range(1, 64));
  command->add_flag("--no-cache", options->no_cache, "Build everything anew and keep nothing");
  command->add_flag("--offline", options->offline,
                    "Ask no package index: take what is installed on this machine");
  command->add_flag("-q,--quiet", options->common.quiet, "Print problems only");
  command->callback([options, &exit_code] { exit_code = RunBuild(*options); });
}

}  // namespace offstage::cli
