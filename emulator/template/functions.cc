// AWS::Serverless::Function and AWS::Lambda::Function.
#include "base/text.h"
#include "template/builders.h"
#include "template/policies.h"

namespace offstage::templates {
namespace {

std::filesystem::path Absolute(const Scope& scope, std::string_view path) {
  std::filesystem::path absolute = (scope.folder() / path).lexically_normal();
  // "src/" is the folder src.
  return absolute.has_filename() ? absolute : absolute.parent_path();
}

// Code that lies elsewhere leaves the function without any; invoking it will say so.
void NoteRemoteCode(Scope& scope, const ResourceEntry& entry, const Node& code) {
  scope.Note(Fate::kRefused, code.position(), entry.id,
             "the code is not on this machine (it is in S3); the function cannot run",
             Reason::kNotHere);
}

void ReadCode(Scope& scope, const ResourceEntry& entry, const Node& code, const Node& metadata,
              Function& function) {
  if (metadata.Contains("aws:asset:path") &&
      metadata.TextOf("aws:asset:property", "Code") == "Code") {
    function.code = Absolute(scope, metadata.TextOf("aws:asset:path"));  // written by CDK
  } else if (code.IsString() && code.text().find("://") == std::string::npos) {
    function.code = Absolute(scope, code.text());
  } else if (const Node* inline_code = code.Find("ZipFile")) {
    function.inline_code = inline_code->text();
  } else if (code.Contains("ImageUri")) {
    function.image_uri = code.TextOf("ImageUri");
    function.package_type = PackageType::kImage;
  } else {
    NoteRemoteCode(scope, entry, code);
  }
}

Check ReadSamCode(Scope& scope, const ResourceEntry& entry, const Node& properties,
                  const Node& metadata, Function& function) {
  if (function.package_type == PackageType::kImage) {
    function.image_uri = properties.TextOf("ImageUri");
    return Ok();
  }
  if (const Node* inline_code = properties.Find("InlineCode");
      inline_code != nullptr && !inline_code->IsNull()) {
    function.inline_code = inline_code->text();
    return Ok();
  }
  // SAM CLI takes the template's folder where a function names none.
  const Node* code = properties.Find("CodeUri");
  const Node here = Node::String(".", entry.position);
  ReadCode(scope, entry, code == nullptr || code->IsNull() ? here : *code, metadata, function);
  return Ok();
}

Resolved<int> ReadNumber(const Node& properties, std::string_view name, int fallback, int minimum,
                         int maximum) {
  const Node* written = properties.Find(name);
  if (written == nullptr || written->IsNull()) {
    return fallback;
  }
  const auto number = written->AsInteger();
  if (!number || *number < minimum || *number > maximum) {
    return FailAt(written->position(), fmt::format("{} is '{}'; it must be a number from {} to {}",
                                                   name, written->text(), minimum, maximum));
  }
  return static_cast<int>(*number);
}

Check ReadEnvironment(const Node& properties, Function& function) {
  const Node* variables = properties.FindPath("Environment", "Variables");
  if (variables == nullptr) {
    return Ok();
  }
  for (const Entry& entry : variables->entries()) {
    if (!entry.value.IsScalar()) {
      return FailAt(entry.key_position,
                    fmt::format("the environment variable {} must be a text", entry.key));
    }
    function.environment.emplace_back(entry.key, entry.value.text());
  }
  return Ok();
}

void ReadEvents(const Node& properties, Function& function) {
  const Node* events = properties.Find("Events");
  if (events == nullptr) {
    return;
  }
  for (const Entry& event : events->entries()) {
    const Node* written = event.value.Find("Properties");
    function.events.push_back({.name = event.key,
                               .path = fmt::format("{}.Events.{}", function.path, event.key),
                               .type = event.value.TextOf("Type"),
                               .properties = written == nullptr || !written->IsMap()
                                                 ? Node::Map(event.key_position)
                                                 : *written,
                               .position = event.key_position});
  }
}

Check ReadUrl(Scope& scope, const ResourceEntry& entry, const Node& properties,
              Function& function) {
  const Node* written = properties.Find("FunctionUrlConfig");
  if (written == nullptr || !written->IsMap()) {
    return Ok();
  }
  FunctionUrl url;
  url.auth_type = written->TextOf("AuthType");
  if (url.auth_type != "NONE" && url.auth_type != "AWS_IAM") {
    return FailAt(written->position(), "FunctionUrlConfig.AuthType must be NONE or AWS_IAM");
  }
  url.invoke_mode = written->TextOf("InvokeMode", "BUFFERED");
  if (const Node* cors = written->Find("Cors")) {
    url.cors = *cors;
  }
  if (ResourceEntry* generated = scope.FindEntry(entry.id + "Url")) {
    url.url_id = scope.Random(*generated, "url32", 32, kLowerAlphanumeric);
  }
  function.url = std::move(url);
  return Ok();
}

Check ReadCommon(Scope& scope, ResourceEntry& entry, const Node& properties, Function& function) {
  function.logical_id = entry.id;
  function.path = scope.PathOf(entry.id);
  OFFSTAGE_TRY(function.name, scope.PhysicalId(entry));
  OFFSTAGE_TRY(function.arn, scope.Format(entry, entry.info->arn));
  function.position = entry.position;
  function.properties = properties;
  function.runtime = properties.TextOf("Runtime");
  function.handler = properties.TextOf("Handler");
  function.description = properties.TextOf("Description");
  OFFSTAGE_TRY(function.memory_mb, ReadNumber(properties, "MemorySize", 128, 128, 32768));
  OFFSTAGE_TRY(const int timeout, ReadNumber(properties, "Timeout", 3, 1, 900));
  function.timeout = std::chrono::seconds(timeout);
  if (const Node* storage = properties.Find("EphemeralStorage")) {
    OFFSTAGE_TRY(function.ephemeral_storage_mb, ReadNumber(*storage, "Size", 512, 512, 10240));
  }
  if (properties.Contains("ReservedConcurrentExecutions")) {
    OFFSTAGE_TRY(const int reserved,
                 ReadNumber(properties, "ReservedConcurrentExecutions", -1, -1, 1'000'000));
    function.reserved_concurrency = reserved < 0 ? std::nullopt : std::optional(reserved);
  }
  OFFSTAGE_TRY_VOID(ReadEnvironment(properties, function));
  for (std::string& arn : TextList(properties.Find("Layers"))) {
    function.layers.push_back({.arn = std::move(arn)});
  }
  function.tags = ReadTags(properties.Find("Tags"));
  function.architectures = TextList(properties.Find("Architectures"));
  if (function.architectures.empty()) {
    function.architectures = {"x86_64"};
  }
  if (properties.TextOf("PackageType") == "Image") {
    function.package_type = PackageType::kImage;
  }
  return Ok();
}

Check CheckRunnable(const ResourceEntry& entry, const Function& function) {
  if (function.package_type == PackageType::kImage) {
    return Ok();
  }
  if (function.runtime.empty()) {
    return FailAt(entry.position,
                  "a function needs a Runtime, such as python3.12 or provided.al2023");
  }
  if (function.handler.empty()) {
    return FailAt(entry.position, "a function needs a Handler, such as app.lambda_handler");
  }
  return Ok();
}

}  // namespace

Check BuildFunction(Scope& scope, ResourceEntry& entry, const Node& properties,
                    const Node& metadata) {
  Function function;
  function.metadata = metadata;
  OFFSTAGE_TRY_VOID(ReadCommon(scope, entry, properties, function));
  const bool is_sam = entry.type == "AWS::Serverless::Function";
  if (is_sam) {
    OFFSTAGE_TRY_VOID(ReadSamCode(scope, entry, properties, metadata, function));
    function.alias = properties.TextOf("AutoPublishAlias");
    ReadEvents(properties, function);
    OFFSTAGE_TRY_VOID(ReadUrl(scope, entry, properties, function));
    ReadPolicies(scope, entry, properties, function);
  } else {
    const Node* code = properties.Find("Code");
    if (code == nullptr) {
      return FailAt(entry.position, "a function needs Code");
    }
    ReadCode(scope, entry, *code, metadata, function);
  }
  OFFSTAGE_TRY_VOID(CheckRunnable(entry, function));
  function.role_arn = properties.TextOf("Role");
  if (function.role_arn.empty() && is_sam) {
    OFFSTAGE_TRY(const Node role, scope.Attribute(entry.id + "Role", "Arn", entry.position));
    function.role_arn = role.text();
  }
  scope.context().stack.functions.push_back(std::move(function));
  return Ok();
}

}  // namespace offstage::templates
