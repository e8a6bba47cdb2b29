// The offstage program. Each command lives in its own file.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "cli/options.h"

int main(int argc, char** argv) {
  using namespace offstage::cli;  // NOLINT(google-build-using-namespace): the whole file is about
                                  // it.
  CLI::App program("Runs a SAM-deployed serverless backend on this machine, offline.", "offstage");
  program.set_version_flag("--version", "offstage " OFFSTAGE_VERSION);
  program.require_subcommand(1);
  program.failure_message(CLI::FailureMessage::help);
  int exit_code = kDone;
  AddStartCommand(program, exit_code);
  AddInvokeCommand(program, exit_code);
  AddRoutesCommand(program, exit_code);
  AddDataCommand(program, exit_code);
  AddTestCommand(program, exit_code);
  AddExecCommand(program, exit_code);
  AddTokenCommand(program, exit_code);
  AddBuildCommand(program, exit_code);
  AddValidateCommand(program, exit_code);
  AddBenchCommand(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
    if (!asked)
      std::fprintf(stderr, "offstage: %s\nRun with --help for more information.\n", error.what());
    if (asked) program.exit(error);
    return asked ? kDone : kUsageOrTemplate;
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "offstage: %s\n", bug.what());
    return kBug;
  }
  return exit_code;
}
