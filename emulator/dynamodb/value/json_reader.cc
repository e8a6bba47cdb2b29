#include "dynamodb/value/json_reader.h"

#include <cstdint>
#include <cstring>

#include "base/text.h"

namespace offstage::dynamodb {

namespace {

bool IsLiteralCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' || c == '.' ||
         c == 'E';
}

bool SkipDigits(std::string_view text, std::size_t& at) {
  const std::size_t start = at;
  while (at < text.size() && IsDigit(text[at]))
    ++at;
  return at > start;
}

bool IsJsonNumber(std::string_view text) {
  std::size_t at = 0;
  if (at < text.size() && text[at] == '-') ++at;
  const bool zero = at < text.size() && text[at] == '0';
  if (zero) ++at;
  if (!zero && !SkipDigits(text, at)) return false;
  if (at < text.size() && text[at] == '.' && !SkipDigits(text, ++at)) return false;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    if (!SkipDigits(text, at)) return false;
  }
  return at == text.size();
}

// Where the run of characters that stand for themselves ends, from `at` on; notes whether any of
// them is not ASCII. Eight at a time: this loop sees every byte of every item.
const char* PlainEnd(const char* at, const char* end, bool& ascii) {
  constexpr std::uint64_t kOnes = 0x0101010101010101ULL;
  constexpr std::uint64_t kHighs = 0x8080808080808080ULL;
  while (end - at >= 8) {
    std::uint64_t block = 0;
    std::memcpy(&block, at, 8);
    const std::uint64_t quotes = block ^ (kOnes * '"');
    const std::uint64_t slashes = block ^ (kOnes * '\\');
    const std::uint64_t special = ((quotes - kOnes) & ~quotes) | ((slashes - kOnes) & ~slashes) |
                                  ((block - kOnes * 0x20) & ~block);
    if ((block & kHighs) != 0 || (special & kHighs) != 0) break;
    at += 8;
  }
  for (; at != end; ++at) {
    const auto c = static_cast<unsigned char>(*at);
    if (c == '"' || c == '\\' || c < 0x20) break;
    if (c >= 0x80) ascii = false;
  }
  return at;
}

void AppendUtf8(unsigned code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

bool IsHighSurrogate(unsigned code) {
  return code >= 0xD800 && code < 0xDC00;
}
bool IsLowSurrogate(unsigned code) {
  return code >= 0xDC00 && code < 0xE000;
}

}  // namespace

bool JsonReader::TakeString(std::string_view& text, std::string& scratch) {
  if (!Take('"')) return false;
  const char* start = at_;
  bool ascii = true;
  at_ = PlainEnd(at_, end_, ascii);
  if (at_ != end_ && *at_ == '"') {
    text = std::string_view(start, static_cast<std::size_t>(at_ - start));
    ++at_;
    return ascii || trust_ == Trust::kTrusted || IsValidUtf8(text);
  }
  scratch.assign(start, at_);
  while (at_ != end_ && *at_ == '\\') {
    if (!TakeEscape(scratch)) return false;
    start = at_;
    at_ = PlainEnd(at_, end_, ascii);
    scratch.append(start, at_);
  }
  if (at_ == end_ || *at_ != '"') return false;
  ++at_;
  text = scratch;
  return ascii || trust_ == Trust::kTrusted || IsValidUtf8(text);
}

bool JsonReader::TakeString(std::string& text) {
  std::string_view view;
  if (!TakeString(view, text)) return false;
  if (view.data() != text.data()) text.assign(view);
  return true;
}

bool JsonReader::TakeEscape(std::string& out) {
  if (end_ - at_ < 2) return false;
  const char c = at_[1];
  at_ += 2;
  switch (c) {
    case '"':
    case '\\':
    case '/':
      out += c;
      return true;
    case 'b':
      out += '\b';
      return true;
    case 'f':
      out += '\f';
      return true;
    case 'n':
      out += '\n';
      return true;
    case 'r':
      out += '\r';
      return true;
    case 't':
      out += '\t';
      return true;
    case 'u':
      return TakeUnicodeEscape(out);
    default:
      return false;
  }
}

