#include "bench/load.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <ctime>
#include <deque>
#include <memory>

#include "base/text.h"
#include "bench/poller.h"
#include "bench/reply_reader.h"

namespace offstage::bench {

namespace {

using namespace std::chrono_literals;

// How often the stop flag is looked at while nothing happens.
constexpr nanoseconds kLookAround = 50ms;

nanoseconds ThreadCpu() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

Result<Address> Resolve(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (code != 0 || found == nullptr)
    return Fail(Error{fmt::format("cannot find {}: {}", host, ::gai_strerror(code))});
  Address address;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  ::freeaddrinfo(found);
  return address;
}

// One kept connection and the request on it.
struct Connection {
  int fd = -1;
  bool busy = false;
  // A request that met a connection which the server had closed meanwhile is sent once more.
  bool again = false;
  const WireRequest* request = nullptr;
  std::size_t written = 0;
  nanoseconds due{0};
  nanoseconds sent{0};
  ReplyReader reader;
};

class Generator {
 public:
  Generator(const std::vector<WireRequest>& requests, const LoadOptions& options, Address address)
      : requests_(requests), options_(options), address_(address), schedule_(options.shape.rate) {}
  ~Generator() {
    for (const auto& connection : connections_) {
      if (connection->fd >= 0) ::close(connection->fd);
    }
  }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  Result<LoadResult> Run();

 private:
  nanoseconds Now() const { return Steady::now() - result_.start; }
  bool Stopped() const { return options_.stop != nullptr && options_.stop->load(); }
  bool MoreToBegin(nanoseconds now) const;
  Status Open(Connection& connection, std::size_t index);
  Status AddConnection();
  void Begin(std::size_t index, nanoseconds due);
  void BeginDue(nanoseconds now);
  nanoseconds NextWait(nanoseconds now) const;
  void Write(std::size_t index);
  void Read(std::size_t index);
  void Complete(std::size_t index);
  void Lose(std::size_t index, const std::string& why);
  void FailOne(const std::string& why);
  void Free(std::size_t index);

