#include "cli/bench_options.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "scenario/shapes.h"

namespace offstage::cli {

namespace {

// Lambda's own bounds.
constexpr int kLeastMemoryMb = 128;
constexpr int kMostMemoryMb = 10'240;

// "memory=512"
Result<int> ReadMemory(const std::string& text) {
  constexpr std::string_view kName = "memory=";
  int memory = 0;
  if (text.starts_with(kName)) {
    const std::string number = text.substr(kName.size());
    const char* end = number.data() + number.size();
    const auto read = std::from_chars(number.data(), end, memory);
    if (read.ec != std::errc() || read.ptr != end) memory = 0;
  }
  if (memory < kLeastMemoryMb || memory > kMostMemoryMb) {
    return Fail(Error{fmt::format("--estimate-aws takes memory={} to memory={}, in MB, not '{}'",
                                  kLeastMemoryMb, kMostMemoryMb, text)});
  }
  return memory;
}

}  // namespace

Result<BenchPlan> ReadBenchOptions(const BenchOptions& options) {
  BenchPlan plan;
  plan.session.rounds = options.quick ? std::min(options.rounds, 3) : options.rounds;
  plan.session.warm_up = options.warm_up;
  plan.session.saturate = options.saturate;
  const auto block = scenario::ParseDuration(options.quick ? "150ms" : options.block);
  if (!block || block->count() <= 0)
    return Fail(
        Error{fmt::format("--block takes a time such as 400ms or 2s, not '{}'", options.block)});
  plan.session.block = *block;
  if (!options.fail_above.empty()) {
    plan.fail_above = bench::ParseShare(options.fail_above);
    if (!plan.fail_above)
      return Fail(Error{
          fmt::format("--fail-above takes a share such as 10%, not '{}'", options.fail_above)});
    if (options.baseline.empty())
      return Fail(Error{"--fail-above needs something to compare with: --baseline"});
    if (plan.session.rounds < static_cast<int>(bench::kLeastRounds)) {
      return Fail(
          Error{fmt::format("--fail-above needs {} rounds at least to tell a difference from "
                            "noise; this would be {}",
                            bench::kLeastRounds, plan.session.rounds)});
    }
  }
  if (!options.estimate_aws.empty()) {
    OFFSTAGE_TRY(plan.estimate_memory_mb, ReadMemory(options.estimate_aws));
  }
  for (const std::string& flag : options.flags) {
    if (!flag.starts_with("--benchmark_"))
      return Fail(Error{fmt::format("there is no option {}; --help lists them", flag)});
    plan.session.flags.push_back(flag);
  }
  if (!options.json.empty()) {
    plan.session.flags.push_back("--benchmark_out=" + options.json);
    plan.session.flags.push_back("--benchmark_out_format=json");
  }
  return plan;
}

void AddBenchOptions(CLI::App& command, BenchOptions& options) {
  command.add_option(
      "requests", options.requests,
      "'GET /users?limit=10' ... (default: the `bench` blocks of scenario files, else "
      "every route that a scenario has a request for)");
  command
      .add_option("-H,--header", options.parts.headers,
                  "'Name: value' of the requests given here; may be repeated")
      ->allow_extra_args(false);
  command.add_option("-d,--body", options.parts.body, "Body of the requests given here");
  command.add_option("--as", options.parts.user, "Send a token of this user of the user pool");
  command
      .add_option("--expect-status", options.expect_status,
                  "The good answer of the requests given here (default: any of 2xx and 3xx)")
      ->check(CLI::Range(100, 599));
  command
      .add_option("--scenarios", options.scenarios,
                  "Files or folders with `bench` blocks and examples (default: scenarios/)")
      ->allow_extra_args(false);
  command
      .add_option("--seed", options.seeds,
                  "Data file to put into the tables first; may be repeated")
      ->allow_extra_args(false);
  command.add_flag("--all-routes", options.all_routes,
                   "Every route, though there are `bench` blocks");
  command
      .add_option("-c,--concurrency", options.concurrency,
                  "Requests at once: 1,2,4 measures each (default 1)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 1000));
  command.add_option("--rate", options.rates, "Open loop: requests a second; 50,100 measures each")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(0.1, 1e6));
  command
      .add_option("--rounds", options.rounds, "New processes and a measured block, so many times")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  command.add_option("--block", options.block, "Time measured in a round")->capture_default_str();
  command.add_option("--warm-up", options.warm_up, "Unmeasured requests before, a connection")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000));
  command.add_flag("--quick", options.quick, "Three short rounds: a first look");
  command.add_flag("--saturate", options.saturate,
                   "Also search for the highest rate that is kept up with");
  command.add_option(
      "--baseline", options.baseline,
      "Compare with a git ref or another template (measured in turn in this run), or "
      "with the --json of an earlier run");
  command.add_option("--fail-above", options.fail_above,
                     "Exit with 1 when something is slower for sure, and by more than this: 10%");
  command.add_option("--report", options.reports, "File to write: .md or .html; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--json", options.json, "Write Google Benchmark's JSON to this file");
  command.add_option("--log", options.log,
                     "Write when each measured request was due, sent and answered (CSV)");
  command.add_option("--estimate-aws", options.estimate_aws,
                     "Also say what AWS would add at this memory size, as an estimate: memory=512");
  command.add_option("--target", options.target,
                     "Measure this http:// URL; nothing is known of its inside");
  command.add_flag("--no-imports", options.no_imports,
                   "Do not look into what Python handlers import");
  command.add_flag("--list", options.list, "Only list what would be measured");
  command.add_flag("-q,--quiet", options.common.quiet, "Show no progress");
}

}  // namespace offstage::cli
