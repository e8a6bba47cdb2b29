// Scope's evaluation of nodes: functions replaced by what they give, everything else copied.
#include "base/text.h"
#include "template/intrinsics.h"

namespace offstage::templates {
namespace {

Resolved<std::optional<Node>> EvaluateList(Scope& scope, const Node& node) {
  Node list = Node::List({}, node.position());
  list.items().reserve(node.items().size());
  for (const Node& item : node.items()) {
    OFFSTAGE_TRY(auto value, scope.Evaluate(item));
    if (value) {
      list.items().push_back(std::move(*value));
    }
  }
  return std::optional(std::move(list));
}

Resolved<std::optional<Node>> EvaluateMap(Scope& scope, const Node& node) {
  Node map = Node::Map(node.position());
  map.entries().reserve(node.entries().size());
  for (const Entry& entry : node.entries()) {
    if (entry.key == "Fn::Transform") {
      // Beside other members, what an include holds is merged in.
      OFFSTAGE_TRY(const Node included, IncludeFile(scope, entry.value, entry.key_position));
      OFFSTAGE_TRY(const auto value, scope.Evaluate(included));
      if (value) {
        for (const Entry& member : value->entries()) {
          map.Set(member.key, member.value);
        }
      }
      continue;
    }
    OFFSTAGE_TRY(auto value, scope.Evaluate(entry.value));
    if (value) {
      map.entries().push_back({entry.key, std::move(*value), entry.key_position});
    }
  }
  return std::optional(std::move(map));
}

}  // namespace

Resolved<std::optional<Node>> Scope::Evaluate(const Node& node) {
  const DepthGuard guard(context_);
  if (guard.TooDeep()) {
    return FailAt(node.position(), "references nest too deeply here");
  }
  if (node.IsString() && node.text().find("{{resolve:") != std::string::npos) {
    OFFSTAGE_TRY(Node text, ResolveDynamicReferences(*this, node));
    return std::optional(std::move(text));
  }
  if (node.IsScalar()) {
    return std::optional(node);
  }
  if (node.IsList()) {
    return EvaluateList(*this, node);
  }
  if (!IsIntrinsic(node)) {
    return EvaluateMap(*this, node);
  }
  const Entry& call = node.entries()[0];
  const Intrinsic function = FindIntrinsic(call.key);
  if (function == nullptr) {
    return FailAt(call.key_position, "there is no function " + Suggest(call.key, IntrinsicNames()));
  }
  OFFSTAGE_TRY(auto value, function(*this, call.value, call.key_position));
  if (value && value->IsString() && value->text().find("{{resolve:") != std::string::npos) {
    OFFSTAGE_TRY(value, ResolveDynamicReferences(*this, *value));
  }
  return value;
}

Resolved<Node> Scope::Value(const Node& node) {
  OFFSTAGE_TRY(auto value, Evaluate(node));
  return value ? std::move(*value) : Node::Null(node.position());
}

Resolved<std::string> Scope::Text(const Node& node, std::string_view what) {
  OFFSTAGE_TRY(const Node value, Value(node));
  if (!value.IsScalar() || value.IsNull()) {
    return FailAt(node.position(), fmt::format("{} must be a text", what));
  }
  return value.text();
}

}  // namespace offstage::templates
