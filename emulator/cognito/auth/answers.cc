// RespondToAuthChallenge and AdminRespondToAuthChallenge.
#include <algorithm>

#include "base/text.h"
#include "cognito/attributes.h"
#include "cognito/auth/auth.h"
#include "cognito/crypto/bytes.h"
#include "cognito/crypto/totp.h"
#include "cognito/errors.h"
#include "cognito/mfa.h"
#include "cognito/passwords.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

aws::Outcome<Json> AnswerNewPassword(AuthCall& call, const Session& session) {
  OFFSTAGE_TRY(const std::string password, Required(call, "NEW_PASSWORD"));
  OFFSTAGE_TRY(User user, FindUser(call.engine, *call.pool, session.username));
  OFFSTAGE_TRY_VOID(CheckPasswordPolicy(*call.pool, password));
  Attributes given;
  constexpr std::string_view kPrefix = "userAttributes.";
  for (const auto& [name, value] : call.parameters.items()) {
    if (name.starts_with(kPrefix) && value.is_string())
      given[name.substr(kPrefix.size())] = value.get<std::string>();
  }
  // Clients send back what they were shown: values that are the same change nothing.
  std::erase_if(given, [&user](const auto& row) {
    const std::string* own = user.FindAttribute(row.first);
    return own != nullptr && *own == row.second;
  });
  OFFSTAGE_TRY_VOID(CheckAttributes(*call.pool, call.client.get(), given, Writer::kUser));
  for (const auto& [name, value] : given)
    user.attributes[name] = value;
  OFFSTAGE_TRY_VOID(CheckRequired(*call.pool, user.attributes));
  SetPassword(*call.pool, user, password);
  user.status = "CONFIRMED";
  OFFSTAGE_TRY_VOID(SaveUser(call.engine, *call.pool, user));
  Session next = session;
  next.token_source = "TokenGeneration_NewPasswordChallenge";
  return AskSecondFactor(call, user, std::move(next));
}

aws::Outcome<Json> AnswerTotp(AuthCall& call, const Session& session) {
  OFFSTAGE_TRY(const std::string code, Required(call, "SOFTWARE_TOKEN_MFA_CODE"));
  OFFSTAGE_TRY(User user, FindUser(call.engine, *call.pool, session.username));
  OFFSTAGE_TRY_VOID(CheckNotLockedOut(call, user));
  if (const auto used = UseTotp(user, code, call.engine.NowSeconds()); !used.ok()) {
    CountFailure(call, user);
    return Fail(used.error());
  }
  OFFSTAGE_TRY_VOID(SaveUser(call.engine, *call.pool, user));
  return Finish(call, user, session);
}

aws::Outcome<Json> AnswerCode(AuthCall& call, const Session& session) {
  const std::string member = session.challenge + "_CODE";
  OFFSTAGE_TRY(const std::string code, Required(call, member));
  OFFSTAGE_TRY(User user, SessionUser(call, session));
  OFFSTAGE_TRY_VOID(CheckNotLockedOut(call, user));
  if (user.number == 0 || !EqualInConstantTime(code, session.code)) {
    CountFailure(call, user);
    return Fail(CodeMismatch("Invalid code or auth state for the user."));
  }
  return Finish(call, user, session);
}

aws::Outcome<Json> AnswerMfaType(AuthCall& call, const Session& session) {
  OFFSTAGE_TRY(const std::string choice, Required(call, "ANSWER"));
  OFFSTAGE_TRY(const User user, FindUser(call.engine, *call.pool, session.username));
  const auto usable = UsableMfa(*call.pool, user);
  if (std::find(usable.begin(), usable.end(), choice) == usable.end())
    return Fail(InvalidParameter("Selected MFA type is not available"));
  if (choice == "SOFTWARE_TOKEN_MFA")
    return Challenge(call, session, choice, {{"USER_ID_FOR_SRP", user.username}});
  return AskForCode(call, user, session, choice);
}

aws::Outcome<Json> AnswerMfaSetup(AuthCall& call, const Session& session) {
  OFFSTAGE_TRY(User user, FindUser(call.engine, *call.pool, session.username));
  if (!session.totp_verified)
    return Fail(InvalidParameter("MFA setup is not complete: verify the software token first"));
  return Finish(call, user, session);
}

aws::Outcome<Json> AnswerPassword(AuthCall& call, const Session& session) {
  OFFSTAGE_TRY(const std::string password, Required(call, "PASSWORD"));
  OFFSTAGE_TRY(User user, SessionUser(call, session));
  OFFSTAGE_TRY_VOID(CheckUserPassword(call, user, password));
  return AfterFirstFactor(call, std::move(user), session);
}

using Answer = aws::Outcome<Json> (*)(AuthCall&, const Session&);

aws::Outcome<Json> AnswerCustomChallenge(AuthCall& call, const Session& session) {
  return AnswerCustom(call, session);
}

