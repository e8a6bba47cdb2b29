#include "template/intrinsics.h"

#include "base/text.h"

namespace offstage::templates {
namespace {

using Value = Resolved<std::optional<Node>>;

constexpr std::size_t kMaxText = 1024 * 1024;

std::optional<Node> Some(Node node) {
  return node;
}

// Texts that functions make cost budget: "${a}${a}" in a chain doubles at every step.
Value MadeText(Scope& scope, std::string text, const Position& position) {
  LoadContext& context = scope.context();
  if (text.size() > kMaxText || text.size() > context.text_budget) {
    return FailAt(position, "the text that this makes is too long");
  }
  context.text_budget -= text.size();
  return Some(Node::String(std::move(text), position));
}

Resolved<std::vector<Node>> Arguments(const Node& argument, const Position& position,
                                      std::string_view function, std::size_t minimum,
                                      std::size_t maximum) {
  if (!argument.IsList() || argument.items().size() < minimum ||
      argument.items().size() > maximum) {
    const std::string count =
        minimum == maximum ? std::to_string(minimum) : fmt::format("{} to {}", minimum, maximum);
    return FailAt(position, fmt::format("{} takes a list of {} values", function, count));
  }
  return argument.items();
}

Value Ref(Scope& scope, const Node& argument, const Position& position) {
  if (!argument.IsScalar() || argument.IsNull()) {
    return FailAt(position, "Ref takes the name of a parameter or resource");
  }
  if (argument.text() == "AWS::NoValue") {
    return std::optional<Node>();
  }
  OFFSTAGE_TRY(Node node, scope.Ref(argument.text(), position));
  node.set_position(position);
  return Some(std::move(node));
}

Value GetAtt(Scope& scope, const Node& argument, const Position& position) {
  std::string id;
  Node attribute;
  if (argument.IsList() && argument.items().size() >= 2 && argument.items()[0].IsScalar()) {
    id = argument.items()[0].text();
    OFFSTAGE_TRY(attribute, scope.Value(argument.items()[1]));
    // !GetAtt [Nested, Outputs, Name] is written by some and accepted.
    for (std::size_t i = 2; i < argument.items().size(); ++i) {
      attribute = Node::String(attribute.text() + "." + argument.items()[i].text());
    }
  } else if (argument.IsString() && argument.text().find('.') != std::string::npos) {
    const std::size_t dot = argument.text().find('.');
    id = argument.text().substr(0, dot);
    attribute = Node::String(argument.text().substr(dot + 1));
  }
  if (id.empty() || attribute.text().empty()) {
    return FailAt(position, "Fn::GetAtt takes a resource and an attribute: Resource.Attribute");
  }
  OFFSTAGE_TRY(Node node, scope.Attribute(id, attribute.text(), position));
  node.set_position(position);
  return Some(std::move(node));
}

Value Sub(Scope& scope, const Node& argument, const Position& position) {
  if (argument.IsScalar() && !argument.IsNull()) {
    OFFSTAGE_TRY(Node text, Substitute(scope, argument, nullptr));
    return MadeText(scope, text.text(), position);
  }
  OFFSTAGE_TRY(const std::vector<Node> items, Arguments(argument, position, "Fn::Sub", 1, 2));
  if (!items[0].IsScalar() || (items.size() == 2 && !items[1].IsMap())) {
    return FailAt(position, "Fn::Sub takes a text, or a list of a text and a map of its variables");
  }
  Node variables = Node::Map(position);
  if (items.size() == 2) {
    for (const Entry& entry : items[1].entries()) {
      OFFSTAGE_TRY(Node value, scope.Value(entry.value));
      variables.Set(entry.key, std::move(value));
    }
  }
  OFFSTAGE_TRY(Node text, Substitute(scope, items[0], &variables));
  return MadeText(scope, text.text(), position);
}

Value JoinTexts(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const std::vector<Node> items, Arguments(argument, position, "Fn::Join", 2, 2));
  OFFSTAGE_TRY(const Node separator, scope.Value(items[0]));
  OFFSTAGE_TRY(const Node list, scope.Value(items[1]));
  if (!list.IsList()) {
    return FailAt(position, "Fn::Join takes a separator and a list of texts");
  }
  std::string text;
  for (std::size_t i = 0; i < list.items().size(); ++i) {
    if (!list.items()[i].IsScalar()) {
      return FailAt(list.items()[i].position(), "Fn::Join joins texts; this is a list or a map");
    }
    text += (i == 0 ? "" : separator.text()) + list.items()[i].text();
    if (text.size() > kMaxText) {
      break;
    }
  }
  return MadeText(scope, std::move(text), position);
}

Value SplitText(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const std::vector<Node> items, Arguments(argument, position, "Fn::Split", 2, 2));
  OFFSTAGE_TRY(const Node separator, scope.Value(items[0]));
  OFFSTAGE_TRY(const Node text, scope.Value(items[1]));
  if (!text.IsScalar() || separator.text().empty()) {
    return FailAt(position, "Fn::Split takes a separator that is not empty and a text");
  }
  Node list = Node::List({}, position);
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.text().find(separator.text(), begin);
    const std::size_t length = end == std::string::npos ? std::string::npos : end - begin;
    OFFSTAGE_TRY(auto part, MadeText(scope, text.text().substr(begin, length), position));
    list.items().push_back(std::move(*part));
    if (end == std::string::npos) {
      break;
    }
    begin = end + separator.text().size();
  }
  return Some(std::move(list));
}

