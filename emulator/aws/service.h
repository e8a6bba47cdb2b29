// What an emulated AWS service is to the AWS endpoint: one object that answers
// calls.
#pragma once

#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "http/message.h"
#include "interfaces/caller.h"

namespace offstage::aws {

// One call, as the endpoint hands it to a service.
struct Call {
  // "GetItem"; for REST protocols empty (the service looks at `request`).
  std::string_view operation;
  // The whole request; lives until Execute returns.
  const http::Request& request;
  // The request body after any Content-Encoding.
  std::string_view body;
  std::string request_id;
  // From the credential scope; the deployment's own when the request is
  // unsigned.
  std::string region;
  Caller caller;
};

// What a call did, in the words of logs and traces ("table=users
// consumed=0.5"); may stay empty.
struct CallFacts {
  std::vector<std::pair<std::string, std::string>> attributes;
};

// A service of the JSON protocols (X-Amz-Target). Thread-safe.
class JsonService {
 public:
  virtual ~JsonService() = default;
  // The reply's body as JSON text, or the error. `facts` may be filled for the
  // trace.
  virtual Outcome<std::string> Execute(const Call& call, CallFacts& facts) = 0;
  // The reply's header x-amz-crc32 is DynamoDB's own.
  virtual bool SendsCrc32() const { return false; }
  // Errors also carry x-amzn-ErrorType and x-amzn-ErrorMessage, and the client's pages may read all
  // replies (Access-Control-Allow-Origin: *), as Cognito's endpoint answers.
  virtual bool SendsErrorHeaders() const { return false; }
  // "com.amazonaws.dynamodb.v20120810#" goes in front of the error type; or
  // empty.
  virtual std::string_view ErrorTypePrefix(std::string_view error_type) const = 0;
  // "application/x-amz-json-1.0"
  virtual std::string_view ContentType() const = 0;
};

// A service of the REST protocols (Lambda). Answers whole replies. Thread-safe.
class RestService {
 public:
  virtual ~RestService() = default;
  virtual http::Reply Execute(const Call& call, CallFacts& facts) = 0;
};

}  // namespace offstage::aws
