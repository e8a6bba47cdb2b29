#include "http/later.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace offstage::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Room for more bytes by then?
bool AwaitRoom(int socket, steady_clock::time_point deadline) {
  constexpr milliseconds kLongest{60'000};
  while (true) {
    const auto left = deadline - steady_clock::now();
    if (left <= milliseconds(0)) return false;
    const auto wait = std::min<steady_clock::duration>(left, kLongest);
    pollfd polled = {socket, POLLOUT, 0};
    const int count = ::poll(
        &polled, 1, static_cast<int>(std::chrono::duration_cast<milliseconds>(wait).count()) + 1);
    if (count > 0) return (polled.revents & (POLLERR | POLLHUP | POLLNVAL)) == 0;
    if (count < 0 && errno != EINTR) return false;
  }
}

bool SendAll(int socket, const std::string& text, steady_clock::time_point deadline) {
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t count = ::send(socket, text.data() + sent, text.size() - sent, MSG_DONTWAIT);
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    } else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (!AwaitRoom(socket, deadline)) return false;
    } else if (count == 0 || errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool Later::Send(const Reply& reply, steady_clock::time_point deadline) {
  const std::string text = WireText(reply);
  const MutexLock lock(mutex_);
  if (socket_ < 0 || sent_) return false;
  sent_ = true;
  const bool whole = SendAll(socket_, text, deadline);
  // Wakes the connection's thread, which closes the socket.
  if (!whole || last_) ::shutdown(socket_, SHUT_RDWR);
  return whole;
}

bool Later::Sent() const {
  const MutexLock lock(mutex_);
  return sent_;
}

void Later::Abandon() {
  const MutexLock lock(mutex_);
  socket_ = -1;
}

}  // namespace offstage::http
