#include "cognito/passwords.h"

#include <algorithm>

#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/model/text_class.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

// docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-policies.html: these, and a
// blank that is neither first nor last.
constexpr std::string_view kSymbols = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ";
constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kNumbers = "0123456789";

aws::ApiError Unfit(std::string_view rule) {
  return Problem("InvalidPasswordException",
                 "Password did not conform with policy: " + std::string(rule));
}

bool HasOneOf(std::string_view text, std::string_view set) {
  return text.find_first_of(set) != std::string_view::npos;
}

}  // namespace

aws::Outcome<Unit> CheckPasswordPolicy(const Pool& pool, std::string_view password) {
  const Json* policy = FindPath(pool.config, "Policies.PasswordPolicy");
  const Json none = Json::object();
  const Json& rules = policy == nullptr ? none : *policy;
  const auto length = static_cast<long long>(CountCharacters(password));
  if (length < IntegerAt(rules, "MinimumLength", 8)) return Fail(Unfit("Password not long enough"));
  if (BoolAt(rules, "RequireUppercase", false) && !HasOneOf(password, kUpper))
    return Fail(Unfit("Password must have uppercase characters"));
  if (BoolAt(rules, "RequireLowercase", false) && !HasOneOf(password, kLower))
    return Fail(Unfit("Password must have lowercase characters"));
  if (BoolAt(rules, "RequireNumbers", false) && !HasOneOf(password, kNumbers))
    return Fail(Unfit("Password must have numeric characters"));
  if (BoolAt(rules, "RequireSymbols", false) && !HasOneOf(password, kSymbols))
    return Fail(Unfit("Password must have symbol characters"));
  return Ok();
}

std::string MakeTemporaryPassword(const Pool& pool) {
  const auto minimum =
      static_cast<std::size_t>(IntegerAt(pool.config, "Policies.PasswordPolicy.MinimumLength", 8));
  std::string password = RandomText(2, kUpper) + RandomText(2, kLower) + RandomText(2, kNumbers) +
                         RandomText(2, "!#%-_=+");
  while (password.size() < minimum)
    password += RandomText(1, kLower);
  return password;
}

void SetPassword(const Pool& pool, User& user, std::string_view password) {
  user.password = MakeVerifier(PoolName(pool), user.username, password);
  user.password_expires = 0;
}

bool IsPassword(const Pool& pool, const User& user, std::string_view password) {
  return !user.password.verifier.empty() &&
         CheckPassword(user.password, PoolName(pool), user.username, password);
}

}  // namespace offstage::cognito
