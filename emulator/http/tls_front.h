// TlsFront: https in front of the plain servers of this machine. Answers for any host name with a
// certificate that an authority of its own signs, made on first use, and passes the bytes on.
//
// The authority's key never leaves its folder, which only its owner can read; only programs that
// are handed ca.pem or bundle.pem believe it.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace offstage::http {

// Thread-safe.
class TlsFront {
 public:
  // The port on 127.0.0.1 that serves a host name, in lower case ("" when the client names none);
  // 0: the connection is closed. Called on many threads.
  using Backend = std::function<int(std::string_view host)>;

  // Listens on a port of 127.0.0.1 (0: a free one). `folder` gets ca.pem, ca-key.pem (kept from run
  // to run) and bundle.pem, the machine's own authorities with that one. Fails when it cannot be
  // written or the port is taken.
  static Result<std::unique_ptr<TlsFront>> Start(const std::filesystem::path& folder,
                                                 Backend backend, int port = 0);
  // Closes every connection and joins every thread.
  ~TlsFront();
  TlsFront(const TlsFront&) = delete;
  TlsFront& operator=(const TlsFront&) = delete;

  int port() const;

 private:
  class Impl;
  explicit TlsFront(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offstage::http
