// The credential scope of a SigV4 request: who calls, which service and region.
// Signatures are not checked (design, decision 1); the header's form is, as AWS
// checks it.
#pragma once

#include <optional>
#include <string>

#include "aws/api_error.h"
#include "http/message.h"

namespace offstage::aws {

struct Credential {
  std::string access_key_id;
  std::string region;
  // Signing name: "dynamodb", "cognito-idp", "lambda".
  std::string service;
};

// From the Authorization header or a presigned query. Null: unsigned. An
// Authorization header that is not SigV4's gives IncompleteSignatureException,
// as the service answers.
Outcome<std::optional<Credential>> ReadCredential(const http::Request& request);

}  // namespace offstage::aws
