#include "template/scope.h"

#include "base/text.h"
#include "template/parameters.h"
#include "template/rules.h"
#include "template/sam.h"

namespace offstage::templates {
namespace {

constexpr std::string_view kSections[] = {"AWSTemplateFormatVersion",
                                          "Conditions",
                                          "Description",
                                          "Globals",
                                          "Hooks",
                                          "Mappings",
                                          "Metadata",
                                          "Outputs",
                                          "Parameters",
                                          "Resources",
                                          "Rules",
                                          "Transform"};

}  // namespace

void LoadContext::Add(Fate fate, const Position& position, std::string path, std::string message,
                      Reason reason) {
  // The same value may be evaluated more than once.
  const std::string key = fmt::format("{}\n{}\n{}", position.Text(), path, message);
  if (noted.size() < 10'000 && noted.insert(key).second) {
    stack.notes.push_back({fate, position, std::move(path), std::move(message), reason});
  }
}

std::string LoadContext::DisplayName(const std::filesystem::path& file) const {
  const std::filesystem::path relative = file.lexically_relative(root_folder);
  const bool below = !relative.empty() && *relative.begin() != "..";
  return below ? relative.string() : file.string();
}

Resolved<Document> LoadContext::Read(const std::filesystem::path& file, const Position& asked_at) {
  auto document = ReadDocument(file, DisplayName(file), options.limits);
  if (!document.ok()) {
    return FailAt(asked_at, document.error().message);
  }
  if (std::find(stack.files.begin(), stack.files.end(), file) == stack.files.end()) {
    stack.files.push_back(file);
  }
  return std::move(document).value();
}

Scope::Scope(LoadContext& context, ScopeOptions options, Document document)
    : context_(context), options_(std::move(options)), document_(std::move(document)) {}

Scope::~Scope() = default;

std::string Scope::PathOf(std::string_view logical_id) const {
  return options_.path.empty() ? std::string(logical_id)
                               : fmt::format("{}/{}", options_.path, logical_id);
}

void Scope::Note(Fate fate, const Position& position, std::string_view path, std::string message,
                 Reason reason) {
  context_.Add(fate, position, path.empty() ? options_.path : PathOf(path), std::move(message),
               reason);
}

bool Scope::HasTransform(std::string_view name) const {
  const Node* transform = Section("Transform");
  if (transform == nullptr) {
    return false;
  }
  const auto is_it = [name](const Node& node) {
    return node.text() == name || node.TextOf("Name") == name;
  };
  return is_it(*transform) ||
         std::any_of(transform->items().begin(), transform->items().end(), is_it);
}

Check Scope::Prepare(const std::vector<std::pair<std::string, Node>>& given) {
  OFFSTAGE_TRY_VOID(CheckSections());
  for (const ReadWarning& warning : document_.warnings) {
    Note(Fate::kWarning, warning.position, "", warning.message);
  }
  if (HasTransform("AWS::LanguageExtensions")) {
    OFFSTAGE_TRY_VOID(TakeParameters(given));
    OFFSTAGE_TRY_VOID(ExpandLoops(*this, document_.root));
    TakeResources();
  } else {
    OFFSTAGE_TRY_VOID(TakeParameters(given));
    TakeResources();
  }
  OFFSTAGE_TRY_VOID(CheckRules(*this));
  PrepareSam(*this);
  return Ok();
}

Check Scope::CheckSections() {
  const Node& root = document_.root;
  if (!root.IsMap()) {
    return FailAt(root.position(), "this is no template: expected a map with at least Resources");
  }
  const Node* resources = root.Find("Resources");
  if (resources == nullptr || !resources->IsMap()) {
    std::vector<std::string> keys;
    for (const Entry& entry : root.entries()) {
      keys.push_back(entry.key);
    }
    const std::string near = NearestName("Resources", keys).value_or("");
    return FailAt(resources == nullptr ? root.position() : resources->position(),
                  near.empty() || near == "Resources"
                      ? "this is no template: Resources must be a map of resources"
                      : fmt::format("there is no Resources; is '{}' meant?", near));
  }
  for (const Entry& entry : root.entries()) {
    if (std::find(std::begin(kSections), std::end(kSections), entry.key) == std::end(kSections)) {
      Note(Fate::kRefused, entry.key_position, "",
           "templates have no section " +
               Suggest(entry.key, {std::begin(kSections), std::end(kSections)}));
    }
  }
  for (const std::string_view name :
       {"Conditions", "Mappings", "Outputs", "Parameters", "Globals"}) {
    const Node* section = Section(name);
    if (section != nullptr && !section->IsMap() && !section->IsNull()) {
      return FailAt(section->position(), fmt::format("{} must be a map", name));
    }
  }
  uses_sam_ = HasTransform("AWS::Serverless-2016-10-31");
  return Ok();
}

Check Scope::TakeParameters(const std::vector<std::pair<std::string, Node>>& given) {
  const Node* section = Section("Parameters");
  std::map<std::string, Node, std::less<>> values(given.begin(), given.end());
  for (const auto& [name, value] : given) {
    values[name] = value;  // later ones win
  }
  std::vector<std::string> names;
  if (section != nullptr) {
    for (const Entry& entry : section->entries()) {
      const auto found = values.find(entry.key);
      OFFSTAGE_TRY(
          ParameterState state,
          ResolveParameter(*this, entry.key, entry.value,
                           found == values.end() ? std::nullopt : std::optional(found->second)));
      const std::string text = state.value.IsList()
                                   ? Join(
                                         [&] {
                                           std::vector<std::string> parts;
                                           for (const Node& item : state.value.items()) {
                                             parts.push_back(item.text());
                                           }
                                           return parts;
                                         }(),
                                         ",")
                                   : state.value.text();
      context_.stack.parameters.push_back({options_.path, entry.key, text, state.secret});
      parameters_[entry.key] = std::move(state);
      names.push_back(entry.key);
    }
  }
  for (const auto& [name, value] : values) {
    if (parameters_.find(name) != parameters_.end()) {
      continue;
    }
    if (options_.parent != nullptr) {
      // CloudFormation refuses the nested stack: "Parameters: [X] do not exist in the template".
      return FailAt(value.position(),
                    fmt::format("the template {} declares no parameter {}",
                                context_.DisplayName(options_.file), Suggest(name, names)));
    }
    Note(Fate::kWarning, {}, "", "the template declares no parameter " + Suggest(name, names));
  }
  return Ok();
}

void Scope::TakeResources() {
  // Their entries own the resources from here on; the document keeps the keys.
  for (Entry& written : document_.root.Find("Resources")->entries()) {
    if (IsLoop(written.key)) {
      Note(Fate::kRefused, written.key_position, written.key, std::string(kLoopsNeed));
      continue;
    }
    const Node* type = written.value.Find("Type");
    if (type == nullptr || !type->IsString()) {
      Note(Fate::kRefused, written.key_position, written.key,
           "a resource needs a Type, such as AWS::Serverless::Function");
      continue;
    }
    auto entry = std::make_unique<ResourceEntry>();
    entry->id = written.key;
    entry->type = type->text();
    entry->position = written.key_position;
    entry->definition = std::move(written.value);
    entry->info = FindResourceType(entry->type);
    by_id_[entry->id] = entry.get();
    entries_.push_back(std::move(entry));
  }
}

ResourceEntry& Scope::AddGenerated(std::string id, std::string_view type,
                                   std::string_view generated_by, Node definition) {
  auto entry = std::make_unique<ResourceEntry>();
  entry->id = std::move(id);
  entry->type = std::string(type);
  entry->position = definition.position();
  entry->definition = std::move(definition);
  entry->info = FindResourceType(type);
  entry->generated_by = std::string(generated_by);
  ResourceEntry& added = *entry;
  by_id_[added.id] = &added;
  entries_.push_back(std::move(entry));
  return added;
}

ResourceEntry* Scope::FindEntry(std::string_view id) {
  const auto found = by_id_.find(id);
  return found != by_id_.end() ? found->second : FindSamGenerated(*this, id);
}

Resolved<bool> Scope::Exists(const ResourceEntry& entry) {
  const Node* condition = entry.definition.Find("Condition");
  if (condition == nullptr) {
    return true;
  }
  if (!condition->IsString()) {
    return FailAt(condition->position(), "Condition takes the name of a condition");
  }
  return Condition(condition->text(), condition->position());
}

Resolved<const Node*> Scope::Properties(ResourceEntry& entry) {
  if (entry.properties.progress == Progress::kBusy) {
    return FailAt(entry.position,
                  fmt::format("the properties of {} refer to themselves", entry.id));
  }
  if (entry.properties.progress == Progress::kNew) {
    entry.properties.progress = Progress::kBusy;
    entry.properties.value = EvaluateProperties(entry);
    entry.properties.progress = Progress::kDone;
  }
  if (!entry.properties.value->ok()) {
    return Fail(Problem(entry.properties.value->error()));
  }
  return &entry.properties.value->value();
}

}  // namespace offstage::templates
