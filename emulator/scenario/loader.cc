#include "scenario/loader.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "base/text.h"
#include "scenario/examples.h"
#include "scenario/references.h"
#include "scenario/variables.h"
#include "template/document.h"

namespace offstage::scenario {

namespace fs = std::filesystem;

namespace {

// Where a block stands.
struct Block {
  const Node* steps = nullptr;
  fs::path folder;
};

struct File {
  Node root;
  fs::path folder;
  // Also those of included files.
  std::map<std::string, Block> blocks;
  std::vector<std::pair<std::string, Node>> variables;
};

class Loader {
 public:
  Result<Loaded, LoadFailure> Load(const std::vector<fs::path>& paths) {
    for (const fs::path& path : paths) {
      const File* file = Read(path, {}, nullptr);
      if (file == nullptr) continue;
      AddScenarios(*file, path);
      AddBenches(*file, path);
    }
    if (!problems_.empty() || !unreadable_.empty()) {
      std::vector<std::string> all = unreadable_;
      all.insert(all.end(), problems_.list().begin(), problems_.list().end());
      return Fail(LoadFailure{std::move(all)});
    }
    return Loaded{.scenarios = std::move(scenarios_), .benches = std::move(benches_)};
  }

 private:
  // Null when it cannot be used; what is wrong is in the lists. `asked_at`: where it is included.
  const File* Read(const fs::path& path, std::vector<fs::path> chain, const Position* asked_at);
  void AddIncludes(File& file, const std::vector<fs::path>& chain);
  void AddScenarios(const File& file, const fs::path& path);
  void AddExamples(const Node& node, const Scenario& pattern);
  void AddBenches(const File& file, const fs::path& path);
  std::shared_ptr<const Contract> ReadContract(const File& file);
  std::vector<double> Numbers(const Node* node, const std::string& what);
  std::vector<Step> Steps(const File& file, const Node* list, const fs::path& folder,
                          std::vector<std::string> open_blocks);
  void Expand(const File& file, Step& step, std::vector<std::string> open_blocks);
  const Block* FindBlock(const File& file, const Node& name, const fs::path& folder);

