// What a signed-in user does with their own account, proved by an access token:
// docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html
#include <fmt/format.h>

#include "cognito/crypto/totp.h"
#include "cognito/errors.h"
#include "cognito/messages.h"
#include "cognito/mfa.h"
#include "cognito/ops/ops.h"
#include "cognito/passwords.h"
#include "cognito/pool_config.h"
#include "cognito/tokens.h"
#include "cognito/triggers.h"
#include "cognito/users.h"

namespace offstage::cognito {

namespace {

constexpr std::chrono::hours kAttributeCodeLifetime{24};
// docs.aws.amazon.com/cognito/latest/developerguide/quotas.html: attempts of a user within an hour.
constexpr std::size_t kMostPasswordChanges = 5;
constexpr std::size_t kMostCodesAsked = 5;
constexpr std::size_t kMostCodesEntered = 15;

aws::Outcome<SignedIn> Caller(Engine& engine, const Json& request) {
  return CheckAccessToken(engine, TextAt(request, "AccessToken"));
}

}  // namespace

aws::Outcome<Json> GetUser(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const SignedIn who, Caller(engine, request));
  Attributes shown = who.user.attributes;
  std::erase_if(shown, [&who](const auto& row) {
    const Json* schema = FindSchema(*who.pool, row.first);
    return !MayRead(*who.client, row.first) ||
           (schema != nullptr && BoolAt(*schema, "DeveloperOnlyAttribute", false));
  });
  Json reply = {{"Username", who.user.username}, {"UserAttributes", ToApiList(shown)}};
  if (!who.user.mfa.empty()) reply["UserMFASettingList"] = who.user.mfa;
  if (!who.user.preferred_mfa.empty()) reply["PreferredMfaSetting"] = who.user.preferred_mfa;
  return reply;
}

aws::Outcome<Json> DeleteUser(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const SignedIn who, Caller(engine, request));
  const Status deleted = engine.store->DeleteUser(who.user);
  if (!deleted.ok()) return Fail(aws::InternalServerError(deleted.error()));
  return Json::object();
}

aws::Outcome<Json> ChangePassword(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(SignedIn who, Caller(engine, request));
  OFFSTAGE_TRY_VOID(TakeAttempt(engine, who.user, "ChangePassword", kMostPasswordChanges));
  const std::string wanted = TextAt(request, "ProposedPassword");
  const std::string old = TextAt(request, "PreviousPassword");
  if (!IsPassword(*who.pool, who.user, old)) return Fail(WrongPassword());
  OFFSTAGE_TRY_VOID(CheckPasswordPolicy(*who.pool, wanted));
  SetPassword(*who.pool, who.user, wanted);
  OFFSTAGE_TRY_VOID(SaveUser(engine, *who.pool, who.user));
  return Json::object();
}

aws::Outcome<Json> UpdateUserAttributes(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(SignedIn who, Caller(engine, request));
  AttributeChange change{.attributes = ReadAttributes(FindPath(request, "UserAttributes")),
                         .client_id = who.client->id,
                         .client_metadata = MetadataOf(request)};
  OFFSTAGE_TRY_VOID(CheckAttributes(*who.pool, who.client.get(), change.attributes, Writer::kUser));
  OFFSTAGE_TRY(Json details, ChangeAttributes(engine, *who.pool, who.user, change));
  return Json{{"CodeDeliveryDetailsList", std::move(details)}};
}

aws::Outcome<Json> DeleteUserAttributes(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(SignedIn who, Caller(engine, request));
  for (const std::string& name : ListAt(request, "UserAttributeNames")) {
    const Json* row = FindSchema(*who.pool, name);
    if (row == nullptr)
      return Fail(InvalidParameter(
          fmt::format("user.{}: Attribute does not exist in the schema.\n", name)));
    if (!MayWrite(*who.client, name) || name == "sub")
      return Fail(NotAuthorized("A client attempted to write unauthorized attribute"));
    if (BoolAt(*row, "Required", false)) {
      return Fail(InvalidParameter(
          fmt::format("user.{}: Attribute is required and cannot be deleted.\n", name)));
    }
    who.user.attributes.erase(name);
    if (name == "email" || name == "phone_number") who.user.attributes.erase(name + "_verified");
  }
  OFFSTAGE_TRY_VOID(SaveUser(engine, *who.pool, who.user));
  return Json::object();
}

