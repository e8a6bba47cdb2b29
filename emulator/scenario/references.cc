#include "scenario/references.h"

#include <algorithm>

#include "base/text.h"

namespace offstage::scenario {

namespace fs = std::filesystem;

namespace {

// The users that steps speak of, in order, and those whom they sign up.
struct UserMentions {
  std::vector<const Node*> mentioned = {};
  std::vector<std::string> signed_up = {};

  void Add(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      if (const Node* as = step.node.Find("as"))
        mentioned.push_back(as->IsMap() && as->Contains("user") ? as->Find("user") : as);
      const bool names = step.kind == StepKind::kSignIn || step.kind == StepKind::kConfirm ||
                         step.kind == StepKind::kMailbox;
      if (names) mentioned.push_back(step.node.Find(step.kind_key));
      if (step.kind == StepKind::kSignUp) signed_up.push_back(step.node.TextOf("sign-up"));
      Add(step.block);
    }
  }
};

// A user that nobody makes is a misspelt one. Names with variables in them are looked up when the
// step runs.
void CheckUsers(const Scenario& scenario, std::set<std::string>& told, Problems& problems) {
  UserMentions mentions;
  for (const auto* steps : {&scenario.setup, &scenario.steps, &scenario.teardown})
    mentions.Add(*steps);
  std::vector<std::string> known = mentions.signed_up;
  for (const Given& given : scenario.given) {
    const Node* users = given.node.Find("users");
    if (users == nullptr) continue;
    for (const templates::Entry& entry : users->entries())
      known.push_back(entry.key);
  }
  const auto variable = [](const std::string& name) {
    return name.find("${") != std::string::npos;
  };
  if (std::any_of(known.begin(), known.end(), variable)) return;
  for (const Node* user : mentions.mentioned) {
    const std::string& name = user->text();
    if (!user->IsScalar() || variable(name)) continue;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (!told.insert(user->position().Text()).second) continue;
    const auto nearest = NearestName(name, known);
    problems.Add(user->position(),
                 fmt::format("there is no user `{}` in `{}`; {}", name, scenario.name,
                             nearest ? fmt::format("did you mean `{}`?", *nearest)
                                     : "`given: users` or a `sign-up` step makes one"));
  }
}

void CheckFile(const Node& name, const fs::path& folder, std::set<std::string>& told,
               Problems& problems) {
  if (!name.IsScalar() || name.text().find("${") != std::string::npos) return;
  std::error_code failure;
  if (fs::is_regular_file(folder / name.text(), failure)) return;
  if (told.insert(name.position().Text()).second)
    problems.Add(name.position(), fmt::format("there is no file {}", name.text()));
}

void CheckBodies(const std::vector<Step>& steps, std::set<std::string>& told, Problems& problems) {
  for (const Step& step : steps) {
    if (const Node* file = step.node.Find("file")) CheckFile(*file, step.folder, told, problems);
    if (const Node* parts = step.node.Find("multipart")) {
      for (const templates::Entry& part : parts->entries()) {
        if (const Node* file = part.value.Find("file"))
          CheckFile(*file, step.folder, told, problems);
      }
    }
    CheckBodies(step.block, told, problems);
  }
}

// Data and bodies that are read later.
void CheckFiles(const Scenario& scenario, std::set<std::string>& told, Problems& problems) {
  for (const Given& given : scenario.given) {
    const Node* data = given.node.Find("data");
    if (data == nullptr) continue;
    CheckFile(*data, given.folder, told, problems);
    for (const Node& file : data->items())
      CheckFile(file, given.folder, told, problems);
  }
  for (const auto* steps : {&scenario.setup, &scenario.steps, &scenario.teardown})
    CheckBodies(*steps, told, problems);
}

}  // namespace

void CheckReferences(const Scenario& scenario, std::set<std::string>& told, Problems& problems) {
  CheckUsers(scenario, told, problems);
  CheckFiles(scenario, told, problems);
}

}  // namespace offstage::scenario
