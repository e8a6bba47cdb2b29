#include "base/text.h"
#include "template/intrinsics.h"

namespace offstage::templates {
namespace {

Resolved<bool> Equals(Scope& scope, const Node& argument) {
  if (!argument.IsList() || argument.items().size() != 2) {
    return FailAt(argument.position(), "Fn::Equals takes a list of two values");
  }
  OFFSTAGE_TRY(const Node left, scope.Value(argument.items()[0]));
  OFFSTAGE_TRY(const Node right, scope.Value(argument.items()[1]));
  if (left.IsScalar() && right.IsScalar()) {
    // As text, whatever the types: !Equals [!Ref Flag, true] is how it is written.
    return left.text() == right.text();
  }
  return SameValue(left, right);
}

Resolved<bool> AnyOrAll(Scope& scope, const Node& argument, std::string_view function) {
  const bool is_and = function == "Fn::And";
  if (!argument.IsList() || argument.items().empty() || argument.items().size() > 10) {
    return FailAt(argument.position(),
                  fmt::format("{} takes a list of 2 to 10 conditions", function));
  }
  bool result = is_and;
  for (const Node& item : argument.items()) {
    OFFSTAGE_TRY(const bool holds, EvaluateCondition(scope, item));
    result = is_and ? result && holds : result || holds;
  }
  return result;
}

}  // namespace

Resolved<bool> EvaluateCondition(Scope& scope, const Node& node) {
  const DepthGuard guard(scope.context());
  if (guard.TooDeep()) {
    return FailAt(node.position(), "conditions nest too deeply here");
  }
  if (node.IsScalar()) {
    if (const auto value = node.AsBool()) {
      return *value;
    }
    return FailAt(node.position(), fmt::format("'{}' is no condition; name one with !Condition {}",
                                               node.text(), node.text()));
  }
  if (!node.IsMap() || node.entries().size() != 1) {
    return FailAt(node.position(),
                  "a condition is one of Fn::And, Fn::Equals, Fn::If, Fn::Not, Fn::Or, Condition");
  }
  const Entry& call = node.entries()[0];
  if (call.key == "Condition") {
    return scope.Condition(call.value.text(), call.value.position());
  }
  if (call.key == "Fn::Equals") {
    return Equals(scope, call.value);
  }
  if (call.key == "Fn::And" || call.key == "Fn::Or") {
    return AnyOrAll(scope, call.value, call.key);
  }
  if (call.key == "Fn::Not") {
    const Node& argument = call.value;
    if (!argument.IsList() || argument.items().size() != 1) {
      return FailAt(call.key_position, "Fn::Not takes a list of one condition");
    }
    OFFSTAGE_TRY(const bool holds, EvaluateCondition(scope, argument.items()[0]));
    return !holds;
  }
  // Fn::If, Fn::FindInMap, Ref: allowed where their value is "true" or "false".
  OFFSTAGE_TRY(const Node value, scope.Value(node));
  if (value.IsScalar() && value.AsBool()) {
    return *value.AsBool();
  }
  return FailAt(node.position(),
                "a condition is one of Fn::And, Fn::Equals, Fn::If, Fn::Not, Fn::Or, Condition");
}

Resolved<bool> Scope::Condition(std::string_view name, const Position& position) {
  const Node* section = Section("Conditions");
  const Node* written = section == nullptr ? nullptr : section->Find(name);
  if (written == nullptr) {
    std::vector<std::string> names;
    if (section != nullptr) {
      for (const Entry& entry : section->entries()) {
        names.push_back(entry.key);
      }
    }
    return FailAt(position, "Conditions has no " + Suggest(name, names));
  }
  Lazy<bool>& lazy = conditions_[std::string(name)];
  if (lazy.progress == Progress::kBusy) {
    return FailAt(position, fmt::format("the condition '{}' refers to itself", name));
  }
  if (lazy.progress == Progress::kNew) {
    lazy.progress = Progress::kBusy;
    lazy.value = EvaluateCondition(*this, *written);
    lazy.progress = Progress::kDone;
  }
  return *lazy.value;
}

}  // namespace offstage::templates
