// docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html#troubleshooting-errors-dependency-error
#include "template/cycles.h"

#include <map>
#include <set>

#include "base/text.h"
#include "template/sam.h"

namespace offstage::templates {
namespace {

// From a resource (by logical id; "F Role" is the role that SAM makes for the function F) to those
// that must be there before it, with where it says so.
using Graph = std::map<std::string, std::map<std::string, Position>>;

constexpr std::string_view kRole = " Role";

bool IsOneOf(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class GraphBuilder {
 public:
  explicit GraphBuilder(Scope& scope) : scope_(scope) {
    for (const auto& entry : scope.entries()) {
      const auto exists = scope.Exists(*entry);
      const bool written = entry->generated_by.empty() || entry->id == kImplicitRestApi ||
                           entry->id == kImplicitHttpApi;
      if (written && exists.ok() && *exists) {
        resources_[entry->id] = entry.get();
      }
    }
  }

  Graph Build() {
    for (const auto& [id, entry] : resources_) {
      graph_[id];
      if (const Node* depends_on = entry->definition.Find("DependsOn")) {
        AddDependsOn(id, *depends_on);
      }
      const Node* properties = entry->definition.Find("Properties");
      if (properties == nullptr || !properties->IsMap()) {
        continue;
      }
      if (entry->type == "AWS::Serverless::GraphQLApi") {
        continue;  // Its data sources and resolvers become resources of their own.
      }
      if (entry->type == "AWS::Serverless::Function" ||
          entry->type == "AWS::Serverless::StateMachine") {
        AddWithRole(id, *entry, *properties);
      } else if (entry->type == "AWS::Serverless::Api" ||
                 entry->type == "AWS::Serverless::HttpApi") {
        AddApi(id, *properties);
      } else {
        AddReferences(id, *properties);
      }
    }
    return std::move(graph_);
  }

 private:
  void AddDependsOn(const std::string& id, const Node& node) {
    if (node.IsString()) {
      AddEdge(id, node.text(), node.position());
    }
    for (const Node& item : node.items()) {
      AddEdge(id, item.text(), item.position());
    }
  }

  void AddWithRole(const std::string& id, const ResourceEntry& entry, const Node& properties) {
    const bool has_role = properties.Contains("Role");
    const std::string role = has_role ? std::string() : id + std::string(kRole);
    if (!has_role) {
      graph_[id][role] = entry.position;
      graph_[role];
    }
    for (const Entry& property : properties.entries()) {
      if (property.key == "Events") {
        AddEvents(id, property.value);
      } else if (IsOneOf(property.key,
                         {"Policies", "AssumeRolePolicyDocument", "PermissionsBoundary"})) {
        if (!has_role) {
          AddReferences(role, property.value);
        }
      } else if (property.key == "DeadLetterQueue" && !has_role) {
        AddReferences(role, property.value);
        AddReferences(id, property.value);
      } else if (!IsOneOf(property.key, {"EventInvokeConfig", "FunctionUrlConfig",
                                         "DeploymentPreference", "AutoPublishAlias"})) {
        AddReferences(id, property.value);
      }
    }
  }

  // What an event makes other resources of the template need.
  void AddEvents(const std::string& function, const Node& events) {
    for (const Entry& event : events.entries()) {
      const std::string type = event.value.TextOf("Type");
      const Node* properties = event.value.Find("Properties");
      const auto add = [&](std::string_view key, std::string_view fallback) {
        const Node* owner = properties == nullptr ? nullptr : properties->Find(key);
        const std::string id = owner == nullptr ? std::string(fallback) : ReferredId(*owner);
        const auto found = resources_.find(id);
        if (found != resources_.end() && !HasOwnDefinition(*found->second)) {
          graph_[id].emplace(function, event.key_position);
        }
      };
      if (type == "Api") {
        add("RestApiId", kImplicitRestApi);
      } else if (type == "HttpApi") {
        add("ApiId", kImplicitHttpApi);
      } else if (type == "S3") {
        add("Bucket", "");
      } else if (type == "Cognito") {
        add("UserPool", "");
      }
    }
  }

  // Then events change nothing in it.
  static bool HasOwnDefinition(const ResourceEntry& entry) {
    const Node* properties = entry.definition.Find("Properties");
    return properties != nullptr && !properties->Contains("MergeDefinitions") &&
           (properties->Contains("DefinitionBody") || properties->Contains("DefinitionUri"));
  }

  // The rest belongs to the stage, the domain and the usage plan, which nothing else needs.
  void AddApi(const std::string& id, const Node& properties) {
    for (const Entry& property : properties.entries()) {
      if (!IsOneOf(property.key,
                   {"AccessLogSetting", "AccessLogSettings", "AlwaysDeploy", "CanarySetting",
                    "CacheClusterEnabled", "CacheClusterSize", "DefaultRouteSettings", "Domain",
                    "EndpointConfiguration", "MethodSettings", "RouteSettings", "StageName",
                    "StageVariables", "TracingEnabled", "Variables"})) {
        AddReferences(id, property.value);
      }
    }
  }

  static std::string ReferredId(const Node& node) {
    return node.IsMap() && node.entries().size() == 1 && node.entries()[0].key == "Ref"
               ? node.entries()[0].value.text()
               : node.text();
  }

  void AddReferences(const std::string& from, const Node& node) {
    for (const Node& item : node.items()) {
      AddReferences(from, item);
    }
    if (node.IsMap() && node.entries().size() == 1) {
      const Entry& call = node.entries()[0];
      if (call.key == "Ref") {
        return AddEdge(from, call.value.text(), call.key_position);
      }
      if (call.key == "Fn::GetAtt") {
        const auto& items = call.value.items();
        return AddEdge(from, items.empty() ? call.value.text() : items[0].text(),
                       call.key_position);
      }
      if (call.key == "Fn::Sub") {
        return AddSub(from, call.value);
      }
      if (call.key == "Fn::If") {
        return AddBranch(from, call.value);
      }
    }
    for (const Entry& entry : node.entries()) {
      AddReferences(from, entry.value);
    }
  }

  // Only the branch that the parameters choose makes the resource wait for others.
  void AddBranch(const std::string& from, const Node& argument) {
    const auto& items = argument.items();
    if (items.size() != 3) {
      return;  // Said where it is evaluated.
    }
    const auto holds = scope_.Condition(items[0].text(), items[0].position());
    if (holds.ok()) {
      AddReferences(from, items[*holds ? 1 : 2]);
    }
  }

  void AddSub(const std::string& from, const Node& argument) {
    const auto& items = argument.items();
    const Node& text = items.empty() ? argument : items[0];
    const Node* variables = items.size() > 1 ? &items[1] : nullptr;
    if (variables != nullptr) {
      AddReferences(from, *variables);
    }
    const std::string_view source = text.text();
    for (std::size_t at = source.find("${"); at != std::string_view::npos;
         at = source.find("${", at + 2)) {
      const std::size_t end = source.find('}', at);
      if (end == std::string_view::npos) {
        return;
      }
      const std::string_view name = Trim(source.substr(at + 2, end - at - 2));
      if (variables == nullptr || !variables->Contains(name)) {
        AddEdge(from, std::string(name), text.position());
      }
    }
  }

  void AddEdge(const std::string& from, const std::string& name, const Position& position) {
    const std::string to = Owner(name.substr(0, name.find('.')));
    if (!to.empty()) {
      graph_[from].emplace(to, position);
    }
  }

  // The resource that the id names, or from which SAM makes what it names; "" for parameters.
  std::string Owner(const std::string& id) const {
    if (resources_.count(id) == 1) {
      return id;
    }
    if (!scope_.uses_sam() || scope_.parameters().count(id) == 1) {
      return {};
    }
    for (const auto& [other, entry] : resources_) {
      if (entry->type.rfind("AWS::Serverless::", 0) != 0 || id.rfind(other, 0) != 0) {
        continue;
      }
      const std::string rest = id.substr(other.size());
      const bool with_role = entry->type == "AWS::Serverless::Function" ||
                             entry->type == "AWS::Serverless::StateMachine";
      if (with_role && rest == "Role") {
        return other + std::string(kRole);
      }
      const ResourceEntry* generated = scope_.FindEntry(id);
      if (generated != nullptr && generated->generated_by == other) {
        return other;
      }
    }
    return {};
  }

  Scope& scope_;
  std::map<std::string, const ResourceEntry*> resources_;
  Graph graph_;
};

// The shortest way from `start` back to itself, without `start` at its end; empty: there is none.
std::vector<std::string> WayBack(const Graph& graph, const std::string& start) {
  std::map<std::string, std::string> reached_from;
  std::vector<std::string> queue = {start};
  for (std::size_t i = 0; i < queue.size(); ++i) {
    const std::string at = queue[i];
    const auto row = graph.find(at);
    if (row == graph.end()) {
      continue;
    }
    for (const auto& [to, position] : row->second) {
      if (to == start) {
        std::vector<std::string> way;
        for (std::string step = at; step != start; step = reached_from[step]) {
          way.insert(way.begin(), step);
        }
        way.insert(way.begin(), start);
        return way;
      }
      if (reached_from.emplace(to, at).second) {
        queue.push_back(to);
      }
    }
  }
  return {};
}

std::string Shown(const std::string& id) {
  const bool role = id.size() > kRole.size() && id.find(' ') != std::string::npos;
  return role ? ReplaceAll(id, " ", "") : id;
}

}  // namespace

void NoteCycles(Scope& scope) {
  const Graph graph = GraphBuilder(scope).Build();
  std::set<std::string> said;
  for (const auto& [id, needs] : graph) {
    if (said.count(id) == 1) {
      continue;
    }
    const std::vector<std::string> way = WayBack(graph, id);
    if (way.empty()) {
      continue;
    }
    std::vector<std::string> names;
    std::vector<std::string> steps;
    Position position;
    for (std::size_t i = 0; i < way.size(); ++i) {
      const std::string& next = way[(i + 1) % way.size()];
      said.insert(way[i]);
      names.push_back(Shown(way[i]));
      const Position& place = graph.at(way[i]).at(next);
      steps.push_back(fmt::format("{} needs {} (line {})", Shown(way[i]), Shown(next), place.line));
      position = i == 0 ? place : position;
    }
    const std::string message = fmt::format(
        "circular dependency between resources: [{}]; CloudFormation refuses the template: {}",
        Join(names, ", "), Join(steps, ", "));
    scope.Note(Fate::kRefused, position, names[0], message);
    LoadContext& context = scope.context();
    if (!context.cycle) {
      context.cycle =
          Error{fmt::format("{}: {}: {}", position.Text(), scope.PathOf(names[0]), message)};
    }
  }
}

}  // namespace offstage::templates
