// Text to parse tree, with every check that the text alone decides: size, syntax, parentheses,
// reserved words, functions and where they may stand.
#pragma once

#include <cstddef>
#include <string_view>

#include "dynamodb/expressions/syntax.h"

namespace offstage::dynamodb {

inline constexpr std::size_t kMaxExpressionBytes = 4096;  // AWS "Expression parameters" quota
inline constexpr int kMaxOperators = 300;                 // AWS "Operators or functions" quota
inline constexpr std::size_t kMaxInOperands = 100;        // AWS "IN comparator operands" quota

ParsedCondition ParseCondition(std::string_view text);
ParsedUpdate ParseUpdate(std::string_view text);
ParsedProjection ParseProjection(std::string_view text);

}  // namespace offstage::dynamodb
