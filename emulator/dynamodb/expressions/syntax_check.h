// What is wrong with a parse tree whatever its placeholders stand for, in the order in which the
// service looks: the text behind "Invalid ...Expression: ", or empty.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dynamodb/expressions/syntax.h"

namespace offstage::dynamodb {

std::string CheckCondition(const ConditionSyntax& condition);
std::string CheckUpdate(const std::vector<UpdateActionSyntax>& actions);
std::string CheckProjection(const std::vector<PathSyntax>& paths);

// What a function is given too many or too few of: looked at once the names and values that stand
// in it are known. Empty for what is no function.
std::string CheckOperandCount(std::string_view function, std::size_t given);

}  // namespace offstage::dynamodb
