// HTTP requests and replies as plain values. Header order, spelling and
// repetition are kept as they came from or go to the socket: what a handler
// sees must not depend on a container's order.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace offstage::http {

// An ordered multimap; names compare without case. Thread-compatible.
class Headers {
 public:
  using Entry = std::pair<std::string, std::string>;

  Headers() = default;
  Headers(std::initializer_list<Entry> entries) : entries_(entries) {}

  // Appends, also when the name is there already.
  void Add(std::string name, std::string value) {
    entries_.emplace_back(std::move(name), std::move(value));
  }
  // Replaces every entry of the name by one, in the place of the first.
  void Set(std::string_view name, std::string value);
  void Remove(std::string_view name);
  // The first value of the name, or null.
  const std::string* Find(std::string_view name) const;
  // The first value, or "" .
  std::string_view Get(std::string_view name) const;
  std::vector<std::string_view> GetAll(std::string_view name) const;

  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

 private:
  std::vector<Entry> entries_;
};

struct Request {
  std::string method;
  // The request target exactly as sent: path and query, still encoded.
  std::string target;
  // HTTP version, "1.1" or "1.0".
  std::string version;
  Headers headers;
  // Decoded from chunks if need be; never decompressed.
  std::string body;
  // The client's address and port.
  std::string remote_address;
  int remote_port = 0;

  // The target before '?', still encoded.
  std::string_view RawPath() const;
  // What follows '?', still encoded; empty when there is none.
  std::string_view RawQuery() const;
};

// Sends one piece of a streamed body at once; false: the client is gone.
using WritePiece = std::function<bool(std::string_view piece)>;

struct Reply {
  int status = 200;
  // Sent as they are. Content-Length (or Transfer-Encoding) and Connection are
  // the server's; nothing else is added.
  Headers headers = {};
  std::string body = {};
  // When set, the body is what this writes, chunked, instead of `body`. Called
  // once on the connection's thread after the headers; false: the body is cut
  // off in a way that the client notices.
  std::function<bool(const WritePiece& write)> stream = {};
};

// A header's value with what would end its line early replaced by spaces.
std::string WithoutLineBreaks(std::string value);

// The whole of a reply that is not streamed as HTTP/1.1 puts it on the wire.
std::string WireText(const Reply& reply);

}  // namespace offstage::http
