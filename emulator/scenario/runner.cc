#include "scenario/runner.h"

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "scenario/action.h"
#include "scenario/expectations.h"
#include "scenario/jsonpath.h"
#include "scenario/people.h"
#include "scenario/variables.h"

namespace offstage::scenario {

namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::size_t kMaxAnswer = 4000;
constexpr std::size_t kMaxLogLines = 60;
constexpr std::size_t kMaxHops = 60;

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

std::string Shortened(const std::string& text) {
  if (!IsValidUtf8(text)) return fmt::format("({} bytes that are no text)", text.size());
  if (text.size() <= kMaxAnswer) return text;
  std::size_t end = kMaxAnswer;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return text.substr(0, end) + fmt::format("… ({} bytes)", text.size());
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
  void Keep(const Effect& effect, const Record& record, StepResult& result,
            steady_clock::time_point start) const;
  Status Capture(const Node& captures, const Effect& effect);
  bool Set(const Step& step);
  void FailStep(const Step& step, const std::string& title, const std::string& error);
  void NoteReached(const Record& record);
  bool NeedsInside(const Step& step) const;
  bool LacksCredentials(const Step& step);
  Status AddUsers(const std::vector<UserSpec>& users);
  void TellOfPeople();

  const Scenario& scenario_;
  Target& target_;
  const RunOptions& options_;
  Variables variables_;
  People people_;
  std::shared_ptr<const Contract> contract_;
  ScenarioResult result_;
};

Result<TimePoint> ParseClock(const Node& node) {
  // "2026-01-31T12:00:00Z"; a date alone is midnight.
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const int read = std::sscanf(node.text().c_str(), "%4d-%2u-%2u%*1[Tt ]%2d:%2d:%2d", &year, &month,
                               &day, &hour, &minute, &second);
  const std::chrono::year_month_day date(std::chrono::year{year}, std::chrono::month{month},
                                         std::chrono::day{day});
  if ((read != 3 && read < 5) || !date.ok()) {
    return Fail(Error{fmt::format("{}: `clock` takes a time like 2026-01-31T12:00:00Z, not {}",
                                  node.position().Text(), node.text())});
  }
  return TimePoint(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute) + std::chrono::seconds(second);
}

Status AddGiven(const Node& node, const std::filesystem::path& folder, StartingPoint& start) {
  if (const Node* data = node.Find("data")) {
    if (data->IsScalar()) start.files.push_back((folder / data->text()).lexically_normal());
    for (const Node& file : data->items())
      start.files.push_back((folder / file.text()).lexically_normal());
  }
  if (const Node* tables = node.Find("tables")) {
    for (const templates::Entry& table : tables->entries()) {
      Json& items = start.tables[table.key];
      if (items.is_null()) items = Json::array();
      for (const Node& item : table.value.items())
        items.push_back(templates::ToJson(item));
    }
  }
  if (const Node* users = node.Find("users")) {
    for (UserSpec& user : ToUsers(*users)) {
      // The scenario's own take the place of the file's.
      std::erase_if(start.users, [&user](const UserSpec& u) { return u.name == user.name; });
      start.users.push_back(std::move(user));
    }
  }
  if (const Node* clock = node.Find("clock")) {
    OFFSTAGE_TRY(start.clock, ParseClock(*clock));
  }
  if (const Node* faults = node.Find("faults")) {
    for (FaultRequest& fault : ToFaults(*faults))
      start.faults.push_back(std::move(fault));
  }
  return Ok();
}

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
    if (target_.inside() == nullptr)
      result_.not_checked.push_back(fmt::format("{}: given", given.node.position().Text()));
  }
  OFFSTAGE_TRY_VOID(target_.Prepare(start));
  return AddUsers(start.users);
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
  return target_.inside() == nullptr && step.kind != StepKind::kHttp &&
         step.kind != StepKind::kCheck && step.kind != StepKind::kSignIn;
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
    Keep({}, record, result, start);
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
    Keep(*effect, record, result, start);
    return false;
  }
  if (const Node* captures = node->Find("capture")) {
    const Status captured = Capture(*captures, *effect);
    if (!captured.ok()) {
      Keep(*effect, record, result, start);
      return fail(captured.error());
    }
  }
  result.outcome = Outcome::kPassed;
  result.hops.clear();
  result.log.clear();
  result.curl.clear();
  result.answer.clear();
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

std::string FactsOf(const Span& span) {
  std::string facts;
  for (const auto& [name, value] : span.attributes) {
    if (name == "api" || name == "route" || name == "method" || name == "target") continue;
    if (name.ends_with("_us") || value.empty()) continue;
    facts += fmt::format("{}{}={}", facts.empty() ? "" : " ", name, value);
  }
  return facts;
}

std::string AnswerOf(const Effect& effect) {
  if (effect.reply) {
    std::string text = fmt::format("{}", effect.reply->status);
    for (const auto& [name, value] : effect.reply->headers) {
      if (EqualsIgnoreCase(name, "content-type") || name.starts_with("x-offstage") ||
          EqualsIgnoreCase(name, "x-amzn-errortype"))
        text += fmt::format("\n{}: {}", name, value);
    }
    return text + "\n\n" + Shortened(effect.reply->body);
  }
  if (effect.invocation) return Shortened(effect.invocation->payload);
  return effect.value ? Shortened(DumpJson(*effect.value)) : "";
}

void Run::Keep(const Effect& effect, const Record& record, StepResult& result,
               steady_clock::time_point start) const {
  if (effect.request) result.curl = ToCurl(*effect.request, options_.curl_url);
  result.answer = AnswerOf(effect);
  result.hops.clear();
  result.log.clear();
  std::vector<const Span*> spans;
  for (const Span& span : record.spans)
    spans.push_back(&span);
  std::stable_sort(spans.begin(), spans.end(),
                   [](const Span* a, const Span* b) { return a->start < b->start; });
  for (const Span* span : spans) {
    if (result.hops.size() == kMaxHops) break;
    result.hops.push_back(
        {.name = span->name,
         .start_ms = std::chrono::duration<double, std::milli>(span->start - start).count(),
         .duration_ms = std::chrono::duration<double, std::milli>(span->duration).count(),
         .facts = FactsOf(*span)});
  }
  const std::size_t skipped =
      record.lines.size() > kMaxLogLines ? record.lines.size() - kMaxLogLines : 0;
  if (skipped > 0) result.log.push_back(fmt::format("({} earlier lines)", skipped));
  for (std::size_t i = skipped; i < record.lines.size(); ++i)
    result.log.push_back(
        fmt::format("{} | {}", record.lines[i].function, Shortened(record.lines[i].text)));
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
