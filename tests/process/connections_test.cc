// Where children may connect to.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>

#include "process/process.h"

namespace offstage::process {
namespace {

class Witness : public Listener {
 public:
  void OnOutput(std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    text_.append(bytes);
  }
  void OnExit(const ExitStatus&) override {}
  void OnRefusedConnection(std::string_view address) override {
    const std::lock_guard lock(mutex_);
    refused_.emplace_back(address);
  }
  std::string Text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  std::vector<std::string> Refused() {
    const std::lock_guard lock(mutex_);
    return refused_;
  }

 private:
  std::mutex mutex_;
  std::string text_;
  std::vector<std::string> refused_;
};

// Accepts on a free port of 127.0.0.1; nobody reads.
class Server {
 public:
  Server() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(socket_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(socket_, 8), 0);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Server() { close(socket_); }
  std::uint16_t port() const { return port_; }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

class Connections : public testing::Test {
 protected:
  Connections() : host_(std::move(Host::Start()).value()) {}

  void SetUp() override {
#if !defined(__linux__)
    GTEST_SKIP() << "only Linux can watch connections";
#endif
    Witness nobody;
    const Command command = {.arguments = {"/bin/true"}, .connections = ConnectionRules()};
    if (const auto child = host_->Spawn(command, nobody); !child.ok())
      GTEST_SKIP() << "this machine does not allow it: " << child.error().message;
  }

  // What a Python program prints that runs as a child of a shell that is our child.
  std::string Run(const std::string& program, ConnectionRules rules = {}) {
    const std::string script =
        "import errno, socket\n"
        "def attempt(family, kind, act):\n"
        "  with socket.socket(family, kind) as s:\n"
        "    try: act(s); return 'done'\n"
        "    except OSError as error: return errno.errorcode[error.errno]\n"
        "V4, V6, TCP, UDP = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, "
        "socket.SOCK_DGRAM\n" +
        program;
    const Command command = {
        .arguments = {"/bin/sh", "-c", "python3 -c \"$PROGRAM\"; exit $?"},
        .environment = {"PATH=/usr/bin:/bin:/usr/local/bin", "PROGRAM=" + script},
        .connections = std::move(rules)};
    auto child = host_->Spawn(command, witness_);
    EXPECT_TRUE(child.ok()) << child.error().message;
    if (!child.ok()) return {};
    EXPECT_TRUE((*child)->WaitForExit(std::chrono::steady_clock::now() + std::chrono::seconds(20)));
    return witness_.Text();
  }

  std::unique_ptr<Host> host_;
  Witness witness_;
};

TEST_F(Connections, ToOtherMachinesAreRefusedWhateverCallMakesThem) {
  EXPECT_EQ(Run("print(attempt(V4, TCP, lambda s: s.connect(('192.0.2.1', 80))))\n"
                "print(attempt(V6, TCP, lambda s: s.connect(('2001:db8::1', 443))))\n"
                "print(attempt(V6, TCP, lambda s: s.connect(('::ffff:192.0.2.2', 80))))\n"
                "print(attempt(V4, UDP, lambda s: s.sendto(b'x', ('192.0.2.3', 53))))\n"
                "print(attempt(V4, UDP, lambda s: s.sendmsg([b'x'], [], 0, ('192.0.2.4', 53))))\n"),
            "ECONNREFUSED\nECONNREFUSED\nECONNREFUSED\nECONNREFUSED\nECONNREFUSED\n");
  EXPECT_THAT(witness_.Refused(),
              testing::ElementsAre("192.0.2.1:80", "[2001:db8::1]:443", "192.0.2.2:80",
                                   "192.0.2.3:53", "192.0.2.4:53"));
}

TEST_F(Connections, ToThisMachineAreLeftAlone) {
  const Server server;
  const std::string port = std::to_string(server.port());
  EXPECT_EQ(Run("def both(s):\n"
                "  s.connect(('127.0.0.1', " +
                port +
                "))\n"
                "  s.sendmsg([b'x'])\n"
                "print(attempt(V4, TCP, both))\n"
                "print(attempt(V4, UDP, lambda s: s.sendto(b'x', ('127.0.0.1', 9))))\n"
                "import os, threading\n"
                "a, b = socket.socketpair()\n"
                "thread = threading.Thread(target=lambda: print(attempt(V4, TCP, both)))\n"
                "thread.start(); thread.join()\n"
                "a.sendmsg([b'hello']); print(b.recv(9).decode())\n"),
            "done\ndone\ndone\nhello\n");
  EXPECT_THAT(witness_.Refused(), testing::IsEmpty());
}

TEST_F(Connections, AreLetThroughWhereAllAreAllowed) {
  // Nothing answers there, or nothing leads there: but nobody refuses it here.
  Run("s = socket.socket(V4, UDP); s.settimeout(0.1)\n"
      "print(attempt(V4, UDP, lambda s: s.connect(('192.0.2.1', 80))))\n",
      {.allow_all = true});
  EXPECT_THAT(witness_.Refused(), testing::IsEmpty());
}

TEST_F(Connections, EndElsewhereWhereARuleSaysSo) {
  const Server server;
  EXPECT_EQ(Run("def peer(s):\n"
                "  s.connect(('127.65.87.83', 443)); print(s.getpeername())\n"
                "print(attempt(V4, TCP, peer))\n"
                "print(attempt(V6, TCP, lambda s: s.connect(('::ffff:127.65.87.83', 443))))\n",
                {.redirects = {{"127.65.87.83", 443, server.port()}}}),
            "('127.0.0.1', " + std::to_string(server.port()) + ")\ndone\ndone\n");
}

}  // namespace
}  // namespace offstage::process
