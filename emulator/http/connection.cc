#include "http/connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "base/text.h"

namespace offstage::http {

namespace {

// A client that stops in the middle of a request is given this long.
constexpr std::chrono::milliseconds kReadTimeout{30'000};
// Larger replies leave in pieces rather than being copied whole once more.
constexpr std::size_t kFlushAt = 256 * 1024;
// A body in pieces has no limit of time.
constexpr std::chrono::hours kPatience{24 * 365};
// The size line of a chunk, or a trailer (a runtime's error JSON in base64).
constexpr std::size_t kMaxChunkLine = 1024 * 1024;

void ReadName(const sockaddr_storage& name, std::string& address, int& port) {
  char text[INET6_ADDRSTRLEN] = "";
  if (name.ss_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &name, sizeof(in));
    ::inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text));
    port = ntohs(in.sin_port);
  } else if (name.ss_family == AF_INET6) {
    sockaddr_in6 in{};
    std::memcpy(&in, &name, sizeof(in));
    ::inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof(text));
    port = ntohs(in.sin6_port);
  }
  address = text;
}

}  // namespace

Connection::Connection(int socket, std::chrono::milliseconds keep_alive,
                       const std::atomic<bool>& stopping)
    : socket_(socket), keep_alive_(keep_alive), stopping_(stopping) {
  sockaddr_storage name{};
  socklen_t length = sizeof(name);
  if (::getpeername(socket_, reinterpret_cast<sockaddr*>(&name), &length) == 0) {
    ReadName(name, remote_address_, remote_port_);
  }
  length = sizeof(name);
  if (::getsockname(socket_, reinterpret_cast<sockaddr*>(&name), &length) == 0) {
    ReadName(name, local_address_, local_port_);
  }
  // How often a receive looks at its limit.
  const auto step = std::chrono::duration_cast<std::chrono::microseconds>(
      std::clamp(keep_alive_, std::chrono::milliseconds(1), kReadTimeout));
  const timeval timeout = {.tv_sec = step.count() / 1'000'000,
                           .tv_usec = static_cast<suseconds_t>(step.count() % 1'000'000)};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
}

Connection::~Connection() {
  if (later_ != nullptr) later_->Abandon();
}

std::shared_ptr<Later> Connection::MakeLater() const {
  return std::make_shared<Later>(socket_, !head_.keep_alive);
}

void Connection::WakeIfIdle() {
  if (idle_) ::shutdown(socket_, SHUT_RD);
}

// A receive with a timeout costs one system call where a poll before it costs two: with short
// exchanges between threads that is a tenth of the whole (bench/gateway_load.py).
bool Connection::Fill(std::chrono::milliseconds limit, At at) {
  if (in_position_ == in_.size()) {
    in_.clear();
    in_position_ = 0;
  }
  const auto started = std::chrono::steady_clock::now();
  ssize_t got = -1;
  // The server sets stopping_ before it looks at idle_: one of the two sees the other's word.
  idle_ = at == At::kIdle;
  while (at == At::kInRequest || !stopping_) {
    got = ::recv(socket_, received_.data(), received_.size(), 0);
    if (got >= 0) break;
    const bool again = errno == EAGAIN || errno == EWOULDBLOCK;
    if (errno != EINTR && !again) break;
    if (std::chrono::steady_clock::now() - started >= limit) break;
  }
  idle_ = false;
  if (got <= 0) return false;
  in_.append(received_.data(), static_cast<std::size_t>(got));
  return true;
}

Connection::ReadResult Connection::ReadHead(std::size_t max_head_bytes) {
  in_.erase(0, in_position_);
  in_position_ = 0;
  std::size_t searched = 0;
  std::size_t end = std::string::npos;
  while (true) {
    // RFC 9112 2.2: ignore empty lines before the request line.
    const auto start = in_.find_first_not_of("\r\n");
    if (start != 0) {
      in_.erase(0, start);
      searched = 0;
    }
    end = in_.find("\r\n\r\n", searched);
    if (end != std::string::npos) break;
    if (in_.size() > max_head_bytes) return ReadResult::kTooLarge;
    searched = in_.size() < 3 ? 0 : in_.size() - 3;
    const bool more =
        in_.empty() ? Fill(keep_alive_, At::kIdle) : Fill(kReadTimeout, At::kInRequest);
    if (!more) return ReadResult::kClosed;
  }
  if (end > max_head_bytes) return ReadResult::kTooLarge;
  auto parsed = ParseRequestHead(std::string_view(in_).substr(0, end + 4));
  if (!parsed) return ReadResult::kMalformed;
  head_ = std::move(*parsed);
  head_.request.remote_address = remote_address_;
  head_.request.remote_port = remote_port_;
  in_position_ = end + 4;
  body_left_ = head_.content_length;
  body_.Reset();
  MakeSyntheticHead();
  return ReadResult::kHead;
}

