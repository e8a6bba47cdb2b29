// RawSocket: a plain TCP client that sends bytes as they are, for what no HTTP client would send.
#pragma once

#include <string>
#include <string_view>

namespace offstage::test {

class RawSocket {
 public:
  // Connects to 127.0.0.1; ok() tells whether it worked.
  explicit RawSocket(int port);
  ~RawSocket();
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  bool ok() const { return fd_ >= 0; }
  void Send(std::string_view bytes) const;
  // Reads until the peer closes (at most 10 s).
  std::string ReadAll() const;
  // Reads one HTTP response with a Content-Length (or none) and leaves the connection open.
  std::string ReadResponse();
  // Reads up to and with `mark`, or what came before the peer closed or 10 s passed.
  std::string ReadUntil(std::string_view mark);
  // True when the peer has closed the connection (waits at most 10 s).
  bool ClosedByPeer() const;

 private:
  int fd_ = -1;
  std::string buffered_;
};

}  // namespace offstage::test
