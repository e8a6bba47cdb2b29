#include "http/tls_front.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <list>
#include <set>
#include <system_error>
#include <thread>

#include "base/mutex.h"
#include "base/text.h"
#include "http/certificates.h"

namespace offstage::http {
namespace {

constexpr int kBacklog = 256;
constexpr int kHandshakeSeconds = 10;
constexpr std::size_t kBlock = 16 * 1024;

using SslPointer = std::unique_ptr<SSL, OpenSslFree<SSL_free>>;

sockaddr_in Loopback(int port) {
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return name;
}

void SetSocketOptions(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

void SetReceiveTimeout(int fd, int seconds) {
  const timeval limit{seconds, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

// -1 when nothing listens there.
int ConnectTo(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in name = Loopback(port);
  if (fd < 0) return -1;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) {
    ::close(fd);
    return -1;
  }
  SetSocketOptions(fd);
  return fd;
}

bool SendAll(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t count = ::send(fd, data, size, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    data += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

// Passes bytes on until one side ends.
void Relay(SSL* ssl, int client, int backend) {
  std::array<char, kBlock> block;
  while (true) {
    std::array<pollfd, 2> polled{{{client, POLLIN, 0}, {backend, POLLIN, 0}}};
    if (SSL_pending(ssl) == 0 && ::poll(polled.data(), polled.size(), -1) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    if (SSL_pending(ssl) > 0 || polled[0].revents != 0) {
      const int count = SSL_read(ssl, block.data(), static_cast<int>(block.size()));
      if (count <= 0) return;
      if (!SendAll(backend, block.data(), static_cast<std::size_t>(count))) return;
    }
    if (polled[1].revents != 0) {
      const ssize_t count = ::recv(backend, block.data(), block.size(), 0);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        SSL_shutdown(ssl);
        return;
      }
      if (SSL_write(ssl, block.data(), static_cast<int>(count)) <= 0) return;
    }
  }
}

}  // namespace

class TlsFront::Impl {
 public:
  Impl(std::unique_ptr<CertificateAuthority> authority, Backend backend)
      : authority_(std::move(authority)), backend_(std::move(backend)) {}

  ~Impl() {
    {
      const MutexLock lock(mutex_);
      stopping_ = true;
      if (listener_ >= 0) ::shutdown(listener_, SHUT_RDWR);
      for (const int fd : open_)
        ::shutdown(fd, SHUT_RDWR);
    }
    // Where shutting a listening socket down does not wake accept, a connection does.
    const int wake = ConnectTo(port_);
    if (acceptor_.joinable()) acceptor_.join();
    if (wake >= 0) ::close(wake);
    if (listener_ >= 0) ::close(listener_);
    std::list<Serving> serving;
    {
      const MutexLock lock(mutex_);
      serving.splice(serving.end(), serving_);
    }
    for (Serving& one : serving)
      one.thread.join();
  }

  Status Listen(int port) {
    first_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_tlsext_servername_arg(first_.get(), this);
    SSL_CTX_set_tlsext_servername_callback(first_.get(), &Impl::ChooseCertificate);
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in name = Loopback(port);
    socklen_t length = sizeof name;
    const int on = 1;
    // A port of choice is free again at once after a restart.
    if (listener_ >= 0) ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (listener_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&name), length) != 0 ||
        ::listen(listener_, kBacklog) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &length) != 0) {
      return Fail(Error{port == 0 ? "cannot listen for TLS on a free port"
                                  : fmt::format("cannot listen for TLS on 127.0.0.1:{}: {}", port,
                                                std::generic_category().message(errno))});
    }
    ::fcntl(listener_, F_SETFD, FD_CLOEXEC);
    port_ = ntohs(name.sin_port);
    acceptor_ = std::thread([this] { Accept(); });
    return Ok();
  }

  int port() const { return port_; }

 private:
  struct Serving {
    std::thread thread;
    bool done = false;
  };

  static int ChooseCertificate(SSL* ssl, int*, void* self) {
    const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    const std::string host = name == nullptr ? std::string() : ToLower(name);
    SSL_set_SSL_CTX(ssl, static_cast<Impl*>(self)->authority_->ContextFor(host));
    return SSL_TLSEXT_ERR_OK;
  }

  void Accept() {
    while (true) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      const MutexLock lock(mutex_);
      if (stopping_) {
        if (fd >= 0) ::close(fd);
        return;
      }
      JoinFinished();
      if (fd < 0) continue;
      SetSocketOptions(fd);
      open_.insert(fd);
      Serving& one = serving_.emplace_back();
      one.thread = std::thread([this, fd, &one] {
        Serve(fd);
        const MutexLock inner(mutex_);
        one.done = true;
      });
    }
  }

  void JoinFinished() OFFSTAGE_REQUIRES(mutex_) {
    serving_.remove_if([](Serving& one) {
      if (!one.done) return false;
      one.thread.join();
      return true;
    });
  }

  void CloseNow(int fd) {
    const MutexLock lock(mutex_);
    open_.erase(fd);
    ::close(fd);
  }

  // False when everything is being closed already.
  bool Remember(int fd) {
    const MutexLock lock(mutex_);
    open_.insert(fd);
    return !stopping_;
  }

  void Serve(int client) {
    {
      const SslPointer ssl(SSL_new(first_.get()));
      SSL_set_fd(ssl.get(), client);
      SetReceiveTimeout(client, kHandshakeSeconds);
      if (SSL_accept(ssl.get()) == 1) {
        SetReceiveTimeout(client, 0);
        const char* name = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
        const int port = backend_(name == nullptr ? std::string() : ToLower(name));
        const int backend = port == 0 ? -1 : ConnectTo(port);
        if (backend >= 0) {
          if (Remember(backend)) Relay(ssl.get(), client, backend);
          CloseNow(backend);
        }
      }
    }
    CloseNow(client);
  }

  const std::unique_ptr<CertificateAuthority> authority_;
  const Backend backend_;
  // Used until the client has named a host. A client that names none gets no certificate from it.
  ContextPointer first_;
  int listener_ = -1;
  int port_ = 0;
  std::thread acceptor_;
  Mutex mutex_;
  bool stopping_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  std::set<int> open_ OFFSTAGE_GUARDED_BY(mutex_);
  std::list<Serving> serving_ OFFSTAGE_GUARDED_BY(mutex_);
};

TlsFront::TlsFront(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsFront::~TlsFront() = default;

Result<std::unique_ptr<TlsFront>> TlsFront::Start(const std::filesystem::path& folder,
                                                  Backend backend, int port) {
  OFFSTAGE_TRY(auto authority, CertificateAuthority::Open(folder));
  auto impl = std::make_unique<Impl>(std::move(authority), std::move(backend));
  OFFSTAGE_TRY_VOID(impl->Listen(port));
  return std::unique_ptr<TlsFront>(new TlsFront(std::move(impl)));
}

int TlsFront::port() const {
  return impl_->port();
}

}  // namespace offstage::http
