// RemotePools: signs `as:` users of a deployed stage in, with credentials from the environment:
//
//   OFFSTAGE_USER_{NAME}_USERNAME, OFFSTAGE_USER_{NAME}_PASSWORD   of the user {name}
//   OFFSTAGE_COGNITO_CLIENT_ID        an app client that allows USER_PASSWORD_AUTH, without secret
//   OFFSTAGE_COGNITO_REGION           or AWS_REGION
//   OFFSTAGE_COGNITO_ENDPOINT         in place of https://cognito-idp.{region}.amazonaws.com
//   OFFSTAGE_USER_{NAME}_TOKEN        or, in place of all these, a token that somebody has got
//
// {NAME} is in capitals, with _ for everything but letters and digits.
#pragma once

#include <optional>
#include <string>

#include "scenario/target.h"

namespace offstage::scenario {

// Used by one thread.
class RemotePools : public UserPools {
 public:
  // Fails naming the variables that are missing.
  Status Complete(UserSpec& user) override;
  Result<Json, PoolRefusal> SignIn(const UserSpec& user) override;
  Result<std::optional<std::string>> MakeToken(const TokenOrder& order) override;
  Result<Json, PoolRefusal> Run(const UserSpec& user, const std::string& operation,
                                const Json& request) override;
  Result<std::vector<Json>> Messages(const UserSpec& user) override;
};

}  // namespace offstage::scenario
