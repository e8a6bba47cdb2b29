#include "dynamodb/expressions/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dynamodb/expressions/lexer.h"
#include "dynamodb/expressions/syntax_check.h"

namespace offstage::dynamodb {

namespace {

constexpr const char* kRedundantParentheses = "The expression has redundant parentheses;";
// Deeper than 300 operators can nest, unless some parentheses are redundant.
constexpr int kMaxParentheses = 350;

// Recursive descent. Where an open parenthesis may begin a condition or an operand, both are tried;
// the error reported is the one furthest into the text, as the service's parser does. Each Take...
// is false when the text is wrong, and then error() says how.
class Parser {
 public:
  explicit Parser(std::string_view source) : source_(source), tokens_(Tokenize(source)) {}

  bool TakeWholeCondition(ConditionSyntax& out);
  bool TakeUpdate(std::vector<UpdateActionSyntax>& out);
  bool TakeProjection(std::vector<PathSyntax>& out);

  std::string error() const {
    return redundant_ ? kRedundantParentheses : SyntaxErrorText(source_, tokens_, furthest_);
  }

 private:
  // Whether what was taken stood in parentheses as a whole.
  enum class Wrapped { kNo, kYes };

  bool Is(TokenKind wanted) const { return tokens_[at_].kind == wanted; }
  bool Take(TokenKind wanted) {
    if (!Is(wanted)) return FailHere();
    ++at_;
    return true;
  }
  bool FailHere() {
    furthest_ = std::max(furthest_, at_);
    return false;
  }
  bool FailRedundant() {
    redundant_ = true;
    return false;
  }

  bool ComparesHere() const {
    return IsComparator(tokens_[at_].kind) || Is(TokenKind::kBetween) || Is(TokenKind::kIn);
  }

  bool TakeOr(ConditionSyntax& out, Wrapped& wrapped);
  bool TakeAnd(ConditionSyntax& out, Wrapped& wrapped);
  bool TakeNot(ConditionSyntax& out, Wrapped& wrapped);
  bool TakePrimary(ConditionSyntax& out, Wrapped& wrapped);
  bool TakeInParentheses(ConditionSyntax& out);
  bool TakeComparison(ConditionSyntax& out);
  bool TakeIn(ConditionSyntax& out);
  bool TakeOperand(OperandSyntax& out);
  bool TakeOperand(OperandSyntax& out, Wrapped& wrapped);
  bool TakeOperandInParentheses(OperandSyntax& out);
  bool TakeArguments(std::vector<OperandSyntax>& out);
  bool TakePath(PathSyntax& out);
  bool TakePathName(PathSyntax& out);
  bool TakeSection(int section, std::vector<UpdateActionSyntax>& out);
  bool TakeAction(UpdateActionSyntax& out);
  bool TakeSetValue(OperandSyntax& out);
  bool TakeArithmetic(OperandSyntax& out);

