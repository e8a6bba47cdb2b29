// What is wrong with a parse tree whatever its placeholders stand for, in the order in which the
// service looks: the text behind "Invalid ...Expression: ", or empty.
#pragma once

#include <string>
#include <vector>

#include "dynamodb/expressions/syntax.h"

namespace offstage::dynamodb {

std::string CheckCondition(const ConditionSyntax& condition);
std::string CheckUpdate(const std::vector<UpdateActionSyntax>& actions);
std::string CheckProjection(const std::vector<PathSyntax>& paths);

}  // namespace offstage::dynamodb
