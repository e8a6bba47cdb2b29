// Cursor: a place in a template's text. Internal to vtl/. Thread-compatible.
#pragma once

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace offstage::gateway::vtl {

inline bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
inline bool IsIdentifierStart(char c) {
  return IsLetter(c) || c == '_';
}
inline bool IsIdentifierPart(char c) {
  return IsLetter(c) || IsDigit(c) || c == '_' || c == '-';
}

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool AtEnd() const { return at_ >= text_.size(); }
  // '\0' behind the end.
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool StartsWith(std::string_view word) const { return text_.substr(at_).starts_with(word); }
  void Advance(std::size_t count = 1) { at_ = std::min(at_ + count, text_.size()); }
  // Advances when `word` stands here.
  bool Take(std::string_view word) {
    if (!StartsWith(word)) return false;
    Advance(word.size());
    return true;
  }
  // A whole word: not the head of a longer one.
  bool TakeWord(std::string_view word) {
    if (!StartsWith(word) || IsIdentifierPart(Peek(word.size()))) return false;
    Advance(word.size());
    return true;
  }
  void SkipBlanks() {
    while (Peek() == ' ' || Peek() == '\t')
      Advance();
  }
  void SkipSpace() {
    while (Peek() == ' ' || Peek() == '\t' || Peek() == '\n' || Peek() == '\r')
      Advance();
  }
  // Blanks and the end of the line when nothing else is left on it.
  void SkipRestOfEmptyLine() {
    const std::size_t before = at_;
    SkipBlanks();
    if (Take("\r\n") || Take("\n") || Take("\r")) return;
    at_ = before;
  }
  // Empty when no identifier starts here.
  std::string_view TakeIdentifier() {
    if (!IsIdentifierStart(Peek())) return {};
    const std::size_t start = at_;
    while (IsIdentifierPart(Peek()) && !AtEnd())
      Advance();
    return text_.substr(start, at_ - start);
  }

  std::size_t position() const { return at_; }
  void set_position(std::size_t position) { at_ = position; }
  std::string_view Since(std::size_t position) const {
    return text_.substr(position, at_ - position);
  }
  std::string_view text() const { return text_; }
  std::size_t Line() const {
    const std::string_view before = text_.substr(0, at_);
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace offstage::gateway::vtl
