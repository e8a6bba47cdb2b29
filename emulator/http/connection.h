// Connection: one accepted socket, between the wire and cpp-httplib. Private to
// http/.
//
// We read each request's head ourselves (request_head.h) and let cpp-httplib
// see a short one made from it: `POST / HTTP/1.1` with the framing headers
// only. So the library does what it does well (body framing, 100-continue,
// writing replies) and its limits on form bodies, header lines and targets
// never apply. Its writes are collected and leave in one send.
#pragma once

#include <httplib.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "http/later.h"
#include "http/request_head.h"
#include "http/server.h"

namespace offstage::http {

// Used only on the thread that serves the connection.
//
// The members that mirror httplib::Stream carry no `override`: newer versions
// of the library have more of them, older fewer, and this class serves both.
class Connection final : public httplib::Stream {
 public:
  // An idle connection is closed after `keep_alive`, and once `stopping` is set (WakeIfIdle says so
  // to one that waits). Does not own the socket.
  Connection(int socket, std::chrono::milliseconds keep_alive, const std::atomic<bool>& stopping);
  ~Connection() override;

  enum class ReadResult { kHead, kClosed, kMalformed, kTooLarge };
  // Waits for a request and reads its head.
  ReadResult ReadHead(std::size_t max_head_bytes);
  RequestHead& head() { return head_; }

  // For a reply to the request just read, sent by another thread; Leave keeps it.
  std::shared_ptr<Later> MakeLater() const;
  void Leave(std::shared_ptr<Later> later) { later_ = std::move(later); }
  // The reply to the request before this one is still to come.
  bool HasUnsentReply() const { return later_ != nullptr && !later_->Sent(); }

  // Any thread, after `stopping` was set.
  void WakeIfIdle();

  // The chunked body that follows the head, decoded here. Once it was read to its end or
  // broke, cpp-httplib must not see the request.
  BodyReader& body() { return body_; }
  // Sends a reply without cpp-httplib; false when the client is gone.
  bool SendReply(const Reply& reply);
  // Sends what was written; false when the client is gone.
  bool Flush();
  // Answers without cpp-httplib; used when the head cannot be understood.
  void SendPlainError(int status, const char* reason);
  // True when the body was read to its end, so that another request can follow.
  bool BodyConsumed() const { return head_.chunked || body_left_ == 0; }

  const std::string& remote_address() const { return remote_address_; }
  int remote_port() const { return remote_port_; }
  const std::string& local_address() const { return local_address_; }
  int local_port() const { return local_port_; }

  // httplib::Stream
  // NOLINTBEGIN(modernize-use-override): see above.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Winconsistent-missing-override"
#endif
  bool is_readable() const;
  bool is_writable() const;
  bool wait_readable() const {
    return is_readable();
  }
  bool wait_writable() const {
    return is_writable();
  }
  ssize_t read(char* buffer, size_t size);
  ssize_t write(const char* data, size_t size);
  void get_remote_ip_and_port(std::string& ip, int& port) const;
  void get_local_ip_and_port(std::string& ip, int& port) const;
  socket_t socket() const {
    return socket_;
  }
  time_t duration() const {
    return 0;
  }
#ifdef __clang__
#pragma clang diagnostic pop
#endif
  // NOLINTEND(modernize-use-override)

 private:
  class ChunkedBody final : public BodyReader {
   public:
    explicit ChunkedBody(Connection& connection) : connection_(connection) {}
    void Reset() { state_ = State::kSize, left_ = 0, trailers_ = {}; }
    Next Read(std::string& piece) override;
    const Headers& trailers() const override { return trailers_; }

   private:
    enum class State { kSize, kData, kDone, kBroken };
    Next Broken();
    bool ReadTrailers();

    Connection& connection_;
    State state_ = State::kSize;
    std::size_t left_ = 0;
    Headers trailers_;
  };

  // One line without its end; false at the end of the stream. Waits without limit: a handler may
  // think between two pieces.
  bool ReadLine(std::string& line);

  enum class At { kIdle, kInRequest };  // kIdle: the server's end does not wait for it.
  // Waits at most `limit` for more bytes and appends them to in_; false when none come.
  bool Fill(std::chrono::milliseconds limit, At at);
  void MakeSyntheticHead();

  const int socket_;
  const std::chrono::milliseconds keep_alive_;
  const std::atomic<bool>& stopping_;
  std::atomic<bool> idle_{false};
  std::array<char, 16 * 1024> received_;
  std::string in_;
  std::size_t in_position_ = 0;
  std::string synthetic_;
  std::size_t synthetic_position_ = 0;
  std::string out_;
  std::size_t body_left_ = 0;
  RequestHead head_;
  std::string remote_address_;
  int remote_port_ = 0;
  std::string local_address_;
  int local_port_ = 0;
  ChunkedBody body_{*this};
  std::shared_ptr<Later> later_;
};

}  // namespace offstage::http
