// References to what the template does not have, and what it has that nothing refers to.
#include <algorithm>
#include <set>

#include "base/text.h"
#include "validate/checks.h"
#include "validate/property_table.h"

namespace offstage::validate {
namespace {

using templates::Entry;

constexpr std::string_view kPseudo[] = {"AWS::AccountId", "AWS::NoValue",  "AWS::NotificationARNs",
                                        "AWS::Partition", "AWS::Region",   "AWS::StackId",
                                        "AWS::StackName", "AWS::URLSuffix"};

std::vector<std::string> Keys(const Node& map) {
  std::vector<std::string> keys;
  for (const Entry& entry : map.entries()) {
    keys.push_back(entry.key);
  }
  return keys;
}

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool EndsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

// One source's references, collected and checked in one pass.
class References {
 public:
  References(Checks& checks, const Source& source)
      : checks_(checks),
        source_(source),
        parameters_(source.Section("Parameters")),
        resources_(source.Section("Resources")),
        conditions_(source.Section("Conditions")) {
    // Macros and loops bring names of their own.
    const Node* transform = source.document.root.Find("Transform");
    const auto is_macro = [](const Node& node) {
      const std::string name = node.IsMap() ? node.TextOf("Name") : node.text();
      return !name.empty() && name != "AWS::Serverless-2016-10-31";
    };
    if (transform != nullptr) {
      open_ = is_macro(*transform) ||
              std::any_of(transform->items().begin(), transform->items().end(), is_macro);
    }
  }

  void Check() {
    for (const std::string_view section : {"Conditions", "Rules", "Globals", "Hooks"}) {
      WalkAt(source_.Section(section), source_.PathOf(section));
    }
    Walk(source_.Section("Conditions"), [this](const Node& node) {
      if (IsFunctionCall(node) && node.entries()[0].key == "Condition") {
        UseCondition(node.entries()[0].value, "Conditions");
      }
      return true;
    });
    for (const Entry& resource : resources_.entries()) {
      CheckResource(resource);
    }
    for (const Entry& output : source_.Section("Outputs").entries()) {
      const std::string path = source_.PathOf("Outputs." + output.key);
      if (const Node* condition = output.value.Find("Condition")) {
        UseCondition(*condition, path);
      }
      WalkAt(output.value, path);
    }
    if (!open_) {
      CheckUnused();
    }
  }

 private:
  void CheckResource(const Entry& resource) {
    const std::string path = source_.PathOf(resource.key);
    for (const Entry& attribute : resource.value.entries()) {
      if (attribute.key == "Condition") {
        UseCondition(attribute.value, path);
      } else if (attribute.key == "DependsOn") {
        DependsOn(attribute.value, path);
      } else if (attribute.key != "Type") {
        WalkAt(attribute.value, path + "." + attribute.key);
      }
    }
  }

  void DependsOn(const Node& node, const std::string& path) {
    if (node.IsString() && !IsResource(node.text())) {
      Missing(node.position(), path + ".DependsOn", "resource", node.text(), Keys(resources_));
    }
    for (const Node& item : node.items()) {
      DependsOn(item, path);
    }
  }

  void WalkAt(const Node& node, const std::string& path) {
    Walk(node, [this, &path](const Node& at) {
      if (at.IsMap() && at.Contains("Fn::Transform")) {
        open_ = true;
      }
      if (at.IsMap() && at.entries().size() == 1) {
        Call(at.entries()[0], path);
      }
      return true;
    });
  }

