#include "cognito/user_filter.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "cognito/errors.h"

namespace offstage::cognito {

namespace {

constexpr std::array<std::string_view, 10> kSearchable = {
    "username",           "email", "phone_number",        "name",  "given_name", "family_name",
    "preferred_username", "sub",   "cognito:user_status", "status"};

std::optional<std::string> ValueOf(const UserFilter& filter, const User& user) {
  if (filter.attribute == "username") return user.username;
  if (filter.attribute == "cognito:user_status") return user.status;
  if (filter.attribute == "status") return user.enabled ? "Enabled" : "Disabled";
  const std::string* value = user.FindAttribute(filter.attribute);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

}  // namespace

aws::Outcome<UserFilter> ParseUserFilter(std::string_view text) {
  UserFilter filter;
  text = Trim(text);
  if (text.empty()) return filter;
  const aws::ApiError bad = InvalidParameter("Error while parsing filter");
  std::size_t at = 0;
  if (text[0] == '"') {
    at = text.find('"', 1);
    if (at == std::string_view::npos) return Fail(bad);
    filter.attribute = text.substr(1, at - 1);
    ++at;
  } else {
    at = text.find_first_of(" \t=^");
    if (at == std::string_view::npos) return Fail(bad);
    filter.attribute = text.substr(0, at);
  }
  std::string_view rest = Trim(text.substr(at));
  if (rest.starts_with("^=")) {
    filter.comparison = UserFilter::Comparison::kStartsWith;
    rest.remove_prefix(2);
  } else if (rest.starts_with("=")) {
    rest.remove_prefix(1);
  } else {
    return Fail(bad);
  }
  rest = Trim(rest);
  if (rest.size() < 2 || rest.front() != '"' || rest.back() != '"') return Fail(bad);
  rest = rest.substr(1, rest.size() - 2);
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '\\' && i + 1 < rest.size()) {
      ++i;
    } else if (rest[i] == '"') {
      return Fail(bad);
    }
    filter.value.push_back(rest[i]);
  }
  if (std::find(kSearchable.begin(), kSearchable.end(), filter.attribute) == kSearchable.end())
    return Fail(InvalidParameter("Invalid search attribute: " + filter.attribute));
  return filter;
}

bool Matches(const UserFilter& filter, const User& user) {
  if (filter.attribute.empty()) return true;
  const std::optional<std::string> value = ValueOf(filter, user);
  // Who has no such attribute is not found by an empty text either.
  if (!value) return false;
  // https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html
  // calls this one case-insensitive, `username` and `status` case-sensitive.
  if (filter.attribute == "cognito:user_status") return EqualsIgnoreCase(*value, filter.value);
  return filter.comparison == UserFilter::Comparison::kEquals ? *value == filter.value
                                                              : value->starts_with(filter.value);
}

}  // namespace offstage::cognito
