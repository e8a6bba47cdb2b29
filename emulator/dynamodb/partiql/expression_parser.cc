#include "dynamodb/partiql/expression_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "dynamodb/partiql/parser.h"
#include "dynamodb/value/invalid.h"

namespace offstage::dynamodb::partiql {

namespace {

using Kind = Expression::Kind;

constexpr std::string_view kExpectedOperand =
    "Missing right-hand side expression of infix operator";

// Keywords that are functions when a bracket follows.
constexpr std::string_view kFunctionWords[] = {
    "avg", "bit_length", "char_length", "character_length", "coalesce", "count", "lower",
    "max", "min",        "nullif",      "octet_length",     "size",     "sum",   "upper"};

constexpr std::string_view kTypeWords[] = {
    "any",    "bag",     "blob",   "bool",      "boolean", "char",   "character", "clob",
    "date",   "decimal", "double", "float",     "int",     "int4",   "int8",      "integer",
    "list",   "missing", "null",   "numeric",   "real",    "sexp",   "smallint",  "string",
    "struct", "symbol",  "time",   "timestamp", "tuple",   "varchar"};

template <std::size_t N>
bool Has(const std::string_view (&words)[N], std::string_view word) {
  return std::find(std::begin(words), std::end(words), word) != std::end(words);
}

Expression Make(Kind kind, const Token& token) {
  Expression out;
  out.kind = kind;
  out.text = token.text;
  out.position = token.position;
  return out;
}

Expression Join(Kind kind, std::string text, Expression left, Expression right) {
  Expression out;
  out.kind = kind;
  out.text = std::move(text);
  out.position = left.position;
  out.parts.push_back(std::move(left));
  out.parts.push_back(std::move(right));
  return out;
}

Expression Negated(Expression inner) {
  Expression out;
  out.kind = Kind::kNot;
  out.position = inner.position;
  out.parts.push_back(std::move(inner));
  return out;
}

// a AND b AND c is one node of three parts: a tree as deep as the statement is long would need a
// stack as deep.
Expression JoinFlat(Kind kind, Expression left, Expression right) {
  if (left.kind != kind) return Join(kind, {}, std::move(left), std::move(right));
  left.parts.push_back(std::move(right));
  return left;
}

// Counts how deep the parser is in itself.
class Level {
 public:
  explicit Level(int& depth) : depth_(depth) { ++depth_; }
  ~Level() { --depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  bool too_deep() const { return depth_ > kMaxDepth; }

 private:
  int& depth_;
};

}  // namespace

Failure<aws::ApiError> ExpressionParser::Malformed(std::string_view detail) {
  return Invalid(fmt::format("Statement wasn't well formed, can't be processed: {}", detail));
}

bool ExpressionParser::IsWord(std::string_view word) const {
  if (Is(TokenKind::kKeyword)) return Here().text == word;
  return Is(TokenKind::kIdentifier) && EqualsIgnoreCase(Here().text, word);
}

bool ExpressionParser::TakeWord(std::string_view word) {
  if (!IsWord(word)) return false;
  Advance();
  return true;
}

bool ExpressionParser::Take(TokenKind kind) {
  if (!Is(kind)) return false;
  Advance();
  return true;
}

aws::Outcome<Unit> ExpressionParser::ExpectOperand() const {
  if (Is(TokenKind::kEnd)) return Malformed(kExpectedOperand);
  return Ok();
}

aws::Outcome<Expression> ExpressionParser::ParseOr() {
  const Level level(depth_);
  if (level.too_deep()) return Malformed("");
  OFFSTAGE_TRY(Expression left, ParseAnd());
  while (IsOperator("or")) {
    Advance();
    OFFSTAGE_TRY_VOID(ExpectOperand());
    OFFSTAGE_TRY(Expression right, ParseAnd());
    left = JoinFlat(Kind::kOr, std::move(left), std::move(right));
  }
  return left;
}

aws::Outcome<Expression> ExpressionParser::ParseAnd() {
  OFFSTAGE_TRY(Expression left, ParseNot());
  while (IsOperator("and")) {
    Advance();
    OFFSTAGE_TRY_VOID(ExpectOperand());
    OFFSTAGE_TRY(Expression right, ParseNot());
    left = JoinFlat(Kind::kAnd, std::move(left), std::move(right));
  }
  return left;
}

aws::Outcome<Expression> ExpressionParser::ParseNot() {
  if (!IsOperator("not")) return ParseComparison();
  const Level level(depth_);
  if (level.too_deep()) return Malformed("");
  Advance();
  OFFSTAGE_TRY(Expression inner, ParseNot());
  return Negated(std::move(inner));
}

aws::Outcome<Expression> ExpressionParser::ParseComparison() {
  OFFSTAGE_TRY(Expression left, ParseSum());
  while (Is(TokenKind::kOperator)) {
    const std::string& sign = Here().text;
    if (sign == "and" || sign == "or") break;
    OFFSTAGE_TRY(left, ParseTail(std::move(left)));
  }
  return left;
}

// What stands behind an operand: a comparison, IS, IN, BETWEEN, each perhaps with NOT.
aws::Outcome<Expression> ExpressionParser::ParseTail(Expression left) {
  const std::string sign = Here().text;
  if (sign == "is") return ParseIs(std::move(left));
  if (sign == "between") return ParseBetween(std::move(left));
  Advance();
  if (sign == "not") {
    if (IsOperator("between")) {
      OFFSTAGE_TRY(Expression between, ParseBetween(std::move(left)));
      return Negated(std::move(between));
    }
    if (!IsOperator("in") && !IsOperator("like")) return Malformed("Unexpected operator");
    const std::string word = Here().text;
    Advance();
    OFFSTAGE_TRY_VOID(ExpectOperand());
    OFFSTAGE_TRY(Expression right, ParseSum());
    return Negated(Join(word == "in" ? Kind::kIn : Kind::kArithmetic, word, std::move(left),
                        std::move(right)));
  }
  OFFSTAGE_TRY_VOID(ExpectOperand());
  OFFSTAGE_TRY(Expression right, ParseSum());
  if (sign == "in") return Join(Kind::kIn, sign, std::move(left), std::move(right));
  if (sign == "like") return Join(Kind::kArithmetic, sign, std::move(left), std::move(right));
  return Join(Kind::kCompare, sign, std::move(left), std::move(right));
}

aws::Outcome<Expression> ExpressionParser::ParseIs(Expression left) {
  Advance();
  const bool negated = IsOperator("not");
  if (negated) Advance();
  Expression out;
  out.kind = Kind::kIs;
  out.position = left.position;
  out.parts.push_back(std::move(left));
  OFFSTAGE_TRY(out.text, ParseTypeName());
  return negated ? Negated(std::move(out)) : out;
}

aws::Outcome<Expression> ExpressionParser::ParseBetween(Expression left) {
  Advance();
  OFFSTAGE_TRY_VOID(ExpectOperand());
  OFFSTAGE_TRY(Expression low, ParseSum());
  if (!IsOperator("and")) return Malformed("Expected AND after BETWEEN");
  Advance();
  OFFSTAGE_TRY_VOID(ExpectOperand());
  OFFSTAGE_TRY(Expression high, ParseSum());
  Expression out = Join(Kind::kBetween, "between", std::move(left), std::move(low));
  out.parts.push_back(std::move(high));
  return out;
}

// Types of two words are one: DOUBLE PRECISION, CHARACTER VARYING. Lengths in brackets are read
// over.
aws::Outcome<std::string> ExpressionParser::ParseTypeName() {
  const bool word = Is(TokenKind::kKeyword) || Is(TokenKind::kIdentifier);
  std::string name = word ? ToLower(Here().text) : std::string();
  if (!word || !Has(kTypeWords, name)) return Malformed("Expected type name");
  Advance();
  if (name == "double" && !TakeWord("precision")) return Malformed("Expected type name");
  if (name == "character" || name == "char") (void)TakeWord("varying");
  if (Is(TokenKind::kOpen) && Ahead().kind == TokenKind::kNumber) {
    while (!Is(TokenKind::kClose) && !Is(TokenKind::kEnd))
      Advance();
    if (!Take(TokenKind::kClose)) return Malformed("Expected RIGHT_PAREN");
  }
  return name;
}

aws::Outcome<Expression> ExpressionParser::ParseSum() {
  OFFSTAGE_TRY(Expression left, ParseProduct());
  int operators = 0;
  while (IsOperator("+") || IsOperator("-") || IsOperator("||")) {
    const std::string sign = Here().text;
    if (++operators > kMaxDepth) return Malformed("");
    Advance();
    OFFSTAGE_TRY_VOID(ExpectOperand());
    OFFSTAGE_TRY(Expression right, ParseProduct());
    left = Join(Kind::kArithmetic, sign, std::move(left), std::move(right));
  }
  return left;
}

aws::Outcome<Expression> ExpressionParser::ParseProduct() {
  OFFSTAGE_TRY(Expression left, ParseUnary());
  int operators = 0;
  while (IsOperator("*") || IsOperator("/") || IsOperator("%")) {
    const std::string sign = Here().text;
    if (++operators > kMaxDepth) return Malformed("");
    Advance();
    OFFSTAGE_TRY_VOID(ExpectOperand());
    OFFSTAGE_TRY(Expression right, ParseUnary());
    left = Join(Kind::kArithmetic, sign, std::move(left), std::move(right));
  }
  return left;
}

// A sign belongs to the number behind it.
aws::Outcome<Expression> ExpressionParser::ParseUnary() {
  if (!IsOperator("-") && !IsOperator("+")) return ParseTerm();
  const Level level(depth_);
  if (level.too_deep()) return Malformed("");
  const Token sign = Here();
  Advance();
  OFFSTAGE_TRY(Expression inner, ParseUnary());
  if (inner.kind == Kind::kNumber) {
    if (sign.text == "-") {
      if (inner.text.front() == '-') {
        inner.text.erase(0, 1);
      } else {
        inner.text.insert(0, "-");
      }
    }
    inner.position = sign.position;
    return inner;
  }
  Expression zero = Make(Kind::kNumber, sign);
  zero.text = "0";
  return Join(Kind::kArithmetic, sign.text, std::move(zero), std::move(inner));
}

aws::Outcome<Expression> ExpressionParser::ParseTerm() {
  const Level level(depth_);
  if (level.too_deep()) return Malformed("");
  switch (Here().kind) {
    case TokenKind::kString:
    case TokenKind::kNumber: {
      Expression out = Make(Is(TokenKind::kString) ? Kind::kString : Kind::kNumber, Here());
      Advance();
      return out;
    }
    case TokenKind::kParameter: {
      Expression out = Make(Kind::kParameter, Here());
      out.index = parameters_++;
      Advance();
      return out;
    }
    case TokenKind::kIdentifier:
      if (Ahead().kind == TokenKind::kOpen) return ParseCall();
      return ParseSimplePath();
    case TokenKind::kQuotedIdentifier:
      return ParseSimplePath();
    case TokenKind::kKeyword:
      return ParseKeywordTerm();
    case TokenKind::kOperator:
      return Malformed("Unexpected operator");
    case TokenKind::kOpen:
      return ParseGroup();
    case TokenKind::kOpenBracket:
      return ParseList(Kind::kList, TokenKind::kCloseBracket);
    case TokenKind::kOpenBag:
      return ParseList(Kind::kBag, TokenKind::kCloseBag);
    case TokenKind::kOpenBrace:
      return ParseStruct();
    default:
      return Malformed("Unexpected term");
  }
}

aws::Outcome<Expression> ExpressionParser::ParseKeywordTerm() {
  static constexpr std::pair<std::string_view, Kind> kLiterals[] = {{"true", Kind::kTrue},
                                                                    {"false", Kind::kFalse},
                                                                    {"null", Kind::kNull},
                                                                    {"missing", Kind::kMissing}};
  for (const auto& [word, kind] : kLiterals) {
    if (Here().text != word) continue;
    Expression out = Make(kind, Here());
    Advance();
    return out;
  }
  const bool bracket = Ahead().kind == TokenKind::kOpen;
  if (bracket && Here().text == "exists") return ParseExists();
  if (bracket && Has(kFunctionWords, Here().text)) return ParseCall();
  return Malformed("Unexpected keyword");
}

aws::Outcome<Expression> ExpressionParser::ParseSimplePath() {
  if (!Is(TokenKind::kIdentifier) && !Is(TokenKind::kQuotedIdentifier))
    return Malformed("Expected identifier for simple path");
  Expression path;
  path.kind = Kind::kPath;
  path.position = Here().position;
  path.parts.push_back(Make(Kind::kString, Here()));
  Advance();
  return ParsePathTail(std::move(path));
}

aws::Outcome<Expression> ExpressionParser::ParsePathTail(Expression path) {
  while (true) {
    if (Take(TokenKind::kDot)) {
      if (!Is(TokenKind::kIdentifier) && !Is(TokenKind::kQuotedIdentifier))
        return Malformed("Invalid path dot component");
      path.parts.push_back(Make(Kind::kString, Here()));
      Advance();
    } else if (Take(TokenKind::kOpenBracket)) {
      if (!Is(TokenKind::kNumber) && !Is(TokenKind::kString))
        return Malformed("Invalid path component for simple path");
      Expression part = Make(Is(TokenKind::kNumber) ? Kind::kNumber : Kind::kString, Here());
      if (part.kind == Kind::kNumber) {
        const auto [end, failure] =
            std::from_chars(part.text.data(), part.text.data() + part.text.size(), part.index);
        if (failure != std::errc() || end != part.text.data() + part.text.size())
          return Malformed("Invalid path component for simple path");
      }
      path.parts.push_back(std::move(part));
      Advance();
      if (!Take(TokenKind::kCloseBracket)) return Malformed("Expected RIGHT_BRACKET");
    } else {
      return path;
    }
  }
}

aws::Outcome<Expression> ExpressionParser::ParseCall() {
  Expression call = Make(Kind::kCall, Here());
  Advance();
  Advance();
  if (Take(TokenKind::kClose)) return call;
  do {
    if (IsOperator("*") && Ahead().kind == TokenKind::kClose) {
      call.parts.push_back(Make(Kind::kStar, Here()));
      Advance();
      break;
    }
    OFFSTAGE_TRY(Expression argument, ParseExpression());
    call.parts.push_back(std::move(argument));
  } while (Take(TokenKind::kComma));
  if (!Take(TokenKind::kClose)) return Malformed("Expected RIGHT_PAREN");
  return call;
}

// EXISTS(SELECT ...); with anything else in its brackets it is a function that nobody knows.
aws::Outcome<Expression> ExpressionParser::ParseExists() {
  const Token& name = Here();
  Advance();
  if (!(Ahead().kind == TokenKind::kKeyword && Ahead().text == "select")) {
    --at_;
    return ParseCall();
  }
  Advance();
  OFFSTAGE_TRY(SelectStatement inner, ParseInnerSelect());
  Expression out = Make(Kind::kExists, name);
  out.select = std::make_shared<const SelectStatement>(std::move(inner));
  if (!Take(TokenKind::kClose)) return Malformed("Expected RIGHT_PAREN");
  return out;
}

// (a) is a; (a, b) is a list.
aws::Outcome<Expression> ExpressionParser::ParseGroup() {
  const Token& open = Here();
  Advance();
  OFFSTAGE_TRY(Expression first, ParseExpression());
  if (Take(TokenKind::kClose)) return first;
  Expression list = Make(Kind::kList, open);
  list.parts.push_back(std::move(first));
  while (Take(TokenKind::kComma)) {
    OFFSTAGE_TRY(Expression next, ParseExpression());
    list.parts.push_back(std::move(next));
  }
  if (!Take(TokenKind::kClose)) return Malformed("Expected RIGHT_PAREN");
  return list;
}

aws::Outcome<Expression> ExpressionParser::ParseList(Kind kind, TokenKind end) {
  Expression list = Make(kind, Here());
  Advance();
  if (Take(end)) return list;
  do {
    OFFSTAGE_TRY(Expression element, ParseExpression());
    list.parts.push_back(std::move(element));
  } while (Take(TokenKind::kComma));
  if (Take(end)) return list;
  return Malformed(kind == Kind::kBag ? "Expected RIGHT_DOUBLE_ANGLE_BRACKET"
                                      : "Expected RIGHT_BRACKET");
}

aws::Outcome<Expression> ExpressionParser::ParseStruct() {
  Expression out = Make(Kind::kStruct, Here());
  Advance();
  if (Take(TokenKind::kCloseBrace)) return out;
  do {
    OFFSTAGE_TRY(Expression key, ParseExpression());
    if (!Take(TokenKind::kColon)) return Malformed("Expected COLON");
    OFFSTAGE_TRY(Expression value, ParseExpression());
    out.parts.push_back(std::move(key));
    out.parts.push_back(std::move(value));
  } while (Take(TokenKind::kComma));
  if (!Take(TokenKind::kCloseBrace)) return Malformed("Expected RIGHT_CURLY");
  return out;
}

}  // namespace offstage::dynamodb::partiql
