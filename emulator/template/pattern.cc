// A small backtracking matcher with a step limit. std::regex has neither a limit of time nor of
// depth, so a template could hang or crash the program with it.
#include "template/pattern.h"

#include <bitset>
#include <memory>
#include <optional>
#include <vector>

namespace offstage::templates {
namespace {

constexpr int kMaxSteps = 200'000;
constexpr int kMaxDepth = 2'000;
constexpr int kMaxNesting = 50;
constexpr int kUnbounded = 1'000'000;

using Bytes = std::bitset<256>;

struct Item;
using Sequence = std::vector<Item>;

struct Item {
  enum class Kind { kBytes, kGroup, kStart, kEnd, kAhead, kNotAhead } kind = Kind::kBytes;
  Bytes bytes;
  std::vector<Sequence> alternatives;
  int minimum = 1;
  int maximum = 1;
  bool lazy = false;
};

class Parser {
 public:
  explicit Parser(std::string_view pattern) : pattern_(pattern) {}

  // Null: not understood.
  std::optional<std::vector<Sequence>> Parse() {
    auto alternatives = Alternatives(0);
    return failed_ || at_ != pattern_.size() ? std::nullopt
                                             : std::optional(std::move(alternatives));
  }

 private:
  bool AtEnd() const { return at_ >= pattern_.size(); }
  char Peek() const { return AtEnd() ? '\0' : pattern_[at_]; }
  bool Take(std::string_view text) {
    if (pattern_.substr(at_, text.size()) != text) {
      return false;
    }
    at_ += text.size();
    return true;
  }

  std::vector<Sequence> Alternatives(int nesting) {
    std::vector<Sequence> alternatives(1);
    failed_ = failed_ || nesting > kMaxNesting;
    while (!failed_ && !AtEnd() && Peek() != ')') {
      if (Take("|")) {
        alternatives.emplace_back();
        continue;
      }
      Item item = Atom(nesting);
      Quantifier(item);
      alternatives.back().push_back(std::move(item));
    }
    return alternatives;
  }

  Item Atom(int nesting) {
    Item item;
    const char c = pattern_[at_++];
    switch (c) {
      case '^':
        item.kind = Item::Kind::kStart;
        break;
      case '$':
        item.kind = Item::Kind::kEnd;
        break;
      case '.':
        item.bytes.set().reset('\n');
        break;
      case '[':
        item.bytes = Class();
        break;
      case '\\':
        item.bytes = Escape();
        break;
      case '(':
        item.kind = Item::Kind::kGroup;
        if (Take("?=")) {
          item.kind = Item::Kind::kAhead;
        } else if (Take("?!")) {
          item.kind = Item::Kind::kNotAhead;
        } else if (!Take("?:") && Peek() == '?') {
          failed_ = true;
        }
        item.alternatives = Alternatives(nesting + 1);
        failed_ = failed_ || !Take(")");
        break;
      case '*':
      case '+':
      case '?':
        failed_ = true;
        break;
      default:
        item.bytes.set(static_cast<unsigned char>(c));
    }
    return item;
  }

  void Quantifier(Item& item) {
    if (Take("*")) {
      item.minimum = 0;
      item.maximum = kUnbounded;
    } else if (Take("+")) {
      item.maximum = kUnbounded;
    } else if (Take("?")) {
      item.minimum = 0;
    } else if (Peek() == '{') {
      ++at_;
      item.minimum = Number();
      item.maximum = item.minimum;
      if (Take(",")) {
        item.maximum = Peek() == '}' ? kUnbounded : Number();
      }
      failed_ = failed_ || !Take("}");
    } else {
      return;
    }
    item.lazy = Take("?");
    failed_ = failed_ || Peek() == '+' || Peek() == '*';
  }

  int Number() {
    int value = 0;
    bool any = false;
    while (Peek() >= '0' && Peek() <= '9' && value < kUnbounded / 10) {
      value = value * 10 + (pattern_[at_++] - '0');
      any = true;
    }
    failed_ = failed_ || !any;
    return value;
  }

  static Bytes Range(char low, char high) {
    Bytes bytes;
    for (int c = static_cast<unsigned char>(low); c <= static_cast<unsigned char>(high); ++c) {
      bytes.set(static_cast<std::size_t>(c));
    }
    return bytes;
  }
  static Bytes Of(std::string_view characters) {
    Bytes bytes;
    for (const char c : characters) {
      bytes.set(static_cast<unsigned char>(c));
    }
    return bytes;
  }

  Bytes Escape() {
    if (AtEnd()) {
      failed_ = true;
      return {};
    }
    const char c = pattern_[at_++];
    const Bytes digits = Range('0', '9');
    const Bytes word = digits | Range('a', 'z') | Range('A', 'Z') | Of("_");
    const Bytes space = Of(" \t\r\n\f\v");
    switch (c) {
      case 'd':
        return digits;
      case 'D':
        return ~digits;
      case 'w':
        return word;
      case 'W':
        return ~word;
      case 's':
        return space;
      case 'S':
        return ~space;
      case 'n':
        return Of("\n");
      case 'r':
        return Of("\r");
      case 't':
        return Of("\t");
      default:
        break;
    }
    // Other letters and digits are what this does not know: \b, \p{...}, back-references.
    failed_ = failed_ || word.test(static_cast<unsigned char>(c));
    return Of(std::string_view(&c, 1));
  }

