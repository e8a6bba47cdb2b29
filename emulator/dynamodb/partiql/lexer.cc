#include "dynamodb/partiql/lexer.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>

#include "base/text.h"
#include "dynamodb/partiql/keywords.h"

namespace offstage::dynamodb::partiql {

namespace {

bool IsWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool IsWordPart(char c) {
  return IsWordStart(c) || IsDigit(c);
}
bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
// Of UTF-8, the bytes that begin a character.
bool BeginsCharacter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

// The service reads literals into decimals with a 32-bit scale, whatever its number rules say.
bool FitsDecimal(std::string_view text) {
  const std::size_t e = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, e);
  const std::size_t point = mantissa.find('.');
  const auto fraction =
      static_cast<std::int64_t>(point == std::string_view::npos ? 0 : mantissa.size() - point - 1);
  std::int64_t exponent = 0;
  if (e != std::string_view::npos) {
    std::string_view digits = text.substr(e + 1);
    const bool negative = digits.front() == '-';
    if (negative || digits.front() == '+') digits.remove_prefix(1);
    for (const char c : digits) {
      exponent = exponent * 10 + (c - '0');
      if (exponent > std::numeric_limits<std::int32_t>::max()) return false;
    }
    if (negative) exponent = -exponent;
  }
  const std::int64_t scale = fraction - exponent;
  return scale <= std::numeric_limits<std::int32_t>::max() &&
         scale >= std::numeric_limits<std::int32_t>::min();
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  bool Run() {
    while (true) {
      if (!SkipBlanks()) return false;
      start_ = at_;
      start_position_ = position_;
      if (AtEnd()) {
        Add(TokenKind::kEnd, "");
        return true;
      }
      if (!TakeToken()) return false;
    }
  }

  std::vector<Token> tokens() && { return std::move(tokens_); }

 private:
  bool AtEnd() const { return at_ == text_.size(); }
  char Here() const { return AtEnd() ? '\0' : text_[at_]; }
  char Next() const { return at_ + 1 < text_.size() ? text_[at_ + 1] : '\0'; }

  void Advance() {
    if (text_[at_] == '\n') {
      ++position_.line;
      position_.column = 1;
    } else if (BeginsCharacter(text_[at_])) {
      ++position_.column;
    }
    ++at_;
  }

  void Add(TokenKind kind, std::string text) {
    std::size_t length = 0;
    for (const char c : text_.substr(start_, at_ - start_))
      length += BeginsCharacter(c) ? 1 : 0;
    start_position_.length = length;
    tokens_.push_back({kind, std::move(text), start_position_});
  }

  // White space and comments. False for a comment without its end.
  bool SkipBlanks() {
    while (!AtEnd()) {
      if (IsSpace(Here())) {
        Advance();
      } else if (Here() == '-' && Next() == '-') {
        while (!AtEnd() && Here() != '\n')
          Advance();
      } else if (Here() == '/' && Next() == '*') {
        if (!SkipBlockComment()) return false;
      } else {
        return true;
      }
    }
    return true;
  }

  bool SkipBlockComment() {
    Advance();
    Advance();
    while (!AtEnd()) {
      if (Here() == '*' && Next() == '/') {
        Advance();
        Advance();
        return true;
      }
      Advance();
    }
    return false;
  }

  bool TakeToken() {
    const char c = Here();
    if (IsWordStart(c)) return TakeWord();
    if (IsDigit(c) || (c == '.' && IsDigit(Next()))) return TakeNumber();
    if (c == '\'') return TakeQuoted('\'', TokenKind::kString);
    if (c == '"') return TakeQuoted('"', TokenKind::kQuotedIdentifier);
    return TakeSign();
  }

  bool TakeWord() {
    while (IsWordPart(Here()))
      Advance();
    std::string word(text_.substr(start_, at_ - start_));
    std::string lower = ToLower(word);
    if (IsOperatorWord(lower)) {
      Add(TokenKind::kOperator, std::move(lower));
    } else if (IsKeyword(lower)) {
      Add(TokenKind::kKeyword, std::move(lower));
    } else {
      Add(TokenKind::kIdentifier, std::move(word));
    }
    return true;
  }

  bool TakeNumber() {
    while (IsDigit(Here()))
      Advance();
    if (Here() == '.') {
      Advance();
      while (IsDigit(Here()))
        Advance();
    }
    if (Here() == 'e' || Here() == 'E') {
      Advance();
      if (Here() == '+' || Here() == '-') Advance();
      if (!IsDigit(Here())) return false;
      while (IsDigit(Here()))
        Advance();
    }
    // "1abc" is neither a number nor a name.
    if (IsWordPart(Here())) return false;
    std::string number(text_.substr(start_, at_ - start_));
    if (!FitsDecimal(number)) return false;
    Add(TokenKind::kNumber, std::move(number));
    return true;
  }

  // A doubled quote stands for one.
  bool TakeQuoted(char quote, TokenKind kind) {
    std::string out;
    Advance();
    while (!AtEnd()) {
      const char c = Here();
      Advance();
      if (c != quote) {
        out.push_back(c);
        continue;
      }
      if (Here() != quote) {
        Add(kind, std::move(out));
        return true;
      }
      out.push_back(quote);
      Advance();
    }
    return false;
  }

  bool TakeSign() {
    for (const std::string_view sign : {"<=", ">=", "<>", "!=", "<<", ">>", "||"}) {
      if (text_.substr(at_, 2) != sign) continue;
      Advance();
      Advance();
      Add(sign == "<<"   ? TokenKind::kOpenBag
          : sign == ">>" ? TokenKind::kCloseBag
                         : TokenKind::kOperator,
          sign == "!=" ? "<>" : std::string(sign));
      return true;
    }
    constexpr std::string_view kSigns = "()[]{},.:;?";
    constexpr TokenKind kKinds[] = {
        TokenKind::kOpen,         TokenKind::kClose,     TokenKind::kOpenBracket,
        TokenKind::kCloseBracket, TokenKind::kOpenBrace, TokenKind::kCloseBrace,
        TokenKind::kComma,        TokenKind::kDot,       TokenKind::kColon,
        TokenKind::kSemicolon,    TokenKind::kParameter};
    const char c = Here();
    Advance();
    if (const auto which = kSigns.find(c); which != std::string_view::npos && c != '\0') {
      Add(kKinds[which], std::string(1, c));
      return true;
    }
    if (std::string_view("=<>+-*/%").find(c) == std::string_view::npos || c == '\0') return false;
    Add(TokenKind::kOperator, std::string(1, c));
    return true;
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  Position position_;
  std::size_t start_ = 0;
  Position start_position_;
  std::vector<Token> tokens_;
};

}  // namespace

std::string ToText(const Position& position) {
  return fmt::format("{}:{}:{}", position.line, position.column, position.length);
}

std::optional<std::vector<Token>> Tokenize(std::string_view text) {
  Lexer lexer(text);
  if (!lexer.Run()) return std::nullopt;
  return std::move(lexer).tokens();
}

}  // namespace offstage::dynamodb::partiql
