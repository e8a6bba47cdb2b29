#include "cognito/users.h"

#include <fmt/format.h>

#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/messages.h"
#include "cognito/passwords.h"
#include "cognito/pool_config.h"
#include "cognito/triggers.h"

namespace offstage::cognito {

namespace {

// docs.aws.amazon.com/cognito/latest/developerguide/limits.html: codes of attributes.
constexpr std::chrono::hours kAttributeCodeLifetime{24};

aws::Outcome<std::string> AttributeOfUsername(const Pool& pool, const std::string& username) {
  const bool email = IsUsernameAttribute(pool, "email");
  const bool phone = IsUsernameAttribute(pool, "phone_number");
  if (email && LooksLikeEmail(username)) return std::string("email");
  if (phone && LooksLikePhoneNumber(username)) return std::string("phone_number");
  if (email && phone) {
    return Fail(InvalidParameter("Username should be either an email or a phone number."));
  }
  return Fail(InvalidParameter(email ? "Username should be an email."
                                     : "Username should be a phone number."));
}

aws::Outcome<Unit> CheckNameForm(const Pool& pool, const std::string& username) {
  if (IsAliasAttribute(pool, "email") && LooksLikeEmail(username)) {
    return Fail(
        InvalidParameter("Username cannot be of email format, since user pool is "
                         "configured for email alias."));
  }
  if (IsAliasAttribute(pool, "phone_number") && LooksLikePhoneNumber(username)) {
    return Fail(
        InvalidParameter("Username cannot be of phone number format, since user pool is "
                         "configured for phone number alias."));
  }
  return Ok();
}

bool WaitsForVerification(const Pool& pool, const std::string& name) {
  return ListHas(pool.config,
                 "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate", name);
}

}  // namespace

aws::Outcome<User> NewUser(Engine& engine, const Pool& pool, const std::string& username,
                           Attributes attributes) {
  User user;
  user.pool_id = pool.id;
  user.created = user.modified = engine.NowMillis();
  const std::string sub = engine.options.ids->Uuid();
  user.username = username;
  if (UsesAttributesAsUsername(pool)) {
    OFFSTAGE_TRY(const std::string attribute, AttributeOfUsername(pool, username));
    attributes[attribute] = username;
    user.username = sub;
  } else {
    OFFSTAGE_TRY_VOID(CheckNameForm(pool, username));
  }
  user.attributes = std::move(attributes);
  user.attributes["sub"] = sub;
  return user;
}

aws::Outcome<std::optional<User>> MigrateUser(Engine& engine, const Pool& pool,
                                              const Migration& migration) {
  TriggerCall call{.trigger = "UserMigration"};
  call.source = migration.source;
  call.username = migration.username;
  call.client_id = migration.client_id;
  if (!migration.password.empty()) call.request["password"] = migration.password;
  call.request["validationData"] = nullptr;
  call.request["userAttributes"] = nullptr;
  if (migration.client_metadata.is_object())
    call.request["clientMetadata"] = migration.client_metadata;
  call.response = {{"userAttributes", nullptr},         {"forceAliasCreation", nullptr},
                   {"finalUserStatus", nullptr},        {"messageAction", nullptr},
                   {"desiredDeliveryMediums", nullptr}, {"enableSMSMFA", nullptr}};
  OFFSTAGE_TRY(const auto response, RunTrigger(engine, pool, std::move(call)));
  if (!response) return std::optional<User>();
  const Json* given = FindPath(*response, "userAttributes");
  if (given == nullptr || !given->is_object()) return std::optional<User>();
  Attributes attributes;
  for (const auto& [name, value] : given->items()) {
    // The trigger may name the user; the name and sub are the pool's to give.
    if (value.is_string() && name != "username" && name != "sub")
      attributes[name] = value.get<std::string>();
  }
  OFFSTAGE_TRY_VOID(CheckAttributes(pool, nullptr, attributes, Writer::kAdminCreate));
  OFFSTAGE_TRY(User user, NewUser(engine, pool, migration.username, std::move(attributes)));
  const std::string status = TextAt(*response, "finalUserStatus");
  user.status = status.empty() ? "RESET_REQUIRED" : status;
  if (!migration.password.empty()) SetPassword(pool, user, migration.password);
  if (BoolAt(*response, "forceAliasCreation", false)) {
    for (const char* name : {"email", "phone_number"}) {
      const std::string* value = user.FindAttribute(name);
      if (value == nullptr) continue;
      if (const Status released = engine.store->ReleaseAlias(pool, name, *value); !released.ok())
        return Fail(aws::InternalServerError(released.error()));
    }
  }
  OFFSTAGE_TRY_VOID(engine.store->SaveUser(pool, user));
  return std::optional<User>(std::move(user));
}

aws::Outcome<Unit> AfterConfirmation(Engine& engine, const Pool& pool, const User& user,
                                     const std::string& client_id, const std::string& source,
                                     const Json& client_metadata) {
  TriggerCall call{.trigger = "PostConfirmation"};
  call.source = source;
  call.username = user.username;
  call.client_id = client_id;
  call.request = {{"userAttributes", UserAttributesForTrigger(pool, user)}};
  if (client_metadata.is_object()) call.request["clientMetadata"] = client_metadata;
  OFFSTAGE_TRY_VOID(RunTrigger(engine, pool, std::move(call)));
  return Ok();
}

Json ToUserType(const User& user) {
  return {{"Username", user.username},
          {"Attributes", ToApiList(user.attributes)},
          {"UserCreateDate", ToApiTime(user.created)},
          {"UserLastModifiedDate", ToApiTime(user.modified)},
          {"Enabled", user.enabled},
          {"UserStatus", user.status}};
}

User Nobody(const Pool& pool, const std::string& username) {
  User nobody;
  nobody.pool_id = pool.id;
  nobody.username = username;
  return nobody;
}

std::string AttemptKey(const User& user) {
  return user.pool_id + "/" + user.username;
}

aws::Outcome<Unit> TakeAttempt(Engine& engine, const User& user, const std::string& operation,
                               std::size_t limit) {
  if (engine.attempts.Take(AttemptKey(user), operation, limit, engine.NowSeconds())) return Ok();
  return Fail(
      Problem("LimitExceededException", "Attempt limit exceeded, please try after some time."));
}

aws::Outcome<Unit> CheckCode(const Engine& engine, const User& user, const std::string& purpose,
                             const std::string& code) {
  const auto pending = user.codes.find(purpose);
  if (pending == user.codes.end() || pending->second.expires <= engine.NowSeconds())
    return Fail(CodeTooOld());
  if (!EqualInConstantTime(pending->second.code, code)) return Fail(WrongCode());
  return Ok();
}

std::string RememberCode(const Engine& engine, User& user, const std::string& purpose,
                         std::chrono::seconds lifetime) {
  std::string code = NewCode();
  user.codes[purpose] = {.code = code, .expires = engine.NowSeconds() + lifetime.count()};
  return code;
}

std::string ConfirmationAttribute(const Pool& pool, const User& user) {
  // Where both are verified, the service sends the code to the telephone.
  for (const char* name : {"phone_number", "email"}) {
    if (IsAutoVerified(pool, name) && user.FindAttribute(name) != nullptr) return name;
  }
  return {};
}

aws::Outcome<Json> ChangeAttributes(Engine& engine, const Pool& pool, User& user,
                                    const AttributeChange& change) {
  std::vector<std::pair<std::string, std::string>> to_verify;  // attribute, address
  for (const auto& [name, value] : change.attributes) {
    const std::string flag = name + "_verified";
    const bool address = name == "email" || name == "phone_number";
    const std::string* old = user.FindAttribute(name);
    const bool same = old != nullptr && *old == value;
    const bool vouched = change.attributes.contains(flag);
    if (value.empty() && (FindSchema(pool, name) != nullptr) && !name.starts_with("custom:")) {
      user.attributes.erase(name);
      continue;
    }
    if (address && !same && !vouched && IsAutoVerified(pool, name)) {
      to_verify.emplace_back(name, value);
      if (!change.admin && WaitsForVerification(pool, name)) {
        user.pending_attributes[name] = value;
        continue;
      }
    }
    user.attributes[name] = value;
    if (address && !same && !vouched) user.attributes[flag] = "false";
  }
  std::vector<std::string> codes;
  for (const auto& [name, value] : to_verify)
    codes.push_back(RememberCode(engine, user, "attribute:" + name, kAttributeCodeLifetime));
  OFFSTAGE_TRY_VOID(SaveUser(engine, pool, user));
  Json details = Json::array();
  for (std::size_t i = 0; i < to_verify.size(); ++i) {
    OFFSTAGE_TRY(Json sent, SendMessage(engine, pool, user,
                                        {.purpose = Purpose::kUpdateAttribute,
                                         .attribute = to_verify[i].first,
                                         .destination = to_verify[i].second,
                                         .code = codes[i],
                                         .client_id = change.client_id,
                                         .client_metadata = change.client_metadata}));
    details.push_back(std::move(sent));
  }
  return details;
}

}  // namespace offstage::cognito
