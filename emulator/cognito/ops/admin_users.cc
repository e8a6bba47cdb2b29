// Administrators' operations on users:
// docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html
#include <fmt/format.h>

#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/messages.h"
#include "cognito/mfa.h"
#include "cognito/ops/ops.h"
#include "cognito/passwords.h"
#include "cognito/pool_config.h"
#include "cognito/triggers.h"
#include "cognito/user_filter.h"
#include "cognito/users.h"

namespace offstage::cognito {

namespace {

constexpr const char* kNoClient = "CLIENT_ID_NOT_APPLICABLE";

struct Target {
  PoolPtr pool;
  User user;
};
aws::Outcome<Target> FindTarget(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(User user, FindUser(engine, *pool, TextAt(request, "Username")));
  return Target{.pool = std::move(pool), .user = std::move(user)};
}

// Sends the invitation by every medium that was asked for and that the user has.
aws::Outcome<Unit> Invite(Engine& engine, const Pool& pool, const User& user,
                          const std::string& password, const Json& request) {
  std::vector<std::string> media = ListAt(request, "DesiredDeliveryMediums");
  if (media.empty()) media = {"SMS"};
  for (const std::string& medium : media) {
    const std::string attribute = medium == "EMAIL" ? "email" : "phone_number";
    if (user.FindAttribute(attribute) == nullptr) continue;
    OFFSTAGE_TRY_VOID(SendMessage(engine, pool, user,
                                  {.purpose = Purpose::kAdminCreateUser,
                                   .attribute = attribute,
                                   .code = password,
                                   .client_metadata = MetadataOf(request)}));
  }
  return Ok();
}

void SetTemporary(const Engine& engine, const Pool& pool, User& user, const std::string& password) {
  SetPassword(pool, user, password);
  const long long days =
      IntegerAt(pool.config, "Policies.PasswordPolicy.TemporaryPasswordValidityDays", 7);
  user.password_expires = engine.NowSeconds() + days * 24 * 3600;
  user.status = "FORCE_CHANGE_PASSWORD";
}

aws::Outcome<Json> Resend(Engine& engine, const Pool& pool, const Json& request) {
  OFFSTAGE_TRY(User user, FindUser(engine, pool, TextAt(request, "Username")));
  if (user.status != "FORCE_CHANGE_PASSWORD") {
    return Fail(Problem("UnsupportedUserStateException",
                        "Resend not possible. Current user status is " + user.status));
  }
  const std::string given = TextAt(request, "TemporaryPassword");
  const std::string password = given.empty() ? MakeTemporaryPassword(pool) : given;
  OFFSTAGE_TRY_VOID(CheckPasswordPolicy(pool, password));
  SetTemporary(engine, pool, user, password);
  OFFSTAGE_TRY_VOID(SaveUser(engine, pool, user));
  OFFSTAGE_TRY_VOID(Invite(engine, pool, user, password, request));
  return Json{{"User", ToUserType(user)}};
}

}  // namespace

aws::Outcome<Json> AdminCreateUser(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string action = TextAt(request, "MessageAction");
  if (action == "RESEND") return Resend(engine, *pool, request);
  const std::string username = TextAt(request, "Username");
  OFFSTAGE_TRY(User user, NewUser(engine, *pool, username,
                                  ReadAttributes(FindPath(request, "UserAttributes"))));
  Attributes given = user.attributes;
  given.erase("sub");
  OFFSTAGE_TRY_VOID(CheckAttributes(*pool, nullptr, given, Writer::kAdminCreate));
  OFFSTAGE_TRY_INTERNAL(const auto other, engine.store->FindUser(*pool, username));
  if (other) {
    return Fail(
        Problem("UsernameExistsException", UsesAttributesAsUsername(*pool)
                                               ? "An account with the given email already exists."
                                               : "User account already exists"));
  }
  const std::string wanted = TextAt(request, "TemporaryPassword");
  if (!wanted.empty()) OFFSTAGE_TRY_VOID(CheckPasswordPolicy(*pool, wanted));
  OFFSTAGE_TRY_VOID(RunPreSignUp(engine, *pool, user,
                                 {.source = "PreSignUp_AdminCreateUser", .client_id = kNoClient},
                                 request));
  const std::string password = wanted.empty() ? MakeTemporaryPassword(*pool) : wanted;
  SetTemporary(engine, *pool, user, password);
  if (BoolAt(request, "ForceAliasCreation", false)) {
    for (const char* name : {"email", "phone_number"}) {
      const std::string* value = user.FindAttribute(name);
      if (value == nullptr || !IsAliasAttribute(*pool, name)) continue;
      const Status released = engine.store->ReleaseAlias(*pool, name, *value);
      if (!released.ok()) return Fail(aws::InternalServerError(released.error()));
    }
  }
  OFFSTAGE_TRY_VOID(engine.store->SaveUser(*pool, user));
  if (action != "SUPPRESS") OFFSTAGE_TRY_VOID(Invite(engine, *pool, user, password, request));
  return Json{{"User", ToUserType(user)}};
}

aws::Outcome<Json> AdminGetUser(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const Target target, FindTarget(engine, request));
  Json reply = ToUserType(target.user);
  reply["UserAttributes"] = std::move(reply["Attributes"]);
  reply.erase("Attributes");
  if (!target.user.mfa.empty()) reply["UserMFASettingList"] = target.user.mfa;
  if (!target.user.preferred_mfa.empty()) reply["PreferredMfaSetting"] = target.user.preferred_mfa;
  return reply;
}