  void Call(const Entry& call, const std::string& path) {
    const Node& argument = call.value;
    const auto& items = argument.items();
    if (call.key == "Ref" && argument.IsString()) {
      Name(argument.text(), call.key_position, path);
    } else if (call.key == "Fn::GetAtt") {
      const std::string id =
          items.empty() ? argument.text().substr(0, argument.text().find('.')) : items[0].text();
      const std::size_t dot = argument.text().find('.');
      const std::string attribute = items.size() == 2 ? items[1].text()
                                    : items.empty() && dot != std::string::npos
                                        ? argument.text().substr(dot + 1)
                                        : std::string();
      Attribute(id, attribute, call.key_position, path);
    } else if (call.key == "Fn::Sub") {
      const bool with_variables = items.size() == 2 && items[1].IsMap();
      Substitution(items.empty() ? argument : items[0], with_variables ? &items[1] : nullptr, path);
    } else if (call.key == "Fn::If" && !items.empty()) {
      UseCondition(items[0], path);
    } else if (call.key == "Fn::FindInMap" && !items.empty() && items[0].IsString()) {
      mappings_used_.insert(items[0].text());
      const Node& mappings = source_.Section("Mappings");
      if (!mappings.Contains(items[0].text()) && !open_) {
        Missing(items[0].position(), path, "mapping", items[0].text(), Keys(mappings));
      }
    } else if (call.key == "Fn::FindInMap" && !items.empty()) {
      all_mappings_used_ = true;
    } else if (StartsWith(call.key, "Fn::ValueOf") && !items.empty()) {
      used_.insert(items[0].text());
    } else if (StartsWith(call.key, "Fn::ForEach")) {
      open_ = true;
    }
  }

  void Substitution(const Node& text, const Node* variables, const std::string& path) {
    const std::string_view source = text.text();
    for (std::size_t at = source.find("${"); at != std::string_view::npos;
         at = source.find("${", at + 2)) {
      const std::size_t end = source.find('}', at);
      if (end == std::string_view::npos) {
        return;
      }
      const std::string_view inner = Trim(source.substr(at + 2, end - at - 2));
      if (inner.empty() || inner.front() == '!' ||
          (variables != nullptr && variables->Contains(inner))) {
        continue;
      }
      const std::size_t dot = inner.find('.');
      if (dot == std::string_view::npos) {
        Name(std::string(inner), text.position(), path);
      } else {
        Attribute(std::string(inner.substr(0, dot)), std::string(inner.substr(dot + 1)),
                  text.position(), path);
      }
    }
  }

  void Name(const std::string& name, const Position& position, const std::string& path) {
    if (StartsWith(name, "AWS::")) {
      if (std::find(std::begin(kPseudo), std::end(kPseudo), name) == std::end(kPseudo)) {
        Missing(position, path, "pseudo parameter", name, {std::begin(kPseudo), std::end(kPseudo)});
      }
      return;
    }
    used_.insert(name);
    if (parameters_.Contains(name) || IsResource(name.substr(0, name.find('.'))) || open_) {
      return;
    }
    std::vector<std::string> names = Keys(parameters_);
    const std::vector<std::string> ids = Keys(resources_);
    names.insert(names.end(), ids.begin(), ids.end());
    Missing(position, path, "parameter or resource", name, names);
  }

  void Attribute(const std::string& id, const std::string& attribute, const Position& position,
                 const std::string& path) {
    used_.insert(id);
    if (open_) {
      return;
    }
    if (!IsResource(id)) {
      Missing(position, path, "resource", id, Keys(resources_));
      return;
    }
    const Node* resource = resources_.Find(id);
    const std::string type = resource == nullptr ? "" : resource->TextOf("Type");
    const TypeProperties* known = FindTypeProperties(type);
    const bool fixed = known != nullptr && !StartsWith(type, "AWS::Serverless::") &&
                       type != "AWS::CloudFormation::Stack" && type != "AWS::SSM::Parameter";
    if (!fixed || attribute.empty() || known->attributes.empty() ||
        std::find(known->attributes.begin(), known->attributes.end(), attribute) !=
            known->attributes.end() ||
        known->Find("-")->count(attribute) == 1) {  // QueueName and the like
      return;
    }
    const std::vector<std::string> names(known->attributes.begin(), known->attributes.end());
    const std::string near = DidYouMean(attribute, names);
    checks_.Add(Severity::kError, "unknown-attribute", position, path,
                fmt::format("{} ({}) has no attribute '{}' for Fn::GetAtt", id, type, attribute),
                near.empty() ? fmt::format("there are: {}", Join(names, ", ")) : near);
  }

