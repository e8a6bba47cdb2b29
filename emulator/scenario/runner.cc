#include "scenario/runner.h"

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "scenario/action.h"
#include "scenario/evidence.h"
#include "scenario/expectations.h"
#include "scenario/jsonpath.h"
#include "scenario/people.h"
#include "scenario/starting_point.h"
#include "scenario/variables.h"

namespace offstage::scenario {

namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

double MillisSince(steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(steady_clock::now() - start).count();
}

// FNV-1a: the same on every machine, unlike std::hash.
std::uint64_t Hash(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 14695981039346656037ULL ^ seed;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

class Run {
 public:
  Run(const Scenario& scenario, Target& target, const RunOptions& options)
      : scenario_(scenario),
        target_(target),
        options_(options),
        variables_(Hash(scenario.id, options.seed), [&target] { return target.Now(); }),
        people_(target.pools()) {
    result_.id = scenario.id;
    result_.suite = scenario.suite;
    result_.name = scenario.name;
    result_.file = scenario.file;
    result_.line = scenario.line;
    result_.tags = scenario.tags;
  }

  ScenarioResult Do() {
    const auto start = steady_clock::now();
    const Status prepared = Prepare();
    result_.prepare_ms = MillisSince(start);
    if (!prepared.ok()) {
      result_.outcome = Outcome::kError;
      result_.reason = prepared.error().message;
    } else if (result_.outcome != Outcome::kSkipped) {
      if (RunAll(scenario_.setup)) RunAll(scenario_.steps);
      RunAll(scenario_.teardown);
      ExcuseFailure();
    }
    result_.duration_ms = MillisSince(start);
    return std::move(result_);
  }

 private:
  Status Prepare();
  Status FindContract();
  void CheckContract(const Node& node, const Effect& effect, StepResult& result) const;
  bool RunAll(const std::vector<Step>& steps);
  bool RunBlock(const Step& step);
  bool RunOne(const Step& step);
  bool Attempt(const Step& step, StepResult& result, Record& record);
  Status Capture(const Node& captures, const Effect& effect);
  bool Set(const Step& step);
  void FailStep(const Step& step, const std::string& title, const std::string& error);
  void NoteReached(const Record& record);
  bool NeedsInside(const Step& step) const;
  void ExcuseFailure();
  void NoteNotGiven(const Given& given);
  bool LacksCredentials(const Step& step);
  Status AddUsers(const std::vector<UserSpec>& users);
  void TellOfPeople();

  const Scenario& scenario_;
  Target& target_;
  const RunOptions& options_;
  Variables variables_;
  People people_;
  std::shared_ptr<const Contract> contract_;
  // Outside: the first thing that could not be done and that others may stand on; or empty.
  std::string not_done_;
  ScenarioResult result_;
};

Status Run::FindContract() {
  contract_ = scenario_.contract;
  if (!scenario_.contract_is_the_apis || target_.inside() == nullptr) return Ok();
  std::vector<Json> definitions = target_.ApiDefinitions();
  if (definitions.size() != 1) {
    return Fail(Error{fmt::format(
        "`contract: api` needs one API with an OpenAPI document in the template; there are {}",
        definitions.size())});
  }
  OFFSTAGE_TRY(contract_, Contract::Make(std::move(definitions.front()), "of the API"));
  return Ok();
}

void Run::CheckContract(const Node& node, const Effect& effect, StepResult& result) const {
  // YAML reads `off` as false.
  const std::string wish = node.TextOf("contract");
  if (contract_ == nullptr || !effect.reply || wish == "off" || wish == "false") return;
  for (Mismatch& mismatch : contract_->Check(*effect.request, *effect.reply, options_.check_schema))
    result.mismatches.push_back(std::move(mismatch));
}

Status Run::Prepare() {
  OFFSTAGE_TRY_VOID(FindContract());
  for (const auto& [name, value] : scenario_.variables) {
    OFFSTAGE_TRY(Node resolved, variables_.Resolve(value));
    variables_.Set(name, std::move(resolved));
  }
  StartingPoint start;
  for (const Given& given : scenario_.given) {
    OFFSTAGE_TRY(const Node node, variables_.Resolve(given.node));
    OFFSTAGE_TRY_VOID(AddGiven(node, given.folder, start));
    if (target_.inside() == nullptr) NoteNotGiven(given);
  }
  OFFSTAGE_TRY_VOID(target_.Prepare(start));
  return AddUsers(start.users);
}

void Run::NoteNotGiven(const Given& given) {
  const std::string place = given.node.position().Text();
  result_.not_checked.push_back(place + ": given");
  if (given.whose == Given::Whose::kFiles || !not_done_.empty()) return;
  for (const templates::Entry& entry : given.node.entries()) {
    // People sign in for real.
    if (entry.key != "users") not_done_ = fmt::format("`given: {}` ({})", entry.key, place);
  }
}

// A failure outside says nothing when an earlier step, or what the scenario is given, could not be
// done there and would have changed what is compared.
void Run::ExcuseFailure() {
  const bool bad = result_.outcome == Outcome::kFailed || result_.outcome == Outcome::kError;
  if (!bad || not_done_.empty()) return;
  result_.outcome = Outcome::kSkipped;
  result_.reason = fmt::format(
      "{} cannot be done from outside, and without it the scenario does not hold", not_done_);
}

// Outside, a user whose credentials are not there is no fault of the backend.
Status Run::AddUsers(const std::vector<UserSpec>& users) {
  for (const UserSpec& user : users) {
    const Status added = people_.Add(user);
    if (added.ok()) continue;
    if (target_.inside() != nullptr) return added;
    result_.outcome = Outcome::kSkipped;
    result_.reason = added.error().message;
  }
  TellOfPeople();
  return Ok();
}

void Run::TellOfPeople() {
  if (people_.empty()) return;
  variables_.Set("users", Node::FromJson(people_.Describe(), Position{}));
}

bool Run::RunAll(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    const bool good = step.kind == StepKind::kUse   ? RunBlock(step)
                      : step.kind == StepKind::kSet ? Set(step)
                                                    : RunOne(step);
    if (!good) return false;
  }
  return true;
}

// What the block captures stays; what it was called with does not.
bool Run::RunBlock(const Step& step) {
  std::map<std::string, Node> before = variables_.values();
  const Node* with = step.node.Find("with");
  if (with != nullptr) {
    const auto resolved = variables_.Resolve(*with);
    if (!resolved.ok()) {
      FailStep(step, "use " + step.node.TextOf("use"), resolved.error().message);
      return false;
    }
    for (const templates::Entry& entry : resolved->entries())
      variables_.Set(entry.key, entry.value);
  }
  const bool good = RunAll(step.block);
  if (with != nullptr) {
    std::map<std::string, Node> after = variables_.values();
    for (const templates::Entry& entry : with->entries()) {
      after.erase(entry.key);
      if (const auto old = before.find(entry.key); old != before.end()) after.insert(*old);
    }
    variables_.Replace(std::move(after));
  }
  return good;
}

bool Run::Set(const Step& step) {
  for (const templates::Entry& entry : step.node.Find("set")->entries()) {
    auto resolved = variables_.Resolve(entry.value);
    if (!resolved.ok()) {
      FailStep(step, "set", resolved.error().message);
      return false;
    }
    variables_.Set(entry.key, std::move(resolved).value());
  }
  return true;
}

void Run::FailStep(const Step& step, const std::string& title, const std::string& error) {
  StepResult failed;
  failed.title = title;
  failed.place = step.node.position().Text();
  failed.outcome = Outcome::kError;
  failed.error = error;
  result_.steps.push_back(std::move(failed));
  result_.outcome = Outcome::kError;
}

bool Run::NeedsInside(const Step& step) const {
  if (target_.inside() != nullptr) return false;
  // A stage's URL is that of one API.
  if (step.kind == StepKind::kHttp) return step.node.Contains("api");
  return step.kind != StepKind::kCheck && step.kind != StepKind::kSignIn;
}

// Of a user that only steps know of.
bool Run::LacksCredentials(const Step& step) {
  if (target_.inside() != nullptr) return false;
  const Node* user = step.node.Find(step.kind == StepKind::kSignIn ? "sign-in" : "as");
  if (user == nullptr) return false;
  const auto name = variables_.Resolve(*user);
  if (!name.ok()) return false;
  const Status ready = people_.Ready(name->IsMap() ? name->TextOf("user") : name->text());
  if (ready.ok()) return false;
  result_.outcome = Outcome::kSkipped;
  result_.reason = ready.error().message;
  return true;
}

bool Run::RunOne(const Step& step) {
  StepResult result;
  result.place = step.node.position().Text();
  if (NeedsInside(step)) {
    result_.not_checked.push_back(fmt::format("{}: {}", result.place, step.kind_key));
    const bool only_looks = step.kind == StepKind::kGetItem || step.kind == StepKind::kQuery ||
                            step.kind == StepKind::kScan || step.kind == StepKind::kMailbox;
    if (not_done_.empty() && !only_looks)
      not_done_ = fmt::format("`{}` ({})", step.kind_key, result.place);
    return true;
  }
  if (LacksCredentials(step)) return false;
  auto within = 0ms;
  auto every = 50ms;
  if (const Node* eventually = step.node.Find("eventually")) {
    const auto read = [&](std::string_view key, std::chrono::milliseconds fallback) {
      return ParseDuration(eventually->TextOf(key)).value_or(fallback);
    };
    within =
        eventually->IsMap() ? read("within", 5s) : ParseDuration(eventually->text()).value_or(5s);
    every = eventually->IsMap() ? read("every", every) : every;
  }
  Record record;
  if (Inside* inside = target_.inside()) (void)inside->TakeRecord();
  const auto start = steady_clock::now();
  bool good = Attempt(step, result, record);
  while (!good && within > 0ms && steady_clock::now() - start < within) {
    std::this_thread::sleep_for(every);
    ++result.attempts;
    good = Attempt(step, result, record);
  }
  result.duration_ms = MillisSince(start);
  NoteReached(record);
  if (!good) {
    if (result_.outcome == Outcome::kPassed) result_.outcome = result.outcome;
    if (result.attempts > 1) {
      result.error +=
          fmt::format("{}not true after {} attempts in {:.0f} ms", result.error.empty() ? "" : "; ",
                      result.attempts, result.duration_ms);
    }
  }
  result_.steps.push_back(std::move(result));
  return good;
}

bool Run::Attempt(const Step& step, StepResult& result, Record& record) {
  result.mismatches.clear();
  result.error.clear();
  const auto fail = [&result](const Error& error) {
    result.outcome = Outcome::kError;
    result.error = error.message;
    return false;
  };
  const auto node = variables_.Resolve(step.node);
  if (!node.ok()) {
    result.title = step.kind_key;
    return fail(node.error());
  }
  result.title = TitleOf(step, *node);
  const auto start = steady_clock::now();
  const bool asks_capacity = node->Contains("expect") && target_.inside() != nullptr &&
                             node->Find("expect")->Contains("capacity");
  if (asks_capacity) target_.inside()->NoteCapacity(true);
  auto effect = Act(step, *node, target_, people_);
  if (asks_capacity) target_.inside()->NoteCapacity(false);
  if (effect.ok() && (step.kind == StepKind::kSignUp || step.kind == StepKind::kSignIn))
    TellOfPeople();
  // A check looks at all that has happened since it began to look.
  Record now;
  if (Inside* inside = target_.inside()) now = inside->TakeRecord();
  if (step.kind != StepKind::kCheck) record = {};
  std::move(now.spans.begin(), now.spans.end(), std::back_inserter(record.spans));
  std::move(now.lines.begin(), now.lines.end(), std::back_inserter(record.lines));
  if (!effect.ok()) {
    KeepEvidence({}, record, options_.curl_url, start, result);
    return fail(effect.error());
  }
  effect->duration_ms = MillisSince(start);
  if (const Node* expect = node->Find("expect")) {
    result.mismatches = CheckExpectations(
        *expect, {step, *effect, record, target_.inside(), options_, result_.not_checked});
  }
  CheckContract(*node, *effect, result);
  const bool expects_error = node->Contains("expect") && node->Find("expect")->Contains("error");
  const bool crashed =
      effect->invocation && effect->invocation->status != InvokeStatus::kOk && !expects_error;
  const bool refused = effect->refusal && !expects_error;
  if (!result.mismatches.empty() || crashed || refused) {
    result.outcome = Outcome::kFailed;
    if (crashed) result.error = "the function failed: " + Shortened(effect->invocation->payload);
    if (refused) {
      result.error = fmt::format("the user pool refused it: {}: {}", effect->refusal->type,
                                 effect->refusal->message);
    }
    KeepEvidence(*effect, record, options_.curl_url, start, result);
    return false;
  }
  if (const Node* captures = node->Find("capture")) {
    const Status captured = Capture(*captures, *effect);
    if (!captured.ok()) {
      KeepEvidence(*effect, record, options_.curl_url, start, result);
      return fail(captured.error());
    }
  }
  result.outcome = Outcome::kPassed;
  ForgetEvidence(result);
  return true;
}

Status Run::Capture(const Node& captures, const Effect& effect) {
  for (const templates::Entry& entry : captures.entries()) {
    const std::string& source = entry.value.text();
    const Position& position = entry.value.position();
    std::optional<Json> value;
    if (source == "status" && effect.reply) {
      value = effect.reply->status;
    } else if (source == "body") {
      value = effect.value;
    } else if (source.starts_with("header ") && effect.reply) {
      if (const std::string* header = effect.reply->headers.Find(source.substr(7))) value = *header;
    } else if (effect.value) {
      OFFSTAGE_TRY(const JsonPath path, JsonPath::Parse(source));
      value = path.Value(*effect.value);
    }
    if (!value) {
      return Fail(Error{fmt::format("{}: nothing to capture at `{}`", position.Text(), source)});
    }
    variables_.Set(entry.key, Node::FromJson(*value, position));
  }
  return Ok();
}

void Run::NoteReached(const Record& record) {
  for (const Span& span : record.spans) {
    if (!span.name.starts_with("gateway ") && !span.name.starts_with("lambda ")) continue;
    Reached reached;
    for (const auto& [name, value] : span.attributes) {
      if (name == "route") reached.route = value;
      if (name == "function") reached.function = value;
      if (name == "status") reached.status = std::atoi(value.c_str());
    }
    if (span.name.starts_with("lambda ")) reached.function = span.name.substr(7);
    result_.reached.push_back(std::move(reached));
  }
}

}  // namespace

ScenarioResult RunScenario(const Scenario& scenario, Target& target, const RunOptions& options) {
  return Run(scenario, target, options).Do();
}

}  // namespace offstage::scenario
