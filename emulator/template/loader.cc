#include "template/loader.h"

#include "base/text.h"
#include "template/builders.h"
#include "template/plain.h"
#include "template/scope.h"

namespace offstage::templates {
namespace {

std::string PartitionOf(std::string_view region) {
  if (region.rfind("cn-", 0) == 0) {
    return "aws-cn";
  }
  return region.rfind("us-gov-", 0) == 0 ? "aws-us-gov" : "aws";
}

// A name that CloudFormation takes: it becomes part of every physical name.
Status CheckStackName(std::string_view name) {
  const bool valid = !name.empty() && name.size() <= 128 &&
                     std::isalpha(static_cast<unsigned char>(name.front())) != 0 &&
                     std::all_of(name.begin(), name.end(),
                                 [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
  if (!valid) {
    return Fail(Error{fmt::format(
        "stack name '{}': it must start with a letter and have letters, digits and '-' only",
        name)});
  }
  return Ok();
}

std::string StackId(const LoadOptions& options, const Stack& stack, IdRegistry& ids) {
  const std::string& hex = ids.Issue(options.stack_name + "#uuid", 32, "0123456789abcdef");
  return fmt::format("arn:{}:cloudformation:{}:{}:stack/{}/{}-{}-4{}-9{}-{}", stack.partition,
                     stack.region, stack.account_id, stack.name, hex.substr(0, 8), hex.substr(8, 4),
                     hex.substr(13, 3), hex.substr(17, 3), hex.substr(20));
}

}  // namespace

Result<Stack> LoadStack(const LoadOptions& options, IdRegistry& ids) {
  OFFSTAGE_TRY_VOID(CheckStackName(options.stack_name));
  std::error_code code;
  const std::filesystem::path file =
      std::filesystem::absolute(options.template_file, code).lexically_normal();
  Stack stack;
  stack.name = options.stack_name;
  stack.region = options.region;
  stack.account_id = options.account_id;
  stack.ssm_parameters = options.ssm_parameters;
  stack.partition = PartitionOf(options.region);
  stack.stack_id = StackId(options, stack, ids);
  stack.template_file = file;
  stack.files.push_back(file);

  LoadContext context{
      .options = options, .ids = ids, .stack = stack, .root_folder = file.parent_path()};
  OFFSTAGE_TRY(Document document, ReadDocument(file, context.DisplayName(file), options.limits));
  Scope root(context,
             ScopeOptions{.stack_name = stack.name, .stack_id = stack.stack_id, .file = file},
             std::move(document));
  context.root = &root;
  std::vector<std::pair<std::string, Node>> given;
  for (const auto& [name, value] : options.parameters) {
    given.emplace_back(name, Node::String(value));
  }
  if (const auto prepared = root.Prepare(given); !prepared.ok()) {
    return Fail(prepared.error().ToError());
  }
  root.Build();
  if (context.cycle && !options.placeholders) {
    return Fail(*context.cycle);
  }
  BuildPlainResources(context);
  LinkStack(context);
  return stack;
}

Result<std::map<std::string, std::string>> ReadValues(
    const std::vector<std::filesystem::path>& files) {
  std::map<std::string, std::string> values;
  for (const std::filesystem::path& file : files) {
    OFFSTAGE_TRY(const Document document, ReadDocument(file, file.string()));
    if (!document.root.IsMap()) {
      return Fail(Error{fmt::format("{}: expected a map of names to values", file.string())});
    }
    for (const Entry& entry : document.root.entries()) {
      if (entry.value.IsList()) {
        return Fail(Error{fmt::format("{}: {} must be a text or a map",
                                      entry.value.position().Text(), entry.key)});
      }
      values[entry.key] = entry.value.IsMap() ? DumpJson(ToJson(entry.value)) : entry.value.text();
    }
  }
  return values;
}

Result<SsmParameter> ReadSsmParameter(std::string_view name, const Node& node) {
  const auto fail = [&](std::string_view what) {
    return Fail(Error{fmt::format("{}: {} {}", node.position().Text(), name, what)});
  };
  if (node.IsScalar()) return SsmParameter{.value = node.text()};
  if (node.IsMap() && !node.Contains("Value")) return SsmParameter{.value = DumpJson(ToJson(node))};
  const Node& value = node.IsMap() ? *node.Find("Value") : node;
  const std::string type = node.TextOf("Type", value.IsList() ? "StringList" : "String");
  if (type != "String" && type != "StringList" && type != "SecureString")
    return fail(fmt::format("has the Type {}; there are String, StringList, SecureString", type));
  for (const Entry& entry : node.entries()) {
    if (entry.key != "Value" && entry.key != "Type")
      return fail(fmt::format("takes Value and Type, not {}", entry.key));
  }
  if (value.IsScalar()) return SsmParameter{.value = value.text(), .type = type};
  if (!value.IsList() || type != "StringList") return fail("must have a text as its value");
  std::vector<std::string> parts;
  for (const Node& item : value.items())
    parts.push_back(item.text());
  return SsmParameter{.value = Join(parts, ","), .type = type};
}

Result<SsmParameters> ReadSsmParameters(const std::vector<std::filesystem::path>& files) {
  SsmParameters parameters;
  for (const std::filesystem::path& file : files) {
    OFFSTAGE_TRY(const Document document, ReadDocument(file, file.string()));
    if (!document.root.IsMap())
      return Fail(Error{fmt::format("{}: expected a map of names to values", file.string())});
    for (const Entry& entry : document.root.entries()) {
      OFFSTAGE_TRY(parameters[entry.key], ReadSsmParameter(entry.key, entry.value));
    }
  }
  return parameters;
}

Result<std::filesystem::path> FindTemplate(const std::filesystem::path& folder) {
  for (const std::string_view name : {"template.yml", "template.yaml", "template.json"}) {
    std::error_code code;
    if (std::filesystem::is_regular_file(folder / name, code)) {
      return folder / name;
    }
  }
  std::vector<std::filesystem::path> synthesized;
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder / "cdk.out", error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    constexpr std::string_view kEnd = ".template.json";
    const bool is_template =
        name.size() > kEnd.size() && name.substr(name.size() - kEnd.size()) == kEnd;
    if (is_template && name.find(".nested.template.json") == std::string::npos) {
      synthesized.push_back(it->path());
    }
  }
  if (synthesized.size() == 1) {
    return synthesized.front();
  }
  if (synthesized.size() > 1) {
    std::sort(synthesized.begin(), synthesized.end());
    std::vector<std::string> names;
    for (const auto& path : synthesized) {
      names.push_back("cdk.out/" + path.filename().string());
    }
    return Fail(Error{fmt::format("cdk.out has several templates; name one with --template: {}",
                                  Join(names, ", "))});
  }
  return Fail(Error{fmt::format(
      "{}: there is no template.yml, template.yaml or template.json here; name one with "
      "--template",
      folder.string())});
}

}  // namespace offstage::templates
