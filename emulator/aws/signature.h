// Signing requests with AWS Signature Version 4, for calls that the emulator itself makes to
// another engine:
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <string>

#include "base/clock.h"
#include "http/message.h"

namespace offstage::aws {

// Whose name calls carry.
struct SigningIdentity {
  std::string access_key_id;
  std::string secret_access_key;
  // Of temporary credentials; empty: none.
  std::string session_token;
};

// From AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN as this program was started
// with them; where the first two are not both set, a made-up identity, which engines that do not
// check signatures accept.
SigningIdentity IdentityFromEnvironment();

// Adds X-Amz-Date, X-Amz-Security-Token (for a session) and Authorization. `request` has its final
// method, path, body and Host header; a query is not supported. Host, Content-Type and every
// X-Amz- header are signed. `service` is the signing name: "dynamodb".
void Sign(http::Request& request, const SigningIdentity& identity, const std::string& region,
          const std::string& service, TimePoint now);

}  // namespace offstage::aws
