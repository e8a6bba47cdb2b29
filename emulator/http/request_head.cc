#include "http/request_head.h"

#include <charconv>

#include "base/text.h"

namespace offstage::http {

namespace {

bool IsToken(std::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (u <= 0x20 || u >= 0x7f ||
        std::string_view("()<>@,;:\\\"/[]?={}").find(c) != std::string_view::npos) {
      return false;
    }
  }
  return true;
}

bool HasControl(std::string_view text) {
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if ((u < 0x20 && c != '\t') || u == 0x7f) return true;
  }
  return false;
}

bool ParseRequestLine(std::string_view line, Request& request) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return false;
  const std::string_view method = line.substr(0, first);
  std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!IsToken(method) || target.empty() || target.find(' ') != std::string_view::npos ||
      HasControl(target)) {
    return false;
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return false;
  // Absolute form, as proxies receive it: keep path and query.
  if (target.front() != '/' && target != "*") {
    const auto scheme = target.find("://");
    if (scheme == std::string_view::npos) return false;
    const auto path = target.find('/', scheme + 3);
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  request.method = method;
  request.target = target;
  request.version = version.substr(5);
  return true;
}

// Fills in what the message framing depends on; false for ambiguous or
// malformed framing.
bool ReadFraming(RequestHead& head) {
  const Headers& headers = head.request.headers;
  head.keep_alive = head.request.version == "1.1";
  for (const std::string_view value : headers.GetAll("Connection")) {
    for (const std::string_view option : Split(value, ',')) {
      if (EqualsIgnoreCase(Trim(option), "close")) head.keep_alive = false;
      if (EqualsIgnoreCase(Trim(option), "keep-alive") && head.request.version == "1.0")
        head.keep_alive = true;
    }
  }
  const auto encodings = headers.GetAll("Transfer-Encoding");
  const auto lengths = headers.GetAll("Content-Length");
  if (encodings.size() > 1 || lengths.size() > 1 || (!encodings.empty() && !lengths.empty()))
    return false;
  if (!encodings.empty()) {
    if (!EqualsIgnoreCase(Trim(encodings[0]), "chunked")) return false;
    head.chunked = true;
  }
  if (!lengths.empty()) {
    const std::string_view text = Trim(lengths[0]);
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), head.content_length);
    if (error != std::errc() || end != text.data() + text.size()) return false;
  }
  head.expects_continue = EqualsIgnoreCase(Trim(headers.Get("Expect")), "100-continue");
  return true;
}

}  // namespace

std::optional<RequestHead> ParseRequestHead(std::string_view text) {
  RequestHead head;
  bool first = true;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (first) {
      if (!ParseRequestLine(line, head.request)) return std::nullopt;
      first = false;
      continue;
    }
    if (line.empty()) break;
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) return std::nullopt;
    const std::string_view value = Trim(line.substr(colon + 1));
    if (HasControl(value)) return std::nullopt;
    head.request.headers.Add(std::string(line.substr(0, colon)), std::string(value));
  }
  if (first || !ReadFraming(head)) return std::nullopt;
  return head;
}

}  // namespace offstage::http