aws::Outcome<Json> GetUserAttributeVerificationCode(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(SignedIn who, Caller(engine, request));
  const std::string name = TextAt(request, "AttributeName");
  if (name != "email" && name != "phone_number")
    return Fail(InvalidParameter("Invalid attribute name: " + name));
  const auto waiting = who.user.pending_attributes.find(name);
  const bool pending = waiting != who.user.pending_attributes.end();
  if (!pending && who.user.FindAttribute(name) == nullptr)
    return Fail(InvalidParameter(fmt::format("User does not have attribute {}", name)));
  OFFSTAGE_TRY_VOID(
      TakeAttempt(engine, who.user, "GetUserAttributeVerificationCode", kMostCodesAsked));
  const std::string code =
      RememberCode(engine, who.user, "attribute:" + name, kAttributeCodeLifetime);
  OFFSTAGE_TRY_VOID(SaveUser(engine, *who.pool, who.user));
  OFFSTAGE_TRY(Json details, SendMessage(engine, *who.pool, who.user,
                                         {.purpose = Purpose::kVerifyAttribute,
                                          .attribute = name,
                                          .destination = pending ? waiting->second : "",
                                          .code = code,
                                          .client_id = who.client->id,
                                          .client_metadata = MetadataOf(request)}));
  return Json{{"CodeDeliveryDetails", std::move(details)}};
}

aws::Outcome<Json> VerifyUserAttribute(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(SignedIn who, Caller(engine, request));
  const std::string name = TextAt(request, "AttributeName");
  OFFSTAGE_TRY_VOID(TakeAttempt(engine, who.user, "VerifyUserAttribute", kMostCodesEntered));
  const std::string purpose = "attribute:" + name;
  OFFSTAGE_TRY_VOID(CheckCode(engine, who.user, purpose, TextAt(request, "Code")));
  who.user.codes.erase(purpose);
  if (const auto pending = who.user.pending_attributes.find(name);
      pending != who.user.pending_attributes.end()) {
    who.user.attributes[name] = pending->second;
    who.user.pending_attributes.erase(pending);
  }
  who.user.attributes[name + "_verified"] = "true";
  OFFSTAGE_TRY_VOID(SaveUser(engine, *who.pool, who.user));
  return Json::object();
}

aws::Outcome<Json> SetUserMFAPreference(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(SignedIn who, Caller(engine, request));
  OFFSTAGE_TRY_VOID(ApplyMfaPreference(*who.pool, request, who.user));
  OFFSTAGE_TRY_VOID(SaveUser(engine, *who.pool, who.user));
  return Json::object();
}

// The old form of SetUserMFAPreference, for codes by SMS only.
aws::Outcome<Json> SetUserSettings(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(SignedIn who, Caller(engine, request));
  OFFSTAGE_TRY_VOID(ApplyMfaOptions(request, who.user));
  OFFSTAGE_TRY_VOID(SaveUser(engine, *who.pool, who.user));
  return Json::object();
}

// Passkeys are not emulated: nobody can have one.
aws::Outcome<Json> ListWebAuthnCredentials(Engine& engine, const Json& request) {
  OFFSTAGE_TRY_VOID(Caller(engine, request));
  return Json{{"Credentials", Json::array()}};
}

aws::Outcome<Json> GetUserAuthFactors(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const SignedIn who, Caller(engine, request));
  Json factors = Json::array();
  if (!who.user.password.verifier.empty()) factors.push_back("PASSWORD");
  if (who.user.IsTrue("email_verified")) factors.push_back("EMAIL_OTP");
  if (who.user.IsTrue("phone_number_verified")) factors.push_back("SMS_OTP");
  Json reply = {{"Username", who.user.username}, {"ConfiguredUserAuthFactors", std::move(factors)}};
  if (!who.user.mfa.empty()) reply["UserMFASettingList"] = who.user.mfa;
  if (!who.user.preferred_mfa.empty()) reply["PreferredMfaSetting"] = who.user.preferred_mfa;
  return reply;
}

