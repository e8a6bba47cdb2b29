// SignUp, ConfirmSignUp, ResendConfirmationCode, ForgotPassword, ConfirmForgotPassword:
// docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/
#include <fmt/format.h>

#include <algorithm>

#include "cognito/attributes.h"
#include "cognito/auth/auth.h"
#include "cognito/errors.h"
#include "cognito/messages.h"
#include "cognito/ops/ops.h"
#include "cognito/passwords.h"
#include "cognito/pool_config.h"
#include "cognito/triggers.h"
#include "cognito/users.h"

namespace offstage::cognito {

namespace {

// docs.aws.amazon.com/cognito/latest/developerguide/limits.html
constexpr std::chrono::hours kConfirmLifetime{24};
constexpr std::chrono::hours kResetLifetime{1};
// docs.aws.amazon.com/cognito/latest/developerguide/quotas.html: attempts of a user within an hour.
// For forgotten passwords "between 5 and 20, depending on risk factors".
constexpr std::size_t kMostConfirmations = 15;
constexpr std::size_t kMostResends = 5;
constexpr std::size_t kMostForgotten = 10;

// The client and pool of a public request, once its secret hash is right.
struct PublicCaller {
  ClientPtr client;
  PoolPtr pool;
};
aws::Outcome<PublicCaller> FindCaller(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(ClientPtr client, FindClient(engine, request));
  PoolPtr pool = engine.store->FindPool(client->pool_id);
  if (pool == nullptr) return Fail(ClientNotFound(client->id));
  OFFSTAGE_TRY_VOID(
      CheckSecretHash(*client, TextAt(request, "Username"), TextAt(request, "SecretHash")));
  return PublicCaller{.client = std::move(client), .pool = std::move(pool)};
}

aws::ApiError NameNotFound() {
  return Problem("UserNotFoundException", "Username/client id combination not found.");
}

// Clients that prevent errors about who exists answer for users who do not, and for disabled ones,
// as if a code had been sent:
// docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
bool Pretends(const PublicCaller& caller, const std::optional<User>& user) {
  return PreventsUserExistenceErrors(*caller.client) && (!user || !user->enabled);
}

// By the form of the name, else by what the pool verifies.
Json PretendedDelivery(const Pool& pool, const std::string& username) {
  const bool by_phone = LooksLikePhoneNumber(username) ||
                        (!LooksLikeEmail(username) && IsAutoVerified(pool, "phone_number") &&
                         !IsAutoVerified(pool, "email"));
  return SimulatedDelivery(pool, by_phone ? "phone_number" : "email", username);
}

// Attempts are counted as for others: limits would tell who exists, too.
aws::Outcome<Json> PretendToSend(Engine& engine, const Pool& pool, const std::string& username,
                                 const char* operation, std::size_t limit) {
  OFFSTAGE_TRY_VOID(TakeAttempt(engine, Nobody(pool, username), operation, limit));
  return Json{{"CodeDeliveryDetails", PretendedDelivery(pool, username)}};
}

struct PreSignUpAnswer {
  bool confirm = false;
};
aws::Outcome<PreSignUpAnswer> AskPreSignUp(Engine& engine, const PublicCaller& caller, User& user,
                                           const Json& request) {
  OFFSTAGE_TRY(
      const auto response,
      RunPreSignUp(engine, *caller.pool, user,
                   {.source = "PreSignUp_SignUp", .client_id = caller.client->id}, request));
  PreSignUpAnswer answer;
  if (!response) return answer;
  answer.confirm = BoolAt(*response, "autoConfirmUser", false);
  if (BoolAt(*response, "autoVerifyEmail", false) && user.FindAttribute("email") != nullptr)
    user.attributes["email_verified"] = "true";
  if (BoolAt(*response, "autoVerifyPhone", false) && user.FindAttribute("phone_number") != nullptr)
    user.attributes["phone_number_verified"] = "true";
  return answer;
}

void AddFlags(User& user) {
  for (const char* name : {"email", "phone_number"}) {
    if (user.FindAttribute(name) != nullptr)
      user.attributes.try_emplace(std::string(name) + "_verified", "false");
  }
}

// Keeps a new code for `purpose`, and sends it; answers the CodeDeliveryDetails.
struct CodeToSend {
  std::string purpose;
  std::chrono::hours lifetime;
};
aws::Outcome<Json> SendNewCode(Engine& engine, const Pool& pool, User& user, const CodeToSend& code,
                               MessageRequest message) {
  message.code = RememberCode(engine, user, code.purpose, code.lifetime);
  OFFSTAGE_TRY_VOID(SaveUser(engine, pool, user));
  return SendMessage(engine, pool, user, message);
}

// Pools can leave forgotten passwords to administrators.
aws::Outcome<Unit> CheckSelfRecovery(const Pool& pool) {
  const Json* ways = FindPath(pool.config, "AccountRecoverySetting.RecoveryMechanisms");
  if (ways != nullptr && ways->is_array() && ways->size() == 1 &&
      TextAt(ways->front(), "Name") == "admin_only")
    return Fail(NotAuthorized("Contact administrator to reset password."));
  return Ok();
}

// Which verified address a forgotten password's code goes to.
aws::Outcome<std::string> RecoveryAttribute(const Pool& pool, const User& user) {
  std::vector<std::pair<long long, std::string>> ways;
  const Json* mechanisms = FindPath(pool.config, "AccountRecoverySetting.RecoveryMechanisms");
  if (mechanisms != nullptr && mechanisms->is_array()) {
    for (const Json& way : *mechanisms)
      ways.emplace_back(IntegerAt(way, "Priority", 1), TextAt(way, "Name"));
  }
  if (ways.empty()) ways = {{1, "verified_phone_number"}, {2, "verified_email"}};
  std::sort(ways.begin(), ways.end());
  for (const auto& [priority, way] : ways) {
    const std::string name = way == "verified_email" ? "email" : "phone_number";
    if (way != "admin_only" && user.IsTrue(name + "_verified")) return name;
  }
  return Fail(
      InvalidParameter("Cannot reset password for the user as there is no "
                       "registered/verified email or phone_number"));
}

// An attribute becomes verified; another user's claim to it as an alias is taken away or wins.
aws::Outcome<Unit> MarkVerified(Engine& engine, const Pool& pool, User& user,
                                const std::string& attribute, bool force) {
  const std::string* value = user.FindAttribute(attribute);
  if (value == nullptr) return Ok();
  if (force && IsAliasAttribute(pool, attribute)) {
    OFFSTAGE_TRY_INTERNAL(const auto owner, engine.store->FindByAlias(pool, attribute, *value));
    if (owner && owner->number != user.number) {
      const Status released = engine.store->ReleaseAlias(pool, attribute, *value);
      if (!released.ok()) return Fail(aws::InternalServerError(released.error()));
    }
  }
  user.attributes[attribute + "_verified"] = "true";
  return Ok();
}

}  // namespace

aws::Outcome<Json> SignUp(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PublicCaller caller, FindCaller(engine, request));
  const Pool& pool = *caller.pool;
  if (BoolAt(pool.config, "AdminCreateUserConfig.AllowAdminCreateUserOnly", false))
    return Fail(NotAuthorized("SignUp is not permitted for this user pool"));
  const std::string password = TextAt(request, "Password");
  if (password.empty()) return Fail(NotEmulated("sign-up without a password"));
  OFFSTAGE_TRY_VOID(CheckPasswordPolicy(pool, password));
  const std::string username = TextAt(request, "Username");
  OFFSTAGE_TRY(User user, NewUser(engine, pool, username,
                                  ReadAttributes(FindPath(request, "UserAttributes"))));
  Attributes given = user.attributes;
  given.erase("sub");
  OFFSTAGE_TRY_VOID(CheckAttributes(pool, caller.client.get(), given, Writer::kSignUp));
  OFFSTAGE_TRY_INTERNAL(const auto other, engine.store->FindUser(pool, username));
  if (other) {
    return Fail(Problem("UsernameExistsException",
                        !UsesAttributesAsUsername(pool) ? "User already exists"
                        : LooksLikeEmail(username)
                            ? "An account with the given email already exists."
                            : "An account with the given phone_number already exists."));
  }
  AddFlags(user);
  OFFSTAGE_TRY(const PreSignUpAnswer answer, AskPreSignUp(engine, caller, user, request));
  SetPassword(pool, user, password);
  if (answer.confirm) user.status = "CONFIRMED";
  const std::string attribute = answer.confirm ? "" : ConfirmationAttribute(pool, user);
  std::string code;
  if (!attribute.empty())
    code = RememberCode(engine, user, "confirm:" + attribute, kConfirmLifetime);
  OFFSTAGE_TRY_VOID(engine.store->SaveUser(pool, user));
  Json reply = {{"UserConfirmed", answer.confirm}, {"UserSub", user.Sub()}};
  if (!attribute.empty()) {
    OFFSTAGE_TRY(reply["CodeDeliveryDetails"],
                 SendMessage(engine, pool, user,
                             {.purpose = Purpose::kSignUp,
                              .attribute = attribute,
                              .code = code,
                              .client_id = caller.client->id,
                              .client_metadata = MetadataOf(request)}));
  }
  if (answer.confirm) {
    OFFSTAGE_TRY_VOID(AfterConfirmation(engine, pool, user, caller.client->id,
                                        "PostConfirmation_ConfirmSignUp", MetadataOf(request)));
  }
  return reply;
}

