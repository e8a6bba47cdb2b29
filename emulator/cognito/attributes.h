// User attributes: the pool's schema, what may be written and by whom, and the service's words for
// what may not.
#pragma once

#include <map>
#include <string>

#include "aws/api_error.h"
#include "cognito/store/records.h"

namespace offstage::cognito {

using Attributes = std::map<std::string, std::string>;

// SchemaAttributes as DescribeUserPool lists them: the standard ones with `schema`'s changes, then
// `schema`'s own, with their prefix ("custom:", "dev:").
aws::Outcome<Json> MakeSchema(const Json& schema);
// The schema's row of an attribute, or null.
const Json* FindSchema(const Pool& pool, const std::string& name);

// [{"Name": "email", "Value": "a@b"}] of a request; a missing value is "".
Attributes ReadAttributes(const Json* list);
Json ToApiList(const Attributes& attributes);

enum class Writer {
  kSignUp,       // SignUp, by a client: required attributes must be there.
  kAdminCreate,  // AdminCreateUser.
  kUser,         // UpdateUserAttributes.
  kAdmin,        // AdminUpdateUserAttributes.
};
// `client`: whose WriteAttributes bound the user; null for administrators.
aws::Outcome<Unit> CheckAttributes(const Pool& pool, const Client* client,
                                   const Attributes& attributes, Writer writer);

// That the attributes which the pool requires are there.
aws::Outcome<Unit> CheckRequired(const Pool& pool, const Attributes& attributes);

bool LooksLikeEmail(std::string_view text);
// "+" and digits.
bool LooksLikePhoneNumber(std::string_view text);

}  // namespace offstage::cognito
