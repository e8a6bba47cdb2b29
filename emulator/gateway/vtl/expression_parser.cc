#include "gateway/vtl/expression_parser.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/text.h"
#include "gateway/vtl/parser.h"

namespace offstage::gateway::vtl {

namespace {

using Kind = Expression::Kind;

ExpressionPtr Make(Kind kind) {
  auto made = std::make_unique<Expression>();
  made->kind = kind;
  return made;
}

ExpressionPtr MakeBinary(Kind kind, ExpressionPtr left, ExpressionPtr right) {
  ExpressionPtr made = Make(kind);
  made->operands.push_back(std::move(left));
  made->operands.push_back(std::move(right));
  return made;
}

struct Operator {
  std::string_view sign;
  Kind kind;
  // A word must not run on: "$a order" has no "or".
  enum class Form { kSign, kWord } form = Form::kSign;
};

// From what binds least to what binds most; longer signs before their heads.
using Level = std::array<Operator, 8>;
constexpr Operator kNone = {"", Kind::kNull};
constexpr std::array<Level, 6> kLevels = {{
    {{{"||", Kind::kOr},
      {"or", Kind::kOr, Operator::Form::kWord},
      kNone,
      kNone,
      kNone,
      kNone,
      kNone,
      kNone}},
    {{{"&&", Kind::kAnd},
      {"and", Kind::kAnd, Operator::Form::kWord},
      kNone,
      kNone,
      kNone,
      kNone,
      kNone,
      kNone}},
    {{{"==", Kind::kEqual},
      {"!=", Kind::kNotEqual},
      {"eq", Kind::kEqual, Operator::Form::kWord},
      {"ne", Kind::kNotEqual, Operator::Form::kWord},
      kNone,
      kNone,
      kNone,
      kNone}},
    {{{"<=", Kind::kLessOrEqual},
      {">=", Kind::kGreaterOrEqual},
      {"<", Kind::kLess},
      {">", Kind::kGreater},
      {"lt", Kind::kLess, Operator::Form::kWord},
      {"le", Kind::kLessOrEqual, Operator::Form::kWord},
      {"gt", Kind::kGreater, Operator::Form::kWord},
      {"ge", Kind::kGreaterOrEqual, Operator::Form::kWord}}},
    {{{"+", Kind::kAdd}, {"-", Kind::kSubtract}, kNone, kNone, kNone, kNone, kNone, kNone}},
    {{{"*", Kind::kMultiply},
      {"/", Kind::kDivide},
      {"%", Kind::kRemainder},
      kNone,
      kNone,
      kNone,
      kNone,
      kNone}},
}};

// Counts nesting for as long as it lives.
class Deeper {
 public:
  explicit Deeper(int& depth) : depth_(++depth) {}
  ~Deeper() { --depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;
  bool TooDeep() const { return depth_ > kMaxNesting; }

 private:
  int& depth_;
};

}  // namespace

Error ExpressionParser::Problem(std::string_view what) const {
  std::string near(cursor_.text().substr(cursor_.position(), 20));
  return Error{fmt::format("line {}: {}, at '{}'", cursor_.Line(), what,
                           ReplaceAll(std::move(near), "\n", " "))};
}

std::optional<Kind> ExpressionParser::TakeOperator(int level) {
  for (const Operator& candidate : kLevels[static_cast<std::size_t>(level)]) {
    if (candidate.sign.empty()) continue;
    const bool taken = candidate.form == Operator::Form::kWord ? cursor_.TakeWord(candidate.sign)
                                                               : cursor_.Take(candidate.sign);
    if (taken) return candidate.kind;
  }
  return std::nullopt;
}

Result<ExpressionPtr> ExpressionParser::Parse() {
  const Deeper deeper(depth_);
  if (deeper.TooDeep()) return Fail(Problem("nested too deeply"));
  return ParseBinary(0);
}

Result<ExpressionPtr> ExpressionParser::ParseBinary(int level) {
  if (level == static_cast<int>(kLevels.size())) return ParseUnary();
  OFFSTAGE_TRY(ExpressionPtr left, ParseBinary(level + 1));
  // A long chain would make a tree as deep as it is long.
  for (int operators = 0; operators < 500; ++operators) {
    const std::size_t before = cursor_.position();
    cursor_.SkipSpace();
    const std::optional<Kind> kind = TakeOperator(level);
    if (!kind.has_value()) {
      cursor_.set_position(before);
      return left;
    }
    OFFSTAGE_TRY(ExpressionPtr right, ParseBinary(level + 1));
    left = MakeBinary(*kind, std::move(left), std::move(right));
  }
  return Fail(Problem("an expression with more than 500 operators"));
}

Result<ExpressionPtr> ExpressionParser::ParseUnary() {
  const Deeper deeper(depth_);
  if (deeper.TooDeep()) return Fail(Problem("nested too deeply"));
  cursor_.SkipSpace();
  const bool is_not = (cursor_.Peek() == '!' && cursor_.Peek(1) != '=' && cursor_.Take("!")) ||
                      cursor_.TakeWord("not");
  if (is_not || (cursor_.Peek() == '-' && !IsDigit(cursor_.Peek(1)) && cursor_.Take("-"))) {
    OFFSTAGE_TRY(ExpressionPtr operand, ParseUnary());
    ExpressionPtr made = Make(is_not ? Kind::kNot : Kind::kNegate);
    made->operands.push_back(std::move(operand));
    return made;
  }
  return ParsePrimary();
}

Result<ExpressionPtr> ExpressionParser::ParsePrimary() {
  const char c = cursor_.Peek();
  if (c == '(') {
    cursor_.Advance();
    OFFSTAGE_TRY(ExpressionPtr inner, Parse());
    cursor_.SkipSpace();
    if (!cursor_.Take(")")) return Fail(Problem("a ')' is missing"));
    return inner;
  }
  if (c == '"') return ParseDoubleQuoted();
  if (c == '\'') return ParseSingleQuoted();
  if (c == '[') return ParseListOrRange();
  if (c == '{') return ParseMap();
  if (IsDigit(c) || (c == '-' && IsDigit(cursor_.Peek(1)))) return ParseNumber();
  if (c == '$') {
    OFFSTAGE_TRY(std::optional<Reference> reference, ParseReference());
    if (!reference.has_value()) return Fail(Problem("a name is missing after $"));
    ExpressionPtr made = Make(Kind::kReference);
    made->reference = *std::move(reference);
    return made;
  }
  if (cursor_.TakeWord("null")) return Make(Kind::kNull);
  for (const bool value : {true, false}) {
    if (cursor_.TakeWord(value ? "true" : "false")) {
      ExpressionPtr made = Make(Kind::kBool);
      made->flag = value;
      return made;
    }
  }
  return Fail(Problem("an expression is missing"));
}

Result<ExpressionPtr> ExpressionParser::ParseNumber() {
  const std::size_t start = cursor_.position();
  cursor_.Take("-");
  while (IsDigit(cursor_.Peek()))
    cursor_.Advance();
  bool fraction = false;
  // "1..5" is a range, not a fraction.
  if (cursor_.Peek() == '.' && IsDigit(cursor_.Peek(1))) {
    fraction = true;
    cursor_.Advance();
    while (IsDigit(cursor_.Peek()))
      cursor_.Advance();
  }
  const std::string_view text = cursor_.Since(start);
  ExpressionPtr made = Make(fraction ? Kind::kDouble : Kind::kInteger);
  const char* const end = text.data() + text.size();
  const auto parsed = fraction ? std::from_chars(text.data(), end, made->number)
                               : std::from_chars(text.data(), end, made->integer);
  if (parsed.ec != std::errc()) return Fail(Problem("a number that is too large"));
  return made;
}

Result<ExpressionPtr> ExpressionParser::ParseDoubleQuoted() {
  cursor_.Advance();
  std::string text;
  while (cursor_.Peek() != '"' || cursor_.Peek(1) == '"') {
    if (cursor_.AtEnd()) return Fail(Problem("a text is not closed by \""));
    // A backslash hides the quote behind it and stays; a doubled quote is one.
    if (cursor_.Peek() == '"') {
      cursor_.Advance();
    } else if (cursor_.Peek() == '\\' && (cursor_.Peek(1) == '"' || cursor_.Peek(1) == '\\')) {
      text.push_back(cursor_.Peek());
      cursor_.Advance();
    }
    text.push_back(cursor_.Peek());
    cursor_.Advance();
  }
  cursor_.Advance();
  if (text.find_first_of("$#") == std::string::npos) {
    ExpressionPtr made = Make(Kind::kText);
    made->text = std::move(text);
    return made;
  }
  ExpressionPtr made = Make(Kind::kInterpolated);
  OFFSTAGE_TRY(made->block, parse_block_(text));
  return made;
}

Result<ExpressionPtr> ExpressionParser::ParseSingleQuoted() {
  cursor_.Advance();
  ExpressionPtr made = Make(Kind::kText);
  while (cursor_.Peek() != '\'' || cursor_.Peek(1) == '\'') {
    if (cursor_.AtEnd()) return Fail(Problem("a text is not closed by '"));
    if (cursor_.Peek() == '\'') cursor_.Advance();
    made->text.push_back(cursor_.Peek());
    cursor_.Advance();
  }
  cursor_.Advance();
  return made;
}

Result<ExpressionPtr> ExpressionParser::ParseListOrRange() {
  cursor_.Advance();
  ExpressionPtr made = Make(Kind::kList);
  cursor_.SkipSpace();
  if (cursor_.Take("]")) return made;
  while (true) {
    OFFSTAGE_TRY(ExpressionPtr item, Parse());
    made->operands.push_back(std::move(item));
    cursor_.SkipSpace();
    if (cursor_.Take("]")) return made;
    if (made->operands.size() == 1 && cursor_.Take("..")) {
      made->kind = Kind::kRange;
      cursor_.SkipSpace();
      OFFSTAGE_TRY(ExpressionPtr last, Parse());
      made->operands.push_back(std::move(last));
      cursor_.SkipSpace();
      if (!cursor_.Take("]")) return Fail(Problem("a range is not closed by ]"));
      return made;
    }
    if (!cursor_.Take(",")) return Fail(Problem("a list is not closed by ]"));
  }
}

Result<ExpressionPtr> ExpressionParser::ParseMap() {
  cursor_.Advance();
  ExpressionPtr made = Make(Kind::kMap);
  cursor_.SkipSpace();
  if (cursor_.Take("}")) return made;
  while (true) {
    OFFSTAGE_TRY(ExpressionPtr key, Parse());
    cursor_.SkipSpace();
    if (!cursor_.Take(":")) return Fail(Problem("a map's key without ':'"));
    OFFSTAGE_TRY(ExpressionPtr value, Parse());
    made->operands.push_back(std::move(key));
    made->operands.push_back(std::move(value));
    cursor_.SkipSpace();
    if (cursor_.Take("}")) return made;
    if (!cursor_.Take(",")) return Fail(Problem("a map is not closed by }"));
  }
}

Result<std::optional<Reference>> ExpressionParser::ParseReference() {
  const std::size_t start = cursor_.position();
  cursor_.Advance();
  cursor_.Take("!");
  const bool braces = cursor_.Take("{");
  Reference reference;
  reference.root = std::string(cursor_.TakeIdentifier());
  if (reference.root.empty()) {
    cursor_.set_position(start);
    return std::optional<Reference>();
  }
  OFFSTAGE_TRY(reference.steps, ParseSteps());
  if (braces && !cursor_.Take("}")) {
    cursor_.set_position(start);
    return std::optional<Reference>();
  }
  return std::optional<Reference>(std::move(reference));
}

Result<std::vector<Step>> ExpressionParser::ParseSteps() {
  std::vector<Step> steps;
  while (true) {
    const std::size_t before = cursor_.position();
    if (cursor_.Peek() == '.' && IsIdentifierStart(cursor_.Peek(1))) {
      cursor_.Advance();
      Step step;
      step.name = std::string(cursor_.TakeIdentifier());
      if (cursor_.Take("(")) {
        step.kind = Step::Kind::kMethod;
        OFFSTAGE_TRY(step.arguments, ParseArguments());
      }
      steps.push_back(std::move(step));
    } else if (cursor_.Peek() == '[') {
      cursor_.Advance();
      Step step;
      step.kind = Step::Kind::kIndex;
      auto index = Parse();
      cursor_.SkipSpace();
      // "$name[]" in a text: the bracket is just a bracket.
      if (!index.ok() || !cursor_.Take("]")) {
        cursor_.set_position(before);
        return steps;
      }
      step.arguments.push_back(std::move(index).value());
      steps.push_back(std::move(step));
    } else {
      return steps;
    }
  }
}

Result<std::vector<ExpressionPtr>> ExpressionParser::ParseArguments() {
  std::vector<ExpressionPtr> arguments;
  cursor_.SkipSpace();
  while (!cursor_.Take(")")) {
    if (cursor_.AtEnd()) return Fail(Problem("a ')' is missing"));
    OFFSTAGE_TRY(ExpressionPtr argument, Parse());
    arguments.push_back(std::move(argument));
    cursor_.SkipSpace();
    cursor_.Take(",");
    cursor_.SkipSpace();
  }
  return arguments;
}

}  // namespace offstage::gateway::vtl
