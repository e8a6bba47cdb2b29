#include "template/builders.h"

#include "base/text.h"

namespace offstage::templates {
namespace {

void BuildLayer(Scope& scope, ResourceEntry& entry, const Node& properties, const Node& metadata) {
  const Node* content =
      properties.Find(entry.type == "AWS::Serverless::LayerVersion" ? "ContentUri" : "Content");
  const std::string asset = metadata.TextOf("aws:asset:path");
  const std::string path = !asset.empty() ? asset : content == nullptr ? "" : content->text();
  const auto arn = scope.Format(entry, entry.info->arn);
  if (path.empty() || path.find("://") != std::string::npos || !arn.ok()) {
    scope.Note(Fate::kRefused, entry.position, entry.id,
               "the layer's content is not on this machine (it is in S3)", Reason::kNotHere);
    return;
  }
  std::filesystem::path absolute = (scope.folder() / path).lexically_normal();
  scope.context().layers[*arn] = absolute.has_filename() ? absolute : absolute.parent_path();
}

// "function:${stageVariables.name}" in an integration's URI; the variable may end in ":ALIAS".
std::string WithStageVariables(std::string function, const Api& api) {
  constexpr std::string_view kMark = "${stageVariables.";
  if (function.find(kMark) == std::string::npos) {
    return function;
  }
  for (const auto& [name, value] : api.stage_variables) {
    function = ReplaceAll(std::move(function), fmt::format("{}{}}}", kMark, name), value);
  }
  return function.substr(0, function.find(':'));
}

}  // namespace

TextPairs ReadTags(const Node* written) {
  TextPairs tags;
  if (written == nullptr) {
    return tags;
  }
  for (const Node& item : written->items()) {
    tags.emplace_back(item.TextOf("Key"), item.TextOf("Value"));
  }
  for (const Entry& entry : written->entries()) {
    tags.emplace_back(entry.key, entry.value.text());
  }
  return tags;
}

std::vector<std::string> TextList(const Node* node) {
  std::vector<std::string> texts;
  if (node == nullptr || node->IsNull()) {
    return texts;
  }
  if (node->IsScalar()) {
    texts.push_back(node->text());
  }
  for (const Node& item : node->items()) {
    texts.push_back(item.text());
  }
  return texts;
}

std::string FunctionNameInArn(std::string_view arn) {
  constexpr std::string_view kMark = ":function:";
  const std::size_t at = arn.find(kMark);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = arn.substr(at + kMark.size());
  return std::string(rest.substr(0, rest.find_first_of(":/")));
}

Check BuildResource(Scope& scope, ResourceEntry& entry, const Node& properties,
                    const Node& metadata) {
  const std::string& type = entry.type;
  if (type == "AWS::Serverless::Function" || type == "AWS::Lambda::Function") {
    return BuildFunction(scope, entry, properties, metadata);
  }
  if (type == "AWS::Serverless::SimpleTable") {
    return BuildSimpleTable(scope, entry, properties);
  }
  if (type == "AWS::DynamoDB::Table" || type == "AWS::DynamoDB::GlobalTable") {
    return BuildTable(scope, entry, properties);
  }
  if (type == "AWS::Serverless::LayerVersion" || type == "AWS::Lambda::LayerVersion") {
    BuildLayer(scope, entry, properties, metadata);
  }
  return Ok();
}

void LinkStack(LoadContext& context) {
  Stack& stack = context.stack;
  std::map<std::string, const Function*> by_name;
  for (Function& function : stack.functions) {
    by_name[function.name] = &function;
    for (Layer& layer : function.layers) {
      if (const auto found = context.layers.find(layer.arn); found != context.layers.end()) {
        layer.content = found->second;
      } else {
        context.Add(Fate::kRefused, function.position, function.path,
                    fmt::format("the layer '{}' is not on this machine and is left out", layer.arn),
                    Reason::kNotHere);
      }
    }
  }
  for (Api& api : stack.apis) {
    for (Route& route : api.routes) {
      route.function = WithStageVariables(std::move(route.function), api);
      const auto found = by_name.find(route.function);
      if (route.kind == IntegrationKind::kOther && route.integration.IsNull()) {
        context.Add(
            Fate::kWarning, route.position, api.path,
            fmt::format("{} {} has no integration and answers nothing", route.method, route.path));
      }
      route.function_path = found == by_name.end() ? "" : found->second->path;
      if (found == by_name.end() && !route.function.empty()) {
        context.Add(
            Fate::kRefused, route.position, api.path,
            fmt::format("{} {} goes to the function '{}', which this template does not have",
                        route.method, route.path, route.function),
            Reason::kNotHere);
        route.function.clear();
      }
    }
    for (Authorizer& authorizer : api.authorizers) {
      if (by_name.find(authorizer.function) == by_name.end()) {
        authorizer.function.clear();
      }
    }
  }
}

}  // namespace offstage::templates
