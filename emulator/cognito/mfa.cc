#include "cognito/mfa.h"

#include <algorithm>

#include "cognito/crypto/totp.h"
#include "cognito/errors.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

bool PoolHasMfa(const Pool& pool, std::string_view name) {
  if (MfaConfiguration(pool) == "OFF") return false;
  if (name == "SOFTWARE_TOKEN_MFA")
    return BoolAt(pool.config, "SoftwareTokenMfaConfiguration.Enabled", false);
  if (name == "SMS_MFA")
    return FindPath(pool.config, "SmsConfiguration") != nullptr ||
           FindPath(pool.config, "SmsMfaConfiguration") != nullptr;
  return FindPath(pool.config, "EmailMfaConfiguration") != nullptr;
}

std::vector<std::string> UsableMfa(const Pool& pool, const User& user) {
  std::vector<std::string> usable;
  for (const std::string& name : user.mfa) {
    if (!PoolHasMfa(pool, name)) continue;
    if (name == "SOFTWARE_TOKEN_MFA" && !user.totp_verified) continue;
    if (name == "SMS_MFA" && user.FindAttribute("phone_number") == nullptr) continue;
    if (name == "EMAIL_OTP" && user.FindAttribute("email") == nullptr) continue;
    usable.push_back(name);
  }
  return usable;
}

aws::Outcome<Unit> UseTotp(User& user, const std::string& code, std::int64_t now_seconds) {
  const auto step = MatchTotp(user.totp_secret, code, now_seconds);
  if (!step) return Fail(CodeMismatch("Invalid code received for user"));
  if (*step <= user.totp_step)
    return Fail(ExpiredCode("Your software token has already been used once."));
  user.totp_step = *step;
  return Ok();
}

aws::Outcome<Unit> ApplyMfaOptions(const Json& request, User& user) {
  std::erase(user.mfa, "SMS_MFA");
  for (const Json& option : request["MFAOptions"]) {
    if (TextAt(option, "DeliveryMedium") != "SMS" ||
        TextAt(option, "AttributeName") != "phone_number")
      return Fail(InvalidParameter("Only SMS to phone_number can be an MFA option"));
    if (user.FindAttribute("phone_number") == nullptr)
      return Fail(InvalidParameter("User does not have delivery config set to turn on SMS_MFA"));
    if (std::find(user.mfa.begin(), user.mfa.end(), "SMS_MFA") == user.mfa.end())
      user.mfa.emplace_back("SMS_MFA");
  }
  return Ok();
}

aws::Outcome<Unit> ApplyMfaPreference(const Pool& pool, const Json& request, User& user) {
  const std::pair<const char*, const char*> kinds[] = {
      {"SMSMfaSettings", "SMS_MFA"},
      {"SoftwareTokenMfaSettings", "SOFTWARE_TOKEN_MFA"},
      {"EmailMfaSettings", "EMAIL_OTP"}};
  int preferred = 0;
  for (const auto& [member, name] : kinds) {
    const Json* settings = FindPath(request, member);
    if (settings == nullptr) continue;
    const bool enabled = BoolAt(*settings, "Enabled", false);
    if (BoolAt(*settings, "PreferredMfa", false)) {
      if (!enabled)
        return Fail(InvalidParameter("Invalid MFA preference: a preferred MFA must be enabled"));
      ++preferred;
    }
    if (!enabled) continue;
    if (std::string_view(name) == "SOFTWARE_TOKEN_MFA" && !user.totp_verified)
      return Fail(InvalidParameter("User has not verified software token mfa"));
    if (std::string_view(name) == "SMS_MFA" && user.FindAttribute("phone_number") == nullptr)
      return Fail(InvalidParameter("User does not have delivery config set to turn on SMS_MFA"));
    if (std::string_view(name) == "EMAIL_OTP" && user.FindAttribute("email") == nullptr)
      return Fail(InvalidParameter("User does not have delivery config set to turn on EMAIL_OTP"));
    if (!PoolHasMfa(pool, name) && MfaConfiguration(pool) != "OFF")
      return Fail(InvalidParameter(std::string(name) + " is not enabled for this user pool"));
  }
  if (preferred > 1) return Fail(InvalidParameter("Only one MFA can be set as preferred"));
  for (const auto& [member, name] : kinds) {
    const Json* settings = FindPath(request, member);
    if (settings == nullptr) continue;
    std::erase(user.mfa, name);
    if (user.preferred_mfa == name) user.preferred_mfa.clear();
    if (BoolAt(*settings, "Enabled", false)) user.mfa.emplace_back(name);
    if (BoolAt(*settings, "PreferredMfa", false)) user.preferred_mfa = name;
  }
  return Ok();
}

}  // namespace offstage::cognito