  std::string_view source_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t furthest_ = 0;
  bool redundant_ = false;
  int parentheses_ = 0;
};

bool Parser::TakeWholeCondition(ConditionSyntax& out) {
  Wrapped wrapped = Wrapped::kNo;
  return TakeOr(out, wrapped) && (Is(TokenKind::kEnd) || FailHere());
}

// Chains are one node however long, so that depth follows from parentheses and NOT alone.
bool Parser::TakeOr(ConditionSyntax& out, Wrapped& wrapped) {
  ConditionSyntax first;
  if (!TakeAnd(first, wrapped)) return false;
  if (!Is(TokenKind::kOr)) {
    out = std::move(first);
    return true;
  }
  wrapped = Wrapped::kNo;
  out.kind = ConditionSyntax::Kind::kOr;
  out.conditions.push_back(std::move(first));
  Wrapped ignored = Wrapped::kNo;
  while (Is(TokenKind::kOr)) {
    ++at_;
    if (!TakeAnd(out.conditions.emplace_back(), ignored)) return false;
  }
  return true;
}

bool Parser::TakeAnd(ConditionSyntax& out, Wrapped& wrapped) {
  ConditionSyntax first;
  if (!TakeNot(first, wrapped)) return false;
  if (!Is(TokenKind::kAnd)) {
    out = std::move(first);
    return true;
  }
  wrapped = Wrapped::kNo;
  out.kind = ConditionSyntax::Kind::kAnd;
  out.conditions.push_back(std::move(first));
  Wrapped ignored = Wrapped::kNo;
  while (Is(TokenKind::kAnd)) {
    ++at_;
    if (!TakeNot(out.conditions.emplace_back(), ignored)) return false;
  }
  return true;
}

bool Parser::TakeNot(ConditionSyntax& out, Wrapped& wrapped) {
  int count = 0;
  while (Is(TokenKind::kNot)) {
    ++at_;
    ++count;
  }
  if (!TakePrimary(out, wrapped)) return false;
  if (count > 0) wrapped = Wrapped::kNo;
  for (; count > 0; --count) {
    ConditionSyntax inner = std::move(out);
    out = {};
    out.kind = ConditionSyntax::Kind::kNot;
    out.conditions.push_back(std::move(inner));
  }
  return true;
}

bool Parser::TakePrimary(ConditionSyntax& out, Wrapped& wrapped) {
  wrapped = Wrapped::kNo;
  if (!Is(TokenKind::kOpen)) return TakeComparison(out);
  const std::size_t start = at_;
  // `(size(a)) < b`: what looks like a condition is an operand when something compares it.
  if (TakeInParentheses(out) && !ComparesHere()) {
    wrapped = Wrapped::kYes;
    return true;
  }
  if (redundant_) return false;
  at_ = start;
  out = {};
  return TakeComparison(out);
}

bool Parser::TakeInParentheses(ConditionSyntax& out) {
  if (++parentheses_ > kMaxParentheses) return FailRedundant();
  ++at_;
  Wrapped inner = Wrapped::kNo;
  const bool taken = TakeOr(out, inner) && Take(TokenKind::kClose);
  --parentheses_;
  if (!taken) return false;
  return inner == Wrapped::kNo || FailRedundant();
}

bool Parser::TakeComparison(ConditionSyntax& out) {
  OperandSyntax first;
  Wrapped wrapped = Wrapped::kNo;
  if (!TakeOperand(first, wrapped)) return false;
  const bool is_call = first.kind == OperandSyntax::Kind::kCall && wrapped == Wrapped::kNo;
  out.operands.push_back(std::move(first));
  const Token& token = tokens_[at_];
  if (IsComparator(token.kind)) {
    ++at_;
    out.kind = ConditionSyntax::Kind::kCompare;
    out.name = token.text;
    return TakeOperand(out.operands.emplace_back());
  }
  if (Is(TokenKind::kBetween)) {
    ++at_;
    out.kind = ConditionSyntax::Kind::kBetween;
    return TakeOperand(out.operands.emplace_back()) && Take(TokenKind::kAnd) &&
           TakeOperand(out.operands.emplace_back());
  }
  if (Is(TokenKind::kIn)) return TakeIn(out);
  if (!is_call) return FailHere();
  out.kind = ConditionSyntax::Kind::kCall;
  return true;
}

bool Parser::TakeIn(ConditionSyntax& out) {
  ++at_;
  out.kind = ConditionSyntax::Kind::kIn;
  return TakeArguments(out.operands);
}

// "(" operand { "," operand } ")"
bool Parser::TakeArguments(std::vector<OperandSyntax>& out) {
  if (!Take(TokenKind::kOpen)) return false;
  if (!TakeOperand(out.emplace_back())) return false;
  while (Is(TokenKind::kComma)) {
    ++at_;
    if (!TakeOperand(out.emplace_back())) return false;
  }
  return Take(TokenKind::kClose);
}

bool Parser::TakeOperand(OperandSyntax& out) {
  Wrapped ignored = Wrapped::kNo;
  return TakeOperand(out, ignored);
}

bool Parser::TakeOperand(OperandSyntax& out, Wrapped& wrapped) {
  wrapped = Wrapped::kNo;
  const Token& token = tokens_[at_];
  switch (token.kind) {
    case TokenKind::kValuePlaceholder:
      ++at_;
      out.kind = OperandSyntax::Kind::kValue;
      out.name = token.text;
      return true;
    case TokenKind::kOpen:
      wrapped = Wrapped::kYes;
      return TakeOperandInParentheses(out);
    case TokenKind::kName:
      if (tokens_[at_ + 1].kind != TokenKind::kOpen) break;
      if (++parentheses_ > kMaxParentheses) return FailRedundant();
      ++at_;
      out.kind = OperandSyntax::Kind::kCall;
      out.name = token.text;
      if (!TakeArguments(out.arguments)) return false;
      --parentheses_;
      return true;
    case TokenKind::kNamePlaceholder:
      break;
    default:
      return FailHere();
  }
  out.kind = OperandSyntax::Kind::kPath;
  return TakePath(out.path);
}

bool Parser::TakeOperandInParentheses(OperandSyntax& out) {
  if (++parentheses_ > kMaxParentheses) return FailRedundant();
  ++at_;
  Wrapped inner = Wrapped::kNo;
  const bool taken = TakeOperand(out, inner) && Take(TokenKind::kClose);
  --parentheses_;
  if (!taken) return false;
  return inner == Wrapped::kNo || FailRedundant();
}

bool Parser::TakePathName(PathSyntax& out) {
  const Token& token = tokens_[at_];
  const bool placeholder = token.kind == TokenKind::kNamePlaceholder;
  if (!placeholder && token.kind != TokenKind::kName) return FailHere();
  ++at_;
  out.parts.push_back({placeholder ? PathPart::Kind::kPlaceholder : PathPart::Kind::kName,
                       std::string(token.text), 0});
  return true;
}

bool Parser::TakePath(PathSyntax& out) {
  if (!TakePathName(out)) return false;
  while (true) {
    if (Is(TokenKind::kDot)) {
      ++at_;
      if (!TakePathName(out)) return false;
      continue;
    }
    if (!Is(TokenKind::kOpenBracket)) return true;
    ++at_;
    const Token& token = tokens_[at_];
    if (!Take(TokenKind::kInteger) || !Take(TokenKind::kCloseBracket)) return false;
    PathPart part{PathPart::Kind::kIndex, std::string(token.text), 0};
    // Longer ones are refused by the syntax check.
    for (const char c : token.text.substr(0, 18)) {
      part.index = part.index * 10 + static_cast<std::size_t>(c - '0');
    }
    out.parts.push_back(std::move(part));
  }
}

bool Parser::TakeProjection(std::vector<PathSyntax>& out) {
  if (!TakePath(out.emplace_back())) return false;
  while (Is(TokenKind::kComma)) {
    ++at_;
    if (!TakePath(out.emplace_back())) return false;
  }
  return Is(TokenKind::kEnd) || FailHere();
}

bool Parser::TakeUpdate(std::vector<UpdateActionSyntax>& out) {
  int section = 0;
  do {
    if (!TakeSection(section++, out)) return false;
  } while (!Is(TokenKind::kEnd));
  return true;
}

bool Parser::TakeSection(int section, std::vector<UpdateActionSyntax>& out) {
  UpdateVerb verb = UpdateVerb::kSet;
  switch (tokens_[at_].kind) {
    case TokenKind::kSet:
      break;
    case TokenKind::kRemove:
      verb = UpdateVerb::kRemove;
      break;
    case TokenKind::kAdd:
      verb = UpdateVerb::kAdd;
      break;
    case TokenKind::kDelete:
      verb = UpdateVerb::kDelete;
      break;
    default:
      return FailHere();
  }
  do {
    // The verb, then commas.
    ++at_;
    UpdateActionSyntax& action = out.emplace_back();
    action.verb = verb;
    action.section = section;
    if (!TakeAction(action)) return false;
  } while (Is(TokenKind::kComma));
  return true;
}

bool Parser::TakeAction(UpdateActionSyntax& out) {
  if (!TakePath(out.path)) return false;
  switch (out.verb) {
    case UpdateVerb::kRemove:
      return true;
    case UpdateVerb::kSet:
      return Take(TokenKind::kEqual) && TakeSetValue(out.value);
    case UpdateVerb::kAdd:
    case UpdateVerb::kDelete:
      if (!Is(TokenKind::kValuePlaceholder)) return FailHere();
      return TakeOperand(out.value);
  }
  return false;
}

// One pair of parentheses may stand around a sum; around an operand they are the operand's own.
bool Parser::TakeSetValue(OperandSyntax& out) {
  if (!Is(TokenKind::kOpen)) return TakeArithmetic(out);
  const std::size_t start = at_;
  const int depth = parentheses_;
  ++at_;
  if (TakeArithmetic(out) && out.kind == OperandSyntax::Kind::kArithmetic &&
      Take(TokenKind::kClose)) {
    return true;
  }
  if (redundant_) return false;
  at_ = start;
  parentheses_ = depth;
  out = {};
  return TakeArithmetic(out);
}

bool Parser::TakeArithmetic(OperandSyntax& out) {
  if (!TakeOperand(out)) return false;
  if (!Is(TokenKind::kPlus) && !Is(TokenKind::kMinus)) return true;
  OperandSyntax left = std::move(out);
  out = {};
  out.kind = OperandSyntax::Kind::kArithmetic;
  out.name = tokens_[at_].text;
  ++at_;
  out.arguments.push_back(std::move(left));
  return TakeOperand(out.arguments.emplace_back());
}

// What every kind of expression goes through: `take` fills the tree, `check` finds what else is
// wrong.
template <typename Tree, typename TakeTree>
Parsed<Tree> Parse(std::string_view text, TakeTree take, std::string (*check)(const Tree&)) {
  Parsed<Tree> parsed;
  if (text.empty()) {
    parsed.error = "The expression can not be empty;";
    return parsed;
  }
  if (text.size() > kMaxExpressionBytes) {
    parsed.error = fmt::format(
        "Expression size has exceeded the maximum allowed size; expression size: {}", text.size());
    return parsed;
  }
  Parser parser(text);
  if (!(parser.*take)(parsed.tree)) {
    parsed.error = parser.error();
    return parsed;
  }
  parsed.error = check(parsed.tree);
  return parsed;
}

}  // namespace

ParsedCondition ParseCondition(std::string_view text) {
  return Parse<ConditionSyntax>(text, &Parser::TakeWholeCondition, &CheckCondition);
}

// An UpdateExpression's size is not named ("...; expression size: n" everywhere else).
ParsedUpdate ParseUpdate(std::string_view text) {
  if (text.size() > kMaxExpressionBytes) {
    ParsedUpdate parsed;
    parsed.error = "Expression size has exceeded the maximum allowed size;";
    return parsed;
  }
  return Parse<std::vector<UpdateActionSyntax>>(text, &Parser::TakeUpdate, &CheckUpdate);
}

ParsedProjection ParseProjection(std::string_view text) {
  return Parse<std::vector<PathSyntax>>(text, &Parser::TakeProjection, &CheckProjection);
}

}  // namespace offstage::dynamodb
