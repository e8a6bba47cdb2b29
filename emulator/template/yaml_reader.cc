// YAML by yaml-cpp's events, straight into Nodes: its own tree would cost twice the time and lose
// what limits need to see.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <sstream>

#include "base/text.h"
#include "template/reader.h"

namespace offstage::templates {
namespace {

constexpr std::string_view kMergeKey = "<<";

// Builds one document. After the first error further events are ignored. yaml-cpp cannot be told to
// stop; the parser bounds its own depth, and the text's size is bounded.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view name, const ReadLimits& limits)
      : file_(std::make_shared<const std::string>(name)), limits_(limits) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Finish({Node::Null(At(mark)), {}, anchor});
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      Stop(At(mark), "this alias stands inside the value that it refers to");
      return;
    }
    if (Charge(found->second.cost, At(mark))) {
      Finish({found->second.node, {}, 0});
    }
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (!Charge(NodeCost(value), At(mark))) {
      return;
    }
    const bool is_key = !stack_.empty() && stack_.back().node.IsMap() && !stack_.back().key;
    Node node =
        tag == "?" && !is_key ? PlainScalar(value, At(mark)) : Node::String(value, At(mark));
    if (tag == "tag:yaml.org,2002:int" || tag == "tag:yaml.org,2002:bool" ||
        tag == "tag:yaml.org,2002:float") {
      node = PlainScalar(value, At(mark));
    }
    Finish({std::move(node), tag, anchor});
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    Begin(Node::List({}, At(mark)), tag, anchor);
  }
  void OnSequenceEnd() override { End(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    Begin(Node::Map(At(mark)), tag, anchor);
  }
  void OnMapEnd() override { End(); }

  Position At(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }
  std::optional<Error> error() const { return error_; }
  Document Take() { return std::move(document_); }

 private:
  struct Open {
    Node node;
    std::string tag;
    YAML::anchor_t anchor = 0;
    // The key that waits for its value.
    std::optional<std::pair<std::string, Position>> key = std::nullopt;
    // Values of "<<", merged at the end: members written out win.
    std::vector<Node> merges = {};
  };
  struct Anchored {
    Node node;
    std::size_t cost = 0;
  };

  void Stop(const Position& position, std::string_view message) {
    if (!error_) {
      error_ = ErrorAt(position, message);
    }
    stack_.clear();
  }

  bool Charge(std::size_t cost, const Position& position) {
    if (error_) {
      return false;
    }
    spent_ += cost;
    if (spent_ > limits_.max_nodes) {
      Stop(position,
           fmt::format("the document is too large: over {} values once aliases are expanded",
                       limits_.max_nodes));
      return false;
    }
    return true;
  }

  void Begin(Node node, const std::string& tag, YAML::anchor_t anchor) {
    if (!Charge(1, node.position())) {
      return;
    }
    if (static_cast<int>(stack_.size()) >= limits_.max_depth) {
      Stop(node.position(), fmt::format("nested more than {} levels deep", limits_.max_depth));
      return;
    }
    stack_.push_back({.node = std::move(node), .tag = tag, .anchor = anchor});
  }

  void End() {
    if (error_ || stack_.empty()) {
      return;
    }
    Open open = std::move(stack_.back());
    stack_.pop_back();
    for (const Node& merged : open.merges) {
      MergeInto(open.node, merged);
    }
    Finish(std::move(open));
  }

  // YAML's merge key: a map, or a list of maps of which earlier ones win.
  void MergeInto(Node& node, const Node& merged) {
    if (merged.IsList()) {
      for (const Node& item : merged.items()) {
        MergeInto(node, item);
      }
      return;
    }
    if (!merged.IsMap()) {
      Stop(merged.position(), "'<<' takes a map (usually an alias, *name) or a list of maps");
      return;
    }
    for (const Entry& entry : merged.entries()) {
      if (!node.Contains(entry.key)) {
        node.entries().push_back(entry);
      }
    }
  }

  void Finish(Open done) {
    if (error_) {
      return;
    }
    if (done.tag.size() > 1 && done.tag.front() == '!') {
      const Position position = done.node.position();
      done.node =
          ExpandShortTag(std::string_view(done.tag).substr(1), std::move(done.node), position);
    }
    if (done.anchor != 0) {
      const std::size_t cost = TreeCost(done.node);
      if (!Charge(cost, done.node.position())) {
        return;
      }
      anchors_[done.anchor] = {done.node, cost};
    }
    if (stack_.empty()) {
      document_.root = std::move(done.node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.IsList()) {
      parent.node.items().push_back(std::move(done.node));
    } else if (!parent.key) {
      TakeKey(parent, std::move(done.node));
    } else {
      TakeMember(parent, std::move(done.node));
    }
  }

  void TakeKey(Open& parent, Node key) {
    if (!key.IsScalar()) {
      Stop(key.position(), "a key must be plain text");
      return;
    }
    parent.key = {key.text(), key.position()};
  }

  void TakeMember(Open& parent, Node value) {
    auto [key, position] = std::move(*parent.key);
    parent.key.reset();
    if (key == kMergeKey) {
      parent.merges.push_back(std::move(value));
      return;
    }
    if (Node* earlier = parent.node.Find(key)) {
      document_.warnings.push_back(
          {position, fmt::format("'{}' is written twice (first at {}); the last one counts", key,
                                 earlier->position().Text())});
      *earlier = std::move(value);
      return;
    }
    if (parent.node.entries().size() >= limits_.max_members) {
      Stop(position, fmt::format("a map with more than {} keys", limits_.max_members));
      return;
    }
    parent.node.entries().push_back({std::move(key), std::move(value), position});
  }

  std::shared_ptr<const std::string> file_;
  const ReadLimits& limits_;
  Document document_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t spent_ = 0;
  std::optional<Error> error_;
};

// yaml-cpp reports a tab as whatever it breaks.
bool LineStartsWithTab(std::string_view text, int line) {
  std::size_t begin = 0;
  for (int i = 0; i < line && begin != std::string_view::npos; ++i) {
    begin = text.find('\n', begin);
    begin = begin == std::string_view::npos ? begin : begin + 1;
  }
  if (begin == std::string_view::npos) {
    return false;
  }
  const std::size_t end = text.find_first_not_of(" \t", begin);
  return text.substr(begin, end == std::string_view::npos ? 0 : end - begin).find('\t') !=
         std::string_view::npos;
}

std::string Explain(std::string_view text, const YAML::Exception& exception) {
  if (LineStartsWithTab(text, exception.mark.line)) {
    return exception.msg + " (this line is indented with a tab; YAML is indented with blanks)";
  }
  if (exception.msg.find("end of map not found") != std::string::npos) {
    return exception.msg + " (a line's indentation or a quote does not fit what stands above it)";
  }
  return exception.msg;
}

}  // namespace

Result<Document> ReadYaml(std::string_view text, std::string_view name, const ReadLimits& limits) {
  Builder builder(name, limits);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) {
      return Fail(Error{fmt::format("{}: the file is empty", name)});
    }
  } catch (const YAML::Exception& exception) {
    if (!builder.error()) {
      return Fail(
          ErrorAt(builder.At(exception.mark), "not valid YAML: " + Explain(text, exception)));
    }
  } catch (const std::exception& exception) {
    return Fail(Error{fmt::format("{}: not valid YAML: {}", name, exception.what())});
  }
  if (const auto error = builder.error()) {
    return Fail(*error);
  }
  return builder.Take();
}

}  // namespace offstage::templates
