// The flows of InitiateAuth and AdminInitiateAuth.
#include <fmt/format.h>

#include "base/text.h"
#include "cognito/auth/auth.h"
#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/passwords.h"
#include "cognito/pool_config.h"
#include "cognito/tokens.h"
#include "cognito/triggers.h"
#include "cognito/users.h"

namespace offstage::cognito {

namespace {

aws::ApiError FlowNotEnabled(std::string_view flow) {
  if (flow == "USER_PASSWORD_AUTH")
    return InvalidParameter("USER_PASSWORD_AUTH flow not enabled for this client");
  if (flow == "ADMIN_USER_PASSWORD_AUTH" || flow == "ADMIN_NO_SRP_AUTH")
    return InvalidParameter("Auth flow not enabled for this client");
  return InvalidParameter(fmt::format("{} is not enabled for the client.", flow));
}

// Refresh tokens come without a user name; the hash is over the user's own, whichever form.
aws::Outcome<Unit> CheckRefreshHash(const AuthCall& call, const User& user) {
  const std::string hash = call.Text("SECRET_HASH");
  if (TextAt(call.client->config, "ClientSecret").empty()) return Ok();
  for (const std::string* name :
       {&user.username, user.FindAttribute("sub"), user.FindAttribute("email"),
        user.FindAttribute("phone_number"), user.FindAttribute("preferred_username")}) {
    if (name != nullptr && CheckSecretHash(*call.client, *name, hash).ok()) return Ok();
  }
  return CheckSecretHash(*call.client, user.username, hash);
}

// What an SRP client gets for a user that does not exist: a salt that stays the same and a number
// that no password fits.
PasswordVerifier Decoy(const AuthCall& call, const std::string& username) {
  PasswordVerifier decoy = MakeVerifier(PoolName(*call.pool), username, HexEncode(RandomBytes(32)));
  decoy.salt = HexEncode(Sha256(call.pool->id + TextAt(call.pool->config, "Arn") + ":" + username))
                   .substr(0, 32);
  return decoy;
}

}  // namespace

aws::Outcome<Json> StartPassword(AuthCall& call, const std::string& username,
                                 const std::string& password) {
  OFFSTAGE_TRY(User user, FindSigningIn(call, username, password));
  OFFSTAGE_TRY_VOID(Admit(call, user));
  if (user.status == "RESET_REQUIRED") return AfterFirstFactor(call, user, NewSession(call, user));
  OFFSTAGE_TRY_VOID(CheckUserPassword(call, user, password));
  Session session = NewSession(call, user);
  return AfterFirstFactor(call, std::move(user), std::move(session));
}

aws::Outcome<Json> AskPasswordVerifier(AuthCall& call, const User* user, Session session) {
  session.challenge = "PASSWORD_VERIFIER";
  session.expires = call.engine.NowSeconds() + SessionValidity(*call.client).count();
  if (user != nullptr && !user->password.verifier.empty()) {
    session.password = user->password;
  } else {
    session.password = Decoy(call, session.srp_username);
    session.username.clear();
  }
  session.srp = StartSrp(session.password);
  Json parameters = {{"SALT", session.password.salt},
                     {"SRP_B", session.srp.public_b},
                     {"USERNAME", session.srp_username},
                     {"USER_ID_FOR_SRP", session.srp_username}};
  const std::string block = call.engine.sessions.Add(std::move(session), call.engine.NowSeconds());
  parameters["SECRET_BLOCK"] = block;
  return Json{{"ChallengeName", "PASSWORD_VERIFIER"},
              {"ChallengeParameters", std::move(parameters)}};
}

aws::Outcome<Json> StartSrp(AuthCall& call) {
  OFFSTAGE_TRY(const std::string username, Required(call, "USERNAME"));
  OFFSTAGE_TRY(const std::string public_a, Required(call, "SRP_A"));
  if (!IsUsableSrpA(public_a)) return Fail(InvalidParameter("SRP_A is not a usable number"));
  OFFSTAGE_TRY_INTERNAL(const auto user, call.engine.store->FindUser(*call.pool, username));
  Session session;
  if (user) {
    OFFSTAGE_TRY_VOID(Admit(call, *user));
    if (user->status == "RESET_REQUIRED") {
      return Fail(
          Problem("PasswordResetRequiredException", "Password reset required for the user"));
    }
    session = NewSession(call, *user);
    session.srp_username = user->username;
  } else {
    if (!PreventsUserExistenceErrors(*call.client)) return Fail(UserNotFound());
    OFFSTAGE_TRY_VOID(Admit(call, Nobody(*call.pool, username)));
    session = NewSession(call, User());
    session.srp_username = username;
  }
  session.public_a = public_a;
  return AskPasswordVerifier(call, user ? &*user : nullptr, std::move(session));
}

aws::Outcome<Json> StartCustom(AuthCall& call) {
  if (!HasTrigger(*call.pool, "DefineAuthChallenge")) {
    return Fail(Problem("InvalidUserPoolConfigurationException",
                        "Custom auth lambda trigger is not configured for the user pool."));
  }
  OFFSTAGE_TRY(const std::string username, Required(call, "USERNAME"));
  OFFSTAGE_TRY(const User user, FindCustomUser(call, username));
  const bool exists = user.number != 0;
  OFFSTAGE_TRY_VOID(Admit(call, user));
  if (exists && user.status == "UNCONFIRMED") return Fail(UserNotConfirmed());
  Session session = NewSession(call, user);
  session.custom_flow = true;
  session.srp_username = user.username;
  if (exists) {
    OFFSTAGE_TRY_VOID(RecallDevice(call, user, session));
  } else {
    session.username.clear();
    session.device_key.clear();
  }
  if (call.Text("CHALLENGE_NAME") == "SRP_A") {
    OFFSTAGE_TRY(session.public_a, Required(call, "SRP_A"));
    if (!IsUsableSrpA(session.public_a))
      return Fail(InvalidParameter("SRP_A is not a usable number"));
    session.rounds.push_back(
        {{"challengeName", "SRP_A"}, {"challengeResult", true}, {"challengeMetadata", nullptr}});
  }
  return DefineChallenge(call, user, std::move(session));
}

aws::Outcome<Json> Refresh(AuthCall& call, const std::string& token) {
  if (token.empty()) return Fail(InvalidParameter("Missing required parameter REFRESH_TOKEN"));
  if (RotatesRefreshTokens(*call.client)) {
    // docs: with rotation on, REFRESH_TOKEN_AUTH is refused; GetTokensFromRefreshToken replaces it.
    return Fail(InvalidParameter(
        "Refresh token rotation is enabled for this client; use GetTokensFromRefreshToken"));
  }
  OFFSTAGE_TRY(const RefreshableGrant found,
               FindRefreshable(call.engine, *call.pool, *call.client, token));
  OFFSTAGE_TRY_VOID(CheckRefreshHash(call, found.user));
  OFFSTAGE_TRY_VOID(CheckRefreshingDevice(call.engine, found, call.Text("DEVICE_KEY")));
  OFFSTAGE_TRY(Json result, IssueTokens(call.engine, *call.pool, *call.client, found.user,
                                        {.source = "TokenGeneration_RefreshTokens",
                                         .scopes = found.grant.scopes,
                                         .grant = found.grant,
                                         .client_metadata = call.metadata}));
  return Json{{"AuthenticationResult", std::move(result)}, {"ChallengeParameters", Json::object()}};
}

aws::Outcome<Json> StartFlow(AuthCall& call, std::string_view flow) {
  const bool admin_flow = flow == "ADMIN_USER_PASSWORD_AUTH" || flow == "ADMIN_NO_SRP_AUTH";
  if (admin_flow != call.admin && (admin_flow || flow == "USER_PASSWORD_AUTH"))
    return Fail(InvalidParameter("Initiate Auth method not supported."));
  if (!AllowsFlow(*call.client, flow)) return Fail(FlowNotEnabled(flow));
  if (flow == "REFRESH_TOKEN_AUTH" || flow == "REFRESH_TOKEN")
    return Refresh(call, call.Text("REFRESH_TOKEN"));
  OFFSTAGE_TRY(const std::string username, Required(call, "USERNAME"));
  OFFSTAGE_TRY_VOID(CheckSecretHash(*call.client, username, call.Text("SECRET_HASH")));
  if (flow == "USER_SRP_AUTH") return StartSrp(call);
  if (flow == "CUSTOM_AUTH") return StartCustom(call);
  if (flow == "USER_AUTH") return StartChoice(call);
  OFFSTAGE_TRY(const std::string password, Required(call, "PASSWORD"));
  return StartPassword(call, username, password);
}

}  // namespace offstage::cognito
