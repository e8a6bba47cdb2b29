// DynamoDB's reserved words, which expressions may name only through placeholders.
// docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html
#pragma once

#include <string_view>

namespace offstage::dynamodb {

// In any case of letters.
bool IsReservedWord(std::string_view word);

}  // namespace offstage::dynamodb
