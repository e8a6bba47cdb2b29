// Scope's nested stacks: AWS::Serverless::Application and AWS::CloudFormation::Stack.
#include "base/text.h"
#include "template/fates.h"
#include "template/scope.h"

namespace offstage::templates {
namespace {

constexpr int kMaxStacks = 200;

Resolved<std::filesystem::path> LocateTemplate(Scope& scope, const Node& location) {
  if (location.IsMap()) {
    return FailAt(
        location.position(),
        fmt::format(
            "the application {} comes from the Serverless Application Repository, which cannot be "
            "reached offline; give a local template as Location",
            location.TextOf("ApplicationId")),
        Reason::kNotHere);
  }
  if (!location.IsString() || location.text().empty()) {
    return FailAt(location.position(), "the location of a nested template must be a text");
  }
  std::filesystem::path path(location.text());
  const bool remote = location.text().find("://") != std::string::npos ||
                      location.text().rfind("{{resolve:", 0) == 0;
  if (remote) {
    // A packaged template: the original may lie beside this one.
    path = path.filename();
  }
  path = (scope.folder() / path).lexically_normal();
  std::error_code code;
  if (!std::filesystem::is_regular_file(path, code)) {
    return FailAt(
        location.position(),
        remote
            ? fmt::format("'{}' cannot be fetched offline, and there is no {} beside the template",
                          location.text(), path.filename().string())
            : fmt::format("there is no nested template {}", scope.context().DisplayName(path)),
        remote ? Reason::kNotHere : Reason::kWrong);
  }
  if (remote) {
    scope.Note(
        Fate::kWarning, location.position(), "",
        fmt::format("'{}' is taken from {}", location.text(), scope.context().DisplayName(path)),
        Reason::kNotHere);
  }
  return path;
}

Resolved<std::vector<std::pair<std::string, Node>>> GivenParameters(Scope& scope,
                                                                    const Node* written) {
  std::vector<std::pair<std::string, Node>> given;
  if (written == nullptr) {
    return given;
  }
  OFFSTAGE_TRY(const Node values, scope.Value(*written));
  for (const Entry& entry : values.entries()) {
    Node value = entry.value;
    if (value.IsNull()) {
      continue;
    }
    if (value.IsList()) {
      // Lists travel into nested stacks as text.
      std::vector<std::string> parts;
      for (const Node& item : value.items()) {
        parts.push_back(item.text());
      }
      value = Node::String(Join(parts, ","), entry.value.position());
    }
    if (!value.IsScalar()) {
      return FailAt(entry.key_position,
                    fmt::format("the value of parameter {} must be a text", entry.key));
    }
    given.emplace_back(entry.key, Node::String(value.text(), entry.value.position()));
  }
  return given;
}

}  // namespace

Resolved<Scope*> Scope::Nested(ResourceEntry& entry) {
  if (entry.nested.progress == Progress::kBusy) {
    return FailAt(entry.position,
                  fmt::format("the parameters of {} refer to its own outputs", entry.id));
  }
  if (entry.nested.progress == Progress::kNew) {
    entry.nested.progress = Progress::kBusy;
    entry.nested.value = LoadNested(entry);
    entry.nested.progress = Progress::kDone;
  }
  return *entry.nested.value;
}

Resolved<Scope*> Scope::LoadNested(ResourceEntry& entry) {
  const bool is_sam = entry.type == "AWS::Serverless::Application";
  const std::string_view key = is_sam ? "Location" : "TemplateURL";
  const Node* properties = entry.definition.Find("Properties");
  const Node* written = properties == nullptr ? nullptr : properties->Find(key);
  if (written == nullptr) {
    return FailAt(entry.position,
                  fmt::format("{} needs {}: the path of a template", entry.type, key));
  }
  const Node* asset = entry.definition.FindPath("Metadata", "aws:asset:path");
  // CDK's own location is an S3 object; the file that it uploads lies beside the template.
  OFFSTAGE_TRY(const Node location, Value(asset == nullptr ? *written : *asset));
  OFFSTAGE_TRY(std::filesystem::path nested_file, LocateTemplate(*this, location));
  int depth = 1;
  for (const Scope* scope = this; scope != nullptr; scope = scope->options_.parent, ++depth) {
    if (scope->file() == nested_file) {
      return FailAt(location.position(),
                    fmt::format("{} includes itself", context_.DisplayName(nested_file)));
    }
  }
  if (depth > context_.options.max_nesting || ++context_.stacks > kMaxStacks) {
    return FailAt(location.position(), "there are too many nested stacks");
  }
  OFFSTAGE_TRY(Document document, context_.Read(nested_file, location.position()));
  OFFSTAGE_TRY(const auto given, GivenParameters(*this, properties->Find("Parameters")));
  OFFSTAGE_TRY(std::string name, PhysicalId(entry));
  OFFSTAGE_TRY(std::string id, Format(entry, entry.info->ref));
  auto nested = std::make_unique<Scope>(context_,
                                        ScopeOptions{.parent = this,
                                                     .path = PathOf(entry.id),
                                                     .stack_name = std::move(name),
                                                     .stack_id = std::move(id),
                                                     .file = std::move(nested_file)},
                                        std::move(document));
  OFFSTAGE_TRY_VOID(nested->Prepare(given));
  nested_.push_back(std::move(nested));
  return nested_.back().get();
}

}  // namespace offstage::templates
