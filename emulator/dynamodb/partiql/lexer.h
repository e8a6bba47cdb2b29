// Tokens of PartiQL statements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offstage::dynamodb::partiql {

enum class TokenKind : std::uint8_t {
  kEnd,
  // A word that means something to the language, in lower case.
  kKeyword,
  // Any other word, as written.
  kIdentifier,
  // "name", without its quotes.
  kQuotedIdentifier,
  // 'text', without its quotes.
  kString,
  kNumber,
  kParameter,
  // = <> != < <= > >= + - * / % || and the words AND OR NOT IS IN LIKE BETWEEN, in lower case.
  kOperator,
  kOpen,
  kClose,
  kOpenBracket,
  kCloseBracket,
  kOpenBrace,
  kCloseBrace,
  kOpenBag,
  kCloseBag,
  kComma,
  kDot,
  kColon,
  kSemicolon,
};

// Where a token stands, as the service's texts say it: "1:15:6" is line, column and length, each
// counted in characters, the first two from 1.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
  std::size_t length = 0;
};
std::string ToText(const Position& position);

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
  Position position;
};

// Ends with kEnd. Null for text that holds no tokens at all: an unknown character, a string or a
// comment without its end, a number that no decimal of 32-bit scale holds.
std::optional<std::vector<Token>> Tokenize(std::string_view text);

}  // namespace offstage::dynamodb::partiql
