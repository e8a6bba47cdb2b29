// The words that PartiQL keeps for itself: SQL-92's and its own. A name like one of them is written
// in double quotes. partiql.org/assets/PartiQL-Specification.pdf, appendix of reserved words.
#pragma once

#include <string_view>

namespace offstage::dynamodb::partiql {

// `word` in lower case.
bool IsKeyword(std::string_view word);
// Keywords that stand between or before operands.
bool IsOperatorWord(std::string_view word);

}  // namespace offstage::dynamodb::partiql
