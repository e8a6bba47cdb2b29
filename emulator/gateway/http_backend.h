// HttpBackend: sends requests of HTTP integrations to servers on this machine, and to hosts that
// the user allows by name.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "http/client.h"
#include "http/message.h"

namespace offstage::gateway {

struct BackendUrl {
  // "http://host:port"
  std::string origin = {};
  // Lower case, without brackets.
  std::string host = {};
  // "/path?query"; at least "/".
  std::string target = {};
};
// Fails for anything but http:// and https:// addresses with a host.
Result<BackendUrl> ParseBackendUrl(const std::string& url);

// Whether a host is this machine: localhost, *.localhost, 127.0.0.0/8, ::1.
bool IsLoopback(std::string_view host);

struct BackendFailure {
  enum class Kind {
    kNotAllowed,  // Would be answered deployed; here the user has to allow the host.
    kBadUrl,
    kNoAnswer,
    kTimeout,
  } kind = Kind::kNoAnswer;
  std::string message = {};
};

// Thread-safe.
class HttpBackend {
 public:
  // Hosts beyond loopback that may be reached; "*" is all.
  explicit HttpBackend(std::vector<std::string> allowed_hosts)
      : allowed_hosts_(std::move(allowed_hosts)) {}

  bool Allows(std::string_view host) const;

  // `request.target` is set from the URL. Blocks for `timeout` at most, redirects are not followed.
  Result<http::Reply, BackendFailure> Send(const std::string& url, http::Request request,
                                           std::chrono::milliseconds timeout);

 private:
  // An idle connection, or a new one.
  Result<std::unique_ptr<http::Client>> TakeClient(const std::string& key,
                                                   const std::string& origin,
                                                   std::chrono::milliseconds timeout);
  void ReturnClient(const std::string& key, std::unique_ptr<http::Client> client);

  const std::vector<std::string> allowed_hosts_;
  Mutex mutex_;
  // By origin and timeout.
  std::multimap<std::string, std::unique_ptr<http::Client>> idle_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::gateway
