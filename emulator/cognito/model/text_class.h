// The regular expressions of the service's model, matched without a regular expression engine
// where that could recurse on long hostile input.
#pragma once

#include <cstddef>
#include <string_view>

namespace offstage::cognito {

// Unicode characters of UTF-8 text (bytes that are not continuations).
std::size_t CountCharacters(std::string_view text);

// Whether all of `text` fits `pattern`, one of shapes.inc's. Bytes beyond ASCII count as letters.
// A form that is none of those there is taken to fit.
bool MatchesPattern(std::string_view pattern, std::string_view text);

}  // namespace offstage::cognito