aws::Outcome<Json> AdminDeleteUser(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const Target target, FindTarget(engine, request));
  const Status deleted = engine.store->DeleteUser(target.user);
  if (!deleted.ok()) return Fail(aws::InternalServerError(deleted.error()));
  return Json::object();
}

aws::Outcome<Json> AdminUpdateUserAttributes(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Target target, FindTarget(engine, request));
  AttributeChange change{.attributes = ReadAttributes(FindPath(request, "UserAttributes")),
                         .client_metadata = MetadataOf(request),
                         .admin = true};
  if (change.attributes.contains("sub"))
    return Fail(InvalidParameter("Cannot modify the non-mutable attribute sub"));
  OFFSTAGE_TRY_VOID(CheckAttributes(*target.pool, nullptr, change.attributes, Writer::kAdmin));
  OFFSTAGE_TRY_VOID(ChangeAttributes(engine, *target.pool, target.user, change));
  return Json::object();
}

aws::Outcome<Json> AdminDeleteUserAttributes(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Target target, FindTarget(engine, request));
  std::string unknown;
  for (const std::string& name : ListAt(request, "UserAttributeNames")) {
    if (FindSchema(*target.pool, name) == nullptr)
      unknown += fmt::format("user.{}: Attribute does not exist in the schema.\n", name);
  }
  if (!unknown.empty()) return Fail(InvalidParameter("Invalid user attributes: " + unknown));
  for (const std::string& name : ListAt(request, "UserAttributeNames")) {
    if (BoolAt(*FindSchema(*target.pool, name), "Required", false)) {
      return Fail(InvalidParameter(
          fmt::format("user.{}: Attribute is required and cannot be deleted.\n", name)));
    }
    target.user.attributes.erase(name);
    if (name == "email" || name == "phone_number") target.user.attributes.erase(name + "_verified");
  }
  OFFSTAGE_TRY_VOID(SaveUser(engine, *target.pool, target.user));
  return Json::object();
}

aws::Outcome<Json> AdminEnableUser(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Target target, FindTarget(engine, request));
  target.user.enabled = true;
  OFFSTAGE_TRY_VOID(SaveUser(engine, *target.pool, target.user));
  return Json::object();
}

aws::Outcome<Json> AdminDisableUser(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Target target, FindTarget(engine, request));
  target.user.enabled = false;
  OFFSTAGE_TRY_VOID(SaveUser(engine, *target.pool, target.user));
  const Status revoked = engine.store->RevokeGrantsOf(target.user);
  if (!revoked.ok()) return Fail(aws::InternalServerError(revoked.error()));
  return Json::object();
}

aws::Outcome<Json> AdminSetUserPassword(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Target target, FindTarget(engine, request));
  const std::string password = TextAt(request, "Password");
  OFFSTAGE_TRY_VOID(CheckPasswordPolicy(*target.pool, password));
  if (BoolAt(request, "Permanent", false)) {
    SetPassword(*target.pool, target.user, password);
    target.user.status = "CONFIRMED";
  } else {
    SetTemporary(engine, *target.pool, target.user, password);
  }
  OFFSTAGE_TRY_VOID(SaveUser(engine, *target.pool, target.user));
  return Json::object();
}

aws::Outcome<Json> AdminSetUserMFAPreference(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Target target, FindTarget(engine, request));
  OFFSTAGE_TRY_VOID(ApplyMfaPreference(*target.pool, request, target.user));
  OFFSTAGE_TRY_VOID(SaveUser(engine, *target.pool, target.user));
  return Json::object();
}

aws::Outcome<Json> AdminSetUserSettings(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Target target, FindTarget(engine, request));
  OFFSTAGE_TRY_VOID(ApplyMfaOptions(request, target.user));
  OFFSTAGE_TRY_VOID(SaveUser(engine, *target.pool, target.user));
  return Json::object();
}

aws::Outcome<Json> ListUsers(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const UserFilter filter, ParseUserFilter(TextAt(request, "Filter")));
  OFFSTAGE_TRY(const std::int64_t after, ReadPageToken(request, "PaginationToken"));
  const auto wanted = ListAt(request, "AttributesToGet");
  for (const std::string& name : wanted) {
    if (FindSchema(*pool, name) == nullptr)
      return Fail(InvalidParameter("One or more requested attributes do not exist."));
  }
  const auto limit = static_cast<std::size_t>(IntegerAt(request, "Limit", 60));
  if (limit == 0) return Json{{"Users", Json::array()}};
  OFFSTAGE_TRY_INTERNAL(const auto page,
                        engine.store->Users(pool->id, after, limit, [&filter](const User& user) {
                          return Matches(filter, user);
                        }));
  Json users = Json::array();
  for (User user : page.rows) {
    if (FindPath(request, "AttributesToGet") != nullptr) {
      std::erase_if(user.attributes, [&wanted](const auto& row) {
        return std::find(wanted.begin(), wanted.end(), row.first) == wanted.end();
      });
    }
    users.push_back(ToUserType(user));
  }
  Json reply = {{"Users", std::move(users)}};
  if (page.next != 0) reply["PaginationToken"] = MakePageToken(page.next);
  return reply;
}

}  // namespace offstage::cognito
