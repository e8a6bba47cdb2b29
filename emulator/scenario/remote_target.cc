#include "scenario/remote_target.h"

namespace offstage::scenario {

Result<std::unique_ptr<RemoteTarget>> RemoteTarget::Make(const std::string& url) {
  constexpr std::chrono::seconds kLimit{60};
  OFFSTAGE_TRY(auto client, http::Client::ForUrl(url, {.read_timeout = kLimit}));
  const auto host = url.find("://") + 3;
  const auto path = url.find('/', host);
  std::string base = path == std::string::npos ? "" : url.substr(path);
  while (base.ends_with('/'))
    base.pop_back();
  return std::unique_ptr<RemoteTarget>(new RemoteTarget(
      std::move(client), url.substr(0, host) + url.substr(host, path - host) + base,
      url.substr(host, path - host), std::move(base)));
}

Result<http::Reply> RemoteTarget::Send(const http::Request& request) {
  http::Request wire = request;
  wire.target = base_ + request.target;
  if (wire.headers.Find("Host") == nullptr) wire.headers.Add("Host", host_);
  return client_->Send(wire);
}

}  // namespace offstage::scenario
