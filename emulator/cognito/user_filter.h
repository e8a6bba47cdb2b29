// ListUsers' Filter: `email = "a@b"`, `username ^= "a"`.
// docs.aws.amazon.com/cognito/latest/developerguide/how-to-manage-user-accounts.html
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "cognito/store/records.h"

namespace offstage::cognito {

struct UserFilter {
  // Empty: every user.
  std::string attribute = {};
  std::string value = {};
  enum class Comparison { kEquals, kStartsWith } comparison = Comparison::kEquals;
};

// InvalidParameterException for what is no filter, or an attribute that cannot be searched by.
aws::Outcome<UserFilter> ParseUserFilter(std::string_view text);
bool Matches(const UserFilter& filter, const User& user);

}  // namespace offstage::cognito
