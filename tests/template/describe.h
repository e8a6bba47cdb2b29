// A Stack as JSON: what vectors compare. Only members that say something are there.
#pragma once

#include <nlohmann/json.hpp>

#include "template/stack.h"

namespace offstage::test {

nlohmann::json Describe(const templates::Stack& stack);

}  // namespace offstage::test
