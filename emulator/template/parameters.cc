#include "template/parameters.h"

#include "base/text.h"
#include "template/pattern.h"

namespace offstage::templates {
namespace {

constexpr std::string_view kSsmPrefix = "AWS::SSM::Parameter::Value<";

// The declared type, taken apart.
struct ParameterType {
  bool is_ssm_value = false;
  bool is_list = false;
  bool is_number = false;
};

Resolved<ParameterType> ReadType(std::string_view name, const Node& declaration) {
  const Node* written = declaration.Find("Type");
  if (written == nullptr) {
    return FailAt(declaration.position(),
                  fmt::format("parameter '{}' has no Type, such as String", name));
  }
  std::string_view type = written->text();
  ParameterType result;
  if (type.rfind(kSsmPrefix, 0) == 0 && type.back() == '>') {
    result.is_ssm_value = true;
    type = type.substr(kSsmPrefix.size(), type.size() - kSsmPrefix.size() - 1);
  }
  if (type.rfind("List<", 0) == 0 || type == "CommaDelimitedList") {
    result.is_list = true;
    type = type == "List<Number>" ? "Number" : type;
  }
  result.is_number = type == "Number";
  const bool known =
      type == "String" || type == "Number" || result.is_list || type.rfind("AWS::", 0) == 0;
  if (!known) {
    return FailAt(
        written->position(),
        "parameter type " +
            Suggest(written->text(), {"String", "Number", "List<Number>", "CommaDelimitedList",
                                      "AWS::SSM::Parameter::Value<String>"}));
  }
  return result;
}

// What the author says beside our words (ConstraintDescription).
std::string WithDescription(const Node& declaration, std::string message) {
  const std::string description = declaration.TextOf("ConstraintDescription");
  return description.empty() ? message : fmt::format("{} ({})", message, description);
}

Check CheckAllowedValues(std::string_view name, const Node& declaration, const std::string& value,
                         const Position& position) {
  const Node* allowed = declaration.Find("AllowedValues");
  if (allowed == nullptr || !allowed->IsList()) {
    return Ok();
  }
  std::vector<std::string> names;
  for (const Node& item : allowed->items()) {
    if (item.text() == value) {
      return Ok();
    }
    names.push_back(item.text());
  }
  return FailAt(position,
                WithDescription(declaration, fmt::format("parameter {} is '{}'; allowed are: {}",
                                                         name, value, Join(names, ", "))));
}

Check CheckLimits(std::string_view name, const Node& declaration, const Node& value,
                  const Position& position, const ParameterType& type) {
  const auto limit = [&declaration](std::string_view key) {
    const Node* node = declaration.Find(key);
    return node == nullptr ? std::optional<double>() : node->AsNumber();
  };
  const auto fail = [&](std::string_view rule, double bound) {
    return FailAt(position,
                  WithDescription(declaration, fmt::format("parameter {} is '{}'; its {} is {}",
                                                           name, value.text(), rule, bound)));
  };
  if (type.is_number) {
    const auto number = Node::String(value.text()).AsNumber();
    if (!number) {
      return FailAt(position,
                    fmt::format("parameter {} is '{}', which is no number", name, value.text()));
    }
    if (limit("MinValue") && *number < *limit("MinValue")) {
      return fail("MinValue", *limit("MinValue"));
    }
    if (limit("MaxValue") && *number > *limit("MaxValue")) {
      return fail("MaxValue", *limit("MaxValue"));
    }
  }
  const auto length = static_cast<double>(value.text().size());
  if (limit("MinLength") && length < *limit("MinLength")) {
    return fail("MinLength", *limit("MinLength"));
  }
  if (limit("MaxLength") && length > *limit("MaxLength")) {
    return fail("MaxLength", *limit("MaxLength"));
  }
  return Ok();
}

Check CheckPattern(Scope& scope, std::string_view name, const Node& declaration,
                   const std::string& value, const Position& position) {
  const Node* pattern = declaration.Find("AllowedPattern");
  if (pattern == nullptr || pattern->text().empty()) {
    return Ok();
  }
  switch (MatchPattern(pattern->text(), value)) {
    case PatternMatch::kMatches:
      return Ok();
    case PatternMatch::kUnknown:
      scope.Note(
          Fate::kIgnored, pattern->position(), "",
          fmt::format(
              "AllowedPattern of parameter {} was not checked: this pattern is not understood",
              name));
      return Ok();
    case PatternMatch::kDiffers:
      break;
  }
  return FailAt(position,
                WithDescription(declaration,
                                fmt::format("parameter {} is '{}', which AllowedPattern {} refuses",
                                            name, value, pattern->text())));
}

Resolved<Node> SsmValue(Scope& scope, std::string_view name, Node value) {
  const SsmParameters& known = scope.context().options.ssm_parameters;
  scope.context().stack.ssm_names_read.insert(value.text());
  const auto found = known.find(value.text());
  if (found != known.end() && found->second.type == "SecureString") {
    return FailAt(value.position(),
                  fmt::format("parameter {} takes the value of the SSM parameter '{}', which is a "
                              "SecureString: CloudFormation does not read those here",
                              name, value.text()));
  }
  if (found != known.end()) {
    return Node::String(found->second.value, value.position());
  }
  scope.Note(Fate::kWarning, value.position(), "",
             fmt::format("parameter {} takes the value of the SSM parameter '{}', which has no "
                         "local value; the name "
                         "itself is used",
                         name, value.text()),
             Reason::kNotHere);
  return value;
}

// What stands in for a value that nobody gave.
ParameterState Placeholder(std::string_view name, const Node& declaration,
                           const ParameterType& type) {
  const Node* allowed = declaration.Find("AllowedValues");
  const Node* minimum = declaration.Find("MinValue");
  std::string text = fmt::format("<{}>", name);
  if (allowed != nullptr && !allowed->items().empty()) {
    text = allowed->items()[0].text();
  } else if (type.is_number) {
    // In the range of memory, time and storage of a function alike.
    text = minimum == nullptr ? "600" : minimum->text();
  }
  Node value = Node::String(std::move(text), declaration.position());
  return ParameterState{.value = type.is_list
                                     ? Node::List({std::move(value)}, declaration.position())
                                     : std::move(value)};
}

}  // namespace

Resolved<ParameterState> ResolveParameter(Scope& scope, std::string_view name,
                                          const Node& declaration,
                                          const std::optional<Node>& given) {
  if (!declaration.IsMap()) {
    return FailAt(declaration.position(),
                  fmt::format("parameter '{}' must be a map with at least a Type", name));
  }
  OFFSTAGE_TRY(const ParameterType type, ReadType(name, declaration));
  const Node* fallback = declaration.Find("Default");
  // CDK 1 has three parameters an asset, which its deployment fills in; here the asset's path does.
  const bool of_asset = name.rfind("AssetParameters", 0) == 0;
  if (!given && fallback == nullptr && (of_asset || scope.context().options.placeholders)) {
    return Placeholder(name, declaration, type);
  }
  if (!given && fallback == nullptr) {
    return FailAt(declaration.position(),
                  fmt::format("parameter {} has no default and was not given", name));
  }
  Node value = given ? *given : *fallback;
  const Position position =
      value.position().file == nullptr ? declaration.position() : value.position();
  if (!value.IsScalar()) {
    return FailAt(position, fmt::format("the value of parameter {} must be a text{}", name,
                                        type.is_list ? " with commas between its parts" : ""));
  }
  value = Node::String(value.text(), position);
  if (type.is_ssm_value) {
    OFFSTAGE_TRY(value, SsmValue(scope, name, std::move(value)));
  }
  std::vector<Node> parts;
  if (type.is_list) {
    for (const std::string_view part : Split(value.text(), ',')) {
      parts.push_back(Node::String(std::string(Trim(part)), position));
    }
  } else {
    parts.push_back(value);
  }
  if (!type.is_ssm_value) {
    for (const Node& part : parts) {
      OFFSTAGE_TRY_VOID(CheckAllowedValues(name, declaration, part.text(), position));
      OFFSTAGE_TRY_VOID(CheckLimits(name, declaration, part, position, type));
      OFFSTAGE_TRY_VOID(CheckPattern(scope, name, declaration, part.text(), position));
    }
  }
  const Node* no_echo = declaration.Find("NoEcho");
  return ParameterState{
      .value = type.is_list ? Node::List(std::move(parts), position) : std::move(parts.front()),
      .secret = no_echo != nullptr && no_echo->AsBool().value_or(false)};
}

}  // namespace offstage::templates
