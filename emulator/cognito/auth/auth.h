// Signing in: flows, challenges and what follows them.
// docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow.html
//
// InitiateAuth and AdminInitiateAuth begin a flow; each challenge that it asks is a Session, which
// RespondToAuthChallenge goes on with. The steps below are shared: a password that was right leads
// to AfterFirstFactor, a second factor to Finish.
#pragma once

#include <string>
#include <string_view>

#include "cognito/engine.h"

namespace offstage::cognito {

// One call of InitiateAuth, RespondToAuthChallenge or their Admin forms.
struct AuthCall {
  Engine& engine;
  PoolPtr pool;
  ClientPtr client;
  // AuthParameters or ChallengeResponses.
  const Json& parameters;
  // ClientMetadata, or null.
  Json metadata = nullptr;
  bool admin = false;
  // From the sign-in pages, which issue tokens themselves: Finish then answers {"HostedUser":
  // name}.
  bool hosted = false;

  // The parameter's text, or "".
  std::string Text(std::string_view name) const;
};

// --- flows
aws::Outcome<Json> StartFlow(AuthCall& call, std::string_view flow);
aws::Outcome<Json> StartSrp(AuthCall& call);
aws::Outcome<Json> StartPassword(AuthCall& call, const std::string& username,
                                 const std::string& password);
aws::Outcome<Json> StartCustom(AuthCall& call);
aws::Outcome<Json> StartChoice(AuthCall& call);
aws::Outcome<Json> Refresh(AuthCall& call, const std::string& token);

// --- answers
aws::Outcome<Json> AnswerChallenge(AuthCall& call, const std::string& challenge,
                                   const std::string& session_token);
// PASSWORD_VERIFIER; its session is named by the secret block.
aws::Outcome<Json> AnswerPasswordVerifier(AuthCall& call);
aws::Outcome<Json> AnswerCustom(AuthCall& call, Session session);
aws::Outcome<Json> AnswerSelectedChallenge(AuthCall& call, const Session& session);

// --- steps
// The user of the name; UserMigration is asked when there is none, and a password to migrate with.
// Where there is none then either: UserNotFoundException or, from clients that prevent errors that
// tell so, Nobody.
aws::Outcome<User> FindOrMigrate(AuthCall& call, const std::string& username,
                                 const std::string& password);
// The same, but signing in with a password fails for Nobody at once.
aws::Outcome<User> FindSigningIn(AuthCall& call, const std::string& username,
                                 const std::string& password);
// The user that a session is of, or Nobody.
aws::Outcome<User> SessionUser(AuthCall& call, const Session& session);
// Disabled users are refused, then the PreAuthentication trigger is asked; of users who do not
// exist too, where the client prevents errors that tell so (`user` is Nobody).
aws::Outcome<Unit> Admit(AuthCall& call, const User& user);
// New passwords, resets, MFA, or the end.
aws::Outcome<Json> AfterFirstFactor(AuthCall& call, User user, Session session);
aws::Outcome<Json> AskSecondFactor(AuthCall& call, const User& user, Session session);
// SMS_MFA, EMAIL_OTP or SMS_OTP: sends a code and asks for it.
aws::Outcome<Json> AskForCode(AuthCall& call, const User& user, Session session,
                              const std::string& challenge);
// The device's proof where the call named one, then PostAuthentication and tokens.
aws::Outcome<Json> Finish(AuthCall& call, const User& user, const Session& session);
// The next round of DefineAuthChallenge.
aws::Outcome<Json> DefineChallenge(AuthCall& call, const User& user, Session session);
// The user of a custom flow. Where the client must not learn who exists, one that is not there
// (number 0): the triggers are asked all the same, with userNotFound, and tokens never issued.
aws::Outcome<User> FindCustomUser(AuthCall& call, const std::string& username);
aws::Outcome<Json> AskPasswordVerifier(AuthCall& call, const User* user, Session session);

// --- devices
// Notes the device that the call names, for the rest of the sign-in. ResourceNotFoundException when
// the user has no such device.
aws::Outcome<Unit> RecallDevice(AuthCall& call, const User& user, Session& session);
// Whether the device is remembered and the pool lets that stand for a second factor.
aws::Outcome<bool> DeviceReplacesSecondFactor(AuthCall& call, const User& user,
                                              const Session& session);
Json AskDevice(AuthCall& call, const User& user, Session session);
aws::Outcome<Json> AnswerDeviceSrp(AuthCall& call, const Session& session);
aws::Outcome<Json> AnswerDeviceVerifier(AuthCall& call, const Session& session);

// --- lockout: after five failures, for ever longer
// NotAuthorizedException "Password attempts exceeded" while it lasts.
aws::Outcome<Unit> CheckNotLockedOut(const AuthCall& call, const User& user);
void CountFailure(const AuthCall& call, const User& user);
// IsPassword with both: WrongPassword() when it is not.
aws::Outcome<Unit> CheckUserPassword(const AuthCall& call, const User& user,
                                     const std::string& password);

// --- helpers
// A session of the call's client and user, that ends after the client's AuthSessionValidity.
Session NewSession(const AuthCall& call, const User& user);
// {"ChallengeName", "Session", "ChallengeParameters"}
Json Challenge(AuthCall& call, Session session, const std::string& name, Json parameters);
// SECRET_HASH of a client that has a secret, over the user name as it was given.
aws::Outcome<Unit> CheckSecretHash(const Client& client, std::string_view username,
                                   const std::string& hash);
// The parameter, or "Missing required parameter NAME".
aws::Outcome<std::string> Required(const AuthCall& call, std::string_view name);

}  // namespace offstage::cognito
