// The event of payload format 1.0: REST APIs, and HTTP APIs that ask for it.
// docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
#pragma once

#include <string>

#include "gateway/call.h"

namespace offstage::gateway {

// Values that are made for the event and must live as long as the header list.
struct AddedHeaders {
  std::string forwarded_for = {};
  std::string port = {};
  std::string cf_id = {};
};

// The headers that an integration sees: the client's and the service's own, sorted. Views into the
// call and `added`.
HeaderList IntegrationHeaders(const Call& call, AddedHeaders& added);

// The event as JSON text, keys in the service's order. REST: absent maps are null, never {}.
std::string BuildEventV1(const Call& call);

// The same without `body` and `isBase64Encoded` and with `type` REQUEST and `methodArn` in front:
// what a REQUEST authorizer gets (format 1.0).
std::string BuildRequestAuthorizerEventV1(const Call& call, std::string_view method_arn);

}  // namespace offstage::gateway
