// Second factors: authenticator apps (TOTP), codes by SMS or e-mail, and setting one up.
#include <algorithm>

#include "base/text.h"
#include "cognito/auth/auth.h"
#include "cognito/messages.h"
#include "cognito/mfa.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

Json Texts(const std::vector<std::string>& texts) {
  return DumpJson(Json(texts));
}

}  // namespace

aws::Outcome<Json> AskForCode(AuthCall& call, const User& user, Session session,
                              const std::string& challenge) {
  const bool email = challenge == "EMAIL_OTP";
  const std::string attribute = email ? "email" : "phone_number";
  session.code = NewCode();
  OFFSTAGE_TRY(const Json details, SendMessage(call.engine, *call.pool, user,
                                               {.purpose = Purpose::kAuthentication,
                                                .attribute = attribute,
                                                .code = session.code,
                                                .client_id = call.client->id,
                                                .client_metadata = call.metadata}));
  return Challenge(call, std::move(session), challenge,
                   {{"CODE_DELIVERY_DELIVERY_MEDIUM", email ? "EMAIL" : "SMS"},
                    {"CODE_DELIVERY_DESTINATION", details["Destination"]},
                    {"USER_ID_FOR_SRP", user.username}});
}

aws::Outcome<Json> AskSecondFactor(AuthCall& call, const User& user, Session session) {
  const std::string mode = MfaConfiguration(*call.pool);
  if (mode == "OFF") return Finish(call, user, session);
  std::vector<std::string> methods = UsableMfa(*call.pool, user);
  // Where MFA is required, a telephone number suffices without any preference.
  if (methods.empty() && mode == "ON" && PoolHasMfa(*call.pool, "SMS_MFA") &&
      user.FindAttribute("phone_number") != nullptr) {
    methods = {"SMS_MFA"};
  }
  if (methods.empty()) {
    if (mode == "OPTIONAL") return Finish(call, user, session);
    std::vector<std::string> available;
    for (const char* name : {"SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"}) {
      if (PoolHasMfa(*call.pool, name)) available.emplace_back(name);
    }
    return Challenge(call, std::move(session), "MFA_SETUP",
                     {{"MFAS_CAN_SETUP", Texts(available)}, {"USER_ID_FOR_SRP", user.username}});
  }
  std::string method = methods.front();
  if (methods.size() > 1) {
    const bool usable =
        std::find(methods.begin(), methods.end(), user.preferred_mfa) != methods.end();
    if (!usable) {
      return Challenge(call, std::move(session), "SELECT_MFA_TYPE",
                       {{"MFAS_CAN_CHOOSE", Texts(methods)}, {"USER_ID_FOR_SRP", user.username}});
    }
    method = user.preferred_mfa;
  }
  if (method == "SOFTWARE_TOKEN_MFA") {
    return Challenge(call, std::move(session), method, {{"USER_ID_FOR_SRP", user.username}});
  }
  return AskForCode(call, user, std::move(session), method);
}

}  // namespace offstage::cognito
