// The parts of a request as API Gateway sees them: query parameters, headers, media types. Faces
// hostile input: linear or n log n in its size, nothing throws.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/api_config.h"
#include "http/message.h"

namespace offstage::gateway {

// A name with all its values, in the order they came.
struct NamedValues {
  std::string name = {};
  std::vector<std::string> values = {};
};

// Decoded, grouped by name, names in order of first appearance. '+' is a blank, '&' and ';'
// separate (api-gateway-known-issues: a semicolon splits the data), a name without '=' has the
// value "".
std::vector<NamedValues> ParseQuery(std::string_view raw_query);

// The first parameter of that name, or null; names are case-sensitive.
const NamedValues* FindParameter(const std::vector<NamedValues>& parameters, std::string_view name);

// Header names and values of an event, sorted by name without case, equal names together and in
// their order; the service writes them so. The views live as long as what they were made from.
using HeaderList = std::vector<std::pair<std::string_view, std::string_view>>;
void SortHeaders(HeaderList& headers);

// Headers that never reach an integration: hop-by-hop ones and some that the service keeps for
// itself (recorded: test_apigateway_header_remapping_aws[AWS_PROXY]).
bool IsDroppedFromRequest(std::string_view header_name);

// `media_type` may have parameters, and further types after a comma, which do not count. It matches
// an entry that is equal to it, "type/*" of its type, and "*/*".
bool MatchesMediaType(std::string_view media_type, const std::vector<std::string>& entries);

// HTTP APIs have no list: text/*, application/json, application/javascript and application/xml are
// text, all else (forms too) is base64 in events. No type at all counts as text.
bool IsTextMediaType(std::string_view media_type);

// Appends a JSON string literal; invalid UTF-8 becomes U+FFFD, as the service decodes it.
void AppendJsonText(std::string_view text, std::string& out);
std::string ToValidUtf8(std::string_view text);

// One line of printable ASCII, at most kMaxExplanation characters: fit for a header value.
inline constexpr std::size_t kMaxExplanation = 600;
std::string ToExplanation(std::string_view text);

}  // namespace offstage::gateway
