// Small text helpers that the standard library lacks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offstage {

// ASCII only, whatever the locale: HTTP and AWS names are ASCII.
std::string ToLower(std::string_view text);
std::string ToUpper(std::string_view text);
bool EqualsIgnoreCase(std::string_view a, std::string_view b);
inline bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Without leading and trailing spaces, tabs, CR and LF.
std::string_view Trim(std::string_view text);

// "a,,b" by ',' gives "a", "", "b"; "" gives one empty part.
std::vector<std::string_view> Split(std::string_view text, char separator);
std::string Join(const std::vector<std::string>& parts, std::string_view separator);
std::string ReplaceAll(std::string text, std::string_view from, std::string_view to);

// RFC 4648 base64 with padding. Decoding is strict: null for anything else.
std::string Base64Encode(std::string_view bytes);
std::optional<std::string> Base64Decode(std::string_view text);

// Percent-decoding of URLs; a stray '%' stays as it is.
std::string PercentDecode(std::string_view text);
// '+' is a space too, as in query strings and forms.
std::string FormDecode(std::string_view text);
// Everything but unreserved characters (RFC 3986) becomes %XX.
std::string PercentEncode(std::string_view text);

bool IsValidUtf8(std::string_view text);

// The candidate closest to `name` by edit distance, if close enough to be a
// likely slip.
std::optional<std::string> NearestName(std::string_view name,
                                       const std::vector<std::string>& candidates);

}  // namespace offstage