Answer FindAnswer(std::string_view challenge) {
  if (challenge == "NEW_PASSWORD_REQUIRED") return AnswerNewPassword;
  if (challenge == "SOFTWARE_TOKEN_MFA") return AnswerTotp;
  if (challenge == "SMS_MFA" || challenge == "EMAIL_OTP" || challenge == "SMS_OTP")
    return AnswerCode;
  if (challenge == "SELECT_MFA_TYPE") return AnswerMfaType;
  if (challenge == "MFA_SETUP") return AnswerMfaSetup;
  if (challenge == "CUSTOM_CHALLENGE") return AnswerCustomChallenge;
  if (challenge == "SELECT_CHALLENGE") return AnswerSelectedChallenge;
  if (challenge == "PASSWORD") return AnswerPassword;
  if (challenge == "DEVICE_SRP_AUTH") return AnswerDeviceSrp;
  if (challenge == "DEVICE_PASSWORD_VERIFIER") return AnswerDeviceVerifier;
  return nullptr;
}

bool IsOf(const AuthCall& call, const Session& session) {
  return session.pool_id == call.pool->id && session.client_id == call.client->id;
}

// A wrong code may be tried again with the same session; anything else has used it up.
bool MayTryAgain(const aws::ApiError& error) {
  return error.type == "CodeMismatchException" || error.type == "InvalidPasswordException" ||
         error.type == "InvalidParameterException" || error.type == "ExpiredCodeException";
}

}  // namespace

aws::Outcome<Json> AnswerPasswordVerifier(AuthCall& call) {
  OFFSTAGE_TRY(const std::string block, Required(call, "PASSWORD_CLAIM_SECRET_BLOCK"));
  OFFSTAGE_TRY(const std::string signature, Required(call, "PASSWORD_CLAIM_SIGNATURE"));
  OFFSTAGE_TRY(const std::string timestamp, Required(call, "TIMESTAMP"));
  auto session = call.engine.sessions.Find(block, call.engine.NowSeconds());
  if (!session || !IsOf(call, *session) || session->challenge != "PASSWORD_VERIFIER")
    return Fail(NotAuthorized("Invalid session for the user."));
  OFFSTAGE_TRY_INTERNAL(const auto known,
                        call.engine.store->FindUser(*call.pool, session->username));
  if (known && !session->username.empty()) {
    OFFSTAGE_TRY_VOID(CheckNotLockedOut(call, *known));
    // Clients answer once more, without the device, when it is not known any more.
    if (const auto recalled = RecallDevice(call, *known, *session); !recalled.ok()) {
      if (!call.Text("DEVICE_KEY").empty()) return Fail(recalled.error());
      session->device_key.clear();
    }
  }
  // One guess for each exchange.
  if (!call.engine.sessions.Remove(block))
    return Fail(NotAuthorized("Invalid session for the user."));
  const auto key = SrpSessionKey(session->password, session->srp, session->public_a);
  const auto block_bytes = Base64Decode(block);
  const bool right =
      key && block_bytes && !session->username.empty() &&
      EqualInConstantTime(
          SrpSignature(*key, PoolName(*call.pool), session->srp_username, *block_bytes, timestamp),
          signature);
  if (!right) {
    if (known) CountFailure(call, *known);
    return Fail(WrongPassword());
  }
  OFFSTAGE_TRY(User user, FindUser(call.engine, *call.pool, session->username));
  if (session->custom_flow) {
    Session next = *session;
    next.rounds.push_back({{"challengeName", "PASSWORD_VERIFIER"},
                           {"challengeResult", true},
                           {"challengeMetadata", nullptr}});
    return DefineChallenge(call, user, std::move(next));
  }
  return AfterFirstFactor(call, std::move(user), *session);
}

aws::Outcome<Json> AnswerChallenge(AuthCall& call, const std::string& challenge,
                                   const std::string& session_token) {
  if (const std::string username = call.Text("USERNAME"); !username.empty()) {
    OFFSTAGE_TRY_VOID(CheckSecretHash(*call.client, username, call.Text("SECRET_HASH")));
  } else {
    return Fail(MissingAuthParameter("USERNAME"));
  }
  if (challenge == "PASSWORD_VERIFIER") return AnswerPasswordVerifier(call);
  const Answer answer = FindAnswer(challenge);
  if (answer == nullptr) return Fail(NotEmulated("the challenge " + challenge));
  if (session_token.empty()) return Fail(InvalidParameter("Missing required parameter Session"));
  const auto session = call.engine.sessions.Find(session_token, call.engine.NowSeconds());
  if (!session || !IsOf(call, *session))
    return Fail(NotAuthorized("Invalid session for the user, session is expired."));
  if (session->challenge != challenge) return Fail(NotAuthorized("Invalid session for the user."));
  if (!call.engine.sessions.Remove(session_token))
    return Fail(CodeMismatch("Invalid session for the user, session can only be used once."));
  auto outcome = answer(call, *session);
  if (!outcome.ok() && MayTryAgain(outcome.error()))
    call.engine.sessions.Replace(session_token, *session);
  // amazon-cognito-identity-js goes on from a code to the device's proof with the session it had.
  if (outcome.ok() && TextAt(*outcome, "ChallengeName") == "DEVICE_SRP_AUTH") {
    if (auto next =
            call.engine.sessions.Find(TextAt(*outcome, "Session"), call.engine.NowSeconds()))
      call.engine.sessions.Replace(session_token, *std::move(next));
  }
  return outcome;
}

}  // namespace offstage::cognito
