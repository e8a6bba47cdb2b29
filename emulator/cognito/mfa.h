// Which second factors a pool offers and a user has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "cognito/store/records.h"

namespace offstage::cognito {

// `name`: "SOFTWARE_TOKEN_MFA", "SMS_MFA" or "EMAIL_OTP".
bool PoolHasMfa(const Pool& pool, std::string_view name);
// What the user has set up and the pool offers.
std::vector<std::string> UsableMfa(const Pool& pool, const User& user);

// Checks a code of the user's authenticator app and marks its time step as used. `user` is to be
// saved after success. CodeMismatchException, or ExpiredCodeException for a code used before.
aws::Outcome<Unit> UseTotp(User& user, const std::string& code, std::int64_t now_seconds);

// Applies the MFAOptions of SetUserSettings and AdminSetUserSettings; the caller saves.
aws::Outcome<Unit> ApplyMfaOptions(const Json& request, User& user);

// SMSMfaSettings, SoftwareTokenMfaSettings and EmailMfaSettings of a request.
aws::Outcome<Unit> ApplyMfaPreference(const Pool& pool, const Json& request, User& user);

}  // namespace offstage::cognito
