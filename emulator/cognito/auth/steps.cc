// What sign-ins of all kinds share.
#include <fmt/format.h>

#include "base/text.h"
#include "cognito/attributes.h"
#include "cognito/auth/auth.h"
#include "cognito/crypto/bytes.h"
#include "cognito/devices.h"
#include "cognito/errors.h"
#include "cognito/passwords.h"
#include "cognito/pool_config.h"
#include "cognito/tokens.h"
#include "cognito/triggers.h"
#include "cognito/users.h"

namespace offstage::cognito {

namespace {

// The user that the UserMigration trigger knows, made a user of the pool.
aws::Outcome<std::optional<User>> Migrate(AuthCall& call, const std::string& username,
                                          const std::string& password) {
  if (password.empty() || !HasTrigger(*call.pool, "UserMigration")) return std::optional<User>();
  return MigrateUser(call.engine, *call.pool,
                     {.username = username,
                      .password = password,
                      .client_id = call.client->id,
                      .source = "UserMigration_Authentication",
                      .client_metadata = call.metadata});
}

Json NewPasswordParameters(const Pool& pool, const User& user) {
  Json required = Json::array();
  const Json* rows = FindPath(pool.config, "SchemaAttributes");
  for (const Json& row : rows == nullptr ? Json::array() : *rows) {
    const std::string name = TextAt(row, "Name");
    if (name != "sub" && BoolAt(row, "Required", false) && user.FindAttribute(name) == nullptr)
      required.push_back("userAttributes." + name);
  }
  Attributes attributes = user.attributes;
  attributes.erase("sub");
  return {{"USER_ID_FOR_SRP", user.username},
          {"requiredAttributes", DumpJson(required)},
          {"userAttributes", DumpJson(Json(attributes))}};
}

}  // namespace

std::string AuthCall::Text(std::string_view name) const {
  const auto found = parameters.find(name);
  return found != parameters.end() && found->is_string() ? found->get<std::string>()
                                                         : std::string();
}

aws::Outcome<std::string> Required(const AuthCall& call, std::string_view name) {
  std::string text = call.Text(name);
  if (text.empty()) return Fail(MissingAuthParameter(name));
  return text;
}

aws::Outcome<Unit> CheckSecretHash(const Client& client, std::string_view username,
                                   const std::string& hash) {
  const auto secrets = SecretsOf(client);
  if (secrets.empty()) {
    if (hash.empty()) return Ok();
    return Fail(NotAuthorized(fmt::format(
        "Client {} is not configured with secret but SECRET_HASH was received", client.id)));
  }
  if (hash.empty()) {
    return Fail(NotAuthorized(fmt::format(
        "Client {} is configured with secret but SECRET_HASH was not received", client.id)));
  }
  for (const std::string& secret : secrets) {
    const std::string expected =
        Base64Encode(HmacSha256(secret, std::string(username) + client.id));
    if (EqualInConstantTime(expected, hash)) return Ok();
  }
  return Fail(NotAuthorized(fmt::format("Unable to verify secret hash for client {}", client.id)));
}

aws::Outcome<User> FindOrMigrate(AuthCall& call, const std::string& username,
                                 const std::string& password) {
  OFFSTAGE_TRY_INTERNAL(auto user, call.engine.store->FindUser(*call.pool, username));
  if (user) return *std::move(user);
  OFFSTAGE_TRY(auto migrated, Migrate(call, username, password));
  if (migrated) return *std::move(migrated);
  if (!PreventsUserExistenceErrors(*call.client)) return Fail(UserNotFound());
  return Nobody(*call.pool, username);
}

aws::Outcome<User> FindSigningIn(AuthCall& call, const std::string& username,
                                 const std::string& password) {
  OFFSTAGE_TRY(User user, FindOrMigrate(call, username, password));
  if (user.number != 0) return user;
  OFFSTAGE_TRY_VOID(Admit(call, user));
  return Fail(WrongPassword());
}

aws::Outcome<User> SessionUser(AuthCall& call, const Session& session) {
  if (session.username.empty()) return Nobody(*call.pool, session.srp_username);
  return FindUser(call.engine, *call.pool, session.username);
}

aws::Outcome<Unit> Admit(AuthCall& call, const User& user) {
  if (!user.enabled) return Fail(NotAuthorized("User is disabled."));
  TriggerCall trigger{.trigger = "PreAuthentication"};
  trigger.source = "PreAuthentication_Authentication";
  trigger.username = user.username;
  trigger.client_id = call.client->id;
  const bool exists = user.number != 0;
  trigger.request = {{"userAttributes",
                      exists ? UserAttributesForTrigger(*call.pool, user) : Json(Json::object())},
                     {"validationData", call.metadata.is_object() ? call.metadata : Json()}};
  if (PreventsUserExistenceErrors(*call.client)) trigger.request["userNotFound"] = !exists;
  OFFSTAGE_TRY_VOID(RunTrigger(call.engine, *call.pool, std::move(trigger)));
  return Ok();
}

Session NewSession(const AuthCall& call, const User& user) {
  Session session;
  session.pool_id = call.pool->id;
  session.client_id = call.client->id;
  session.username = user.username;
  if (TracksDevices(*call.pool) && !call.hosted) session.device_key = call.Text("DEVICE_KEY");
  session.expires = call.engine.NowSeconds() + SessionValidity(*call.client).count();
  return session;
}

aws::Outcome<Unit> CheckNotLockedOut(const AuthCall& call, const User& user) {
  if (call.engine.attempts.IsLockedOut(AttemptKey(user), call.engine.NowSeconds()))
    return Fail(NotAuthorized("Password attempts exceeded"));
  return Ok();
}

void CountFailure(const AuthCall& call, const User& user) {
  call.engine.attempts.Fail(AttemptKey(user), call.engine.NowSeconds());
}

aws::Outcome<Unit> CheckUserPassword(const AuthCall& call, const User& user,
                                     const std::string& password) {
  OFFSTAGE_TRY_VOID(CheckNotLockedOut(call, user));
  ProvedPasswords& proved = call.engine.proved_passwords;
  if (proved.Knows(user.password, password)) return Ok();
  if (IsPassword(*call.pool, user, password)) {
    proved.Remember(user.password, password);
    return Ok();
  }
  CountFailure(call, user);
  return Fail(WrongPassword());
}

Json Challenge(AuthCall& call, Session session, const std::string& name, Json parameters) {
  session.challenge = name;
  session.expires = call.engine.NowSeconds() + SessionValidity(*call.client).count();
  return {{"ChallengeName", name},
          {"Session", call.engine.sessions.Add(std::move(session), call.engine.NowSeconds())},
          {"ChallengeParameters", std::move(parameters)}};
}

aws::Outcome<Json> AfterFirstFactor(AuthCall& call, User user, Session session) {
  OFFSTAGE_TRY_VOID(RecallDevice(call, user, session));
  if (user.status == "UNCONFIRMED") return Fail(UserNotConfirmed());
  if (user.status == "RESET_REQUIRED") {
    return Fail(Problem("PasswordResetRequiredException", "Password reset required for the user"));
  }
  if (user.status == "FORCE_CHANGE_PASSWORD") {
    if (user.password_expires != 0 && user.password_expires <= call.engine.NowSeconds()) {
      return Fail(
          NotAuthorized("Temporary password has expired and must be reset by an administrator."));
    }
    return Challenge(call, std::move(session), "NEW_PASSWORD_REQUIRED",
                     NewPasswordParameters(*call.pool, user));
  }
  OFFSTAGE_TRY(const bool by_device, DeviceReplacesSecondFactor(call, user, session));
  return by_device ? Finish(call, user, session) : AskSecondFactor(call, user, std::move(session));
}

aws::Outcome<Json> Finish(AuthCall& call, const User& user, const Session& session) {
  if (!session.device_key.empty() && !session.device_proved) return AskDevice(call, user, session);
  call.engine.attempts.Succeed(AttemptKey(user));
  const bool is_new_device =
      TracksDevices(*call.pool) && session.device_key.empty() && !call.hosted;
  TriggerCall trigger{.trigger = "PostAuthentication"};
  trigger.source = "PostAuthentication_Authentication";
  trigger.username = user.username;
  trigger.client_id = call.client->id;
  trigger.request = {{"userAttributes", UserAttributesForTrigger(*call.pool, user)},
                     {"newDeviceUsed", is_new_device}};
  if (call.metadata.is_object()) trigger.request["clientMetadata"] = call.metadata;
  OFFSTAGE_TRY_VOID(RunTrigger(call.engine, *call.pool, std::move(trigger)));
  if (call.hosted) return Json{{"HostedUser", user.username}};
  const std::string device_key = is_new_device ? NewDeviceKey(call.engine) : session.device_key;
  OFFSTAGE_TRY(Json result, IssueTokens(call.engine, *call.pool, *call.client, user,
                                        {.source = session.token_source,
                                         .client_metadata = call.metadata,
                                         .device_key = device_key}));
  if (is_new_device) {
    result["NewDeviceMetadata"] = {{"DeviceKey", device_key},
                                   {"DeviceGroupKey", DeviceGroupKey(*call.pool)}};
  }
  return Json{{"AuthenticationResult", std::move(result)}, {"ChallengeParameters", Json::object()}};
}

}  // namespace offstage::cognito
