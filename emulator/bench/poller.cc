#include "bench/poller.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#if defined(__linux__)
#include <sys/epoll.h>
#include <sys/prctl.h>
#endif

namespace offstage::bench {

#if defined(__linux__)

namespace {

std::uint32_t EventsFor(Poller::Wanted wanted) {
  return wanted == Poller::Wanted::kRead ? EPOLLIN : EPOLLIN | EPOLLOUT;
}

}  // namespace

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
  // The kernel wakes a thread up to 50 us late to save power; an arrival is due on time.
  constexpr unsigned long kSlackNanoseconds = 1000;
  ::prctl(PR_SET_TIMERSLACK, kSlackNanoseconds);
}

Poller::~Poller() {
  ::prctl(PR_SET_TIMERSLACK, 0UL);  // The thread's default again.
  if (epoll_ >= 0) ::close(epoll_);
}

void Poller::Add(int fd, std::size_t index, Wanted wanted) {
  epoll_event event{};
  event.events = EventsFor(wanted);
  event.data.u64 = index;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
}

void Poller::Change(int fd, std::size_t index, Wanted wanted) {
  epoll_event event{};
  event.events = EventsFor(wanted);
  event.data.u64 = index;
  ::epoll_ctl(epoll_, EPOLL_CTL_MOD, fd, &event);
}

void Poller::Remove(int fd) {
  ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

const std::vector<Ready>& Poller::Wait(std::chrono::nanoseconds limit) {
  constexpr int kBatch = 64;
  epoll_event events[kBatch];
  ready_.clear();
  limit = std::max(limit, std::chrono::nanoseconds::zero());
  const timespec time{.tv_sec = static_cast<time_t>(limit.count() / 1'000'000'000),
                      .tv_nsec = static_cast<long>(limit.count() % 1'000'000'000)};
  // epoll_wait counts in milliseconds; the set itself can be waited for more finely.
  pollfd set{.fd = epoll_, .events = POLLIN, .revents = 0};
  if (::ppoll(&set, 1, &time, nullptr) <= 0) return ready_;
  const int count = ::epoll_wait(epoll_, events, kBatch, 0);
  for (int i = 0; i < count; ++i) {
    const std::uint32_t happened = events[i].events;
    ready_.push_back({.index = static_cast<std::size_t>(events[i].data.u64),
                      .readable = (happened & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0,
                      .writable = (happened & (EPOLLOUT | EPOLLERR)) != 0});
  }
  return ready_;
}

#else

namespace {

short EventsFor(Poller::Wanted wanted) {
  return wanted == Poller::Wanted::kRead ? POLLIN : POLLIN | POLLOUT;
}

}  // namespace

Poller::Poller() = default;
Poller::~Poller() = default;

void Poller::Add(int fd, std::size_t index, Wanted wanted) {
  polled_.push_back({.fd = fd, .events = EventsFor(wanted), .revents = 0});
  indexes_.push_back(index);
}

void Poller::Change(int fd, std::size_t, Wanted wanted) {
  for (pollfd& entry : polled_) {
    if (entry.fd == fd) entry.events = EventsFor(wanted);
  }
}

void Poller::Remove(int fd) {
  for (std::size_t i = 0; i < polled_.size(); ++i) {
    if (polled_[i].fd != fd) continue;
    polled_.erase(polled_.begin() + static_cast<std::ptrdiff_t>(i));
    indexes_.erase(indexes_.begin() + static_cast<std::ptrdiff_t>(i));
    return;
  }
}

const std::vector<Ready>& Poller::Wait(std::chrono::nanoseconds limit) {
  ready_.clear();
  // poll counts in milliseconds: what is below one is waited out by looking again and again.
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  const int count = ::poll(polled_.data(), static_cast<nfds_t>(polled_.size()),
                           static_cast<int>(std::max<long long>(millis, 0)));
  if (count <= 0) return ready_;
  for (std::size_t i = 0; i < polled_.size(); ++i) {
    const short happened = polled_[i].revents;
    if (happened == 0) continue;
    ready_.push_back({.index = indexes_[i],
                      .readable = (happened & (POLLIN | POLLHUP | POLLERR)) != 0,
                      .writable = (happened & (POLLOUT | POLLERR)) != 0});
  }
  return ready_;
}

#endif

}  // namespace offstage::bench
