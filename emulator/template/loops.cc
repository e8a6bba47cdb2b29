// Fn::ForEach of AWS::LanguageExtensions.
// docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
#include "base/text.h"
#include "template/sam.h"

namespace offstage::templates {
namespace {

constexpr std::size_t kMaxMembers = 20'000;

std::string ReplaceIn(const std::string& text, const std::string& name, const std::string& value) {
  std::string alphanumeric;
  for (const char c : value) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      alphanumeric.push_back(c);
    }
  }
  return ReplaceAll(ReplaceAll(text, "${" + name + "}", value), "&{" + name + "}", alphanumeric);
}

// `node` with the loop's variable replaced, in keys and texts and where Ref names it.
Node Instance(const Node& node, const std::string& name, const std::string& value) {
  if (node.IsScalar()) {
    return node.text().find('{') == std::string::npos
               ? node
               : Node::Scalar(node.kind(), ReplaceIn(node.text(), name, value), node.position());
  }
  if (node.IsMap() && node.entries().size() == 1 && node.TextOf("Ref") == name) {
    return Node::String(value, node.position());
  }
  Node copy = node;
  for (Node& item : copy.items()) {
    item = Instance(item, name, value);
  }
  for (Entry& entry : copy.entries()) {
    entry.key = ReplaceIn(entry.key, name, value);
    entry.value = Instance(entry.value, name, value);
  }
  return copy;
}

class Expander {
 public:
  explicit Expander(Scope& scope) : scope_(scope) {}

  Check Expand(Node& node) {
    for (Node& item : node.items()) {
      OFFSTAGE_TRY_VOID(Expand(item));
    }
    const bool has_loop = std::any_of(node.entries().begin(), node.entries().end(),
                                      [](const Entry& entry) { return IsLoop(entry.key); });
    if (has_loop) {
      OFFSTAGE_TRY_VOID(ExpandMembers(node));
    }
    for (Entry& entry : node.entries()) {
      OFFSTAGE_TRY_VOID(Expand(entry.value));
    }
    return Ok();
  }

 private:
  Check ExpandMembers(Node& node) {
    std::vector<Entry> members;
    for (Entry& entry : node.entries()) {
      if (!IsLoop(entry.key)) {
        members.push_back(std::move(entry));
        continue;
      }
      OFFSTAGE_TRY_VOID(ExpandLoop(entry, members));
    }
    node.entries() = std::move(members);
    return Ok();
  }

  Check ExpandLoop(const Entry& loop, std::vector<Entry>& members) {
    const std::vector<Node>& items = loop.value.items();
    if (items.size() != 3 || !items[0].IsScalar() || !items[2].IsMap()) {
      return FailAt(loop.key_position, "Fn::ForEach takes a variable's name, a list and a map");
    }
    OFFSTAGE_TRY(const Node list, scope_.Value(items[1]));
    if (!list.IsList()) {
      return FailAt(items[1].position(), "Fn::ForEach loops over a list");
    }
    for (const Node& value : list.items()) {
      Node instance = Instance(items[2], items[0].text(), value.text());
      OFFSTAGE_TRY_VOID(Expand(instance));
      made_ += instance.entries().size();
      if (made_ > kMaxMembers) {
        return FailAt(loop.key_position, "Fn::ForEach makes too many members");
      }
      for (Entry& entry : instance.entries()) {
        members.push_back(std::move(entry));
      }
    }
    return Ok();
  }

  Scope& scope_;
  std::size_t made_ = 0;
};

}  // namespace

Check ExpandLoops(Scope& scope, Node& node) {
  return Expander(scope).Expand(node);
}

}  // namespace offstage::templates