  Bytes Class() {
    const bool negated = Take("^");
    Bytes bytes;
    for (bool first = true; !failed_; first = false) {
      if (AtEnd() || Take("&&") || Peek() == '[') {
        failed_ = true;
        break;
      }
      if (Peek() == ']' && !first) {
        ++at_;
        break;
      }
      const char c = pattern_[at_++];
      const Bytes single = c == '\\' ? Escape() : Of(std::string_view(&c, 1));
      const bool range = single.count() == 1 && Peek() == '-' && at_ + 1 < pattern_.size() &&
                         pattern_[at_ + 1] != ']';
      if (!range) {
        bytes |= single;
        continue;
      }
      const char low = c == '\\' ? pattern_[at_ - 1] : c;
      ++at_;
      char high = pattern_[at_++];
      if (high == '\\' && !AtEnd()) {
        high = pattern_[at_++];
      }
      bytes |= Range(low, high);
    }
    return negated ? ~bytes : bytes;
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

// What still has to match: a chain of sequences on the stack, innermost first.
struct Rest {
  const Sequence* sequence = nullptr;
  std::size_t index = 0;
  int repeated = 0;              // Times that the item at `index` has matched.
  std::size_t repeat_begin = 0;  // Where its last repetition began: an empty one ends the loop.
  const Rest* after = nullptr;
};

class Matcher {
 public:
  explicit Matcher(std::string_view text) : text_(text) {}

  bool gave_up() const { return gave_up_; }

  bool MatchAny(const std::vector<Sequence>& alternatives, std::size_t at, const Rest* after,
                bool whole) {
    return std::any_of(alternatives.begin(), alternatives.end(), [&](const Sequence& sequence) {
      const Rest rest{.sequence = &sequence, .after = after};
      return Match(&rest, at, whole);
    });
  }

 private:
  bool Match(const Rest* rest, std::size_t at, bool whole) {
    if (++steps_ > kMaxSteps || depth_ >= kMaxDepth) {
      gave_up_ = true;
    }
    if (gave_up_) {
      return false;
    }
    if (rest == nullptr) {
      return !whole || at == text_.size();
    }
    if (rest->index == rest->sequence->size()) {
      return Match(rest->after, at, whole);
    }
    ++depth_;
    const bool matched = MatchItem(*rest, at, whole);
    --depth_;
    return matched;
  }

  bool MatchItem(const Rest& rest, std::size_t at, bool whole) {
    const Item& item = (*rest.sequence)[rest.index];
    const Rest next{.sequence = rest.sequence, .index = rest.index + 1, .after = rest.after};
    const auto skip = [&] { return rest.repeated >= item.minimum && Match(&next, at, whole); };
    const bool empty_loop = rest.repeated > item.minimum && rest.repeat_begin == at;
    const auto again = [&] {
      return rest.repeated < item.maximum && !empty_loop && MatchOnce(rest, item, at, whole);
    };
    return item.lazy ? skip() || again() : again() || skip();
  }

  bool MatchOnce(const Rest& rest, const Item& item, std::size_t at, bool whole) {
    const Rest repeat{.sequence = rest.sequence,
                      .index = rest.index,
                      .repeated = rest.repeated + 1,
                      .repeat_begin = at,
                      .after = rest.after};
    switch (item.kind) {
      case Item::Kind::kBytes:
        return at < text_.size() && item.bytes.test(static_cast<unsigned char>(text_[at])) &&
               Match(&repeat, at + 1, whole);
      case Item::Kind::kStart:
        return at == 0 && Match(&repeat, at, whole);
      case Item::Kind::kEnd:
        return at == text_.size() && Match(&repeat, at, whole);
      case Item::Kind::kGroup:
        return MatchAny(item.alternatives, at, &repeat, whole);
      case Item::Kind::kAhead:
      case Item::Kind::kNotAhead:
        return MatchAny(item.alternatives, at, nullptr, false) ==
                   (item.kind == Item::Kind::kAhead) &&
               Match(&repeat, at, whole);
    }
    return false;
  }

  std::string_view text_;
  int steps_ = 0;
  int depth_ = 0;
  bool gave_up_ = false;
};

}  // namespace

PatternMatch MatchPattern(std::string_view pattern, std::string_view text) {
  const auto parsed = Parser(pattern).Parse();
  if (!parsed) {
    return PatternMatch::kUnknown;
  }
  Matcher matcher(text);
  const bool matches = matcher.MatchAny(*parsed, 0, nullptr, true);
  if (matcher.gave_up()) {
    return PatternMatch::kUnknown;
  }
  return matches ? PatternMatch::kMatches : PatternMatch::kDiffers;
}

}  // namespace offstage::templates