aws::Outcome<Json> ConfirmSignUp(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PublicCaller caller, FindCaller(engine, request));
  const Pool& pool = *caller.pool;
  OFFSTAGE_TRY_INTERNAL(auto user, engine.store->FindUser(pool, TextAt(request, "Username")));
  if (!user) {
    if (PreventsUserExistenceErrors(*caller.client)) return Fail(CodeTooOld());
    return Fail(NameNotFound());
  }
  if (user->status != "UNCONFIRMED") {
    return Fail(
        NotAuthorized(fmt::format("User cannot be confirmed. Current status is {}", user->status)));
  }
  OFFSTAGE_TRY_VOID(TakeAttempt(engine, *user, "ConfirmSignUp", kMostConfirmations));
  std::string attribute = "email";
  for (const auto& [purpose, pending] : user->codes) {
    if (purpose.starts_with("confirm:")) attribute = purpose.substr(8);
  }
  const std::string purpose = "confirm:" + attribute;
  OFFSTAGE_TRY_VOID(CheckCode(engine, *user, purpose, TextAt(request, "ConfirmationCode")));
  OFFSTAGE_TRY_VOID(
      MarkVerified(engine, pool, *user, attribute, BoolAt(request, "ForceAliasCreation", false)));
  user->codes.erase(purpose);
  user->status = "CONFIRMED";
  OFFSTAGE_TRY_VOID(SaveUser(engine, pool, *user));
  OFFSTAGE_TRY_VOID(AfterConfirmation(engine, pool, *user, caller.client->id,
                                      "PostConfirmation_ConfirmSignUp", MetadataOf(request)));
  return Json::object();
}

