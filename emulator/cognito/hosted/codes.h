// What the hosted pages remember between requests: authorization codes and browser sessions. In
// memory, bounded: a restart signs browsers out.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/mutex.h"

namespace offstage::cognito {

// What a code may be exchanged for.
struct AuthorizationCode {
  std::string pool_id = {};
  std::string client_id = {};
  std::string username = {};
  std::string redirect_uri = {};
  // Blank-separated.
  std::string scopes = {};
  std::string nonce = {};
  // S256 of the verifier; empty: no PKCE.
  std::string code_challenge = {};
  // Seconds since the epoch.
  std::int64_t auth_time = 0;
  std::int64_t expires = 0;
};

struct BrowserSession {
  std::string pool_id = {};
  std::string username = {};
  std::int64_t auth_time = 0;
  std::int64_t expires = 0;
};

// Thread-safe.
class HostedState {
 public:
  std::string AddCode(AuthorizationCode code);
  // Null: unknown, used or expired. Looking does not use it up; Use does, once.
  std::optional<AuthorizationCode> FindCode(const std::string& code, std::int64_t now) const;
  bool UseCode(const std::string& code);

  std::string AddBrowser(BrowserSession session);
  std::optional<BrowserSession> FindBrowser(const std::string& cookie, std::int64_t now) const;
  void RemoveBrowser(const std::string& cookie);
  void Clear();

 private:
  mutable Mutex mutex_;
  std::map<std::string, AuthorizationCode> codes_ OFFSTAGE_GUARDED_BY(mutex_);
  std::map<std::string, BrowserSession> browsers_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::cognito
