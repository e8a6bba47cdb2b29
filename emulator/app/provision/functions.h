// From a template's functions to the Lambda component's configuration.
#pragma once

#include <vector>

#include "lambda/function_config.h"
#include "template/stack.h"

namespace offstage::app {

std::vector<lambda::FunctionConfig> ToFunctionConfigs(const templates::Stack& stack);

}  // namespace offstage::app
