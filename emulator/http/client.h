// Client: simple HTTP/1.1 requests to a server on this machine (tests, `invoke`
// against a running emulator, hand-over to another engine). Keeps its
// connection.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/result.h"
#include "http/message.h"

namespace offstage::http {

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{std::chrono::seconds(5)};
  std::chrono::milliseconds read_timeout{std::chrono::minutes(15)};
};

// Thread-compatible: one request at a time.
class Client {
 public:
  Client(const std::string& host, int port, const ClientOptions& options = {});
  // Of "http://host:port" or "https://host"; certificates are checked. Fails for other schemes.
  static Result<std::unique_ptr<Client>> ForUrl(const std::string& url,
                                                const ClientOptions& options = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // `request.target` is sent as it is. Fails when there is no answer; any
  // status is an answer.
  Result<Reply> Send(const Request& request);

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offstage::http
