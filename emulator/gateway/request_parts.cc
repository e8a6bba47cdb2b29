#include "gateway/request_parts.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/json.h"
#include "base/text.h"

namespace offstage::gateway {

namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool LessIgnoreCase(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(),
                                      [](char x, char y) { return Lower(x) < Lower(y); });
}

// Length of the valid UTF-8 sequence at the front of `text`, or 0.
std::size_t SequenceLength(std::string_view text) {
  for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
    if (IsValidUtf8(text.substr(0, length))) return length;
  }
  return 0;
}

}  // namespace

std::vector<NamedValues> ParseQuery(std::string_view raw_query) {
  std::vector<NamedValues> parameters;
  // Hostile queries have thousands of names; real ones a handful.
  std::unordered_map<std::string, std::size_t> index;
  std::size_t start = 0;
  while (start < raw_query.size()) {
    const std::size_t end = std::min(raw_query.find_first_of("&;", start), raw_query.size());
    const std::string_view part = raw_query.substr(start, end - start);
    start = end + 1;
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    std::string name = FormDecode(part.substr(0, equals));
    std::string value =
        equals == std::string_view::npos ? std::string() : FormDecode(part.substr(equals + 1));
    const auto [place, is_new] = index.try_emplace(name, parameters.size());
    if (is_new) parameters.push_back({std::move(name), {}});
    parameters[place->second].values.push_back(std::move(value));
  }
  return parameters;
}

const NamedValues* FindParameter(const std::vector<NamedValues>& parameters,
                                 std::string_view name) {
  for (const NamedValues& parameter : parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

void SortHeaders(HeaderList& headers) {
  std::stable_sort(headers.begin(), headers.end(),
                   [](const auto& a, const auto& b) { return LessIgnoreCase(a.first, b.first); });
}

bool IsDroppedFromRequest(std::string_view header_name) {
  static constexpr std::array<std::string_view, 13> kDropped = {"connection",
                                                                "content-length",
                                                                "content-md5",
                                                                "expect",
                                                                "keep-alive",
                                                                "max-forwards",
                                                                "proxy-authenticate",
                                                                "server",
                                                                "te",
                                                                "trailer",
                                                                "transfer-encoding",
                                                                "upgrade",
                                                                "www-authenticate"};
  return std::any_of(kDropped.begin(), kDropped.end(), [header_name](std::string_view dropped) {
    return EqualsIgnoreCase(dropped, header_name);
  });
}

bool MatchesMediaType(std::string_view media_type, const std::vector<std::string>& entries) {
  const std::string_view type = Trim(media_type.substr(0, media_type.find_first_of(",;")));
  const std::size_t slash = type.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view any_of_type = type.substr(0, slash + 1);
  for (const std::string& entry : entries) {
    if (entry == "*/*") return true;
    // A wildcard on the left matches nothing, not even itself (recorded).
    if (entry.starts_with('*')) continue;
    if (EqualsIgnoreCase(entry, type)) return true;
    const bool wildcard = entry.ends_with("/*");
    if (wildcard &&
        EqualsIgnoreCase(std::string_view(entry).substr(0, entry.size() - 1), any_of_type)) {
      return true;
    }
  }
  return false;
}

bool IsTextMediaType(std::string_view media_type) {
  const std::string type = ToLower(Trim(media_type.substr(0, media_type.find(';'))));
  return type.empty() || type.starts_with("text/") || type == "application/json" ||
         type == "application/javascript" || type == "application/xml";
}

std::string ToValidUtf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
      continue;
    }
    out += text.substr(0, length);
    text.remove_prefix(length);
  }
  return out;
}

void AppendJsonText(std::string_view text, std::string& out) {
  if (IsValidUtf8(text)) {
    AppendJsonString(text, out);
  } else {
    AppendJsonString(ToValidUtf8(text), out);
  }
}

std::string ToExplanation(std::string_view text) {
  std::string out;
  out.reserve(std::min(text.size(), kMaxExplanation));
  for (const char c : text) {
    if (out.size() == kMaxExplanation) {
      out.replace(kMaxExplanation - 3, 3, "...");
      break;
    }
    if (c == '\n' || c == '\r' || c == '\t') {
      if (!out.empty() && out.back() != ' ') out.push_back(' ');
    } else {
      out.push_back(c >= 0x20 && c < 0x7f ? c : '?');
    }
  }
  return out;
}

}  // namespace offstage::gateway
