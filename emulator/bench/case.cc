#include "bench/case.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "scenario/runner.h"

namespace offstage::bench {

namespace {

using scenario::Node;
using scenario::Scenario;
using scenario::Step;
using scenario::StepKind;

// Marks the requests that are kept instead of being sent.
constexpr std::string_view kMark = "x-offstage-bench-keep";

constexpr int kNoMatch = -1;

// How well a path fits a route's: literal segments count most; kNoMatch: it does not.
int Fit(std::string_view pattern, std::string_view path) {
  const auto wanted = Split(pattern, '/');
  const auto given = Split(path, '/');
  int score = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool parameter = wanted[i].starts_with('{') && wanted[i].ends_with('}');
    if (parameter && wanted[i].ends_with("+}"))
      return i < given.size() && !given[i].empty() ? score * 4 + 1 : kNoMatch;
    if (i >= given.size()) return kNoMatch;
    const bool variable = given[i].find("${") != std::string_view::npos;
    if (parameter ? given[i].empty() : variable || wanted[i] != given[i]) return kNoMatch;
    score = score * 4 + (parameter ? 2 : 3);
  }
  return given.size() == wanted.size() ? score : kNoMatch;
}

std::string RouteName(const Route& route) {
  return route.method + " " + route.path;
}

// Method and target of an HTTP step, as written.
std::pair<std::string, std::string> RequestOf(const Step& step) {
  std::string target = step.node.TextOf(step.kind_key);
  if (step.kind_key != "request") return {ToUpper(step.kind_key), target};
  const auto blank = target.find(' ');
  if (blank == std::string::npos) return {target, ""};
  return {target.substr(0, blank), std::string(Trim(target.substr(blank)))};
}

// The status that the step expects when it is one number; 0: none, or any 2xx.
std::optional<int> ExpectedStatus(const Step& step) {
  const Node* expect = step.node.Find("expect");
  if (expect == nullptr || !expect->Contains("status")) return 0;
  const auto status = expect->Find("status")->AsInteger();
  if (status) return static_cast<int>(*status);
  return expect->TextOf("status") == "2xx" ? std::optional<int>(0) : std::nullopt;
}

// The step as it is measured: nothing is checked or kept.
Step Bare(Step step) {
  for (const std::string_view key : {"expect", "capture", "eventually", "name"})
    step.node.Erase(key);
  return step;
}

// Keeps marked requests and answers them itself; passes on all others.
class Keeper : public scenario::Target {
 public:
  explicit Keeper(scenario::Target& target) : target_(target) {}

  Status Prepare(const scenario::StartingPoint& start) override { return target_.Prepare(start); }
  Result<http::Reply> Send(const http::Request& request) override {
    if (request.headers.Find(kMark) == nullptr) return target_.Send(request);
    kept.push_back(request);
    kept.back().headers.Remove(kMark);
    return http::Reply{};
  }
  TimePoint Now() const override { return target_.Now(); }
  std::string url() const override { return target_.url(); }
  scenario::Inside* inside() override { return target_.inside(); }
  scenario::UserPools* pools() override { return target_.pools(); }

  std::vector<http::Request> kept;

 private:
  scenario::Target& target_;
};

bool Same(const http::Request& a, const http::Request& b) {
  return a.method == b.method && a.target == b.target && a.body == b.body &&
         std::equal(a.headers.begin(), a.headers.end(), b.headers.begin(), b.headers.end());
}

}  // namespace

const Route* FindRoute(const std::vector<Route>& routes, std::string_view method,
                       std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  const Route* best = nullptr;
  int most = kNoMatch;
  for (const Route& route : routes) {
    const bool any = route.method == "ANY" || route.method == "$default" || route.path == "/";
    if (route.method != method && route.method != "ANY" && route.method != "$default") continue;
    int fit = route.method == "$default" ? 0 : Fit(route.path, path);
    if (fit != kNoMatch) fit = fit * 2 + (any ? 0 : 1);
    if (fit <= most) continue;
    most = fit;
    best = &route;
  }
  return best;
}

Result<Case> CaseFromText(const std::string& text, const RequestParts& parts) {
  static constexpr std::string_view kMethods[] = {"GET",    "POST", "PUT",    "PATCH",
                                                  "DELETE", "HEAD", "OPTIONS"};
  std::string method = parts.body.empty() ? "GET" : "POST";
  std::string target(Trim(text));
  if (const auto blank = target.find(' '); blank != std::string::npos) {
    method = ToUpper(target.substr(0, blank));
    target = Trim(target.substr(blank));
  }
  const bool known =
      std::find(std::begin(kMethods), std::end(kMethods), method) != std::end(kMethods);
  if (!known || !target.starts_with('/') || target.find(' ') != std::string::npos) {
    return Fail(Error{fmt::format(
        "'{}' is no request: a method and a path are, as in 'GET /users?limit=10'", text)});
  }
  Node node = Node::Map();
  node.Set("request", Node::String(method + " " + target));
  Node headers = Node::Map();
  for (const std::string& header : parts.headers) {
    const auto colon = header.find(':');
    if (colon == std::string::npos || colon == 0)
      return Fail(Error{fmt::format("a header is 'Name: value', not '{}'", header)});
    headers.Set(header.substr(0, colon), Node::String(std::string(Trim(header.substr(colon + 1)))));
  }
  if (!parts.body.empty()) {
    node.Set("text", Node::String(parts.body));
    const bool typed = std::any_of(
        headers.entries().begin(), headers.entries().end(),
        [](const templates::Entry& entry) { return EqualsIgnoreCase(entry.key, "Content-Type"); });
    if (!typed && ParseJson(parts.body).ok())
      headers.Set("Content-Type", Node::String("application/json"));
  }
  if (!headers.entries().empty()) node.Set("headers", std::move(headers));
  if (!parts.user.empty()) node.Set("as", Node::String(parts.user));
  Case subject;
  subject.name = method + " " + target;
  subject.source = "command line";
  subject.scenario.id = "bench: " + subject.name;
  subject.scenario.steps.push_back(
      {.node = std::move(node), .kind = StepKind::kHttp, .kind_key = "request"});
  return subject;
}

