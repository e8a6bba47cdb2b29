// Inside the component: one template of the tree while it is being resolved. Values are computed
// when something asks for them, so that stacks, outputs and names may refer to each other in any
// order; what refers to itself is found and refused.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "template/loader.h"
#include "template/problem.h"
#include "template/resource_types.h"
#include "template/stack.h"

namespace offstage::templates {

class Scope;

// What all templates of one load share. Hostile templates can ask for exponentially much with few
// bytes (Sub of Sub of ...), hence the budgets.
struct LoadContext {
  const LoadOptions& options;
  IdRegistry& ids;
  Stack& stack;
  std::filesystem::path root_folder = {};
  Scope* root = nullptr;
  int depth = 0;
  int stacks = 0;
  std::size_t text_budget = 64 * 1024 * 1024;
  std::set<std::string> noted = {};
  // The first circle of resources that need each other, which no deployment survives.
  std::optional<Error> cycle = std::nullopt;
  // Content of layers, by version ARN.
  std::map<std::string, std::filesystem::path> layers = {};

  void Add(Fate fate, const Position& position, std::string path, std::string message,
           Reason reason = Reason::kWrong);
  // As positions name it: relative to the root template's folder where it lies below.
  std::string DisplayName(const std::filesystem::path& file) const;
  Resolved<Document> Read(const std::filesystem::path& file, const Position& asked_at);
};

// References chase each other through functions, conditions, names and nested stacks; this bounds
// how far, for the stack's sake.
class DepthGuard {
 public:
  explicit DepthGuard(LoadContext& context) : depth_(context.depth) { ++depth_; }
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;
  bool TooDeep() const { return depth_ > 600; }

 private:
  int& depth_;
};

enum class Progress { kNew, kBusy, kDone };

// A value that is computed once, on demand.
template <typename T>
struct Lazy {
  Progress progress = Progress::kNew;
  std::optional<Resolved<T>> value = std::nullopt;
};

struct ResourceEntry {
  std::string id;
  std::string type;
  Position position;
  // As written, Globals merged in; null for what a transform generates.
  Node definition;
  const ResourceType* info = nullptr;
  // The logical id of the SAM resource that it was generated from; or empty.
  std::string generated_by;
  Lazy<std::string> physical_id = {};
  // Of what belongs to a function.
  Lazy<std::string> function_arn = {};
  Lazy<std::string> name = {};
  Lazy<Node> properties = {};
  Lazy<Scope*> nested = {};
};

struct ParameterState {
  // Text, or a list for list types.
  Node value;
  bool secret = false;
  bool used = false;
};

// The file and the place in the tree of a template.
struct ScopeOptions {
  Scope* parent = nullptr;
  // "" or "APIs"
  std::string path = {};
  // Physical.
  std::string stack_name = {};
  std::string stack_id = {};
  std::filesystem::path file = {};
};

class Scope {
 public:
  Scope(LoadContext& context, ScopeOptions options, Document document);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  // Checks the sections and takes the parameters; nothing is resolved yet.
  Check Prepare(const std::vector<std::pair<std::string, Node>>& given);
  // Resolves everything into the context's stack; what is wrong becomes notes.
  void Build();

  // Null (not kNull): AWS::NoValue.
  Resolved<std::optional<Node>> Evaluate(const Node& node);
  // NoValue becomes a null node.
  Resolved<Node> Value(const Node& node);
  Resolved<std::string> Text(const Node& node, std::string_view what);
  Resolved<bool> Condition(std::string_view name, const Position& position);

  Resolved<Node> Ref(std::string_view name, const Position& position);
  Resolved<Node> Attribute(std::string_view id, std::string_view attribute,
                           const Position& position);
  Resolved<std::string> PhysicalId(ResourceEntry& entry);
  Resolved<const Node*> Properties(ResourceEntry& entry);
  Resolved<bool> Exists(const ResourceEntry& entry);
  // A format of ResourceType, filled in.
  Resolved<std::string> Format(ResourceEntry& entry, std::string_view format);
  // A random part of a resource's identity, the same at every load.
  const std::string& Random(const ResourceEntry& entry, std::string_view part, std::size_t length,
                            std::string_view alphabet);
  std::string Uuid(const ResourceEntry& entry);
  // The nested stack's scope, prepared.
  Resolved<Scope*> Nested(ResourceEntry& entry);
  Resolved<std::string> OutputValue(std::string_view name, const Position& position);
  // Null: this stack and those below export nothing of the name.
  Resolved<std::optional<std::string>> FindExport(std::string_view name);

  // What SAM generates ("MyFunctionRole") is added when it is first asked for.
  ResourceEntry* FindEntry(std::string_view id);
  ResourceEntry& AddGenerated(std::string id, std::string_view type, std::string_view generated_by,
                              Node definition);

  LoadContext& context() { return context_; }
  const Node& root() const { return document_.root; }
  const std::filesystem::path& file() const { return options_.file; }
  std::filesystem::path folder() const { return options_.file.parent_path(); }
  const std::string& path() const { return options_.path; }
  const std::string& stack_name() const { return options_.stack_name; }
  const std::string& stack_id() const { return options_.stack_id; }
  const std::string& region() const { return context_.options.region; }
  std::string PathOf(std::string_view logical_id) const;
  bool uses_sam() const { return uses_sam_; }
  bool HasTransform(std::string_view name) const;
  const Node* Section(std::string_view name) const { return document_.root.Find(name); }
  std::vector<std::unique_ptr<ResourceEntry>>& entries() { return entries_; }
  std::map<std::string, ParameterState, std::less<>>& parameters() { return parameters_; }

  void Note(Fate fate, const Position& position, std::string_view path, std::string message,
            Reason reason = Reason::kWrong);

 private:
  Check CheckSections();
  Check TakeParameters(const std::vector<std::pair<std::string, Node>>& given);
  void TakeResources();
  void BuildEntry(ResourceEntry& entry);
  void BuildOutput(const Entry& output);
  Resolved<Node> EvaluateProperties(ResourceEntry& entry);
  // Each event alone: one that is wrong is left out, with its route.
  Node EvaluateEvents(const ResourceEntry& entry, const Node& events);
  Resolved<std::string> MakePhysicalId(ResourceEntry& entry);
  Resolved<std::string> MakeFunctionArn(ResourceEntry& entry);
  std::string GenerateId(const ResourceEntry& entry, IdStyle style);
  Resolved<Scope*> LoadNested(ResourceEntry& entry);
  std::vector<std::string> ReferableNames() const;

  LoadContext& context_;
  ScopeOptions options_;
  Document document_;
  bool uses_sam_ = false;
  std::map<std::string, ParameterState, std::less<>> parameters_;
  std::map<std::string, Lazy<bool>, std::less<>> conditions_;
  std::map<std::string, Lazy<std::string>, std::less<>> outputs_;
  std::vector<std::unique_ptr<ResourceEntry>> entries_;
  std::map<std::string, ResourceEntry*, std::less<>> by_id_;
  std::vector<std::unique_ptr<Scope>> nested_;
};

}  // namespace offstage::templates
