#include "http/tls_front.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "http/server.h"
#include "support/temp_dir.h"

namespace offstage::http {
namespace {

namespace fs = std::filesystem;

// The answer to a request over TLS to `host`, whose certificate must be signed by `authority`;
// empty: the handshake failed.
std::string Get(int port, const std::string& host, const fs::path& authority) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  SSL_CTX_load_verify_locations(context.get(), authority.c_str(), nullptr);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(static_cast<std::uint16_t>(port));
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&name), sizeof name), 0);
  std::string answer;
  {
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), &SSL_free);
    SSL_set_fd(ssl.get(), fd);
    SSL_set_tlsext_host_name(ssl.get(), host.c_str());
    SSL_set1_host(ssl.get(), host.c_str());
    if (SSL_connect(ssl.get()) == 1) {
      const std::string request =
          "GET /x HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
      SSL_write(ssl.get(), request.data(), static_cast<int>(request.size()));
      char block[4096];
      for (int count = 0; (count = SSL_read(ssl.get(), block, sizeof block)) > 0;)
        answer.append(block, static_cast<std::size_t>(count));
    }
  }
  ::close(fd);
  return answer;
}

class TlsFrontTest : public testing::Test {
 protected:
  TlsFrontTest() {
    server_ = std::move(Server::Start({}, [](const Request& request) {
                return Reply{.body = "for " + std::string(request.headers.Get("Host"))};
              })).value();
  }
  std::unique_ptr<TlsFront> Start() {
    return std::move(TlsFront::Start(folder_.path() / "tls",
                                     [this](std::string_view host) {
                                       return host == "nobody.example" ? 0 : server_->port();
                                     }))
        .value();
  }
  fs::path File(const char* name) const { return folder_.path() / "tls" / name; }

  test::TempDir folder_;
  std::unique_ptr<Server> server_;
};

TEST_F(TlsFrontTest, AnswersForAnyHostWithACertificateOfItsAuthority) {
  const auto front = Start();
  for (const char* host :
       {"cognito-idp.us-east-1.amazonaws.com", "a1.execute-api.eu-west-1.amazonaws.com"}) {
    EXPECT_NE(Get(front->port(), host, File("ca.pem")).find(std::string("for ") + host),
              std::string::npos);
    EXPECT_NE(Get(front->port(), host, File("bundle.pem")), "");
  }
  EXPECT_EQ(Get(front->port(), "nobody.example", File("ca.pem")), "");
}

TEST_F(TlsFrontTest, KeepsItsAuthorityAndItsKeyToItself) {
  auto front = Start();
  const std::string before = test::ReadFile(File("ca.pem"));
  front.reset();
  front = Start();
  EXPECT_EQ(test::ReadFile(File("ca.pem")), before);
  struct stat status = {};
  ASSERT_EQ(::stat(File("ca-key.pem").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(File("").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(TlsFrontTest, IsNotBelievedByOthers) {
  const test::TempDir other;
  const auto stranger = TlsFront::Start(other.path(), [](std::string_view) { return 0; });
  const auto front = Start();
  EXPECT_EQ(Get(front->port(), "x.amazonaws.com", other.path() / "ca.pem"), "");
}

TEST_F(TlsFrontTest, MakesADamagedAuthorityAnew) {
  Start();
  folder_.Write("tls/ca-key.pem", "nonsense");
  const auto front = Start();
  EXPECT_NE(Get(front->port(), "x.amazonaws.com", File("ca.pem")), "");
}

}  // namespace
}  // namespace offstage::http
