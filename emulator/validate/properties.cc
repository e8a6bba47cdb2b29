// Properties that a type does not have, and required ones that are missing.
#include <algorithm>

#include "base/text.h"
#include "validate/checks.h"
#include "validate/property_table.h"

namespace offstage::validate {
namespace {

using templates::Entry;

constexpr std::string_view kAttributes[] = {
    "Condition",     "Connectors", "CreationPolicy", "DeletionPolicy", "DependsOn",
    "IgnoreGlobals", "Metadata",   "Properties",     "Type",           "UpdateReplacePolicy",
    "UpdatePolicy",  "Version",    "Fn::Transform"};

// What one resource's check carries along.
struct Subject {
  Checks& checks;
  const TypeProperties& properties;
  std::string_view type;
};

std::vector<std::string> Names(const Shape& shape) {
  std::vector<std::string> names;
  for (const auto& [name, member] : shape) {
    names.emplace_back(name);
  }
  return names;
}

void CheckObject(const Subject& subject, std::string_view shape_name, const Node& node,
                 const std::string& path);

void CheckHeld(const Subject& subject, const Member& member, const Node& node,
               const std::string& path) {
  if (IsFunctionCall(node)) {
    const Entry& call = node.entries()[0];
    if (call.key == "Fn::If" && call.value.items().size() == 3) {
      CheckHeld(subject, member, call.value.items()[1], path);
      CheckHeld(subject, member, call.value.items()[2], path);
    }
    return;
  }
  switch (member.holds) {
    case Holds::kAnything:
      return;
    case Holds::kObject:
      return CheckObject(subject, member.shape, node, path);
    case Holds::kList:
      for (std::size_t i = 0; i < node.items().size(); ++i) {
        CheckHeld(subject, {false, Holds::kObject, member.shape}, node.items()[i],
                  fmt::format("{}[{}]", path, i));
      }
      return;
    case Holds::kMap:
      for (const Entry& entry : node.entries()) {
        CheckHeld(subject, {false, Holds::kObject, member.shape}, entry.value,
                  fmt::format("{}.{}", path, entry.key));
      }
  }
}

void CheckObject(const Subject& subject, std::string_view shape_name, const Node& node,
                 const std::string& path) {
  const Shape* shape = subject.properties.Find(shape_name);
  if (shape == nullptr || !node.IsMap() || IsFunctionCall(node)) {
    return;
  }
  bool open = false;
  for (const Entry& entry : node.entries()) {
    if (entry.key.rfind("Fn::", 0) == 0) {
      open = true;  // Fn::Transform and Fn::ForEach bring members of their own.
      continue;
    }
    const auto member = shape->find(entry.key);
    if (member == shape->end()) {
      // SAM reads what it knows of its own inner objects and skips the rest.
      const bool skipped = subject.type.rfind("AWS::Serverless::", 0) == 0 && shape_name != "-" &&
                           shape_name.rfind("Event.", 0) != 0;
      subject.checks.Add(skipped ? Severity::kWarning : Severity::kError, "unknown-property",
                         entry.key_position, fmt::format("{}.{}", path, entry.key),
                         fmt::format("{}{} has no property '{}', {}", subject.type,
                                     shape_name == "-" ? "" : fmt::format(" ({})", shape_name),
                                     entry.key, skipped ? "it has no effect" : "AWS refuses it"),
                         DidYouMean(entry.key, Names(*shape)));
      continue;
    }
    CheckHeld(subject, member->second, entry.value, fmt::format("{}.{}", path, entry.key));
  }
  for (const auto& [name, member] : *shape) {
    if (member.required && !open && !node.Contains(name)) {
      subject.checks.Add(Severity::kError, "missing-property", node.position(), path,
                         fmt::format("{} needs {}", subject.type, name));
    }
  }
}

std::vector<std::string> EventTypes(const TypeProperties& properties) {
  constexpr std::string_view kPrefix = "Event.";
  std::vector<std::string> types;
  for (const auto& [name, shape] : properties.shapes) {
    if (name.rfind(kPrefix, 0) == 0) {
      types.emplace_back(name.substr(kPrefix.size()));
    }
  }
  return types;
}

void CheckEvents(const Subject& subject, const Node& events, const std::string& path) {
  if (IsFunctionCall(events)) {
    return;
  }
  for (const Entry& event : events.entries()) {
    const std::string at = fmt::format("{}.{}", path, event.key);
    const Node* type = event.value.Find("Type");
    if (event.key.rfind("Fn::", 0) == 0 || IsFunctionCall(event.value) ||
        (type != nullptr && !type->IsString())) {
      continue;
    }
    if (type == nullptr) {
      subject.checks.Add(Severity::kError, "event-type", event.key_position, at,
                         "an event needs a Type, such as Api or Schedule");
      continue;
    }
    const std::vector<std::string> types = EventTypes(subject.properties);
    if (std::find(types.begin(), types.end(), type->text()) == types.end()) {
      subject.checks.Add(Severity::kError, "event-type", type->position(), at + ".Type",
                         fmt::format("{} has no event of type '{}'", subject.type, type->text()),
                         DidYouMean(type->text(), types));
      continue;
    }
    if (const Node* properties = event.value.Find("Properties")) {
      CheckObject(subject, "Event." + type->text(), *properties, at + ".Properties");
    }
  }
}

void CheckPolicy(Checks& checks, const Source& source, const Entry& resource,
                 std::string_view attribute) {
  static const std::vector<std::string> kPolicies = {"Delete", "Retain", "RetainExceptOnCreate",
                                                     "Snapshot"};
  const Node* policy = resource.value.Find(attribute);
  if (policy != nullptr && policy->IsString() &&
      std::find(kPolicies.begin(), kPolicies.end(), policy->text()) == kPolicies.end()) {
    checks.Add(
        Severity::kError, "deletion-policy", policy->position(),
        fmt::format("{}.{}", source.PathOf(resource.key), attribute),
        fmt::format("{} is '{}'; there are {}", attribute, policy->text(), Join(kPolicies, ", ")),
        DidYouMean(policy->text(), kPolicies));
  }
}

void CheckAttributes(Checks& checks, const Source& source, const Entry& resource) {
  CheckPolicy(checks, source, resource, "DeletionPolicy");
  CheckPolicy(checks, source, resource, "UpdateReplacePolicy");
  for (const Entry& attribute : resource.value.entries()) {
    const bool known = std::find(std::begin(kAttributes), std::end(kAttributes), attribute.key) !=
                       std::end(kAttributes);
    if (known || attribute.key.rfind("Fn::", 0) == 0) {
      continue;
    }
    // CloudFormation has let some through, such as Description.
    const std::string near =
        DidYouMean(attribute.key, {std::begin(kAttributes), std::end(kAttributes)});
    checks.Add(near.empty() ? Severity::kWarning : Severity::kError, "unknown-attribute",
               attribute.key_position,
               fmt::format("{}.{}", source.PathOf(resource.key), attribute.key),
               fmt::format("resources have no attribute '{}'", attribute.key), near);
  }
}

void CheckType(Checks& checks, const Source& source, const Entry& resource, const Node& type) {
  if (type.text().rfind("AWS::", 0) != 0) {
    return;  // Custom::X, third parties' and modules.
  }
  const std::string near = DidYouMean(type.text(), KnownTypes());
  const bool service_is_sam = type.text().rfind("AWS::Serverless::", 0) == 0;
  const bool later = type.text() == "AWS::Serverless::GraphQLApi" ||
                     type.text() == "AWS::Serverless::WebSocketApi" ||
                     type.text() == "AWS::Serverless::CapacityProvider";
  if (service_is_sam && !later) {
    checks.Add(Severity::kError, "unknown-type", type.position(), source.PathOf(resource.key),
               fmt::format("there is no resource type {}", type.text()), near);
  }
}

}  // namespace

void CheckProperties(Checks& checks, const Source& source) {
  for (const Entry& resource : source.Section("Resources").entries()) {
    const Node* type = resource.value.Find("Type");
    if (type == nullptr || !type->IsString()) {
      continue;
    }
    CheckAttributes(checks, source, resource);
    const TypeProperties* known = FindTypeProperties(type->text());
    if (known == nullptr) {
      CheckType(checks, source, resource, *type);
      continue;
    }
    const Node* written = resource.value.Find("Properties");
    const Node none = Node::Map(resource.key_position);
    const Node& properties = written == nullptr || written->IsNull() ? none : *written;
    const std::string path = source.PathOf(resource.key) + ".Properties";
    const Subject subject{checks, *known, type->text()};
    CheckObject(subject, "-", properties, path);
    const bool has_events = type->text() == "AWS::Serverless::Function" ||
                            type->text() == "AWS::Serverless::StateMachine";
    if (const Node* events = has_events ? properties.Find("Events") : nullptr) {
      CheckEvents(subject, *events, path + ".Events");
    }
  }
}

}  // namespace offstage::validate
