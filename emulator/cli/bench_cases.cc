// Which requests `offstage bench` measures.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/bench_options.h"
#include "scenario/loader.h"

namespace offstage::cli {

namespace {

namespace fs = std::filesystem;
using bench::Case;
using templates::Node;

Result<scenario::Loaded> LoadSuites(const BenchOptions& options, const fs::path& beside) {
  std::vector<fs::path> paths = options.scenarios;
  if (paths.empty() && fs::is_directory("scenarios")) paths = {"scenarios"};
  if (paths.empty() && fs::is_directory(beside / "scenarios"))
    paths = {fs::relative(beside / "scenarios")};
  if (paths.empty()) paths = {beside.empty() ? fs::path(".") : beside};
  OFFSTAGE_TRY(const auto files, scenario::FindFiles(paths));
  auto loaded = scenario::LoadSuites(files);
  if (!loaded.ok()) return Fail(Error{Join(loaded.error().problems, "\noffstage: ")});
  return std::move(loaded).value();
}

// The data files that --seed names, before everything else.
void AddSeeds(const BenchOptions& options, Case& subject) {
  if (options.seeds.empty()) return;
  Node files = Node::List();
  for (const std::string& seed : options.seeds)
    files.items().push_back(Node::String(fs::absolute(seed).string()));
  Node given = Node::Map();
  given.Set("data", std::move(files));
  subject.scenario.given.insert(subject.scenario.given.begin(),
                                {.node = std::move(given), .folder = "/"});
}

Status CheckRoute(Case& subject, const std::vector<bench::Route>& routes) {
  const scenario::Step& step = subject.scenario.steps.back();
  std::string method = ToUpper(step.kind_key);
  std::string target = step.node.TextOf(step.kind_key);
  if (step.kind_key == "request") {
    method = target.substr(0, target.find(' '));
    target = Trim(target.substr(std::min(target.size(), method.size())));
  }
  if (const bench::Route* route = bench::FindRoute(routes, method, target)) {
    subject.route = route->method + " " + route->path;
    return Ok();
  }
  // Its good answer may be the gateway's own.
  if (subject.expected_status != 0) return Ok();
  std::vector<std::string> names;
  for (const bench::Route& route : routes)
    names.push_back(route.method + " " + route.path);
  const auto nearest = NearestName(method + " " + target.substr(0, target.find('?')), names);
  return Fail(Error{fmt::format(
      "{}: the template has no such route; {}", subject.name,
      nearest ? fmt::format("did you mean {}?", *nearest) : "it has: " + Join(names, ", "))});
}

void GiveShapes(const BenchOptions& options, Case& subject) {
  if (!options.concurrency.empty() || !options.rates.empty()) subject.shapes.clear();
  for (const int concurrency : options.concurrency)
    subject.shapes.push_back({.concurrency = concurrency});
  for (const double rate : options.rates)
    subject.shapes.push_back({.concurrency = 1, .rate = rate});
}

Status AddFromSuites(const BenchOptions& options, const fs::path& beside,
                     const std::vector<bench::Route>* routes, const scenario::KnownNames* known,
                     BenchCases& out) {
  OFFSTAGE_TRY(const scenario::Loaded loaded, LoadSuites(options, beside));
  if (known != nullptr) {
    std::vector<std::string> unknown = scenario::CheckNames(loaded.scenarios, *known);
    for (std::string& problem : scenario::CheckNames(loaded.benches, *known))
      unknown.push_back(std::move(problem));
    if (!unknown.empty()) return Fail(Error{Join(unknown, "\noffstage: ")});
  }
  for (const scenario::Bench& block : loaded.benches) {
    if (!options.all_routes) out.cases.push_back(bench::CaseFromBench(block));
  }
  if (!out.cases.empty()) return Ok();
  if (routes == nullptr)
    return Fail(Error{"nothing to measure: name requests, as in offstage bench 'GET /users'"});
  std::vector<std::string> without;
  out.cases = bench::CasesFromRoutes(*routes, loaded.scenarios, without);
  if (!without.empty()) {
    out.notes.push_back(fmt::format(
        "not measured, since no scenario has a request that succeeds: {}", Join(without, ", ")));
  }
  if (out.cases.empty()) {
    return Fail(
        Error{"nothing to measure: no scenario file has a `bench` block or a request that "
              "succeeds; name requests, as in offstage bench 'GET /users?limit=10'"});
  }
  return Ok();
}

}  // namespace

Result<BenchCases> MakeBenchCases(const BenchOptions& options, const fs::path& beside,
                                  const std::vector<bench::Route>* routes,
                                  const scenario::KnownNames* known) {
  BenchCases out;
  for (const std::string& text : options.requests) {
    OFFSTAGE_TRY(Case subject, bench::CaseFromText(text, options.parts));
    subject.expected_status = options.expect_status;
    out.cases.push_back(std::move(subject));
  }
  if (options.requests.empty())
    OFFSTAGE_TRY_VOID(AddFromSuites(options, beside, routes, known, out));
  for (Case& subject : out.cases) {
    AddSeeds(options, subject);
    GiveShapes(options, subject);
    if (routes != nullptr) OFFSTAGE_TRY_VOID(CheckRoute(subject, *routes));
  }
  return out;
}

}  // namespace offstage::cli
