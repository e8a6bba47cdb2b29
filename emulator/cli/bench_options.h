// What `offstage bench` is asked for. Internal to cli/.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bench/case.h"
#include "bench/session.h"
#include "cli/options.h"
#include "scenario/names.h"

namespace offstage::cli {

struct BenchOptions {
  CommonOptions common;
  // "GET /users?limit=10"; empty: what scenario files say, else every route.
  std::vector<std::string> requests;
  bench::RequestParts parts;
  int expect_status = 0;
  // Files and folders with bench blocks and examples; empty: as `offstage test` finds them.
  std::vector<std::filesystem::path> scenarios;
  std::vector<std::string> seeds;
  std::vector<int> concurrency;
  std::vector<double> rates;
  int rounds = 14;
  std::string block = "400ms";
  int warm_up = 20;
  bool quick = false;
  bool all_routes = false;
  bool saturate = false;
  bool no_imports = false;
  bool list = false;
  std::string baseline;
  std::string fail_above;
  std::string estimate_aws;
  std::vector<std::string> reports;
  std::string json;
  std::string log;
  std::string target;
  // --benchmark_...
  std::vector<std::string> flags;
};

// The same, read. Fails for what cannot be meant.
struct BenchPlan {
  bench::SessionOptions session = {};
  std::optional<double> fail_above = {};
  std::optional<int> estimate_memory_mb = {};
};
Result<BenchPlan> ReadBenchOptions(const BenchOptions& options);

void AddBenchOptions(CLI::App& command, BenchOptions& options);

// The cases to measure. `routes` and `known`: of the template; null: not known (--target).
struct BenchCases {
  std::vector<bench::Case> cases = {};
  std::vector<std::string> notes = {};
};
Result<BenchCases> MakeBenchCases(const BenchOptions& options, const std::filesystem::path& beside,
                                  const std::vector<bench::Route>* routes,
                                  const scenario::KnownNames* known);

}  // namespace offstage::cli