Value Select(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const std::vector<Node> items, Arguments(argument, position, "Fn::Select", 2, 2));
  OFFSTAGE_TRY(const Node index, scope.Value(items[0]));
  OFFSTAGE_TRY(const Node list, scope.Value(items[1]));
  const auto number = index.AsInteger();
  const bool outside = number && list.IsList() &&
                       (*number < 0 || *number >= static_cast<long long>(list.items().size()));
  // Only what is written out can be judged: values made here have other parts than AWS's.
  if (scope.context().options.placeholders && !items[1].IsList() &&
      (!number || !list.IsList() || outside)) {
    return Some(Node::String("<selected>", position));
  }
  if (!number || !list.IsList()) {
    return FailAt(position, "Fn::Select takes an index and a list");
  }
  if (outside) {
    return FailAt(position,
                  fmt::format("Fn::Select: there is no index {} in a list of {} (the first is 0)",
                              *number, list.items().size()));
  }
  return Some(list.items()[static_cast<std::size_t>(*number)]);
}

Value If(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const std::vector<Node> items, Arguments(argument, position, "Fn::If", 3, 3));
  // The condition is named; language extensions allow a function there too.
  bool holds = false;
  if (items[0].IsScalar()) {
    OFFSTAGE_TRY(holds, scope.Condition(items[0].text(), items[0].position()));
  } else {
    OFFSTAGE_TRY(holds, EvaluateCondition(scope, items[0]));
  }
  return scope.Evaluate(items[holds ? 1 : 2]);
}

Value FindInMap(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const std::vector<Node> items, Arguments(argument, position, "Fn::FindInMap", 3, 4));
  OFFSTAGE_TRY(const Node map_name, scope.Value(items[0]));
  OFFSTAGE_TRY(const Node first, scope.Value(items[1]));
  OFFSTAGE_TRY(const Node second, scope.Value(items[2]));
  const Node* mappings = scope.Section("Mappings");
  const Node* map = mappings == nullptr ? nullptr : mappings->Find(map_name.text());
  const Node* row = map == nullptr ? nullptr : map->Find(first.text());
  const Node* value = row == nullptr ? nullptr : row->Find(second.text());
  if (value != nullptr) {
    return Some(*value);
  }
  if (items.size() == 4 && items[3].Contains("DefaultValue")) {
    return scope.Evaluate(*items[3].Find("DefaultValue"));
  }
  if (map == nullptr) {
    return FailAt(position, fmt::format("Fn::FindInMap: Mappings has no '{}'", map_name.text()));
  }
  if (scope.context().options.placeholders && !map->entries().empty()) {
    const Node& some_row = row == nullptr ? map->entries()[0].value : *row;
    const Node* same = some_row.Find(second.text());
    return Some(same != nullptr              ? *same
                : some_row.entries().empty() ? Node::String("<mapping>", position)
                                             : some_row.entries()[0].value);
  }
  const Node& holder = row == nullptr ? *map : *row;
  std::vector<std::string> keys;
  for (const Entry& entry : holder.entries()) {
    keys.push_back(entry.key);
  }
  return FailAt(position,
                fmt::format("Fn::FindInMap: {} has no key {}",
                            row == nullptr ? map_name.text() : first.text(),
                            Suggest(row == nullptr ? first.text() : second.text(), keys)));
}

Value Base64(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const Node value, scope.Value(argument));
  if (!value.IsScalar()) {
    return FailAt(position, "Fn::Base64 takes a text");
  }
  return MadeText(scope, Base64Encode(value.text()), position);
}

Value ImportValue(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const std::string name, scope.Text(argument, "Fn::ImportValue"));
  const auto& imports = scope.context().options.imports;
  if (const auto found = imports.find(name); found != imports.end()) {
    return Some(Node::String(found->second, position));
  }
  OFFSTAGE_TRY(const auto value, scope.context().root->FindExport(name));
  if (!value && scope.context().options.placeholders) {
    return Some(Node::String(fmt::format("<{}>", name), position));
  }
  if (!value) {
    return FailAt(position,
                  fmt::format("Fn::ImportValue: no stack of this template exports '{}'", name),
                  Reason::kNotHere);
  }
  return Some(Node::String(*value, position));
}

// docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-getstackoutput.html
// Other stacks are known by --imports only, under "STACK.OUTPUT".
Value GetStackOutput(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const Node written, scope.Value(argument));
  const std::string stack = written.TextOf("StackName");
  const std::string output = written.TextOf("OutputName");
  if (stack.empty() || output.empty()) {
    return FailAt(position, "Fn::GetStackOutput takes a map with StackName and OutputName");
  }
  const std::string name = fmt::format("{}.{}", stack, output);
  const auto& imports = scope.context().options.imports;
  if (const auto found = imports.find(name); found != imports.end()) {
    return Some(Node::String(found->second, position));
  }
  if (scope.context().options.placeholders) {
    return Some(Node::String(fmt::format("<{}>", name), position));
  }
  return FailAt(position,
                fmt::format("Fn::GetStackOutput: the stack {} is not here; give its output as "
                            "'{}' in a file of --imports",
                            stack, name),
                Reason::kNotHere);
}

Value GetAZs(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const Node value, scope.Value(argument));
  const std::string region = value.text().empty() ? scope.context().options.region : value.text();
  Node list = Node::List({}, position);
  for (const std::string_view zone : {"a", "b", "c"}) {
    list.items().push_back(Node::String(region + std::string(zone), position));
  }
  return Some(std::move(list));
}

Value Cidr(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const std::vector<Node> items, Arguments(argument, position, "Fn::Cidr", 2, 3));
  OFFSTAGE_TRY(const std::string block, scope.Text(items[0], "Fn::Cidr"));
  OFFSTAGE_TRY(const Node count, scope.Value(items[1]));
  Node bits = Node::Integer(8);
  if (items.size() == 3) {
    OFFSTAGE_TRY(bits, scope.Value(items[2]));
  }
  if (!count.AsInteger() || !bits.AsInteger()) {
    return FailAt(position, "Fn::Cidr takes an address block, a count and the bits of each block");
  }
  OFFSTAGE_TRY(Node blocks, CidrBlocks(block, *count.AsInteger(), *bits.AsInteger(), position));
  return Some(std::move(blocks));
}

Value Transform(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(Node included, IncludeFile(scope, argument, position));
  return scope.Evaluate(included);
}

Value Length(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const Node list, scope.Value(argument));
  if (!list.IsList()) {
    return FailAt(position, "Fn::Length takes a list");
  }
  return Some(Node::Integer(static_cast<long long>(list.items().size()), position));
}

Value ToJsonString(Scope& scope, const Node& argument, const Position& position) {
  OFFSTAGE_TRY(const Node value, scope.Value(argument));
  return MadeText(scope, DumpJson(ToOrderedJson(value)), position);
}

// Conditions may stand as values with language extensions ({"Fn::Equals": [...]} in a property).
Value ConditionValue(Scope& scope, std::string_view function, const Node& argument,
                     const Position& position) {
  Node map = Node::Map(position);
  map.Set(function, argument);
  OFFSTAGE_TRY(const bool holds, EvaluateCondition(scope, map));
  return Some(Node::Bool(holds, position));
}
Value Equals(Scope& scope, const Node& argument, const Position& position) {
  return ConditionValue(scope, "Fn::Equals", argument, position);
}
Value And(Scope& scope, const Node& argument, const Position& position) {
  return ConditionValue(scope, "Fn::And", argument, position);
}
Value Or(Scope& scope, const Node& argument, const Position& position) {
  return ConditionValue(scope, "Fn::Or", argument, position);
}
Value Not(Scope& scope, const Node& argument, const Position& position) {
  return ConditionValue(scope, "Fn::Not", argument, position);
}

constexpr std::pair<std::string_view, Intrinsic> kIntrinsics[] = {
    {"Ref", Ref},
    {"Fn::And", And},
    {"Fn::Base64", Base64},
    {"Fn::Cidr", Cidr},
    {"Fn::Equals", Equals},
    {"Fn::FindInMap", FindInMap},
    {"Fn::GetAZs", GetAZs},
    {"Fn::GetAtt", GetAtt},
    {"Fn::GetStackOutput", GetStackOutput},
    {"Fn::If", If},
    {"Fn::ImportValue", ImportValue},
    {"Fn::Join", JoinTexts},
    {"Fn::Length", Length},
    {"Fn::Not", Not},
    {"Fn::Or", Or},
    {"Fn::Select", Select},
    {"Fn::Split", SplitText},
    {"Fn::Sub", Sub},
    {"Fn::ToJsonString", ToJsonString},
    {"Fn::Transform", Transform},
};

}  // namespace

Intrinsic FindIntrinsic(std::string_view key) {
  for (const auto& [name, function] : kIntrinsics) {
    if (name == key) {
      return function;
    }
  }
  return nullptr;
}

std::vector<std::string> IntrinsicNames() {
  std::vector<std::string> names;
  for (const auto& row : kIntrinsics) {
    names.emplace_back(row.first);
  }
  return names;
}

bool IsIntrinsic(const Node& node) {
  return node.IsMap() && node.entries().size() == 1 &&
         (node.entries()[0].key == "Ref" || node.entries()[0].key.rfind("Fn::", 0) == 0);
}

}  // namespace offstage::templates
