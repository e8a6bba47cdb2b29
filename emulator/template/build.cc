// Scope's Build: every resource and output of a template, resolved into the Stack.
#include "base/text.h"
#include "template/builders.h"
#include "template/connectors.h"
#include "template/cycles.h"
#include "template/fates.h"
#include "template/sam.h"
#include "template/scope.h"

namespace offstage::templates {

// A property that does not matter here may be wrong without losing the resource.
Resolved<Node> Scope::EvaluateProperties(ResourceEntry& entry) {
  const Node* written = entry.definition.Find("Properties");
  if (written == nullptr || written->IsNull()) {
    return Node::Map(entry.position);
  }
  if (!written->IsMap()) {
    return FailAt(written->position(), "Properties must be a map");
  }
  if (written->Contains("Fn::Transform") || IsNestedStack(entry.type)) {
    return Value(*written);
  }
  Node properties = Node::Map(written->position());
  for (const Entry& property : written->entries()) {
    if (property.key == "Events" && entry.type == "AWS::Serverless::Function" &&
        property.value.IsMap()) {
      properties.entries().push_back(
          {property.key, EvaluateEvents(entry, property.value), property.key_position});
      continue;
    }
    auto value = Evaluate(property.value);
    if (value.ok()) {
      if (*value) {
        properties.entries().push_back({property.key, std::move(**value), property.key_position});
      }
      continue;
    }
    if (PropertyFate(entry.type, property.key) == Fate::kHonoured) {
      return Fail(Problem{value.error().position,
                          fmt::format("{}: {}", property.key, value.error().message),
                          value.error().reason});
    }
    Note(Fate::kRefused, value.error().position, entry.id + "." + property.key,
         value.error().message + " (the property is left out)", value.error().reason);
  }
  return properties;
}

Node Scope::EvaluateEvents(const ResourceEntry& entry, const Node& events) {
  Node evaluated = Node::Map(events.position());
  for (const Entry& event : events.entries()) {
    auto value = Evaluate(event.value);
    if (!value.ok()) {
      Note(Fate::kRefused, value.error().position, fmt::format("{}.Events.{}", entry.id, event.key),
           value.error().message + "; the event is left out", value.error().reason);
    } else if (*value) {
      evaluated.entries().push_back({event.key, std::move(**value), event.key_position});
    }
  }
  return evaluated;
}

void Scope::Build() {
  // Asking for generated resources adds to the list while it is walked.
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    BuildEntry(*entries_[i]);
  }
  BuildApis(*this);
  ApplyConnectors(*this);
  const Node* outputs = Section("Outputs");
  if (outputs != nullptr) {
    for (const Entry& output : outputs->entries()) {
      BuildOutput(output);
    }
  }
  NoteCycles(*this);
}

void Scope::BuildEntry(ResourceEntry& entry) {
  const auto refuse = [&](const Problem& problem) {
    Note(Fate::kRefused, problem.position, entry.id, problem.message + "; the resource is left out",
         problem.reason);
  };
  const auto exists = Exists(entry);
  if (!exists.ok()) {
    return refuse(exists.error());
  }
  if (!*exists) {
    return;
  }
  NoteFates(*this, entry);
  const auto properties = Properties(entry);
  if (!properties.ok()) {
    return refuse(properties.error());
  }
  const auto id = PhysicalId(entry);
  if (!id.ok()) {
    return refuse(id.error());
  }
  const auto reference = Format(entry, entry.info == nullptr ? "{id}" : entry.info->ref);
  const auto arn = Format(
      entry, entry.info == nullptr ? GenericArnFormat(entry.type) : std::string(entry.info->arn));
  if (!reference.ok() || !arn.ok()) {
    return refuse(reference.ok() ? arn.error() : reference.error());
  }
  Node metadata;
  if (const Node* written = entry.definition.Find("Metadata")) {
    auto value = Value(*written);
    metadata = value.ok() ? std::move(value).value() : Node();
  }
  if (IsNestedStack(entry.type)) {
    const auto nested = Nested(entry);
    if (!nested.ok()) {
      return refuse(nested.error());
    }
  }
  if (const auto built = BuildResource(*this, entry, **properties, metadata); !built.ok()) {
    return refuse(built.error());
  }
  TextPairs attributes;
  if (entry.info != nullptr && entry.type.rfind("AWS::Cognito::", 0) == 0) {
    for (const auto& [name, format] : entry.info->attributes) {
      const auto value = Format(entry, format);
      if (value.ok()) attributes.emplace_back(name, *value);
    }
  }
  context_.stack.resources.push_back({.logical_id = entry.id,
                                      .path = PathOf(entry.id),
                                      .type = entry.type,
                                      .physical_id = *reference,
                                      .arn = *arn,
                                      .attributes = std::move(attributes),
                                      .properties = **properties,
                                      .metadata = std::move(metadata),
                                      .position = entry.position});
  if (IsNestedStack(entry.type)) {
    (*Nested(entry))->Build();
  }
}

