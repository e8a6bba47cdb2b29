// Sessions: sign-ins under way, between a challenge and its answer. Kept in memory: they last
// minutes, and a restart ends them.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/mutex.h"
#include "cognito/crypto/srp.h"

namespace offstage::cognito {

struct Session {
  std::string pool_id = {};
  std::string client_id = {};
  // Empty for a user that does not exist (the answer then never fits).
  std::string username = {};
  // The challenge that is waited for ("PASSWORD_VERIFIER").
  std::string challenge = {};
  // Seconds since the epoch.
  std::int64_t expires = 0;
  // Of PASSWORD_VERIFIER.
  PasswordVerifier password = {};
  SrpServer srp = {};
  std::string public_a = {};
  std::string srp_username = {};
  // Of SMS_MFA, EMAIL_OTP and SMS_OTP.
  std::string code = {};
  // Of CUSTOM_CHALLENGE: the rounds so far, and what CreateAuthChallenge keeps to itself.
  bool custom_flow = false;
  Json rounds = Json::array();
  Json private_parameters = Json::object();
  std::string challenge_metadata = {};
  // Of MFA_SETUP.
  std::string totp_secret = {};
  bool totp_verified = false;
  // DEVICE_KEY, once the user is known to have it; proved by DEVICE_PASSWORD_VERIFIER.
  std::string device_key = {};
  bool device_proved = false;
  // Of DEVICE_PASSWORD_VERIFIER; raw bytes.
  std::string secret_block = {};
  // What PreTokenGeneration is told the tokens are for.
  std::string token_source = "TokenGeneration_Authentication";
};

// Thread-safe.
class Sessions {
 public:
  // Keeps the session and returns the text that stands for it, base64 of random bytes.
  std::string Add(Session session, std::int64_t now_seconds);
  // Null: unknown, used or expired.
  std::optional<Session> Find(const std::string& token, std::int64_t now_seconds) const;
  void Replace(const std::string& token, Session session);
  // False: somebody else was faster.
  bool Remove(const std::string& token);
  void Clear();

 private:
  mutable Mutex mutex_;
  std::map<std::string, Session> sessions_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::cognito
