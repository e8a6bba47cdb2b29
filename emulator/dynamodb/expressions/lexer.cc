#include "dynamodb/expressions/lexer.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.h"

namespace offstage::dynamodb {

namespace {

constexpr std::array<std::pair<std::string_view, TokenKind>, 9> kKeywords = {{
    {"AND", TokenKind::kAnd},
    {"OR", TokenKind::kOr},
    {"NOT", TokenKind::kNot},
    {"BETWEEN", TokenKind::kBetween},
    {"IN", TokenKind::kIn},
    {"SET", TokenKind::kSet},
    {"REMOVE", TokenKind::kRemove},
    {"ADD", TokenKind::kAdd},
    {"DELETE", TokenKind::kDelete},
}};

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool IsWord(char c) {
  return IsLetter(c) || IsDigit(c) || c == '_';
}

TokenKind KindOfName(std::string_view name) {
  if (name.size() > 7) return TokenKind::kName;
  for (const auto& [keyword, kind] : kKeywords) {
    if (EqualsIgnoreCase(name, keyword)) return kind;
  }
  return TokenKind::kName;
}

std::size_t WordEnd(std::string_view source, std::size_t at) {
  while (at < source.size() && IsWord(source[at]))
    ++at;
  return at;
}

TokenKind KindOfSign(char c) {
  switch (c) {
    case '=':
      return TokenKind::kEqual;
    case '<':
      return TokenKind::kLess;
    case '>':
      return TokenKind::kGreater;
    case '(':
      return TokenKind::kOpen;
    case ')':
      return TokenKind::kClose;
    case '[':
      return TokenKind::kOpenBracket;
    case ']':
      return TokenKind::kCloseBracket;
    case ',':
      return TokenKind::kComma;
    case '.':
      return TokenKind::kDot;
    case '+':
      return TokenKind::kPlus;
    case '-':
      return TokenKind::kMinus;
    default:
      return TokenKind::kBad;
  }
}

// Not ASCII: the whole character is one bad token.
std::size_t CharacterEnd(std::string_view source, std::size_t at) {
  ++at;
  while (at < source.size() && (static_cast<unsigned char>(source[at]) & 0xC0) == 0x80)
    ++at;
  return at;
}

// Sets `kind` and returns the end of the token at `at`, which is no white space.
std::size_t TakeToken(std::string_view source, std::size_t at, TokenKind& kind) {
  const char c = source[at];
  if (IsLetter(c)) {
    const std::size_t end = WordEnd(source, at);
    kind = KindOfName(source.substr(at, end - at));
    return end;
  }
  if (c == '#' || c == ':') {
    const std::size_t end = WordEnd(source, at + 1);
    kind = end == at + 1 ? TokenKind::kBad
                         : (c == '#' ? TokenKind::kNamePlaceholder : TokenKind::kValuePlaceholder);
    return end;
  }
  if (IsDigit(c)) {
    kind = TokenKind::kInteger;
    std::size_t end = at + 1;
    while (c != '0' && end < source.size() && IsDigit(source[end]))
      ++end;
    return end;
  }
  const char next = at + 1 < source.size() ? source[at + 1] : '\0';
  if ((c == '<' || c == '>') && (next == '=' || (c == '<' && next == '>'))) {
    kind = next == '>' ? TokenKind::kNotEqual
           : c == '<'  ? TokenKind::kLessOrEqual
                       : TokenKind::kGreaterOrEqual;
    return at + 2;
  }
  kind = KindOfSign(c);
  return kind == TokenKind::kBad ? CharacterEnd(source, at) : at + 1;
}

}  // namespace

bool IsComparator(TokenKind kind) {
  return kind >= TokenKind::kEqual && kind <= TokenKind::kGreaterOrEqual;
}

std::vector<Token> Tokenize(std::string_view source) {
  std::vector<Token> tokens;
  tokens.reserve(source.size() / 4 + 2);
  std::size_t at = 0;
  while (at < source.size()) {
    const char c = source[at];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at;
      continue;
    }
    Token token;
    token.start = at;
    token.end = TakeToken(source, at, token.kind);
    token.text = source.substr(at, token.end - at);
    at = token.end;
    tokens.push_back(token);
  }
  tokens.push_back({TokenKind::kEnd, "<EOF>", source.size(), source.size()});
  return tokens;
}

std::string SyntaxErrorText(std::string_view source, const std::vector<Token>& tokens,
                            std::size_t at) {
  const std::size_t from = at > 0 ? tokens[at - 1].start : 0;
  const std::size_t to = at + 1 < tokens.size() ? tokens[at + 1].end : tokens[at].end;
  return fmt::format("Syntax error; token: \"{}\", near: \"{}\"", tokens[at].text,
                     source.substr(from, to - from));
}

}  // namespace offstage::dynamodb
