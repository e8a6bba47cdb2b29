// Server: HTTP/1.1 over cpp-httplib, with its traps (design, decision 4) dealt
// with in this one place: TCP_NODELAY is on, a reply leaves in one write,
// keep-alive has no request limit, the listen backlog is long, threads are made
// as connections need them, header values arrive undecoded and in order, bodies
// of any content type are read whole, and no header is added but Content-Length
// and Connection.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/later.h"
#include "http/message.h"

namespace offstage::http {

using Handler = std::function<Reply(const Request&)>;

// A request's body that the handler reads itself, as it arrives. Used only on
// the connection's thread.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  enum class Next { kPiece, kEnd, kBroken };  // kBroken: the client left, or sent nonsense.
  // Waits for the next piece and puts it into `piece`.
  virtual Next Read(std::string& piece) = 0;
  // What followed the body; known after kEnd.
  virtual const Headers& trailers() const = 0;
};

// A reply, or null: the request is not one to be read in pieces, and goes to
// the Handler (nothing may have been read then).
using PiecewiseHandler = std::function<std::optional<Reply>(const Request& head, BodyReader& body)>;

// True: the reply comes through `later`, from any thread, and the connection's goes on to wait for
// the next request. A client that sends that before it has its reply is cut off.
using LaterHandler =
    std::function<bool(const Request& request, const std::shared_ptr<Later>& later)>;

struct ServerOptions {
  std::string address = "127.0.0.1";
  // 0 picks a free one.
  int port = 0;
  // Larger bodies are answered 413 without reaching the handler.
  std::size_t max_body_bytes = 64 * 1024 * 1024;
  // Larger heads (request line and headers) are answered 431.
  std::size_t max_head_bytes = 64 * 1024;
  // An idle connection is closed after this.
  std::chrono::milliseconds keep_alive{std::chrono::minutes(5)};
  // Asked first about requests with a chunked body; may be empty.
  PiecewiseHandler piecewise = {};
  // Asked first about requests without a body; may be empty.
  LaterHandler later = {};
};

// Thread-safe. The handler runs on many threads at once, one per active
// connection; what it throws becomes a 500 (our bug) and is passed to `on_bug`
// below.
class Server {
 public:
  // Binds and serves at once. Fails when the address cannot be bound, saying
  // who to blame and what to try ("port 3000 is in use ...").
  static Result<std::unique_ptr<Server>> Start(const ServerOptions& options, Handler handler,
                                               std::function<void(const std::string&)> on_bug = {});
  // Stops accepting, lets running handlers finish, closes every connection,
  // joins every thread. A handler that waits must be woken by its owner first.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;
  // "http://127.0.0.1:PORT"
  std::string url() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace offstage::http
