// Passwords: the pool's policy, and setting and checking them. Kept as SRP verifiers only.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "cognito/store/records.h"

namespace offstage::cognito {

// InvalidPasswordException with the first rule that the password breaks.
aws::Outcome<Unit> CheckPasswordPolicy(const Pool& pool, std::string_view password);

// A password that satisfies every policy, for AdminCreateUser without TemporaryPassword.
std::string MakeTemporaryPassword(const Pool& pool);

void SetPassword(const Pool& pool, User& user, std::string_view password);
// Whether the user has a password and this is it. (A temporary one that has expired still is it.)
bool IsPassword(const Pool& pool, const User& user, std::string_view password);

}  // namespace offstage::cognito
