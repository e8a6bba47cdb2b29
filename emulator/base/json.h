// JSON values and the two ways in and out that are safe with hostile text.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace offstage {

using Json = nlohmann::json;                 // keys sorted
using OrderedJson = nlohmann::ordered_json;  // keys in the order written

// Nesting that ParseJson accepts. DynamoDB allows 32 levels of attribute
// values, each two JSON levels deep; API Gateway's JSON bodies rarely pass 20.
inline constexpr int kMaxJsonDepth = 512;

// Fails with a text that names the byte offset for anything that is not one
// JSON document of at most kMaxJsonDepth levels in valid UTF-8.
Result<Json> ParseJson(std::string_view text);

// Compact text. Invalid UTF-8 inside strings becomes U+FFFD; never throws.
std::string DumpJson(const Json& json);
std::string DumpJson(const OrderedJson& json);

// Appends `text` as a JSON string literal, quotes included, to `out`.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace offstage
