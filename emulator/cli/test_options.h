// What `offstage test` is asked for. Internal to cli/.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/options.h"
#include "cli/stop_signal.h"
#include "scenario/selection.h"

namespace offstage::cli {

struct TestOptions {
  CommonOptions common;
  // Files and folders; empty: `scenarios` beside the template, else here.
  std::vector<std::filesystem::path> paths;
  // 0: as many as are worth it.
  int jobs = 0;
  std::vector<std::string> filters;
  std::vector<std::string> tags;
  std::string shard;
  std::string seed;
  int repeat = 1;
  bool fail_fast = false;
  bool failed = false;
  bool in_order = false;
  bool list = false;
  bool watch = false;
  // A file with ids (or "file:PATH") to run alone; empty: no such wish. Of --watch's runs.
  std::string only;
  bool init = false;
  bool schema = false;
  bool update_snapshots = false;
  std::vector<std::string> reports;
  double min_route_coverage = -1;
  std::string target;
  // Set for worker processes: whom to ask for work.
  std::string worker;
};

// The worker's side of a run; its exit code. A signal ends it soon, with nothing left behind.
int RunTestWorker(const TestOptions& options, const std::vector<scenario::Scenario>& scenarios,
                  std::uint64_t seed, StopSignal& signal);

// Runs again and again what changes affect, until a signal comes; the exit code.
int RunTestWatch(const TestOptions& options, const std::vector<std::filesystem::path>& paths,
                 StopSignal& signal);

// Of bodies against JSON Schemas.
Status CheckJsonSchema(const Json& schema, const Json& value);

// Writes a first suite from the template's routes; its exit code.
int RunTestInit(const TestOptions& options);

}  // namespace offstage::cli