namespace {

// Whose authenticator app is set up: the owner of an access token, or of a sign-in that waits for
// MFA_SETUP.
struct Enrolment {
  PoolPtr pool = nullptr;
  User user = {};
  std::optional<Session> session = {};
};
aws::Outcome<Enrolment> FindEnrolment(Engine& engine, const Json& request) {
  if (FindPath(request, "AccessToken") != nullptr) {
    OFFSTAGE_TRY(SignedIn who, Caller(engine, request));
    return Enrolment{.pool = who.pool, .user = std::move(who.user)};
  }
  const std::string token = TextAt(request, "Session");
  if (token.empty())
    return Fail(InvalidParameter("Either AccessToken or Session must be provided"));
  auto session = engine.sessions.Find(token, engine.NowSeconds());
  if (!session || session->challenge != "MFA_SETUP")
    return Fail(NotAuthorized("Invalid session for the user, session is expired."));
  PoolPtr pool = engine.store->FindPool(session->pool_id);
  if (pool == nullptr) return Fail(PoolNotFound(session->pool_id));
  OFFSTAGE_TRY(User user, FindUser(engine, *pool, session->username));
  return Enrolment{.pool = std::move(pool), .user = std::move(user), .session = std::move(session)};
}

}  // namespace

aws::Outcome<Json> AssociateSoftwareToken(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Enrolment enrolment, FindEnrolment(engine, request));
  if (!BoolAt(enrolment.pool->config, "SoftwareTokenMfaConfiguration.Enabled", false)) {
    return Fail(Problem("SoftwareTokenMFANotFoundException",
                        "Software Token MFA has not been enabled by the userPool"));
  }
  const std::string secret = NewTotpSecret();
  if (enrolment.session) {
    Session session = *enrolment.session;
    session.totp_secret = secret;
    (void)engine.sessions.Remove(TextAt(request, "Session"));
    return Json{{"SecretCode", secret},
                {"Session", engine.sessions.Add(std::move(session), engine.NowSeconds())}};
  }
  enrolment.user.totp_secret = secret;
  enrolment.user.totp_verified = false;
  enrolment.user.totp_step = 0;
  OFFSTAGE_TRY_VOID(SaveUser(engine, *enrolment.pool, enrolment.user));
  return Json{{"SecretCode", secret}};
}

aws::Outcome<Json> VerifySoftwareToken(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Enrolment enrolment, FindEnrolment(engine, request));
  User& user = enrolment.user;
  if (enrolment.session) user.totp_secret = enrolment.session->totp_secret;
  if (user.totp_secret.empty())
    return Fail(InvalidParameter("Software token has not been associated"));
  const auto step = MatchTotp(user.totp_secret, TextAt(request, "UserCode"), engine.NowSeconds());
  if (!step) {
    return Fail(Problem("EnableSoftwareTokenMFAException",
                        "Code mismatch and fail enable Software Token MFA"));
  }
  user.totp_verified = true;
  // The code that proved the app may still be the one for the sign-in that follows it.
  user.totp_step = 0;
  Json reply = {{"Status", "SUCCESS"}};
  if (enrolment.session) {
    if (std::find(user.mfa.begin(), user.mfa.end(), "SOFTWARE_TOKEN_MFA") == user.mfa.end())
      user.mfa.emplace_back("SOFTWARE_TOKEN_MFA");
    Session session = *enrolment.session;
    session.totp_verified = true;
    (void)engine.sessions.Remove(TextAt(request, "Session"));
    reply["Session"] = engine.sessions.Add(std::move(session), engine.NowSeconds());
  }
  OFFSTAGE_TRY_VOID(SaveUser(engine, *enrolment.pool, user));
  return reply;
}

}  // namespace offstage::cognito
