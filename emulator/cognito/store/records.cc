#include "cognito/store/records.h"

namespace offstage::cognito {

Json ToJson(const User& user) {
  Json codes = Json::object();
  for (const auto& [purpose, code] : user.codes)
    codes[purpose] = {{"code", code.code}, {"expires", code.expires}};
  return {{"username", user.username},
          {"attributes", user.attributes},
          {"status", user.status},
          {"enabled", user.enabled},
          {"created", user.created},
          {"modified", user.modified},
          {"salt", user.password.salt},
          {"verifier", user.password.verifier},
          {"password_expires", user.password_expires},
          {"codes", std::move(codes)},
          {"pending_attributes", user.pending_attributes},
          {"totp_secret", user.totp_secret},
          {"totp_verified", user.totp_verified},
          {"totp_step", user.totp_step},
          {"mfa", user.mfa},
          {"preferred_mfa", user.preferred_mfa}};
}

User UserFromJson(const Json& json) {
  using Texts = std::map<std::string, std::string>;
  User user;
  user.username = json.value("username", "");
  user.attributes = json.value("attributes", Texts());
  user.status = json.value("status", "UNCONFIRMED");
  user.enabled = json.value("enabled", true);
  user.created = json.value("created", std::int64_t{0});
  user.modified = json.value("modified", std::int64_t{0});
  user.password = {.salt = json.value("salt", ""), .verifier = json.value("verifier", "")};
  user.password_expires = json.value("password_expires", std::int64_t{0});
  const Json codes = json.value("codes", Json::object());
  for (const auto& [purpose, code] : codes.items())
    user.codes[purpose] = {.code = code.value("code", ""),
                           .expires = code.value("expires", std::int64_t{0})};
  user.pending_attributes = json.value("pending_attributes", Texts());
  user.totp_secret = json.value("totp_secret", "");
  user.totp_verified = json.value("totp_verified", false);
  user.totp_step = json.value("totp_step", std::int64_t{0});
  user.mfa = json.value("mfa", std::vector<std::string>());
  user.preferred_mfa = json.value("preferred_mfa", "");
  return user;
}

Json ToJson(const Device& device) {
  return {{"key", device.key},
          {"salt", device.secret.salt},
          {"verifier", device.secret.verifier},
          {"name", device.name},
          {"remembered", device.remembered},
          {"created", device.created},
          {"modified", device.modified},
          {"authenticated", device.authenticated}};
}

Device DeviceFromJson(const Json& json) {
  Device device;
  device.key = json.value("key", "");
  device.secret = {.salt = json.value("salt", ""), .verifier = json.value("verifier", "")};
  device.name = json.value("name", "");
  device.remembered = json.value("remembered", false);
  device.created = json.value("created", std::int64_t{0});
  device.modified = json.value("modified", std::int64_t{0});
  device.authenticated = json.value("authenticated", std::int64_t{0});
  return device;
}

Json ParseStored(std::string_view text) {
  auto json = ParseJson(text);
  return json.ok() ? std::move(json).value() : Json::object();
}

}  // namespace offstage::cognito