  void UseCondition(const Node& name, const std::string& path) {
    if (!name.IsString()) {
      return;
    }
    conditions_used_.insert(name.text());
    if (!conditions_.Contains(name.text()) && !open_) {
      Missing(name.position(), path, "condition", name.text(), Keys(conditions_));
    }
  }

  // Of the template, or one that SAM generates from one of it.
  bool IsResource(const std::string& id) const {
    if (resources_.Contains(id) || open_) {
      return true;
    }
    if (!source_.uses_sam) {
      return false;
    }
    if (StartsWith(id, "ServerlessRestApi") || StartsWith(id, "ServerlessHttpApi") ||
        id == "ServerlessDeploymentApplication" || id == "CodeDeployServiceRole") {
      return true;
    }
    return std::any_of(
        resources_.entries().begin(), resources_.entries().end(), [&](const Entry& resource) {
          return StartsWith(id, resource.key) &&
                 IsGenerated(resource.value, std::string_view(id).substr(resource.key.size()));
        });
  }

  static bool IsGenerated(const Node& resource, std::string_view rest) {
    const std::string type = resource.TextOf("Type");
    if (type == "AWS::Serverless::Function" || type == "AWS::Serverless::StateMachine") {
      for (const std::string_view part :
           {"Role", "Url", "Version", "Alias", "EventInvokeConfig", "DeploymentGroup"}) {
        if (StartsWith(rest, part)) {
          return true;
        }
      }
      const Node* events = resource.FindPath("Properties", "Events");
      return events != nullptr &&
             std::any_of(events->entries().begin(), events->entries().end(),
                         [&](const Entry& event) { return StartsWith(rest, event.key); });
    }
    if (type == "AWS::Serverless::Api" || type == "AWS::Serverless::HttpApi") {
      return EndsWith(rest, "Stage") || StartsWith(rest, "Deployment") ||
             StartsWith(rest, "UsagePlan") || StartsWith(rest, "ApiKey") ||
             EndsWith(rest, "Mapping") || EndsWith(rest, "Permission");
    }
    return StartsWith(type, "AWS::Serverless::Layer") ||
           StartsWith(type, "AWS::Serverless::GraphQL");
  }

  void Missing(const Position& position, const std::string& path, std::string_view kind,
               const std::string& name, const std::vector<std::string>& candidates) {
    checks_.Add(Severity::kError, "missing-reference", position, path,
                fmt::format("the template has no {} '{}'", kind, name),
                DidYouMean(name, candidates));
  }

  void CheckUnused() {
    for (const Entry& parameter : parameters_.entries()) {
      if (used_.count(parameter.key) == 0) {
        checks_.Add(Severity::kWarning, "unused-parameter", parameter.key_position,
                    source_.PathOf("Parameters." + parameter.key),
                    fmt::format("nothing uses the parameter {}", parameter.key),
                    "remove it, or refer to it with Ref or Fn::Sub");
      }
    }
    for (const Entry& condition : conditions_.entries()) {
      if (conditions_used_.count(condition.key) == 0) {
        checks_.Add(Severity::kWarning, "unused-condition", condition.key_position,
                    source_.PathOf("Conditions." + condition.key),
                    fmt::format("nothing uses the condition {}", condition.key));
      }
    }
    for (const Entry& mapping : source_.Section("Mappings").entries()) {
      if (mappings_used_.count(mapping.key) == 0 && !all_mappings_used_) {
        checks_.Add(Severity::kWarning, "unused-mapping", mapping.key_position,
                    source_.PathOf("Mappings." + mapping.key),
                    fmt::format("nothing uses the mapping {}", mapping.key));
      }
    }
  }

  Checks& checks_;
  const Source& source_;
  const Node& parameters_;
  const Node& resources_;
  const Node& conditions_;
  bool open_ = false;
  bool all_mappings_used_ = false;
  std::set<std::string> used_;
  std::set<std::string> conditions_used_;
  std::set<std::string> mappings_used_;
};

}  // namespace

void CheckReferences(Checks& checks, const Source& source) {
  References(checks, source).Check();
}

}  // namespace offstage::validate
