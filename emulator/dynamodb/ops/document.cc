#include "dynamodb/ops/document.h"

#include <charconv>
#include <limits>
#include <utility>

#include "base/text.h"

namespace offstage::dynamodb {

namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void AppendUtf8(std::uint32_t code, std::string& out) {
  const auto push = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    push(code);
  } else if (code < 0x800) {
    push(0xC0 | (code >> 6));
    push(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    push(0xE0 | (code >> 12));
    push(0x80 | ((code >> 6) & 0x3F));
    push(0x80 | (code & 0x3F));
  } else {
    push(0xF0 | (code >> 18));
    push(0x80 | ((code >> 12) & 0x3F));
    push(0x80 | ((code >> 6) & 0x3F));
    push(0x80 | (code & 0x3F));
  }
}

}  // namespace

// Fills a Document. Open containers are kept in a stack of indices instead of the call stack.
class DocumentParser {
 public:
  DocumentParser(std::string_view text, Document& document)
      : text_(text), entries_(document.entries_), unescaped_(document.unescaped_) {}

  bool Run() {
    // Entries hold 32-bit indices.
    if (text_.size() >= std::numeric_limits<std::uint32_t>::max()) return false;
    entries_.reserve(16 + text_.size() / 12);
    SkipSpace();
    if (!Value()) return false;
    while (!open_.empty()) {
      if (!(entered_ ? First() : Continue())) return false;
    }
    SkipSpace();
    return position_ == text_.size();
  }

 private:
  char Peek() const { return position_ < text_.size() ? text_[position_] : '\0'; }

  void SkipSpace() {
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') return;
      ++position_;
    }
  }

  // One value, or the opening of a container.
  bool Value() {
    switch (Peek()) {
      case '{':
        return Open(JsonKind::kObject, '}');
      case '[':
        return Open(JsonKind::kArray, ']');
      case '"':
        return String();
      case 't':
        return Literal("true", JsonKind::kTrue);
      case 'f':
        return Literal("false", JsonKind::kFalse);
      case 'n':
        return Literal("null", JsonKind::kNull);
      default:
        return Number();
    }
  }

  // The first item of the container just opened. Left to the loop in Run: taken in Open it would
  // recurse once a level, and 200,000 brackets would overflow the stack.
  bool First() {
    entered_ = false;
    return Item(open_.back());
  }

  // After a value inside a container: a comma and the next one, or the closing bracket.
  bool Continue() {
    SkipSpace();
    const std::uint32_t container = open_.back();
    const bool object = entries_[container].kind == JsonKind::kObject;
    const char c = Peek();
    if (c == (object ? '}' : ']')) {
      ++position_;
      Close();
      return true;
    }
    if (c != ',') return false;
    ++position_;
    SkipSpace();
    return Item(container);
  }

  // An array's element, or an object's name and value.
  bool Item(std::uint32_t container) {
    ++entries_[container].size;
    if (entries_[container].kind == JsonKind::kObject) {
      if (Peek() != '"' || !String()) return false;
      SkipSpace();
      if (Peek() != ':') return false;
      ++position_;
      SkipSpace();
    }
    return Value();
  }

  bool Open(JsonKind kind, char closing) {
    const auto index = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back(
        {.raw = text_.substr(position_), .text = {}, .size = 0, .end = 0, .kind = kind});
    open_.push_back(index);
    ++position_;
    SkipSpace();
    if (Peek() == closing) {
      ++position_;
      Close();
      return true;
    }
    entered_ = true;
    return true;
  }

  void Close() {
    Document::Entry& entry = entries_[open_.back()];
    open_.pop_back();
    entry.raw =
        entry.raw.substr(0, static_cast<std::size_t>(text_.data() + position_ - entry.raw.data()));
    entry.end = static_cast<std::uint32_t>(entries_.size());
  }

  void Add(std::size_t start, std::string_view characters, JsonKind kind) {
    entries_.push_back({.raw = text_.substr(start, position_ - start),
                        .text = characters,
                        .size = 0,
                        .end = static_cast<std::uint32_t>(entries_.size() + 1),
                        .kind = kind});
  }

  bool Literal(std::string_view word, JsonKind kind) {
    if (text_.substr(position_, word.size()) != word) return false;
    const std::size_t start = position_;
    position_ += word.size();
    Add(start, {}, kind);
    return true;
  }

  bool Digits() {
    const std::size_t start = position_;
    while (Peek() >= '0' && Peek() <= '9')
      ++position_;
    return position_ > start;
  }

  bool Number() {
    const std::size_t start = position_;
    if (Peek() == '-') ++position_;
    if (Peek() == '0') {
      ++position_;
    } else if (!Digits()) {
      return false;
    }
    if (Peek() == '.') {
      ++position_;
      if (!Digits()) return false;
    }
    if (Peek() == 'e' || Peek() == 'E') {
      ++position_;
      if (Peek() == '+' || Peek() == '-') ++position_;
      if (!Digits()) return false;
    }
    Add(start, text_.substr(start, position_ - start), JsonKind::kNumber);
    return true;
  }

  bool String() {
    const std::size_t start = position_++;
    bool ascii = true;
    for (; position_ < text_.size(); ++position_) {
      const auto c = static_cast<unsigned char>(text_[position_]);
      if (c == '"') {
        const std::string_view characters = text_.substr(start + 1, position_ - start - 1);
        ++position_;
        if (!ascii && !IsValidUtf8(characters)) return false;
        Add(start, characters, JsonKind::kString);
        return true;
      }
      if (c == '\\') return EscapedString(start);
      if (c < 0x20) return false;
      if (c >= 0x80) ascii = false;
    }
    return false;
  }

  // A string with at least one escape, from its opening quote on; `position_` is at the first
  // escape.
  bool EscapedString(std::size_t start) {
    std::string out(text_.substr(start + 1, position_ - start - 1));
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c == '"') {
        ++position_;
        if (!IsValidUtf8(out)) return false;
        unescaped_.push_back(std::move(out));
        Add(start, unescaped_.back(), JsonKind::kString);
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) return false;
      ++position_;
      if (c != '\\') {
        out.push_back(c);
      } else if (!Escape(out)) {
        return false;
      }
    }
    return false;
  }

  bool Escape(std::string& out) {
    const char c = Peek();
    ++position_;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        out.push_back(c);
        return true;
      case 'b':
        out.push_back('\b');
        return true;
      case 'f':
        out.push_back('\f');
        return true;
      case 'n':
        out.push_back('\n');
        return true;
      case 'r':
        out.push_back('\r');
        return true;
      case 't':
        out.push_back('\t');
        return true;
      case 'u':
        return UnicodeEscape(out);
      default:
        return false;
    }
  }

  bool FourHex(std::uint32_t& code) {
    code = 0;
    if (position_ + 4 > text_.size()) return false;
    for (int i = 0; i < 4; ++i) {
      const int digit = HexDigit(text_[position_++]);
      if (digit < 0) return false;
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
  }

  // A lone surrogate becomes U+FFFD: it cannot be written in UTF-8.
  bool UnicodeEscape(std::string& out) {
    std::uint32_t code = 0;
    if (!FourHex(code)) return false;
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(position_, 2) == "\\u") {
      const std::size_t before = position_;
      position_ += 2;
      std::uint32_t low = 0;
      if (!FourHex(low)) return false;
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      } else {
        position_ = before;
      }
    }
    if (code >= 0xD800 && code < 0xE000) code = 0xFFFD;
    AppendUtf8(code, out);
    return true;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::vector<Document::Entry>& entries_;
  std::deque<std::string>& unescaped_;
  std::vector<std::uint32_t> open_;
  // The innermost open container has an item, which has not been read yet.
  bool entered_ = false;
};

