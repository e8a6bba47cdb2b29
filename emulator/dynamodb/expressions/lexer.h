// Tokens of expressions (conditions, updates, projections), as the service cuts them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offstage::dynamodb {

enum class TokenKind : std::uint8_t {
  kEnd,
  // A letter, then letters, digits and underscores.
  kName,
  // "#name" and ":value".
  kNamePlaceholder,
  kValuePlaceholder,
  kInteger,
  kAnd,
  kOr,
  kNot,
  kBetween,
  kIn,
  kSet,
  kRemove,
  kAdd,
  kDelete,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kOpen,
  kClose,
  kOpenBracket,
  kCloseBracket,
  kComma,
  kDot,
  kPlus,
  kMinus,
  // A character that no expression has.
  kBad,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  // Into the source; "<EOF>" at the end.
  std::string_view text;
  std::size_t start = 0;
  std::size_t end = 0;
};

bool IsComparator(TokenKind kind);

// The last token is kEnd. Views into `source`.
std::vector<Token> Tokenize(std::string_view source);

// `Syntax error; token: "x", near: "before x after"` for the token at `at`.
std::string SyntaxErrorText(std::string_view source, const std::vector<Token>& tokens,
                            std::size_t at);

}  // namespace offstage::dynamodb
