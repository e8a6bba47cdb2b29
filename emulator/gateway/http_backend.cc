#include "gateway/http_backend.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace offstage::gateway {

namespace {

constexpr std::size_t kMaxIdle = 64;

bool IsDigitOrDot(char c) {
  return c == '.' || (c >= '0' && c <= '9');
}

}  // namespace

Result<BackendUrl> ParseBackendUrl(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::string name = ToLower(std::string_view(url).substr(0, std::min(scheme, url.size())));
  if (scheme == std::string::npos || (name != "http" && name != "https"))
    return Fail(Error{fmt::format("{} is no http:// or https:// address", url)});
  const std::size_t start = scheme + 3;
  const std::size_t end = std::min(url.find_first_of("/?#", start), url.size());
  std::string_view authority = std::string_view(url).substr(start, end - start);
  if (authority.empty() || authority.find('@') != std::string_view::npos)
    return Fail(Error{fmt::format("{} has no host", url)});
  BackendUrl parsed;
  parsed.origin = name + "://" + std::string(authority);
  parsed.target = url.substr(end, url.find('#', end) - end);
  if (!parsed.target.starts_with('/')) parsed.target.insert(0, "/");
  if (authority.front() == '[') {
    authority = authority.substr(1, authority.find(']') - 1);
  } else {
    authority = authority.substr(0, authority.rfind(':'));
  }
  parsed.host = ToLower(authority);
  // Neither may end a header or the request line.
  const bool clean = std::all_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != 0x7f;
  });
  if (!clean) return Fail(Error{"the address has blanks or control characters in it"});
  return parsed;
}

bool IsLoopback(std::string_view host) {
  if (host == "localhost" || host == "::1" || host.ends_with(".localhost")) return true;
  // Only a whole address: "127.0.0.1.example.com" is elsewhere.
  return host.starts_with("127.") && std::all_of(host.begin(), host.end(), IsDigitOrDot);
}

bool HttpBackend::Allows(std::string_view host) const {
  return IsLoopback(host) ||
         std::any_of(allowed_hosts_.begin(), allowed_hosts_.end(), [host](const std::string& name) {
           if (name == "*" || EqualsIgnoreCase(name, host)) return true;
           // "*.example.com"
           return name.starts_with("*.") && host.size() > name.size() - 1 &&
                  EqualsIgnoreCase(host.substr(host.size() - (name.size() - 1)), name.substr(1));
         });
}

Result<std::unique_ptr<http::Client>> HttpBackend::TakeClient(const std::string& key,
                                                              const std::string& origin,
                                                              std::chrono::milliseconds timeout) {
  {
    const MutexLock lock(mutex_);
    const auto found = idle_.find(key);
    if (found != idle_.end()) {
      std::unique_ptr<http::Client> client = std::move(found->second);
      idle_.erase(found);
      return client;
    }
  }
  return http::Client::ForUrl(origin, {.connect_timeout = timeout, .read_timeout = timeout});
}

void HttpBackend::ReturnClient(const std::string& key, std::unique_ptr<http::Client> client) {
  const MutexLock lock(mutex_);
  if (idle_.size() < kMaxIdle) idle_.emplace(key, std::move(client));
}

Result<http::Reply, BackendFailure> HttpBackend::Send(const std::string& url, http::Request request,
                                                      std::chrono::milliseconds timeout) {
  using Kind = BackendFailure::Kind;
  auto parsed = ParseBackendUrl(url);
  if (!parsed.ok()) return Fail(BackendFailure{Kind::kBadUrl, parsed.error().message});
  if (!Allows(parsed->host)) {
    return Fail(BackendFailure{
        Kind::kNotAllowed,
        fmt::format("{} is not on this machine; start with --allow-egress {} to let it be called",
                    parsed->host, parsed->host)});
  }
  request.target = parsed->target;
  const std::string key = fmt::format("{} {}", parsed->origin, timeout.count());
  const auto start = std::chrono::steady_clock::now();
  auto client = TakeClient(key, parsed->origin, timeout);
  if (!client.ok()) return Fail(BackendFailure{Kind::kBadUrl, client.error().message});
  auto reply = (*client)->Send(request);
  if (!reply.ok()) {
    const bool late = std::chrono::steady_clock::now() - start >= timeout;
    return Fail(
        BackendFailure{late ? Kind::kTimeout : Kind::kNoAnswer, std::move(reply).error().message});
  }
  ReturnClient(key, std::move(client).value());
  return std::move(reply).value();
}

}  // namespace offstage::gateway
