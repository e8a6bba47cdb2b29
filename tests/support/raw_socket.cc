#include "support/raw_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace offstage::test {

RawSocket::RawSocket(int port) {
  fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval limit{10, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&name), sizeof(name)) != 0) {
    ::close(fd_);
    fd_ = -1;
  }
}

RawSocket::~RawSocket() {
  if (fd_ >= 0) ::close(fd_);
}

void RawSocket::Send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::string RawSocket::ReadAll() const {
  std::string all;
  char chunk[4096];
  for (ssize_t count = 0; (count = ::recv(fd_, chunk, sizeof(chunk), 0)) > 0;) {
    all.append(chunk, static_cast<std::size_t>(count));
  }
  return all;
}

std::string RawSocket::ReadResponse() {
  char chunk[4096];
  while (true) {
    const auto end = buffered_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const auto at = buffered_.find("Content-Length: ");
      const std::size_t length =
          at < end ? std::strtoul(buffered_.c_str() + at + 16, nullptr, 10) : 0;
      const std::size_t total = end + 4 + length;
      if (buffered_.size() >= total) {
        std::string response = buffered_.substr(0, total);
        buffered_.erase(0, total);
        return response;
      }
    }
    const ssize_t count = ::recv(fd_, chunk, sizeof(chunk), 0);
    if (count <= 0) return buffered_;
    buffered_.append(chunk, static_cast<std::size_t>(count));
  }
}

std::string RawSocket::ReadUntil(std::string_view mark) {
  char chunk[4096];
  while (true) {
    const auto at = buffered_.find(mark);
    if (at != std::string::npos) {
      std::string text = buffered_.substr(0, at + mark.size());
      buffered_.erase(0, at + mark.size());
      return text;
    }
    const ssize_t count = ::recv(fd_, chunk, sizeof(chunk), 0);
    if (count <= 0) return std::exchange(buffered_, {});
    buffered_.append(chunk, static_cast<std::size_t>(count));
  }
}

bool RawSocket::ClosedByPeer() const {
  char c = 0;
  return ::recv(fd_, &c, 1, 0) == 0;
}

}  // namespace offstage::test
