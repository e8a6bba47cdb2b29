#include "scenario/names.h"

#include <algorithm>
#include <set>

#include "base/text.h"

namespace offstage::scenario {

namespace {

class NameChecker {
 public:
  explicit NameChecker(const KnownNames& known) : known_(known) {}

  void Check(const Scenario& scenario) {
    for (const Given& given : scenario.given)
      CheckGiven(given.node);
    for (const auto* steps : {&scenario.setup, &scenario.steps, &scenario.teardown})
      CheckSteps(*steps);
    if (!scenario.contract_is_the_apis || known_.definitions == 1) return;
    Add(*scenario.contract_is_the_apis,
        fmt::format("`contract: api` needs one API with an OpenAPI document in the template; there "
                    "are {}",
                    known_.definitions));
  }

  std::vector<std::string> Take() { return std::move(problems_); }

 private:
  void Add(const Position& position, const std::string& text) {
    std::string line = fmt::format("{}: {}", position.Text(), text);
    if (told_.insert(line).second) problems_.push_back(std::move(line));
  }

  void CheckName(const std::string& name, const Position& position, const NameSet& names,
                 std::string_view kind) {
    if (name.empty() || name.find("${") != std::string::npos) return;
    for (const auto* list : {&names.shown, &names.others}) {
      if (std::find(list->begin(), list->end(), name) != list->end()) return;
    }
    const auto nearest = NearestName(name, names.shown);
    Add(position, fmt::format("the template has no {} `{}`; {}", kind, name,
                              nearest               ? fmt::format("did you mean `{}`?", *nearest)
                              : names.shown.empty() ? std::string("it has none")
                                                    : "it has: " + Join(names.shown, ", ")));
  }

  void CheckText(const Node* node, const NameSet& names, std::string_view kind) {
    if (node != nullptr && node->IsScalar()) CheckName(node->text(), node->position(), names, kind);
  }
  void CheckTable(const Node* node) { CheckText(node, known_.tables, "table"); }
  void CheckFunction(const Node* node) { CheckText(node, known_.functions, "function"); }
  void CheckPool(const Node& node) {
    CheckText(node.Find("pool"), known_.pools, "user pool");
    CheckText(node.Find("client"), known_.clients, "app client");
  }

  void CheckKeys(const Node* map, const NameSet& names, std::string_view kind) {
    if (map == nullptr) return;
    for (const templates::Entry& entry : map->entries())
      CheckName(entry.key, entry.key_position, names, kind);
  }

  void CheckFaults(const Node* faults) {
    if (faults == nullptr) return;
    for (const Node& fault : faults->items())
      CheckFaults(&fault);
    if (!faults->IsMap()) return;
    CheckFunction(faults->Find("function"));
    CheckTable(faults->Find("table"));
  }

  void CheckGiven(const Node& given) {
    CheckKeys(given.Find("tables"), known_.tables, "table");
    CheckFaults(given.Find("faults"));
    const Node* users = given.Find("users");
    if (users == nullptr) return;
    if (known_.pools.shown.empty() && !users->entries().empty())
      Add(users->position(), "the template has no user pool for these users");
    for (const templates::Entry& user : users->entries())
      CheckPool(user.value);
  }

  void CheckSteps(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      CheckStep(step);
      CheckSteps(step.block);
    }
  }

  void CheckStep(const Step& step) {
    const Node* value = step.node.Find(step.kind_key);
    switch (step.kind) {
      case StepKind::kPutItem:
      case StepKind::kGetItem:
      case StepKind::kUpdateItem:
      case StepKind::kDeleteItem:
      case StepKind::kQuery:
      case StepKind::kScan:
        CheckTable(value);
        break;
      case StepKind::kInvoke:
        CheckFunction(value);
        break;
      case StepKind::kColdStart:
        CheckColdStart(*value);
        break;
      case StepKind::kFault:
        CheckFaults(value);
        break;
      case StepKind::kHttp:
        CheckText(step.node.Find("api"), known_.apis, "API");
        break;
      case StepKind::kSignUp:
      case StepKind::kSignIn:
      case StepKind::kCognito:
        CheckPool(step.node);
        break;
      default:
        break;
    }
    if (const Node* expect = step.node.Find("expect")) CheckExpect(*expect);
  }

  void CheckColdStart(const Node& names) {
    if (names.IsScalar() && names.text() != "all") CheckFunction(&names);
    for (const Node& name : names.items()) {
      if (name.text() != "all") CheckFunction(&name);
    }
  }

  void CheckExpect(const Node& expect) {
    CheckKeys(expect.Find("tables"), known_.tables, "table");
    if (const Node* calls = expect.Find("calls")) {
      // "dynamodb.GetItem UsersTable"; of other services, what stands there is no table.
      for (const templates::Entry& entry : calls->entries()) {
        const auto blank = entry.key.find(' ');
        if (blank != std::string::npos && entry.key.starts_with("dynamodb"))
          CheckName(entry.key.substr(blank + 1), entry.key_position, known_.tables, "table");
      }
    }
    if (const Node* capacity = expect.Find("capacity")) {
      for (const templates::Entry& entry : capacity->entries()) {
        if (entry.key != "total") CheckName(entry.key, entry.key_position, known_.tables, "table");
      }
    }
    // Matchers are for lists of functions and the like; a plain text is a name.
    const Node* function = expect.Find("function");
    if (function != nullptr && function->IsString() && !function->text().starts_with("<"))
      CheckFunction(function);
  }

  const KnownNames& known_;
  std::vector<std::string> problems_;
  std::set<std::string> told_;
};

}  // namespace

std::vector<std::string> CheckNames(const std::vector<Scenario>& scenarios,
                                    const KnownNames& known) {
  NameChecker checker(known);
  for (const Scenario& scenario : scenarios)
    checker.Check(scenario);
  return checker.Take();
}

std::vector<std::string> CheckNames(const std::vector<Bench>& benches, const KnownNames& known) {
  NameChecker checker(known);
  for (const Bench& bench : benches)
    checker.Check(bench.scenario);
  return checker.Take();
}

}  // namespace offstage::scenario
