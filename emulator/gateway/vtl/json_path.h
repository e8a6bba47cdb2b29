// JSONPath over template values, as Jayway's library evaluates it for $input.path and $input.json:
// github.com/json-path/JsonPath
#pragma once

#include <string_view>

#include "base/result.h"
#include "gateway/vtl/value.h"

namespace offstage::gateway::vtl {

// A path that can only mean one place ("$.a[0].b") gives what is there, null when nothing is; any
// other ("$..a", "$.a[*]", slices, filters) gives the list of all it finds. Fails for a path that
// cannot be read and for functions (".length()" alone is known).
Result<Value> FindByPath(const Value& root, std::string_view path);

}  // namespace offstage::gateway::vtl