void Scope::BuildOutput(const Entry& output) {
  const auto refuse = [&](const Problem& problem) {
    Note(Fate::kRefused, problem.position, "Outputs." + output.key,
         problem.message + "; the output is left out", problem.reason);
  };
  if (IsLoop(output.key)) {
    return refuse({output.key_position, std::string(kLoopsNeed)});
  }
  if (const Node* condition = output.value.Find("Condition")) {
    const auto holds = Condition(condition->text(), condition->position());
    if (!holds.ok()) {
      return refuse(holds.error());
    }
    if (!*holds) {
      return;
    }
  }
  const auto value = OutputValue(output.key, output.key_position);
  if (!value.ok()) {
    return refuse(value.error());
  }
  std::string export_name;
  if (const Node* name = output.value.FindPath("Export", "Name")) {
    auto text = Text(*name, "Export.Name");
    if (!text.ok()) {
      return refuse(text.error());
    }
    export_name = std::move(text).value();
  }
  context_.stack.outputs.push_back({output.key, *value, output.value.TextOf("Description"),
                                    std::move(export_name), options_.path, output.key_position});
}

Resolved<std::string> Scope::OutputValue(std::string_view name, const Position& position) {
  const Node* section = Section("Outputs");
  const Node* output = section == nullptr ? nullptr : section->Find(name);
  const Node* written = output == nullptr ? nullptr : output->Find("Value");
  if (written == nullptr) {
    std::vector<std::string> names;
    if (section != nullptr) {
      for (const Entry& entry : section->entries()) {
        names.push_back(entry.key);
      }
    }
    return FailAt(position, fmt::format("{} has no output {}", context_.DisplayName(options_.file),
                                        Suggest(name, names)));
  }
  Lazy<std::string>& lazy = outputs_[std::string(name)];
  if (lazy.progress == Progress::kBusy) {
    return FailAt(position, fmt::format("the output '{}' refers to itself", name));
  }
  if (lazy.progress == Progress::kNew) {
    lazy.progress = Progress::kBusy;
    lazy.value = Text(*written, fmt::format("the output {}", name));
    lazy.progress = Progress::kDone;
  }
  return *lazy.value;
}

Resolved<std::optional<std::string>> Scope::FindExport(std::string_view name) {
  const DepthGuard guard(context_);
  if (const Node* section = Section("Outputs")) {
    for (const Entry& output : section->entries()) {
      const Node* written = output.value.FindPath("Export", "Name");
      if (written == nullptr || guard.TooDeep()) {
        continue;
      }
      const auto text = Text(*written, "Export.Name");
      if (text.ok() && *text == name) {
        OFFSTAGE_TRY(std::string value, OutputValue(output.key, output.key_position));
        return std::optional(std::move(value));
      }
    }
  }
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    ResourceEntry& entry = *entries_[i];
    if (!IsNestedStack(entry.type) || entry.nested.progress == Progress::kBusy) {
      continue;
    }
    const auto exists = Exists(entry);
    const auto nested =
        exists.ok() && *exists ? Nested(entry) : Resolved<Scope*>(FailAt(entry.position, ""));
    if (nested.ok()) {
      OFFSTAGE_TRY(auto value, (*nested)->FindExport(name));
      if (value) {
        return value;
      }
    }
  }
  return std::optional<std::string>();
}

}  // namespace offstage::templates
