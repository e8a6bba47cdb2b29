#include "http/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <future>
#include <system_error>
#include <thread>
#include <unordered_set>

#include "base/mutex.h"
#include "base/text.h"
#include "http/connection.h"
#include "http/thread_queue.h"

namespace offstage::http {

namespace {

// The library listens with a backlog of 5: a burst of connects then stalls for
// a second.
constexpr int kListenBacklog = 1024;

// The connection that this thread serves: cpp-httplib's handlers get only its
// own request.
thread_local Connection* current_connection = nullptr;
thread_local bool reply_has_content_type = false;

bool IsFramingHeader(std::string_view name) {
  return EqualsIgnoreCase(name, "Content-Length") || EqualsIgnoreCase(name, "Transfer-Encoding") ||
         EqualsIgnoreCase(name, "Connection") || EqualsIgnoreCase(name, "Keep-Alive");
}

void FillResponse(Reply reply, httplib::Response& response) {
  response.status = reply.status;
  reply_has_content_type = reply.headers.Find("Content-Type") != nullptr;
  for (const auto& [name, value] : reply.headers) {
    if (!IsFramingHeader(name)) response.headers.emplace(name, WithoutLineBreaks(value));
  }
  if (!reply.stream) {
    response.body = std::move(reply.body);
    return;
  }
  // The library writes head and chunks into the connection's buffer; each piece leaves at once.
  const std::string type(reply.headers.Get("Content-Type"));
  response.headers.erase("Content-Type");
  Connection* connection = current_connection;
  response.set_chunked_content_provider(
      type, [connection, stream = std::move(reply.stream)](std::size_t, httplib::DataSink& sink) {
        const bool whole = stream([&](std::string_view piece) {
          // An empty chunk would end the body.
          if (piece.empty()) return true;
          return sink.write(piece.data(), piece.size()) && connection->Flush();
        });
        if (whole) sink.done();
        return whole;
      });
}

std::string BindFailure(const ServerOptions& options, int error) {
  if (error == EADDRINUSE) {
    return fmt::format(
        "port {} on {} is in use by another program; choose "
        "another port, or 0 for a free one",
        options.port, options.address);
  }
  if (error == EACCES) {
    return fmt::format("port {} needs more rights than this user has; choose one above 1023",
                       options.port);
  }
  return fmt::format(
      "cannot listen on {}:{}: {}", options.address, options.port,
      error == 0 ? "not an address of this machine" : std::generic_category().message(error));
}

// Why binding fails, found out by trying: the library does not say.
int ProbeBindError(const ServerOptions& options) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(options.port));
  if (fd < 0 || ::inet_pton(AF_INET, options.address.c_str(), &name.sin_addr) != 1) {
    if (fd >= 0) ::close(fd);
    return 0;
  }
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const int error = ::bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0 ? 0 : errno;
  ::close(fd);
  return error;
}

}  // namespace

class Server::Impl final : public httplib::Server {
 public:
  Impl(const ServerOptions& options, http::Handler handler,
       std::function<void(const std::string&)> on_bug)
      : options_(options), handler_(std::move(handler)), on_bug_(std::move(on_bug)) {
    Configure();
  }

  ~Impl() override { Shutdown(); }

  Status Listen() {
    port_ = options_.port;
    if (port_ == 0) {
      port_ = bind_to_any_port(options_.address);
      if (port_ < 0) return Fail(Error{BindFailure(options_, ProbeBindError(options_))});
    } else if (!bind_to_port(options_.address, port_)) {
      return Fail(Error{BindFailure(options_, ProbeBindError(options_))});
    }
    ::listen(svr_sock_, kListenBacklog);
    ::fcntl(svr_sock_, F_SETFD, FD_CLOEXEC);
    std::promise<void> running;
    auto is_running_now = running.get_future();
    // Called by the library once it accepts: only from then on does stop() have
    // an effect.
    new_task_queue = [&running] {
      running.set_value();
      return new ThreadQueue();
    };
    acceptor_ = std::thread([this] { listen_after_bind(); });
    is_running_now.wait();
    return Ok();
  }

  int port() const { return port_; }
  const std::string& address() const { return options_.address; }

 private:
  void Configure() {
    set_keep_alive_max_count(1);  // Unused: the loop below counts nothing.
    set_payload_max_length(options_.max_body_bytes);
    set_write_timeout(60);
    set_read_timeout(60);
    // Not the library's default, which sets SO_REUSEPORT: two emulators would
    // share a port in silence.
    set_socket_options([](socket_t socket) {
      const int on = 1;
      ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    });
    const auto handle = [this](const httplib::Request& request, httplib::Response& response) {
      Answer(request, response);
    };
    Post("/", handle);
    Get("/", handle);  // HEAD
    set_post_routing_handler([](const httplib::Request&, httplib::Response& response) {
      response.headers.erase("Keep-Alive");
      response.headers.erase("Accept-Ranges");
      if (!reply_has_content_type) response.headers.erase("Content-Type");
    });
  }