std::unique_ptr<Document> Document::Parse(std::string_view text) {
  auto document = std::make_unique<Document>();
  if (!DocumentParser(text, *document).Run()) return nullptr;
  return document;
}

Node Document::root() const {
  return {this, 0};
}

std::optional<bool> Node::spelled_boolean() const {
  if (kind() != JsonKind::kString) return std::nullopt;
  const std::string_view word = text();
  for (const auto& [spelling, truth] :
       {std::pair("true", true), std::pair("1", true), std::pair("yes", true),
        std::pair("false", false), std::pair("0", false), std::pair("no", false)}) {
    if (EqualsIgnoreCase(word, spelling)) return truth;
  }
  return std::nullopt;
}

std::int64_t Node::integer() const {
  if (kind() != JsonKind::kNumber) return 0;
  const std::string_view literal = text();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  if (error == std::errc() && end == literal.data() + literal.size()) return value;
  // A fraction, an exponent or too many digits.
  double number = 0;
  const auto parsed = std::from_chars(literal.data(), literal.data() + literal.size(), number);
  constexpr double kLimit = 9.2e18;
  if (parsed.ec != std::errc() || number > kLimit || number < -kLimit) {
    return literal.front() == '-' ? std::numeric_limits<std::int64_t>::min()
                                  : std::numeric_limits<std::int64_t>::max();
  }
  return static_cast<std::int64_t>(number);
}

Node Node::operator[](std::string_view name) const {
  Node found;
  if (!is_object()) return found;
  for (const NodeMember member : members()) {
    if (member.name == name) found = member.value;
  }
  return found;
}

Node::Elements Node::elements() const {
  if (!is_array()) return {{document_, index_}, {document_, index_}};
  return {{document_, index_ + 1}, {document_, entry().end}};
}

Node::Members Node::members() const {
  if (!is_object()) return {{document_, index_}, {document_, index_}};
  return {{document_, index_ + 1}, {document_, entry().end}};
}

}  // namespace offstage::dynamodb
