#include "http/client.h"

#include <fmt/format.h>
#include <httplib.h>

#include "base/text.h"

namespace offstage::http {

class Client::Impl {
 public:
  Impl(const std::string& host, int port, const ClientOptions& options)
      : Impl(fmt::format("http://{}:{}", host, port), options) {}

  // `origin`: scheme, host and port.
  Impl(const std::string& origin, const ClientOptions& options)
      : client_(origin), where_(origin.substr(origin.find("//") + 2)) {
    client_.set_tcp_nodelay(true);
    client_.set_keep_alive(true);
    client_.set_url_encode(false);
    client_.set_decompress(false);
    client_.set_connection_timeout(options.connect_timeout);
    client_.set_read_timeout(options.read_timeout);
    client_.set_write_timeout(options.read_timeout);
  }

  Result<Reply> Send(const Request& request) {
    httplib::Request wire;
    wire.method = request.method;
    wire.path = request.target;
    wire.body = request.body;
    for (const auto& [name, value] : request.headers)
      wire.headers.emplace(name, value);
    httplib::Result answer = client_.send(wire);
    if (!answer) {
      return Fail(
          Error{fmt::format("no answer from {}: {}", where_, httplib::to_string(answer.error()))});
    }
    Reply reply;
    reply.status = answer->status;
    for (const auto& [name, value] : answer->headers)
      reply.headers.Add(name, value);
    reply.body = std::move(answer->body);
    return reply;
  }

 private:
  httplib::Client client_;
  const std::string where_;
};

Client::Client(const std::string& host, int port, const ClientOptions& options)
    : impl_(std::make_unique<Impl>(host, port, options)) {}
Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::~Client() = default;

Result<std::unique_ptr<Client>> Client::ForUrl(const std::string& url,
                                               const ClientOptions& options) {
  const auto host = url.find("://");
  const std::string scheme = url.substr(0, host == std::string::npos ? 0 : host);
  if (scheme != "http" && scheme != "https")
    return Fail(Error{fmt::format("{} is no http:// or https:// address", url)});
  const std::string origin = url.substr(0, url.find('/', host + 3));
  return std::unique_ptr<Client>(new Client(std::make_unique<Impl>(origin, options)));
}

Result<Reply> Client::Send(const Request& request) {
  return impl_->Send(request);
}

}  // namespace offstage::http
