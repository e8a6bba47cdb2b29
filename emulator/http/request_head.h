// Reads an HTTP/1.x request head ourselves: cpp-httplib percent-decodes header
// values, forgets their order across names and refuses lines over 8 KiB.
// Private to http/.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace offstage::http {

struct RequestHead {
  // method, target, version and headers; no body.
  Request request;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
  std::size_t content_length = 0;
};

// `head` ends with the blank line. Null when it is not HTTP/1.0 or 1.1, or when
// its framing is ambiguous (two lengths, a length beside chunks: RFC 9112 6.3),
// which is an attack or a broken client.
std::optional<RequestHead> ParseRequestHead(std::string_view head);

}  // namespace offstage::http
