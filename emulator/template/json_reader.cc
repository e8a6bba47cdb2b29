// JSON with positions, which nlohmann/json does not keep. Takes what RFC 8259 takes, plus comments
// neither here nor in CloudFormation.
#include "base/text.h"
#include "template/reader.h"

namespace offstage::templates {
namespace {

class JsonReader {
 public:
  JsonReader(std::string_view text, std::string_view name, const ReadLimits& limits)
      : text_(text), file_(std::make_shared<const std::string>(name)), limits_(limits) {}

  Result<Document> Read() {
    OFFSTAGE_TRY(document_.root, Value(0));
    SkipBlanks();
    if (at_ != text_.size()) {
      return Fail(ErrorHere("unexpected text after the end of the JSON document"));
    }
    return std::move(document_);
  }

 private:
  Position Here() const { return {file_, line_, static_cast<int>(at_ - line_start_) + 1}; }
  Error ErrorHere(std::string_view message) const {
    return ErrorAt(Here(), fmt::format("not valid JSON: {}", message));
  }
  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }

  void SkipBlanks() {
    for (; !AtEnd(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        line_start_ = at_ + 1;
      } else if (c != ' ' && c != '\t' && c != '\r') {
        return;
      }
    }
  }

  Status Charge(std::size_t cost) {
    spent_ += cost;
    if (spent_ > limits_.max_nodes) {
      return Fail(ErrorAt(
          Here(), fmt::format("the document is too large: over {} values", limits_.max_nodes)));
    }
    return Ok();
  }

  Result<Node> Value(int depth) {
    SkipBlanks();
    if (depth >= limits_.max_depth) {
      return Fail(
          ErrorAt(Here(), fmt::format("nested more than {} levels deep", limits_.max_depth)));
    }
    OFFSTAGE_TRY_VOID(Charge(1));
    switch (Peek()) {
      case '{':
        return Object(depth);
      case '[':
        return Array(depth);
      case '"': {
        const Position position = Here();
        OFFSTAGE_TRY(std::string text, String());
        OFFSTAGE_TRY_VOID(Charge(text.size() / 64));
        return Node::String(std::move(text), position);
      }
      default:
        return Word();
    }
  }

  Result<Node> Word() {
    const Position position = Here();
    const std::size_t end = std::min(text_.find_first_of(" \t\r\n,]}:{[\"", at_), text_.size());
    const std::string_view word = text_.substr(at_, end - at_);
    if (word == "null") {
      at_ = end;
      return Node::Null(position);
    }
    if (word == "true" || word == "false") {
      at_ = end;
      return Node::Bool(word == "true", position);
    }
    const auto number =
        word.empty() || word.size() > 400 ? Result<Json>(Fail(Error{})) : ParseJson(word);
    if (!number.ok() || !number->is_number()) {
      return Fail(
          ErrorHere(AtEnd() ? "the text ends where a value was expected"
                            : fmt::format("expected a value, found '{}'", text_.substr(at_, 1))));
    }
    at_ = end;
    return Node::Scalar(number->is_number_float() ? Node::Kind::kFloat : Node::Kind::kInteger,
                        std::string(word), position);
  }

  // From the opening quote past the closing one; nlohmann/json checks and decodes what is between.
  Result<std::string> String() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"' && text_[end] != '\n') {
      end += text_[end] == '\\' ? 2U : 1U;
    }
    if (end >= text_.size() || text_[end] != '"') {
      return Fail(ErrorHere("this text has no closing quote on its line"));
    }
    const auto parsed = ParseJson(text_.substr(at_, end + 1 - at_));
    if (!parsed.ok() || !parsed->is_string()) {
      return Fail(ErrorHere("this text has a wrong escape (\\) or a control character"));
    }
    at_ = end + 1;
    return parsed->get<std::string>();
  }

  Result<Node> Array(int depth) {
    Node list = Node::List({}, Here());
    ++at_;
    SkipBlanks();
    if (Peek() == ']') {
      ++at_;
      return list;
    }
    while (true) {
      OFFSTAGE_TRY(Node item, Value(depth + 1));
      list.items().push_back(std::move(item));
      SkipBlanks();
      const char c = Peek();
      if (c != ',' && c != ']') {
        return Fail(ErrorHere("expected ',' or ']' in a list"));
      }
      ++at_;
      if (c == ']') {
        return list;
      }
    }
  }

  Result<Node> Object(int depth) {
    Node map = Node::Map(Here());
    ++at_;
    SkipBlanks();
    if (Peek() == '}') {
      ++at_;
      return map;
    }
    while (true) {
      OFFSTAGE_TRY_VOID(Member(map, depth));
      SkipBlanks();
      const char c = Peek();
      if (c != ',' && c != '}') {
        return Fail(ErrorHere("expected ',' or '}' in an object"));
      }
      ++at_;
      if (c == '}') {
        return map;
      }
    }
  }

  Status Member(Node& map, int depth) {
    SkipBlanks();
    if (Peek() != '"') {
      return Fail(ErrorHere("expected a key in double quotes"));
    }
    const Position position = Here();
    OFFSTAGE_TRY(std::string key, String());
    SkipBlanks();
    if (Peek() != ':') {
      return Fail(ErrorHere(fmt::format("expected ':' after the key '{}'", key)));
    }
    ++at_;
    OFFSTAGE_TRY(Node value, Value(depth + 1));
    if (Node* earlier = map.Find(key)) {
      document_.warnings.push_back(
          {position, fmt::format("'{}' is written twice (first at {}); the last one counts", key,
                                 earlier->position().Text())});
      *earlier = std::move(value);
      return Ok();
    }
    if (map.entries().size() >= limits_.max_members) {
      return Fail(
          ErrorAt(position, fmt::format("an object with more than {} keys", limits_.max_members)));
    }
    map.entries().push_back({std::move(key), std::move(value), position});
    return Ok();
  }

  std::string_view text_;
  std::shared_ptr<const std::string> file_;
  const ReadLimits& limits_;
  Document document_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  int line_ = 1;
  std::size_t spent_ = 0;
};

}  // namespace

Result<Document> ReadJson(std::string_view text, std::string_view name, const ReadLimits& limits) {
  return JsonReader(text, name, limits).Read();
}

}  // namespace offstage::templates
