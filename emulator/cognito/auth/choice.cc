// USER_AUTH: the client chooses among the pool's first factors. Passkeys are not emulated.
// docs.aws.amazon.com/cognito/latest/developerguide/authentication-flows-selection-sdk.html
#include <algorithm>

#include "cognito/auth/auth.h"
#include "cognito/errors.h"
#include "cognito/messages.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

// Who does not exist seems to have all that the pool allows:
// docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-managing-errors.html
std::vector<std::string> Available(const Pool& pool, const User& user) {
  const bool exists = user.number != 0;
  std::vector<std::string> factors =
      ListAt(pool.config, "Policies.SignInPolicy.AllowedFirstAuthFactors");
  if (factors.empty()) factors = {"PASSWORD"};
  std::vector<std::string> available;
  for (const std::string& factor : factors) {
    if (factor == "PASSWORD" && (!exists || !user.password.verifier.empty())) {
      available.emplace_back("PASSWORD_SRP");
      available.emplace_back("PASSWORD");
    }
    if (factor == "EMAIL_OTP" && (!exists || user.IsTrue("email_verified")))
      available.push_back(factor);
    if (factor == "SMS_OTP" && (!exists || user.IsTrue("phone_number_verified")))
      available.push_back(factor);
  }
  return available;
}

// As AskForCode, of nobody: no code fits.
Json PretendToAsk(AuthCall& call, Session session, const std::string& choice) {
  const Json details = SimulatedDelivery(
      *call.pool, choice == "EMAIL_OTP" ? "email" : "phone_number", session.srp_username);
  const std::string username = session.srp_username;
  return Challenge(call, std::move(session), choice,
                   {{"CODE_DELIVERY_DELIVERY_MEDIUM", details["DeliveryMedium"]},
                    {"CODE_DELIVERY_DESTINATION", details["Destination"]},
                    {"USER_ID_FOR_SRP", username}});
}

aws::Outcome<Json> Take(AuthCall& call, User user, Session session, const std::string& choice) {
  const auto available = Available(*call.pool, user);
  if (choice == "WEB_AUTHN") return Fail(NotEmulated("passkeys (WEB_AUTHN)"));
  if (std::find(available.begin(), available.end(), choice) == available.end())
    return Fail(InvalidParameter("Selected challenge is not available"));
  if (choice == "EMAIL_OTP" || choice == "SMS_OTP") {
    if (user.number == 0) return PretendToAsk(call, std::move(session), choice);
    if (user.status == "UNCONFIRMED") return Fail(UserNotConfirmed());
    return AskForCode(call, user, std::move(session), choice);
  }
  if (choice == "PASSWORD_SRP") {
    session.public_a = call.Text("SRP_A");
    if (!IsUsableSrpA(session.public_a)) return Fail(MissingAuthParameter("SRP_A"));
    session.srp_username = user.username;
    return AskPasswordVerifier(call, user.number == 0 ? nullptr : &user, std::move(session));
  }
  const std::string password = call.Text("PASSWORD");
  if (password.empty()) {
    return Challenge(call, std::move(session), "PASSWORD", {{"USERNAME", user.username}});
  }
  OFFSTAGE_TRY_VOID(CheckUserPassword(call, user, password));
  return AfterFirstFactor(call, std::move(user), std::move(session));
}

}  // namespace

aws::Outcome<Json> StartChoice(AuthCall& call) {
  OFFSTAGE_TRY(const std::string username, Required(call, "USERNAME"));
  OFFSTAGE_TRY(User user, FindOrMigrate(call, username, call.Text("PASSWORD")));
  OFFSTAGE_TRY_VOID(Admit(call, user));
  Session session = NewSession(call, user);
  if (user.number == 0) {
    session.srp_username = username;
    session.username.clear();
    session.device_key.clear();
  }
  const std::string preferred = call.Text("PREFERRED_CHALLENGE");
  const auto available = Available(*call.pool, user);
  if (!preferred.empty() &&
      std::find(available.begin(), available.end(), preferred) != available.end()) {
    return Take(call, std::move(user), std::move(session), preferred);
  }
  if (preferred == "WEB_AUTHN") return Fail(NotEmulated("passkeys (WEB_AUTHN)"));
  Json answer = Challenge(call, std::move(session), "SELECT_CHALLENGE", Json::object());
  answer["AvailableChallenges"] = available;
  return answer;
}

aws::Outcome<Json> AnswerSelectedChallenge(AuthCall& call, const Session& session) {
  OFFSTAGE_TRY(const std::string choice, Required(call, "ANSWER"));
  OFFSTAGE_TRY(User user, SessionUser(call, session));
  return Take(call, std::move(user), session, choice);
}

}  // namespace offstage::cognito
