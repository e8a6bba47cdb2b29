// Inside the component: AllowedPattern, a regular expression from a file that may be hostile.
#pragma once

#include <string_view>

namespace offstage::templates {

enum class PatternMatch {
  kMatches,
  kDiffers,
  kUnknown,  // The pattern is not understood, or matching took too many steps.
};

// Whether the whole of `text` matches `pattern` (Java's syntax, the common part of it: classes,
// groups, alternatives, quantifiers, anchors, \d \w \s, look-ahead). Bounded time and depth.
PatternMatch MatchPattern(std::string_view pattern, std::string_view text);

}  // namespace offstage::templates