  void Answer(const httplib::Request& request, httplib::Response& response) {
    Request& ours = current_connection->head().request;
    ours.body = request.body;
    try {
      FillResponse(handler_(ours), response);
    } catch (const std::exception& bug) {
      if (on_bug_) on_bug_(fmt::format("{} {}: {}", ours.method, ours.target, bug.what()));
      FillResponse({.status = 500}, response);
    }
  }

  // The library's own loop leaves after five requests, wakes a hundred times a
  // second to look for the next, and writes head and body apart. Private and
  // virtual there; replaced whole.
  bool process_and_close_socket(socket_t socket) override {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    ::fcntl(socket, F_SETFD, FD_CLOEXEC);
    ServeAll(socket);
    ::shutdown(socket, SHUT_RDWR);
    ::close(socket);
    return true;
  }

  void ServeAll(socket_t socket) {
    Connection connection(socket, options_.keep_alive, stopping_);
    Enlist(connection);
    current_connection = &connection;
    while (ServeOne(connection)) {
    }
    current_connection = nullptr;
    Strike(connection);
  }

  // False when the connection is to be closed.
  bool ServeOne(Connection& connection) {
    switch (connection.ReadHead(options_.max_head_bytes)) {
      case Connection::ReadResult::kClosed:
        return false;
      case Connection::ReadResult::kMalformed:
        connection.SendPlainError(400, "Bad Request");
        return false;
      case Connection::ReadResult::kTooLarge:
        connection.SendPlainError(431, "Request Header Fields Too Large");
        return false;
      case Connection::ReadResult::kHead:
        break;
    }
    if (connection.HasUnsentReply()) return false;
    if (options_.later && !connection.head().chunked && connection.head().content_length == 0) {
      const auto later = connection.MakeLater();
      if (options_.later(connection.head().request, later)) {
        connection.Leave(later);
        return true;
      }
    }
    if (options_.piecewise && connection.head().chunked) {
      if (auto reply = options_.piecewise(connection.head().request, connection.body())) {
        std::string rest;
        return connection.SendReply(*reply) &&
               connection.body().Read(rest) == BodyReader::Next::kEnd &&
               connection.head().keep_alive && !stopping_.load();
      }
    }
    bool closed = false;
    reply_has_content_type = false;
    Process(*this, connection, closed);
    return connection.Flush() && !closed && connection.head().keep_alive &&
           connection.BodyConsumed() && !stopping_.load();
  }

  // Newer versions of the library pass the addresses along; both forms are
  // served.
  template <typename Self>
  static void Process(Self& self, Connection& connection, bool& closed) {
    const std::function<void(httplib::Request&)> no_setup;
    const bool close = !connection.head().keep_alive;
    if constexpr (requires { self.process_request(connection, close, closed, no_setup); }) {
      self.process_request(connection, close, closed, no_setup);
    } else {
      self.process_request(connection, connection.remote_address(), connection.remote_port(),
                           connection.local_address(), connection.local_port(), close, closed,
                           no_setup);
    }
  }

  void Enlist(Connection& connection) {
    const MutexLock lock(mutex_);
    connections_.insert(&connection);
  }
  void Strike(Connection& connection) {
    const MutexLock lock(mutex_);
    connections_.erase(&connection);
  }

  void Shutdown() {
    stopping_ = true;
    {
      const MutexLock lock(mutex_);
      for (Connection* connection : connections_)
        connection->WakeIfIdle();
    }
    if (acceptor_.joinable()) {
      stop();
      acceptor_.join();
    }
  }

  const ServerOptions options_;
  const http::Handler handler_;
  const std::function<void(const std::string&)> on_bug_;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  Mutex mutex_;
  std::unordered_set<Connection*> connections_ OFFSTAGE_GUARDED_BY(mutex_);
  std::thread acceptor_;
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Start(const ServerOptions& options, http::Handler handler,
                                              std::function<void(const std::string&)> on_bug) {
  auto impl = std::make_unique<Impl>(options, std::move(handler), std::move(on_bug));
  OFFSTAGE_TRY_VOID(impl->Listen());
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

int Server::port() const {
  return impl_->port();
}
std::string Server::url() const {
  return fmt::format("http://{}:{}", impl_->address(), impl_->port());
}

}  // namespace offstage::http