  Problems problems_;
  std::vector<std::string> unreadable_;
  std::map<fs::path, std::unique_ptr<File>> files_;
  std::set<fs::path> broken_;
  std::vector<Scenario> scenarios_;
  std::vector<Bench> benches_;
  std::map<std::string, Position> ids_;
  // What has been complained of already: blocks and files are used several times.
  std::set<std::string> told_;
};

fs::path Absolute(const fs::path& path) {
  return fs::absolute(path).lexically_normal();
}

std::vector<std::string> Texts(const Node* node) {
  std::vector<std::string> texts;
  if (node == nullptr) return texts;
  if (node->IsScalar() && !node->IsNull()) texts.push_back(node->text());
  for (const Node& item : node->items())
    texts.push_back(item.text());
  return texts;
}

const File* Loader::Read(const fs::path& path, std::vector<fs::path> chain,
                         const Position* asked_at) {
  const fs::path key = Absolute(path);
  if (std::find(chain.begin(), chain.end(), key) != chain.end()) {
    std::string way;
    for (const fs::path& step : chain)
      way += step.filename().string() + " includes ";
    problems_.Add(*asked_at,
                  fmt::format("files include each other: {}{}", way, key.filename().string()));
    return nullptr;
  }
  if (const auto known = files_.find(key); known != files_.end()) return known->second.get();
  if (broken_.contains(key)) return nullptr;
  auto document = templates::ReadDocument(path, path.string());
  if (!document.ok()) {
    broken_.insert(key);
    std::string message = document.error().message;
    const bool in_flow = message.find("flow") != std::string::npos;
    if (in_flow || message.find("unknown token") != std::string::npos)
      message += " (between { } or [ ], a text with `${...}` or `?` in it needs quotes)";
    if (asked_at != nullptr) {
      problems_.Add(*asked_at, message);
    } else {
      unreadable_.push_back(message);
    }
    return nullptr;
  }
  for (const templates::ReadWarning& warning : document->warnings)
    problems_.Add(warning.position, warning.message);
  auto file = std::make_unique<File>();
  file->root = std::move(document->root);
  file->folder = key.parent_path();
  const std::size_t before = problems_.list().size();
  CheckShape(file->root, FileShape(), problems_);
  if (problems_.list().size() != before) {
    broken_.insert(key);
    return nullptr;
  }
  chain.push_back(key);
  AddIncludes(*file, chain);
  return files_.emplace(key, std::move(file)).first->second.get();
}

void Loader::AddIncludes(File& file, const std::vector<fs::path>& chain) {
  const Node* include = file.root.Find("include");
  std::vector<const Node*> names;
  if (include != nullptr && include->IsScalar()) names.push_back(include);
  if (include != nullptr) {
    for (const Node& item : include->items())
      names.push_back(&item);
  }
  for (const Node* name : names) {
    const File* other = Read(file.folder / name->text(), chain, &name->position());
    if (other == nullptr) continue;
    file.blocks.insert(other->blocks.begin(), other->blocks.end());
    file.variables.insert(file.variables.end(), other->variables.begin(), other->variables.end());
  }
  if (const Node* blocks = file.root.Find("blocks")) {
    for (const templates::Entry& entry : blocks->entries())
      file.blocks[entry.key] = {&entry.value, file.folder};
  }
  if (const Node* variables = file.root.Find("vars")) {
    for (const templates::Entry& entry : variables->entries())
      file.variables.emplace_back(entry.key, entry.value);
  }
}

const Block* Loader::FindBlock(const File& file, const Node& name, const fs::path& folder) {
  const std::string& text = name.text();
  const auto hash = text.find('#');
  const File* home = &file;
  std::string block = text;
  if (hash != std::string::npos) {
    block = text.substr(hash + 1);
    home = Read(folder / text.substr(0, hash), {}, &name.position());
    if (home == nullptr) return nullptr;
  }
  const auto found = home->blocks.find(block);
  if (found != home->blocks.end()) return &found->second;
  std::vector<std::string> names;
  for (const auto& [known, where] : home->blocks)
    names.push_back(known);
  const auto nearest = NearestName(block, names);
  problems_.Add(name.position(),
                fmt::format("there is no block `{}`; {}", block,
                            nearest         ? fmt::format("did you mean `{}`?", *nearest)
                            : names.empty() ? "no blocks are defined or included here"
                                            : "there are: " + Join(names, ", ")));
  return nullptr;
}

void Loader::Expand(const File& file, Step& step, std::vector<std::string> open_blocks) {
  const Node& name = *step.node.Find("use");
  if (std::find(open_blocks.begin(), open_blocks.end(), name.text()) != open_blocks.end()) {
    problems_.Add(name.position(), fmt::format("blocks use each other: {} uses {}",
                                               Join(open_blocks, " uses "), name.text()));
    return;
  }
  const Block* block = FindBlock(file, name, step.folder);
  if (block == nullptr) return;
  open_blocks.push_back(name.text());
  const auto hash = name.text().find('#');
  const File* home = &file;
  if (hash != std::string::npos)
    home = Read(step.folder / name.text().substr(0, hash), {}, &name.position());
  step.block = Steps(*home, block->steps, block->folder, std::move(open_blocks));
}

std::vector<Step> Loader::Steps(const File& file, const Node* list, const fs::path& folder,
                                std::vector<std::string> open_blocks) {
  std::vector<Step> steps;
  if (list == nullptr) return steps;
  for (const Node& node : list->items()) {
    Step step{.node = node,
              .kind = KindOf(node),
              .kind_key = std::string(KindKeyOf(node)),
              .folder = folder};
    if (step.kind == StepKind::kUse) Expand(file, step, open_blocks);
    steps.push_back(std::move(step));
  }
  return steps;
}

std::string SuiteName(const File& file, const fs::path& path) {
  const std::string name = file.root.TextOf("suite");
  if (!name.empty()) return name;
  const std::string base = path.filename().string();
  return base.substr(0, base.find('.'));
}

std::shared_ptr<const Contract> Loader::ReadContract(const File& file) {
  const Node* name = file.root.Find("contract");
  if (name == nullptr || name->text() == "api") return nullptr;
  const fs::path path = file.folder / name->text();
  const auto document = templates::ReadDocument(path, path.string());
  if (!document.ok()) {
    problems_.Add(name->position(), document.error().message);
    return nullptr;
  }
  auto contract = Contract::Make(templates::ToJson(document->root), name->text());
  if (contract.ok()) return std::move(contract).value();
  problems_.Add(name->position(), contract.error().message);
  return nullptr;
}

void Loader::AddScenarios(const File& file, const fs::path& path) {
  Scenario pattern;
  pattern.contract = ReadContract(file);
  if (file.root.TextOf("contract") == "api")
    pattern.contract_is_the_apis = file.root.Find("contract")->position();
  pattern.suite = SuiteName(file, path);
  pattern.file = path.string();
  pattern.variables = file.variables;
  pattern.setup = Steps(file, file.root.Find("setup"), file.folder, {});
  if (const Node* given = file.root.Find("given")) pattern.given.push_back({*given, file.folder});
  const Node* list = file.root.Find("scenarios");
  if (list == nullptr) return;  // A file of blocks and variables only.
  for (const Node& node : list->items()) {
    Scenario scenario = pattern;
    scenario.line = node.position().line;
    scenario.name = node.TextOf("name");
    scenario.skip = node.TextOf("skip");
    scenario.tags = Texts(file.root.Find("tags"));
    for (std::string& tag : Texts(node.Find("tags")))
      scenario.tags.push_back(std::move(tag));
    if (const Node* given = node.Find("given"))
      scenario.given.push_back({*given, file.folder, Given::Whose::kScenarios});
    if (const Node* variables = node.Find("vars")) {
      for (const templates::Entry& entry : variables->entries())
        scenario.variables.emplace_back(entry.key, entry.value);
    }
    scenario.steps = Steps(file, node.Find("steps"), file.folder, {});
    scenario.teardown = Steps(file, node.Find("teardown"), file.folder, {});
    for (Step& step : Steps(file, file.root.Find("teardown"), file.folder, {}))
      scenario.teardown.push_back(std::move(step));
    CheckReferences(scenario, told_, problems_);
    AddExamples(node, scenario);
  }
}

void Loader::AddExamples(const Node& node, const Scenario& pattern) {
  for (const ExampleRow& row : ExampleRows(node, problems_)) {
    Scenario scenario = pattern;
    scenario.variables.insert(scenario.variables.end(), row.begin(), row.end());
    scenario.name = NameOfExample(pattern.name, row);
    scenario.id = fmt::format("{}: {}", scenario.suite, scenario.name);
    const auto [earlier, is_new] = ids_.emplace(scenario.id, node.position());
    if (!is_new) {
      problems_.Add(node.position(),
                    fmt::format("there already is a scenario `{}` ({}); names must differ",
                                scenario.id, earlier->second.Text()));
      continue;
    }
    scenarios_.push_back(std::move(scenario));
  }
}

// Positive numbers, one or a list of them.
std::vector<double> Loader::Numbers(const Node* node, const std::string& what) {
  std::vector<double> numbers;
  for (const std::string& text : Texts(node)) {
    const auto number = Node::Scalar(Node::Kind::kString, text, node->position()).AsNumber();
    if (!number || *number <= 0 || *number > 1e6) {
      problems_.Add(node->position(),
                    fmt::format("`{}` takes numbers above 0, not `{}`", what, text));
      continue;
    }
    numbers.push_back(*number);
  }
  return numbers;
}

void Loader::AddBenches(const File& file, const fs::path& path) {
  const Node* list = file.root.Find("bench");
  if (list == nullptr) return;
  for (const Node& node : list->items()) {
    Bench bench;
    Scenario& scenario = bench.scenario;
    scenario.suite = SuiteName(file, path);
    scenario.name = node.TextOf("name");
    scenario.id = fmt::format("{}: {}", scenario.suite, scenario.name);
    scenario.file = path.string();
    scenario.line = node.position().line;
    scenario.variables = file.variables;
    if (const Node* variables = node.Find("vars")) {
      for (const templates::Entry& entry : variables->entries())
        scenario.variables.emplace_back(entry.key, entry.value);
    }
    for (const Node* given : {file.root.Find("given"), node.Find("given")}) {
      if (given != nullptr) scenario.given.push_back({*given, file.folder});
    }
    scenario.setup = Steps(file, file.root.Find("setup"), file.folder, {});
    for (Step& step : Steps(file, node.Find("setup"), file.folder, {}))
      scenario.setup.push_back(std::move(step));
    const Node measure = Node::List({*node.Find("measure")});
    scenario.steps = Steps(file, &measure, file.folder, {});
    if (scenario.steps.front().kind != StepKind::kHttp)
      problems_.Add(node.Find("measure")->position(),
                    "`measure` takes an HTTP step: get, post, put, patch, delete, head, request");
    CheckReferences(scenario, told_, problems_);
    for (const double number : Numbers(node.Find("concurrency"), "concurrency"))
      bench.concurrency.push_back(std::max(1, static_cast<int>(number)));
    bench.rates = Numbers(node.Find("rate"), "rate");
    const auto [earlier, is_new] = ids_.emplace(scenario.id, node.position());
    if (!is_new) {
      problems_.Add(node.position(), fmt::format("there already is a `{}` ({}); names must differ",
                                                 scenario.id, earlier->second.Text()));
      continue;
    }
    benches_.push_back(std::move(bench));
  }
}

bool IsScenarioFile(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".scenario.yml") || name.ends_with(".scenario.yaml");
}

}  // namespace

Result<std::vector<fs::path>> FindFiles(const std::vector<fs::path>& paths) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    std::error_code failure;
    if (fs::is_regular_file(path, failure)) {
      files.push_back(path);
      continue;
    }
    if (!fs::is_directory(path, failure))
      return Fail(Error{fmt::format("there is no file or folder {}", path.string())});
    std::vector<fs::path> found;
    fs::recursive_directory_iterator end;
    for (fs::recursive_directory_iterator it(path, failure); !failure && it != end;
         it.increment(failure)) {
      const std::string name = it->path().filename().string();
      if (it->is_directory() && (name.starts_with(".") || name == "node_modules")) {
        it.disable_recursion_pending();
      } else if (IsScenarioFile(it->path())) {
        found.push_back(it->path());
      }
    }
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

Result<std::vector<Scenario>, LoadFailure> LoadFiles(const std::vector<fs::path>& files) {
  OFFSTAGE_TRY(Loaded loaded, LoadSuites(files));
  return std::move(loaded.scenarios);
}

Result<Loaded, LoadFailure> LoadSuites(const std::vector<fs::path>& files) {
  return Loader().Load(files);
}

}  // namespace offstage::scenario