Case CaseFromBench(const scenario::Bench& bench) {
  Case subject;
  subject.name = bench.scenario.name;
  subject.source = fmt::format("{}:{}", bench.scenario.file, bench.scenario.line);
  subject.scenario = bench.scenario;
  Step& step = subject.scenario.steps.back();
  subject.expected_status = ExpectedStatus(step).value_or(0);
  step = Bare(std::move(step));
  for (const int concurrency : bench.concurrency)
    subject.shapes.push_back({.concurrency = concurrency});
  for (const double rate : bench.rates)
    subject.shapes.push_back({.concurrency = 1, .rate = rate});
  return subject;
}

namespace {

// A step that can stand for its route, and how much has to be done before it.
struct Example {
  const Scenario* scenario = nullptr;
  std::size_t step = 0;
  std::size_t cost = 0;
};

void LookForExamples(const Scenario& scenario, const std::vector<Route>& routes,
                     std::vector<Example>& best) {
  if (!scenario.skip.empty()) return;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    // What comes after a fault or a moved clock is not the usual case.
    if (step.kind == StepKind::kFault || step.kind == StepKind::kAdvance) return;
    if (step.kind != StepKind::kHttp) continue;
    const auto status = ExpectedStatus(step);
    if (!status || (*status != 0 && *status / 100 != 2)) continue;
    const auto [method, target] = RequestOf(step);
    const Route* route = FindRoute(routes, method, target);
    if (route == nullptr) continue;
    Example& example = best[static_cast<std::size_t>(route - routes.data())];
    const std::size_t cost = scenario.setup.size() + i;
    // A step that says what it expects is a better example than one that does not.
    const std::size_t weight = 2 * cost + (*status == 0 ? 1 : 0);
    if (example.scenario != nullptr && example.cost <= weight) continue;
    example = {.scenario = &scenario, .step = i, .cost = weight};
  }
}

}  // namespace

std::vector<Case> CasesFromRoutes(const std::vector<Route>& routes,
                                  const std::vector<Scenario>& scenarios,
                                  std::vector<std::string>& without) {
  std::vector<Example> best(routes.size());
  for (const Scenario& scenario : scenarios)
    LookForExamples(scenario, routes, best);
  std::vector<Case> cases;
  for (std::size_t i = 0; i < routes.size(); ++i) {
    if (routes[i].method == "OPTIONS") continue;
    if (best[i].scenario == nullptr) {
      without.push_back(RouteName(routes[i]));
      continue;
    }
    Case subject;
    subject.route = RouteName(routes[i]);
    subject.scenario = *best[i].scenario;
    auto& steps = subject.scenario.steps;
    steps.resize(best[i].step + 1);
    subject.scenario.teardown.clear();
    const auto [method, target] = RequestOf(steps.back());
    subject.name = target.find("${") == std::string::npos ? method + " " + target : subject.route;
    subject.source = steps.back().node.position().Text();
    subject.expected_status = ExpectedStatus(steps.back()).value_or(0);
    steps.back() = Bare(std::move(steps.back()));
    // Everything but the request comes before it.
    std::move(steps.begin(), steps.end() - 1, std::back_inserter(subject.scenario.setup));
    steps.erase(steps.begin(), steps.end() - 1);
    cases.push_back(std::move(subject));
  }
  return cases;
}

Result<std::vector<http::Request>> PrepareRequests(const Case& subject, scenario::Target& target,
                                                   std::size_t count, std::uint64_t seed) {
  Scenario scenario = subject.scenario;
  Step step = scenario.steps.back();
  Node headers = step.node.Contains("headers") ? *step.node.Find("headers") : Node::Map();
  if (headers.IsMap()) {
    headers.Set(kMark, Node::String("1"));
  } else {
    return Fail(Error{subject.name + ": `headers` of a measured request is a map"});
  }
  step.node.Set("headers", std::move(headers));
  const auto times = [&](std::size_t n) { scenario.steps.assign(n, step); };
  Keeper keeper(target);
  const auto run = [&]() -> Status {
    keeper.kept.clear();
    const auto result = scenario::RunScenario(scenario, keeper, {.seed = seed});
    if (result.outcome == scenario::Outcome::kPassed) return Ok();
    std::string why = result.reason;
    if (!result.steps.empty()) {
      const scenario::StepResult& last = result.steps.back();
      if (why.empty()) why = last.place + ": " + last.title + ": " + last.error;
      for (const scenario::Mismatch& mismatch : last.mismatches)
        why += fmt::format(" {} is {}, expected {}", mismatch.path, mismatch.actual,
                           mismatch.expected);
    }
    return Fail(Error{fmt::format("{}: a step before the request fails: {}", subject.name, why)});
  };
  times(count < 2 ? 1 : 2);
  OFFSTAGE_TRY_VOID(run());
  if (keeper.kept.empty()) return Fail(Error{subject.name + ": no request was made"});
  if (count > 2 && !Same(keeper.kept.front(), keeper.kept.back())) {
    times(count);
    OFFSTAGE_TRY_VOID(run());
  } else if (keeper.kept.size() > 1 && Same(keeper.kept.front(), keeper.kept.back())) {
    keeper.kept.resize(1);
  }
  return std::move(keeper.kept);
}

}  // namespace offstage::bench