bool Connection::ReadLine(std::string& line) {
  while (true) {
    const auto end = in_.find("\r\n", in_position_);
    if (end != std::string::npos) {
      line = in_.substr(in_position_, end - in_position_);
      in_position_ = end + 2;
      return true;
    }
    if (in_.size() - in_position_ > kMaxChunkLine || !Fill(kPatience, At::kIdle)) return false;
  }
}

BodyReader::Next Connection::ChunkedBody::Broken() {
  state_ = State::kBroken;
  return Next::kBroken;
}

bool Connection::ChunkedBody::ReadTrailers() {
  for (std::string line; connection_.ReadLine(line);) {
    if (line.empty()) return true;
    const auto colon = line.find(':');
    if (colon == std::string::npos) return false;
    trailers_.Add(line.substr(0, colon),
                  std::string(Trim(std::string_view(line).substr(colon + 1))));
  }
  return false;
}

BodyReader::Next Connection::ChunkedBody::Read(std::string& piece) {
  piece.clear();
  if (state_ == State::kDone) return Next::kEnd;
  if (state_ == State::kBroken) return Next::kBroken;
  if (state_ == State::kSize) {
    std::string line;
    if (!connection_.ReadLine(line)) return Broken();
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
    if (error != std::errc() || (end != line.data() + line.size() && *end != ';' && *end != ' '))
      return Broken();
    if (left_ == 0) {
      if (!ReadTrailers()) return Broken();
      state_ = State::kDone;
      return Next::kEnd;
    }
    state_ = State::kData;
  }
  std::string& in = connection_.in_;
  std::size_t& position = connection_.in_position_;
  if (position == in.size() && !connection_.Fill(kPatience, Connection::At::kIdle)) return Broken();
  const std::size_t count = std::min(left_, in.size() - position);
  piece = in.substr(position, count);
  position += count;
  left_ -= count;
  if (left_ == 0) {
    std::string line;
    if (!connection_.ReadLine(line) || !line.empty()) return Broken();
    state_ = State::kSize;
  }
  return Next::kPiece;
}

bool Connection::SendReply(const Reply& reply) {
  out_ = WireText(reply);
  return Flush();
}

void Connection::MakeSyntheticHead() {
  synthetic_ = head_.request.method == "HEAD" ? "HEAD / HTTP/1.1\r\n" : "POST / HTTP/1.1\r\n";
  if (head_.chunked) {
    synthetic_ += "Transfer-Encoding: chunked\r\n";
  } else {
    synthetic_ += "Content-Length: ";
    synthetic_ += std::to_string(head_.content_length);
    synthetic_ += "\r\n";
  }
  if (!head_.keep_alive) synthetic_ += "Connection: close\r\n";
  if (head_.expects_continue) synthetic_ += "Expect: 100-continue\r\n";
  synthetic_ += "\r\n";
  synthetic_position_ = 0;
}

ssize_t Connection::read(char* buffer, size_t size) {
  if (synthetic_position_ < synthetic_.size()) {
    const std::size_t count = std::min(size, synthetic_.size() - synthetic_position_);
    std::memcpy(buffer, synthetic_.data() + synthetic_position_, count);
    synthetic_position_ += count;
    return static_cast<ssize_t>(count);
  }
  if (in_position_ == in_.size()) {
    if (!Flush()) return -1;
    if (!Fill(kReadTimeout, At::kInRequest)) return -1;
  }
  const std::size_t count = std::min(size, in_.size() - in_position_);
  std::memcpy(buffer, in_.data() + in_position_, count);
  in_position_ += count;
  body_left_ -= std::min(body_left_, count);
  return static_cast<ssize_t>(count);
}

ssize_t Connection::write(const char* data, size_t size) {
  out_.append(data, size);
  if (out_.size() >= kFlushAt && !Flush()) return -1;
  return static_cast<ssize_t>(size);
}

bool Connection::Flush() {
  std::size_t sent = 0;
  while (sent < out_.size()) {
    const ssize_t count = ::send(socket_, out_.data() + sent, out_.size() - sent, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      out_.clear();
      return false;
    }
    sent += static_cast<std::size_t>(count);
  }
  out_.clear();
  return true;
}

void Connection::SendPlainError(int status, const char* reason) {
  out_ = fmt::format("HTTP/1.1 {} {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status,
                     reason);
  Flush();
}

bool Connection::is_readable() const {
  return true;
}
bool Connection::is_writable() const {
  return true;
}

void Connection::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = remote_address_;
  port = remote_port_;
}

void Connection::get_local_ip_and_port(std::string& ip, int& port) const {
  ip = local_address_;
  port = local_port_;
}

}  // namespace offstage::http