aws::Outcome<Json> ResendConfirmationCode(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PublicCaller caller, FindCaller(engine, request));
  const Pool& pool = *caller.pool;
  const std::string username = TextAt(request, "Username");
  OFFSTAGE_TRY_INTERNAL(auto user, engine.store->FindUser(pool, username));
  if (Pretends(caller, user))
    return PretendToSend(engine, pool, username, "ResendConfirmationCode", kMostResends);
  if (!user) return Fail(NameNotFound());
  if (user->status != "UNCONFIRMED") return Fail(InvalidParameter("User is already confirmed."));
  const std::string attribute = ConfirmationAttribute(pool, *user);
  if (attribute.empty()) {
    return Fail(InvalidParameter("Cannot resend codes. Auto verification not turned on."));
  }
  OFFSTAGE_TRY_VOID(TakeAttempt(engine, *user, "ResendConfirmationCode", kMostResends));
  OFFSTAGE_TRY(Json details,
               SendNewCode(engine, pool, *user,
                           {.purpose = "confirm:" + attribute, .lifetime = kConfirmLifetime},
                           {.purpose = Purpose::kResendCode,
                            .attribute = attribute,
                            .client_id = caller.client->id,
                            .client_metadata = MetadataOf(request)}));
  return Json{{"CodeDeliveryDetails", std::move(details)}};
}