  const std::vector<WireRequest>& requests_;
  const LoadOptions& options_;
  const Address address_;
  const Schedule schedule_;
  Poller poller_;
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<std::size_t> idle_;
  std::uint64_t begun_ = 0;
  std::uint64_t under_way_ = 0;
  bool unreachable_ = false;
  LoadResult result_;
};

bool Generator::MoreToBegin(nanoseconds now) const {
  if (options_.requests != 0 && begun_ >= options_.requests) return false;
  if (options_.shape.open()) return begun_ < schedule_.CountBefore(options_.duration);
  return now < options_.duration;
}

Status Generator::Open(Connection& connection, std::size_t index) {
  connection.fd = ::socket(address_.storage.ss_family, SOCK_STREAM, 0);
  if (connection.fd < 0)
    return Fail(Error{fmt::format("cannot open a connection: {}", std::strerror(errno))});
  ::fcntl(connection.fd, F_SETFD, FD_CLOEXEC);
  const auto* name = reinterpret_cast<const sockaddr*>(&address_.storage);
  if (::connect(connection.fd, name, address_.size) != 0) {
    const int error = errno;
    ::close(connection.fd);
    connection.fd = -1;
    return Fail(Error{fmt::format("cannot connect to {}:{}: {}", options_.host, options_.port,
                                  std::strerror(error))});
  }
  ::fcntl(connection.fd, F_SETFL, O_NONBLOCK);
  const int on = 1;
  ::setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
#if defined(SO_NOSIGPIPE)
  ::setsockopt(connection.fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));  // macOS
#endif
  poller_.Add(connection.fd, index, Poller::Wanted::kRead);
  return Ok();
}

Status Generator::AddConnection() {
  auto connection = std::make_unique<Connection>();
  OFFSTAGE_TRY_VOID(Open(*connection, connections_.size()));
  idle_.push_back(connections_.size());
  connections_.push_back(std::move(connection));
  return Ok();
}

void Generator::Begin(std::size_t index, nanoseconds due) {
  Connection& connection = *connections_[index];
  connection.request = &requests_[(options_.first_request + begun_) % requests_.size()];
  connection.busy = true;
  connection.again = false;
  connection.due = due;
  ++begun_;
  ++under_way_;
  connection.written = 0;
  connection.reader.Begin(connection.request->head ? ReplyReader::Body::kNone
                                                   : ReplyReader::Body::kPossible);
  connection.sent = Now();
  if (!options_.shape.open()) connection.due = connection.sent;
  Write(index);
}

// Everything that should be under way by now.
void Generator::BeginDue(nanoseconds now) {
  while (MoreToBegin(now) && !unreachable_) {
    if (options_.shape.open() && schedule_.DueAt(begun_) > now) return;
    if (idle_.empty()) {
      const bool may_grow =
          options_.shape.open() &&
          connections_.size() < static_cast<std::size_t>(options_.most_connections);
      if (!may_grow) return;
      if (const Status opened = AddConnection(); !opened.ok()) {
        FailOne(opened.error().message);
        unreachable_ = true;
        return;
      }
    }
    const std::size_t index = idle_.back();
    idle_.pop_back();
    Begin(index, options_.shape.open() ? schedule_.DueAt(begun_) : now);
  }
}

nanoseconds Generator::NextWait(nanoseconds now) const {
  nanoseconds wait = kLookAround;
  if (!MoreToBegin(now)) return wait;
  if (!options_.shape.open()) return std::min(wait, options_.duration - now);
  const bool can_begin =
      !idle_.empty() || connections_.size() < static_cast<std::size_t>(options_.most_connections);
  return can_begin ? std::min(wait, schedule_.DueAt(begun_) - now) : wait;
}

void Generator::Write(std::size_t index) {
  Connection& connection = *connections_[index];
  const std::string& bytes = connection.request->bytes;
  while (connection.written < bytes.size()) {
#if defined(MSG_NOSIGNAL)
    constexpr int kFlags = MSG_NOSIGNAL;
#else
    constexpr int kFlags = 0;
#endif
    const auto count = ::send(connection.fd, bytes.data() + connection.written,
                              bytes.size() - connection.written, kFlags);
    if (count > 0) {
      connection.written += static_cast<std::size_t>(count);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      return poller_.Change(connection.fd, index, Poller::Wanted::kReadAndWrite);
    return Lose(index, std::strerror(errno));
  }
}

void Generator::Read(std::size_t index) {
  Connection& connection = *connections_[index];
  char buffer[64 * 1024];
  while (connection.fd >= 0) {
    const auto count = ::recv(connection.fd, buffer, sizeof(buffer), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (count < 0) return Lose(index, std::strerror(errno));
    if (!connection.busy) {
      // Closed while idle: opened anew when it is needed.
      poller_.Remove(connection.fd);
      ::close(connection.fd);
      connection.fd = -1;
      return;
    }
    const auto state =
        count == 0
            ? connection.reader.End()
            : connection.reader.Feed(std::string_view(buffer, static_cast<std::size_t>(count)));
    if (state == ReplyReader::State::kDone) return Complete(index);
    if (state == ReplyReader::State::kBroken)
      return Lose(index, count == 0 ? "the connection was closed" : "the answer is not HTTP");
    // A short read has emptied the socket.
    if (static_cast<std::size_t>(count) < sizeof(buffer)) return;
  }
}

void Generator::Complete(std::size_t index) {
  Connection& connection = *connections_[index];
  const int status = connection.reader.status();
  const bool good = options_.expected_status == 0 ? status >= 200 && status < 400
                                                  : status == options_.expected_status;
  if (good && !Stopped()) {
    result_.samples.push_back(
        {.due = connection.due, .sent = connection.sent, .end = Now(), .status = status});
    result_.reply_bytes += connection.reader.body_bytes();
  } else if (!good) {
    FailOne(fmt::format("answered {}", status));
  }
  if (!connection.reader.keep_alive()) {
    poller_.Remove(connection.fd);
    ::close(connection.fd);
    connection.fd = -1;
  }
  Free(index);
}

void Generator::Free(std::size_t index) {
  Connection& connection = *connections_[index];
  connection.busy = false;
  --under_way_;
  if (connection.fd < 0) {
    if (const Status opened = Open(connection, index); !opened.ok()) {
      FailOne(opened.error().message);
      unreachable_ = true;
      return;
    }
  }
  idle_.push_back(index);
}

void Generator::Lose(std::size_t index, const std::string& why) {
  Connection& connection = *connections_[index];
  poller_.Remove(connection.fd);
  ::close(connection.fd);
  connection.fd = -1;
  if (!connection.again && !connection.reader.begun() && Open(connection, index).ok()) {
    connection.again = true;
    connection.written = 0;
    return Write(index);
  }
  FailOne("no answer: " + why);
  Free(index);
}

void Generator::FailOne(const std::string& why) {
  if (Stopped()) return;
  ++result_.failures;
  if (result_.first_failure.empty()) result_.first_failure = why;
}

Result<LoadResult> Generator::Run() {
  const int at_first = options_.shape.open() ? 1 : std::max(1, options_.shape.concurrency);
  for (int i = 0; i < at_first; ++i)
    OFFSTAGE_TRY_VOID(AddConnection());
  const nanoseconds cpu = ThreadCpu();
  result_.start = Steady::now();
  nanoseconds now{0};
  while (!Stopped() && (MoreToBegin(now) || under_way_ > 0) && !unreachable_) {
    if (now > options_.duration + options_.patience) break;
    BeginDue(now);
    for (const Ready& ready : poller_.Wait(NextWait(Now()))) {
      Connection& connection = *connections_[ready.index];
      if (ready.writable && connection.busy && connection.fd >= 0 &&
          connection.written < connection.request->bytes.size()) {
        Write(ready.index);
        if (connection.fd >= 0 && connection.written == connection.request->bytes.size())
          poller_.Change(connection.fd, ready.index, Poller::Wanted::kRead);
      }
      if (ready.readable && connection.fd >= 0) Read(ready.index);
    }
    now = Now();
  }
  result_.elapsed = Now();
  result_.begun = begun_;
  result_.cpu = ThreadCpu() - cpu;
  result_.unanswered = Stopped() ? 0 : under_way_;
  if (options_.shape.open() && !Stopped() && options_.requests == 0)
    result_.unanswered += schedule_.CountBefore(options_.duration) - begun_;
  result_.connections = static_cast<int>(connections_.size());
  return std::move(result_);
}

}  // namespace

std::string LoadShape::Text() const {
  return open() ? fmt::format("rate:{:g}", rate) : fmt::format("concurrency:{}", concurrency);
}

nanoseconds Schedule::DueAt(std::uint64_t index) const {
  // From the index, not from the last one: errors must not add up.
  return nanoseconds(
      static_cast<std::int64_t>(std::llround(static_cast<double>(index) * 1e9 / rate_)));
}

std::uint64_t Schedule::CountBefore(nanoseconds end) const {
  if (end <= nanoseconds::zero() || rate_ <= 0) return 0;
  auto count =
      static_cast<std::uint64_t>(std::ceil(static_cast<double>(end.count()) * rate_ / 1e9));
  while (count > 0 && DueAt(count - 1) >= end)
    --count;
  return count;
}

WireRequest ToWire(const http::Request& request, const std::string& host) {
  WireRequest wire;
  wire.head = request.method == "HEAD";
  wire.bytes = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
  if (request.headers.Find("Host") == nullptr) wire.bytes += "Host: " + host + "\r\n";
  for (const auto& [name, value] : request.headers)
    wire.bytes += name + ": " + value + "\r\n";
  const bool carries = !request.body.empty() || request.method == "POST" ||
                       request.method == "PUT" || request.method == "PATCH";
  if (carries && request.headers.Find("Content-Length") == nullptr)
    wire.bytes += fmt::format("Content-Length: {}\r\n", request.body.size());
  wire.bytes += "\r\n" + request.body;
  return wire;
}

Result<LoadResult> RunLoad(const std::vector<WireRequest>& requests, const LoadOptions& options) {
  OFFSTAGE_CHECK(!requests.empty(), "a load needs requests");
  OFFSTAGE_TRY(const Address address, Resolve(options.host, options.port));
  return Generator(requests, options, address).Run();
}

}  // namespace offstage::bench