bool JsonReader::ReadHex4(unsigned& code) {
  if (end_ - at_ < 4) return false;
  code = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at_[i];
    unsigned digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<unsigned>(c - '0');
    } else if (c >= 'a' && c <= 'f') {
      digit = static_cast<unsigned>(c - 'a' + 10);
    } else if (c >= 'A' && c <= 'F') {
      digit = static_cast<unsigned>(c - 'A' + 10);
    } else {
      return false;
    }
    code = code << 4 | digit;
  }
  at_ += 4;
  return true;
}

// Half a surrogate pair is no character; Java writes it out as '?'.
bool JsonReader::TakeUnicodeEscape(std::string& out) {
  unsigned code = 0;
  if (!ReadHex4(code)) return false;
  if (IsLowSurrogate(code)) {
    out += '?';
    return true;
  }
  if (!IsHighSurrogate(code)) {
    AppendUtf8(code, out);
    return true;
  }
  if (end_ - at_ < 6 || at_[0] != '\\' || at_[1] != 'u') {
    out += '?';
    return true;
  }
  const char* before = at_;
  at_ += 2;
  unsigned low = 0;
  if (!ReadHex4(low)) return false;
  if (!IsLowSurrogate(low)) {
    at_ = before;
    out += '?';
    return true;
  }
  AppendUtf8(0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00), out);
  return true;
}

bool JsonReader::TakeLiteral(std::string_view& literal) {
  Peek();
  const char* start = at_;
  while (at_ != end_ && IsLiteralCharacter(*at_))
    ++at_;
  literal = std::string_view(start, static_cast<std::size_t>(at_ - start));
  return literal == "true" || literal == "false" || literal == "null" || IsJsonNumber(literal);
}

bool JsonReader::SkipString() {
  if (trust_ == Trust::kHostile) {
    std::string_view text;
    std::string scratch;
    return TakeString(text, scratch);
  }
  ++at_;
  while (true) {
    bool ascii = true;
    at_ = PlainEnd(at_, end_, ascii);
    if (at_ == end_) return false;
    if (*at_ == '"') {
      ++at_;
      return true;
    }
    at_ += *at_ == '\\' && end_ - at_ > 1 ? 2 : 1;
  }
}

bool JsonReader::TakeValue(std::string_view& raw) {
  Peek();
  const char* start = at_;
  // Open brackets, innermost last, and what may come next.
  std::string open;
  enum class Expect { kValue, kFirstMember, kFirstElement, kMember, kSeparator };
  Expect expect = Expect::kValue;
  while (true) {
    const char c = Peek();
    if (expect == Expect::kSeparator) {
      if (open.empty()) break;
      if (c == ',') {
        ++at_;
        expect = open.back() == '{' ? Expect::kMember : Expect::kValue;
      } else if (c == (open.back() == '{' ? '}' : ']')) {
        ++at_;
        open.pop_back();
      } else {
        return false;
      }
      continue;
    }
    if (c == '\0') return false;
    if ((expect == Expect::kFirstMember && c == '}') ||
        (expect == Expect::kFirstElement && c == ']')) {
      ++at_;
      open.pop_back();
      expect = Expect::kSeparator;
      continue;
    }
    if (expect == Expect::kFirstMember || expect == Expect::kMember) {
      if (c != '"' || !SkipString() || !Take(':')) return false;
      expect = Expect::kValue;
      continue;
    }
    if (c == '{' || c == '[') {
      ++at_;
      open += c;
      expect = c == '{' ? Expect::kFirstMember : Expect::kFirstElement;
      continue;
    }
    std::string_view literal;
    if (c == '"' ? !SkipString() : !TakeLiteral(literal)) return false;
    expect = Expect::kSeparator;
    // White space behind the value is not part of it.
    if (open.empty()) break;
  }
  raw = std::string_view(start, static_cast<std::size_t>(at_ - start));
  return true;
}

bool JsonMembers::Next(std::string_view& name) {
  if (failed_) return false;
  if (reader_.Take('}')) {
    failed_ = false;
    return false;
  }
  if (!first_ && !reader_.Take(',')) {
    failed_ = true;
    return false;
  }
  first_ = false;
  failed_ = !reader_.TakeString(name, scratch_) || !reader_.Take(':');
  return !failed_;
}

bool JsonElements::Next() {
  if (failed_) return false;
  if (reader_.Take(']')) return false;
  if (!first_) failed_ = !reader_.Take(',');
  first_ = false;
  return !failed_;
}

}  // namespace offstage::dynamodb
