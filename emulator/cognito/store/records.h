// What the store keeps: pools, app clients, users and what belongs to them. Plain values.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cognito/crypto/srp.h"

namespace offstage::cognito {

// `config` is what DescribeUserPool answers (without computed members).
struct Pool {
  std::string id = {};
  Json config = Json::object();
};
using PoolPtr = std::shared_ptr<const Pool>;  // shared by the store's cache and requests under way

// `config` is what DescribeUserPoolClient answers.
struct Client {
  std::string id = {};
  std::string pool_id = {};
  Json config = Json::object();
};
using ClientPtr = std::shared_ptr<const Client>;  // as PoolPtr

// A code that was sent and may be given back once.
struct PendingCode {
  std::string code = {};
  // Seconds since the epoch.
  std::int64_t expires = 0;
};

struct User {
  // Row number; 0: not stored yet.
  std::int64_t number = 0;
  std::string pool_id = {};
  std::string username = {};
  // With "sub"; values are text, as the API has them.
  std::map<std::string, std::string> attributes = {};
  // UNCONFIRMED, CONFIRMED, FORCE_CHANGE_PASSWORD, RESET_REQUIRED, EXTERNAL_PROVIDER
  std::string status = "UNCONFIRMED";
  bool enabled = true;
  // Milliseconds since the epoch.
  std::int64_t created = 0;
  std::int64_t modified = 0;
  PasswordVerifier password = {};
  // Seconds since the epoch; 0: never. Of temporary passwords.
  std::int64_t password_expires = 0;
  // By purpose: "confirm", "reset", "attribute:email".
  std::map<std::string, PendingCode> codes = {};
  // Attribute values that wait for their code (AttributesRequireVerificationBeforeUpdate).
  std::map<std::string, std::string> pending_attributes = {};
  std::string totp_secret = {};
  bool totp_verified = false;
  // The last time step whose code was used: each works once.
  std::int64_t totp_step = 0;
  // Of "SOFTWARE_TOKEN_MFA", "SMS_MFA", "EMAIL_OTP".
  std::vector<std::string> mfa = {};
  std::string preferred_mfa = {};

  const std::string& Sub() const { return attributes.at("sub"); }
  const std::string* FindAttribute(const std::string& name) const {
    const auto found = attributes.find(name);
    return found == attributes.end() ? nullptr : &found->second;
  }
  bool IsTrue(const std::string& name) const {
    const std::string* value = FindAttribute(name);
    return value != nullptr && *value == "true";
  }
};

Json ToJson(const User& user);
User UserFromJson(const Json& json);

// A device that a user signs in from, which may prove itself in place of a second factor.
struct Device {
  // "us-east-1_" and a UUID.
  std::string key = {};
  // Made by the device; the user name is the key, the pool name the device group's key.
  PasswordVerifier secret = {};
  std::string name = {};
  bool remembered = false;
  // Milliseconds since the epoch.
  std::int64_t created = 0;
  std::int64_t modified = 0;
  std::int64_t authenticated = 0;
};

Json ToJson(const Device& device);
Device DeviceFromJson(const Json& json);

// Stored text as JSON; an empty object when it is damaged.
Json ParseStored(std::string_view text);

// A sign-in: what a refresh token stands for. Tokens carry its id as origin_jti.
struct Grant {
  std::string id = {};
  std::string pool_id = {};
  std::string client_id = {};
  std::int64_t user = 0;
  // Seconds since the epoch.
  std::int64_t auth_time = 0;
  std::int64_t expires = 0;
  bool revoked = false;
  // Blank-separated.
  std::string scopes = {};
  // Key of the device that signed in, confirmed or not; empty where the pool tracks none.
  std::string device = {};
};

// A message that would have been sent.
struct Message {
  std::int64_t number = 0;
  std::string pool_id = {};
  std::string username = {};
  // "EMAIL" or "SMS".
  std::string medium = {};
  std::string destination = {};
  std::string subject = {};
  std::string body = {};
  // The code or temporary password in it.
  std::string code = {};
  // What for: "SignUp", "ForgotPassword", "AdminCreateUser" ...
  std::string purpose = {};
  // Milliseconds since the epoch.
  std::int64_t time = 0;
  // The function that was given the code to send it (a custom sender); empty: the service's own.
  std::string sender = {};
};

}  // namespace offstage::cognito
