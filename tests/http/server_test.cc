#include "http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/client.h"
#include "support/raw_socket.h"

namespace offstage::http {
namespace {

using test::RawSocket;

// Answers with what it saw.
Reply Echo(const Request& request) {
  Reply reply;
  reply.headers.Add("Content-Type", "text/plain");
  reply.body = request.method + " " + request.target + "\n" + request.body;
  return reply;
}

std::unique_ptr<Server> StartServer(Handler handler, ServerOptions options = {}) {
  auto server = Server::Start(options, std::move(handler));
  EXPECT_TRUE(server.ok());
  return std::move(server).value();
}

TEST(Server, HandsOverMethodTargetAndBody) {
  const auto server = StartServer(Echo);
  Client client("127.0.0.1", server->port());
  for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    Request request;
    request.method = method;
    request.target = "/a%20b?c=%2F";
    request.body = "body";
    const auto reply = client.Send(request);
    ASSERT_TRUE(reply.ok()) << method;
    EXPECT_EQ(reply->body, std::string(method) + " /a%20b?c=%2F\nbody");
  }
}

TEST(Server, AddsNoHeaderButContentLength) {
  const auto server = StartServer([](const Request&) {
    return Reply{.status = 201, .headers = {{"X-Mine", "1"}}, .body = "x"};
  });
  RawSocket socket(server->port());
  socket.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(socket.ReadResponse(),
            "HTTP/1.1 201 Created\r\nContent-Length: 1\r\nX-Mine: 1\r\n\r\nx");
}

TEST(Server, KeepsAConnectionForManyRequests) {
  const auto server = StartServer(Echo);
  RawSocket socket(server->port());
  for (int i = 0; i < 200; ++i) {
    socket.Send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_NE(socket.ReadResponse().find("GET /" + std::to_string(i) + "\n"), std::string::npos);
  }
}

TEST(Server, AnswersPipelinedRequestsInOrder) {
  const auto server = StartServer(Echo);
  RawSocket socket(server->port());
  socket.Send("POST /1 HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET /2 HTTP/1.1\r\n\r\n");
  EXPECT_NE(socket.ReadResponse().find("POST /1\nab"), std::string::npos);
  EXPECT_NE(socket.ReadResponse().find("GET /2\n"), std::string::npos);
}

TEST(Server, ReadsLargeFormBodiesAndLongHeaders) {
  const auto server = StartServer([](const Request& request) {
    return Reply{.body = std::to_string(request.body.size()) + " " +
                         std::to_string(request.headers.Get("X-Long").size())};
  });
  Client client("127.0.0.1", server->port());
  Request request;
  request.method = "POST";
  request.target = "/";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"X-Long", std::string(20'000, 'h')}};
  request.body = std::string(1'000'000, 'b');
  EXPECT_EQ(client.Send(request)->body, "1000000 20000");
}

TEST(Server, ReadsChunkedBodies) {
  const auto server = StartServer(Echo);
  RawSocket socket(server->port());
  socket.Send(
      "POST /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  EXPECT_NE(socket.ReadResponse().find("POST /c\nabcde"), std::string::npos);
}

TEST(Server, SendsNoBodyForHead) {
  const auto server = StartServer(Echo);
  RawSocket socket(server->port());
  socket.Send("HEAD /x HTTP/1.1\r\nConnection: close\r\n\r\n");
  const std::string answer = socket.ReadAll();
  EXPECT_EQ(answer.substr(answer.size() - 4), "\r\n\r\n");
}

TEST(Server, RefusesMalformedAndOversizedHeads) {
  const auto server = StartServer(Echo, {.max_head_bytes = 1000});
  RawSocket malformed(server->port());
  malformed.Send("NONSENSE\r\n\r\n");
  EXPECT_EQ(malformed.ReadAll().substr(0, 12), "HTTP/1.1 400");
  RawSocket oversized(server->port());
  oversized.Send("GET / HTTP/1.1\r\nX: " + std::string(2000, 'x'));
  EXPECT_EQ(oversized.ReadAll().substr(0, 12), "HTTP/1.1 431");
}

TEST(Server, RefusesOversizedBodiesAndCloses) {
  const auto server = StartServer(Echo, {.max_body_bytes = 10});
  RawSocket socket(server->port());
  socket.Send("POST / HTTP/1.1\r\nContent-Length: 20\r\n\r\n01234567890123456789");
  EXPECT_EQ(socket.ReadAll().substr(0, 12), "HTTP/1.1 413");
}

TEST(Server, HeaderValuesCannotSplitTheReply) {
  const auto server = StartServer([](const Request&) {
    return Reply{.headers = {{"X-Evil", "a\r\nSet-Cookie: b"}}, .body = ""};
  });
  RawSocket socket(server->port());
  socket.Send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(socket.ReadAll().find("\r\nSet-Cookie"), std::string::npos);
}

TEST(Server, AnExceptionIsA500AndIsReported) {
  std::string bug;
  auto server = Server::Start(
      {}, [](const Request&) -> Reply { throw std::runtime_error("oops"); },
      [&bug](const std::string& text) { bug = text; });
  ASSERT_TRUE(server.ok());
  Client client("127.0.0.1", (*server)->port());
  Request request;
  request.method = "GET";
  request.target = "/x";
  EXPECT_EQ(client.Send(request)->status, 500);
  EXPECT_EQ(bug, "GET /x: oops");
}

TEST(Server, PortInUseSaysSo) {
  const auto server = StartServer(Echo);
  const auto second = Server::Start({.port = server->port()}, Echo);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message.find("in use"), std::string::npos) << second.error().message;
}

// As many requests as there are connections can wait at once, and idle connections starve nobody.
TEST(Server, GrowsWithItsConnections) {
  constexpr int kWaiting = 60;
  std::mutex mutex;
  std::condition_variable changed;
  int arrived = 0;
  const auto server = StartServer([&](const Request&) {
    std::unique_lock lock(mutex);
    ++arrived;
    changed.notify_all();
    changed.wait(lock, [&] { return arrived == kWaiting; });
    return Reply{.body = "ok"};
  });
  std::vector<std::unique_ptr<RawSocket>> idle;
  for (int i = 0; i < 100; ++i)
    idle.push_back(std::make_unique<RawSocket>(server->port()));
  std::vector<std::unique_ptr<RawSocket>> sockets;
  for (int i = 0; i < kWaiting; ++i) {
    sockets.push_back(std::make_unique<RawSocket>(server->port()));
    sockets.back()->Send("GET / HTTP/1.1\r\n\r\n");
  }
  for (const auto& socket : sockets)
    EXPECT_NE(socket->ReadResponse().find("ok"), std::string::npos);
}

TEST(Server, ABurstOfConnectionsLosesNone) {
  const auto server = StartServer(Echo);
  std::vector<std::unique_ptr<RawSocket>> sockets;
  for (int i = 0; i < 300; ++i)
    sockets.push_back(std::make_unique<RawSocket>(server->port()));
  for (const auto& socket : sockets) {
    ASSERT_TRUE(socket->ok());
    socket->Send("GET /b HTTP/1.1\r\n\r\n");
  }
  for (const auto& socket : sockets)
    EXPECT_NE(socket->ReadResponse().find("GET /b"), std::string::npos);
}

TEST(Server, StoppingClosesIdleConnections) {
  auto server = StartServer(Echo);
  RawSocket socket(server->port());
  socket.Send("GET / HTTP/1.1\r\n\r\n");
  socket.ReadResponse();
  server.reset();
  EXPECT_TRUE(socket.ClosedByPeer());
}

TEST(Server, StreamsABodyPieceByPiece) {
  std::promise<void> seen;
  auto server = Server::Start({}, [&seen](const Request&) {
    Reply reply{.headers = {{"Content-Type", "text/x"}}};
    reply.stream = [&seen](const WritePiece& write) {
      if (!write("one")) return false;
      seen.get_future().wait();  // Only once the client has read the first piece.
      return write("two");
    };
    return reply;
  });
  RawSocket socket(server.value()->port());
  socket.Send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string head = socket.ReadUntil("3\r\none\r\n");
  EXPECT_NE(head.find("Transfer-Encoding: chunked"), std::string::npos) << head;
  EXPECT_NE(head.find("Content-Type: text/x"), std::string::npos) << head;
  seen.set_value();
  EXPECT_EQ(socket.ReadUntil("0\r\n\r\n"), "3\r\ntwo\r\n0\r\n\r\n");
}

TEST(Server, HandsOverAChunkedBodyAsItComes) {
  std::promise<void> first;
  ServerOptions options;
  options.piecewise = [&first](const Request& head, BodyReader& body) -> std::optional<Reply> {
    if (head.RawPath() != "/stream") return std::nullopt;
    std::string all;
    std::string piece;
    while (body.Read(piece) == BodyReader::Next::kPiece) {
      if (all.empty()) first.set_value();
      all += piece;
    }
    return Reply{.status = 202, .body = all + std::string(body.trailers().Get("x-end"))};
  };
  auto server = Server::Start(options, Echo);
  RawSocket socket(server.value()->port());
  socket.Send("POST /stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  first.get_future().wait();
  socket.Send("2;x=y\r\nde\r\n0\r\nX-End: 7\r\n\r\n");
  EXPECT_NE(socket.ReadUntil("abcde7").find("202"), std::string::npos);
  // The connection goes on, and other requests reach the handler whole.
  socket.Send(
      "POST /other HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
  EXPECT_NE(socket.ReadUntil("POST /other\nhi").find("200"), std::string::npos);
}

TEST(Server, ClosesAnIdleConnectionInTime) {
  ServerOptions options;
  options.keep_alive = std::chrono::milliseconds(20);
  const auto server = StartServer(Echo, options);
  RawSocket socket(server->port());
  socket.Send("GET / HTTP/1.1\r\n\r\n");
  socket.ReadResponse();
  EXPECT_TRUE(socket.ClosedByPeer());
}

// "/later" is answered by whoever takes the last of `replies`.
class LaterTest : public ::testing::Test {
 protected:
  LaterTest() {
    ServerOptions options;
    options.later = [this](const Request& request, const std::shared_ptr<Later>& later) {
      if (request.target != "/later") return false;
      asked_.push(later);
      return true;
    };
    server_ = StartServer(Echo, options);
  }

  std::shared_ptr<Later> Asked() { return asked_.pop(); }

  // One value at a time between two threads.
  class Mailbox {
   public:
    void push(std::shared_ptr<Later> later) {
      const std::lock_guard lock(mutex_);
      values_.push_back(std::move(later));
      changed_.notify_one();
    }
    std::shared_ptr<Later> pop() {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !values_.empty(); });
      auto value = std::move(values_.back());
      values_.pop_back();
      return value;
    }

   private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::shared_ptr<Later>> values_;
  } asked_;
  std::unique_ptr<Server> server_;
};

constexpr auto kNoDeadline = std::chrono::steady_clock::time_point::max();

TEST_F(LaterTest, AReplyComesFromAnotherThreadAndTheConnectionGoesOn) {
  RawSocket socket(server_->port());
  socket.Send("GET /later HTTP/1.1\r\n\r\n");
  const auto later = Asked();
  EXPECT_TRUE(later->Send({.headers = {{"X-Mine", "a\r\nX-Other: b"}}, .body = "x"}, kNoDeadline));
  EXPECT_EQ(socket.ReadResponse(),
            "HTTP/1.1 200 OK\r\nX-Mine: a  X-Other: b\r\nContent-Length: 1\r\n\r\nx");
  EXPECT_FALSE(later->Send({.body = "again"}, kNoDeadline));
  socket.Send("GET /now HTTP/1.1\r\n\r\n");
  EXPECT_NE(socket.ReadResponse().find("GET /now"), std::string::npos);
}

TEST_F(LaterTest, SendingToAClientThatHasGoneFails) {
  std::shared_ptr<Later> later;
  {
    RawSocket socket(server_->port());
    socket.Send("GET /later HTTP/1.1\r\n\r\n");
    later = Asked();
  }
  server_.reset();
  EXPECT_FALSE(later->Send({.body = "x"}, kNoDeadline));
}

TEST_F(LaterTest, AClientThatDoesNotWaitIsCutOff) {
  RawSocket socket(server_->port());
  socket.Send("GET /later HTTP/1.1\r\n\r\nGET /now HTTP/1.1\r\n\r\n");
  const auto later = Asked();
  EXPECT_EQ(socket.ReadAll(), "");
}

TEST_F(LaterTest, AClientThatAsksForItIsClosedAfterItsReply) {
  RawSocket socket(server_->port());
  socket.Send("GET /later HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(Asked()->Send({.body = "last"}, kNoDeadline));
  EXPECT_NE(socket.ReadAll().find("last"), std::string::npos);
}

TEST_F(LaterTest, AClientThatDoesNotReadIsGivenUpAtTheDeadline) {
  RawSocket socket(server_->port());
  socket.Send("GET /later HTTP/1.1\r\n\r\n");
  const auto later = Asked();
  const std::string large(64 << 20, 'x');
  EXPECT_FALSE(later->Send({.body = large},
                           std::chrono::steady_clock::now() + std::chrono::milliseconds(20)));
}

TEST_F(LaterTest, AStopDoesNotWaitForReplies) {
  RawSocket socket(server_->port());
  socket.Send("GET /later HTTP/1.1\r\n\r\n");
  const auto later = Asked();
  server_.reset();
  EXPECT_TRUE(socket.ClosedByPeer());
}

}  // namespace
}  // namespace offstage::http
