#include "template/rules.h"

#include "base/text.h"
#include "template/intrinsics.h"

namespace offstage::templates {
namespace {

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

Resolved<bool> Holds(Scope& scope, const Node& node);

// The values of all parameters of a type ("AWS::EC2::VPC::Id"), as Fn::RefAll gives them.
std::vector<Node> AllOfType(Scope& scope, std::string_view type) {
  std::vector<Node> values;
  if (const Node* section = scope.Section("Parameters")) {
    for (const Entry& parameter : section->entries()) {
      const auto found = scope.parameters().find(parameter.key);
      if (parameter.value.TextOf("Type") == type && found != scope.parameters().end()) {
        values.push_back(found->second.value);
      }
    }
  }
  return values;
}

// A value of a rule; lists stay lists.
Resolved<Node> RuleValue(Scope& scope, const Node& node) {
  if (node.IsMap() && node.entries().size() == 1) {
    const Entry& call = node.entries()[0];
    if (call.key == "Fn::RefAll") {
      return Node::List(AllOfType(scope, call.value.text()), call.key_position);
    }
    if (StartsWith(call.key, "Fn::ValueOf")) {
      return FailAt(
          call.key_position,
          fmt::format("{} asks AWS about existing resources; it is not emulated", call.key),
          Reason::kNotEmulated);
    }
  }
  return scope.Value(node);
}

Resolved<std::vector<Node>> ValueList(Scope& scope, const Node& node) {
  OFFSTAGE_TRY(Node value, RuleValue(scope, node));
  if (!value.IsList()) {
    return std::vector<Node>{std::move(value)};
  }
  return value.items();
}

bool Among(const std::vector<Node>& list, const Node& value) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Node& item) { return item.text() == value.text(); });
}

// [list, value], [list, list] ...
Resolved<bool> Compare(Scope& scope, const Entry& call) {
  if (call.value.items().size() != 2) {
    return FailAt(call.key_position, fmt::format("{} takes a list of two values", call.key));
  }
  OFFSTAGE_TRY(const std::vector<Node> left, ValueList(scope, call.value.items()[0]));
  OFFSTAGE_TRY(const std::vector<Node> right, ValueList(scope, call.value.items()[1]));
  if (call.key == "Fn::Contains") {
    return std::all_of(right.begin(), right.end(),
                       [&](const Node& value) { return Among(left, value); });
  }
  // Fn::EachMemberEquals and Fn::EachMemberIn.
  return std::all_of(left.begin(), left.end(),
                     [&](const Node& value) { return Among(right, value); });
}

Resolved<bool> AnyOrAll(Scope& scope, const Entry& call) {
  const bool all = call.key == "Fn::And";
  bool result = all;
  for (const Node& item : call.value.items()) {
    OFFSTAGE_TRY(const bool holds, Holds(scope, item));
    result = all ? result && holds : result || holds;
  }
  return result;
}

Resolved<bool> Holds(Scope& scope, const Node& node) {
  const DepthGuard guard(scope.context());
  if (guard.TooDeep() || !node.IsMap() || node.entries().size() != 1) {
    return FailAt(node.position(), "a rule takes one rule function, such as Fn::Contains");
  }
  const Entry& call = node.entries()[0];
  if (call.key == "Fn::Contains" || call.key == "Fn::EachMemberEquals" ||
      call.key == "Fn::EachMemberIn") {
    return Compare(scope, call);
  }
  if (call.key == "Fn::And" || call.key == "Fn::Or") {
    return AnyOrAll(scope, call);
  }
  if (call.key == "Fn::Not" && call.value.items().size() == 1) {
    OFFSTAGE_TRY(const bool holds, Holds(scope, call.value.items()[0]));
    return !holds;
  }
  return EvaluateCondition(scope, node);
}

Check CheckRule(Scope& scope, const Entry& rule) {
  if (const Node* condition = rule.value.Find("RuleCondition")) {
    OFFSTAGE_TRY(const bool applies, Holds(scope, *condition));
    if (!applies) {
      return Ok();
    }
  }
  const Node* assertions = rule.value.Find("Assertions");
  if (assertions == nullptr || !assertions->IsList()) {
    return FailAt(rule.key_position, fmt::format("rule {} needs a list of Assertions", rule.key));
  }
  for (const Node& assertion : assertions->items()) {
    const Node* claim = assertion.Find("Assert");
    if (claim == nullptr) {
      return FailAt(assertion.position(),
                    fmt::format("an assertion of rule {} needs Assert", rule.key));
    }
    OFFSTAGE_TRY(const bool holds, Holds(scope, *claim));
    if (!holds) {
      const std::string words = assertion.TextOf("AssertDescription");
      return FailAt(assertion.position(), fmt::format("rule {} does not hold{}", rule.key,
                                                      words.empty() ? "" : ": " + words));
    }
  }
  return Ok();
}

}  // namespace

Check CheckRules(Scope& scope) {
  const Node* rules = scope.Section("Rules");
  if (rules == nullptr || scope.context().options.placeholders) {
    return Ok();
  }
  for (const Entry& rule : rules->entries()) {
    const auto checked = CheckRule(scope, rule);
    if (checked.ok()) {
      continue;
    }
    if (checked.error().reason != Reason::kNotEmulated) {
      return checked;
    }
    scope.Note(Fate::kRefused, checked.error().position, "Rules." + rule.key,
               checked.error().message, Reason::kNotEmulated);
  }
  return Ok();
}

}  // namespace offstage::templates
