// PartiQL text to parse tree. docs.aws.amazon.com/amazondynamodb/latest/developerguide/
// ql-reference.html; where that says little, as the service was seen to answer.
#pragma once

#include <cstddef>
#include <string_view>

#include "aws/api_error.h"
#include "dynamodb/partiql/syntax.h"

namespace offstage::dynamodb::partiql {

inline constexpr std::size_t kMaxStatementBytes = 8192;  // the model's length of Statement
// Brackets in brackets, NOT after NOT, ... before the parser gives up.
inline constexpr int kMaxDepth = 100;

// ValidationException: "Statement wasn't well formed, can't be processed: ..." or, for what is
// PartiQL but not the service's, its own words.
aws::Outcome<Statement> Parse(std::string_view text);

}  // namespace offstage::dynamodb::partiql
