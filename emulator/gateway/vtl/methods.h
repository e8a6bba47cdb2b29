// What templates may call on values: the methods of Java's String, List, Map, Integer, Double and
// Boolean that real templates use, and the service's own $input and $util. Internal to vtl/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gateway/vtl/template.h"
#include "gateway/vtl/value.h"

namespace offstage::gateway::vtl {

using Arguments = std::vector<Value>;

// A method that Java's class does not have gives null, as it does deployed, and a warning. Fails
// for methods that it has and this engine lacks, and where Java would throw.
Result<Value> CallMethod(const Value& target, std::string_view name, const Arguments& arguments,
                         Environment& environment);

// "target.name" without brackets.
Value GetProperty(const Value& target, std::string_view name, Environment& environment);

// Parts of CallMethod, one file each.
Result<Value> CallText(const std::string& text, std::string_view name, const Arguments& arguments,
                       Environment& environment);
Result<Value> CallList(const Value& target, std::string_view name, const Arguments& arguments,
                       Environment& environment);
Result<Value> CallMap(const Value& target, std::string_view name, const Arguments& arguments,
                      Environment& environment);
Result<Value> CallInput(std::string_view name, const Arguments& arguments,
                        Environment& environment);
Result<Value> CallUtil(std::string_view name, const Arguments& arguments, Environment& environment);

// For methods that the type does not have: null and a warning.
Value NoSuchMethod(std::string_view type, std::string_view name, Environment& environment);
// For methods that Java has and this engine does not.
Error NotEmulated(std::string_view type, std::string_view name);

}  // namespace offstage::gateway::vtl