aws::Outcome<Json> ForgotPassword(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PublicCaller caller, FindCaller(engine, request));
  const Pool& pool = *caller.pool;
  OFFSTAGE_TRY_VOID(CheckSelfRecovery(pool));
  const std::string username = TextAt(request, "Username");
  OFFSTAGE_TRY_INTERNAL(auto user, engine.store->FindUser(pool, username));
  if (!user && HasTrigger(pool, "UserMigration")) {
    OFFSTAGE_TRY(user, MigrateUser(engine, pool,
                                   {.username = username,
                                    .client_id = caller.client->id,
                                    .source = "UserMigration_ForgotPassword",
                                    .client_metadata = MetadataOf(request)}));
  }
  if (Pretends(caller, user))
    return PretendToSend(engine, pool, username, "ForgotPassword", kMostForgotten);
  if (!user) return Fail(NameNotFound());
  if (!user->enabled) return Fail(NotAuthorized("User is disabled."));
  if (user->status == "FORCE_CHANGE_PASSWORD")
    return Fail(NotAuthorized("User password cannot be reset in the current state."));
  OFFSTAGE_TRY_VOID(TakeAttempt(engine, *user, "ForgotPassword", kMostForgotten));
  const auto way = RecoveryAttribute(pool, *user);
  if (!way.ok() && PreventsUserExistenceErrors(*caller.client))
    return Json{{"CodeDeliveryDetails", PretendedDelivery(pool, username)}};
  OFFSTAGE_TRY(const std::string attribute, way);
  OFFSTAGE_TRY(Json details,
               SendNewCode(engine, pool, *user, {.purpose = "reset", .lifetime = kResetLifetime},
                           {.purpose = Purpose::kForgotPassword,
                            .attribute = attribute,
                            .client_id = caller.client->id,
                            .client_metadata = MetadataOf(request)}));
  return Json{{"CodeDeliveryDetails", std::move(details)}};
}

aws::Outcome<Json> ConfirmForgotPassword(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PublicCaller caller, FindCaller(engine, request));
  const Pool& pool = *caller.pool;
  const std::string username = TextAt(request, "Username");
  OFFSTAGE_TRY_INTERNAL(auto user, engine.store->FindUser(pool, username));
  const bool pretends = Pretends(caller, user);
  if (!user && !pretends) return Fail(NameNotFound());
  if (!pretends && !user->enabled) return Fail(NotAuthorized("User is disabled."));
  const std::string password = TextAt(request, "Password");
  OFFSTAGE_TRY_VOID(CheckPasswordPolicy(pool, password));
  const User counted = pretends ? Nobody(pool, username) : *user;
  OFFSTAGE_TRY_VOID(TakeAttempt(engine, counted, "ConfirmForgotPassword", kMostForgotten));
  if (pretends) {
    const bool asked =
        engine.attempts.HasTaken(AttemptKey(counted), "ForgotPassword", engine.NowSeconds());
    return Fail(asked ? WrongCode() : CodeTooOld());
  }
  OFFSTAGE_TRY_VOID(CheckCode(engine, *user, "reset", TextAt(request, "ConfirmationCode")));
  user->codes.erase("reset");
  SetPassword(pool, *user, password);
  user->status = "CONFIRMED";
  OFFSTAGE_TRY_VOID(SaveUser(engine, pool, *user));
  OFFSTAGE_TRY_VOID(AfterConfirmation(engine, pool, *user, caller.client->id,
                                      "PostConfirmation_ConfirmForgotPassword",
                                      MetadataOf(request)));
  return Json::object();
}

aws::Outcome<Json> AdminConfirmSignUp(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(User user, FindUser(engine, *pool, TextAt(request, "Username")));
  if (user.status != "UNCONFIRMED") {
    return Fail(
        NotAuthorized(fmt::format("User cannot be confirmed. Current status is {}", user.status)));
  }
  user.status = "CONFIRMED";
  OFFSTAGE_TRY_VOID(SaveUser(engine, *pool, user));
  OFFSTAGE_TRY_VOID(AfterConfirmation(engine, *pool, user, "CLIENT_ID_NOT_APPLICABLE",
                                      "PostConfirmation_ConfirmSignUp", MetadataOf(request)));
  return Json::object();
}

aws::Outcome<Json> AdminResetUserPassword(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(User user, FindUser(engine, *pool, TextAt(request, "Username")));
  if (!user.enabled) return Fail(NotAuthorized("User is disabled."));
  if (user.status != "CONFIRMED" && user.status != "RESET_REQUIRED")
    return Fail(NotAuthorized("User password cannot be reset in the current state."));
  OFFSTAGE_TRY_VOID(CheckSelfRecovery(*pool));
  OFFSTAGE_TRY(const std::string attribute, RecoveryAttribute(*pool, user));
  user.status = "RESET_REQUIRED";
  OFFSTAGE_TRY_VOID(SendNewCode(engine, *pool, user,
                                {.purpose = "reset", .lifetime = kResetLifetime},
                                {.purpose = Purpose::kForgotPassword,
                                 .attribute = attribute,
                                 .client_metadata = MetadataOf(request)}));
  return Json::object();
}

}  // namespace offstage::cognito
