// Text as it stands in an HTML page.
#pragma once

#include <string>
#include <string_view>

namespace offstage {

// Safe between tags and within quoted attributes, whatever the text holds.
std::string EscapeHtml(std::string_view text);

}  // namespace offstage
