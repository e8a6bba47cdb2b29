// Expressions and references of mapping templates. Internal to vtl/.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gateway/vtl/cursor.h"
#include "gateway/vtl/syntax.h"

namespace offstage::gateway::vtl {

// Parses the text inside double quotes, which may hold references and directives itself.
using BlockParser = std::function<Result<Block>(std::string_view text)>;

// Used only on the parser's thread.
class ExpressionParser {
 public:
  // Both outlive this. `depth` counts nesting and is shared with the caller.
  ExpressionParser(Cursor& cursor, int& depth, BlockParser parse_block)
      : cursor_(cursor), depth_(depth), parse_block_(std::move(parse_block)) {}

  // The cursor stands before the expression, and behind it afterwards.
  Result<ExpressionPtr> Parse();

  // The cursor stands at '$'. Null when this is no reference ("$5", "$ "); the cursor then has not
  // moved.
  Result<std::optional<Reference>> ParseReference();

  // "(a, b)" and also "(a b)" as macros are called; the cursor stands behind the opening bracket.
  Result<std::vector<ExpressionPtr>> ParseArguments();

  Error Problem(std::string_view what) const;

 private:
  Result<ExpressionPtr> ParseBinary(int level);
  Result<ExpressionPtr> ParseUnary();
  Result<ExpressionPtr> ParsePrimary();
  Result<ExpressionPtr> ParseNumber();
  Result<ExpressionPtr> ParseDoubleQuoted();
  Result<ExpressionPtr> ParseSingleQuoted();
  Result<ExpressionPtr> ParseListOrRange();
  Result<ExpressionPtr> ParseMap();
  Result<std::vector<Step>> ParseSteps();
  std::optional<Expression::Kind> TakeOperator(int level);

  Cursor& cursor_;
  int& depth_;
  const BlockParser parse_block_;
};

}  // namespace offstage::gateway::vtl
