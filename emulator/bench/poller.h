// Poller: waits for sockets, exactly to the microsecond: epoll on Linux, poll elsewhere. Internal
// to bench/.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#if !defined(__linux__)
#include <poll.h>
#endif

namespace offstage::bench {

struct Ready {
  std::size_t index = 0;
  bool readable = false;
  bool writable = false;
};

// Used by one thread.
class Poller {
 public:
  enum class Wanted { kRead, kReadAndWrite };

  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // `index` comes back in Ready. A descriptor is removed before it is closed.
  void Add(int fd, std::size_t index, Wanted wanted);
  void Change(int fd, std::size_t index, Wanted wanted);
  void Remove(int fd);
  // Until something is ready, or so long. The list lives until the next call.
  const std::vector<Ready>& Wait(std::chrono::nanoseconds limit);

 private:
  std::vector<Ready> ready_;
#if defined(__linux__)
  int epoll_ = -1;
#else
  std::vector<pollfd> polled_;
  std::vector<std::size_t> indexes_;
#endif
};

}  // namespace offstage::bench
