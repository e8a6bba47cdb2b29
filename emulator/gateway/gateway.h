// Gateway: answers HTTP requests as API Gateway would: finds the API and the route, builds the
// event, invokes the function, checks its answer. What AWS leaves opaque is explained beside it, in
// the log and in the response header x-offstage-explain (design, decision 6).
//
// Which API: the Host header {api id}.execute-api.(anything) or {url id}.lambda-url.(anything),
// else the path prefix /_apis/{id}/, else the first API.
//
// Which path: deployed, every path of a REST API begins with /{stage}. Here both `/Prod/users` and
// `/users` reach route /users. When the first segment is the stage's name it is taken off first, as
// deployed, so a greedy root route sees `users` for `/Prod/users`; only when no route fits what is
// left may a route take the whole path, and only one that begins with /Prod itself. `/` and `/Prod`
// both reach the root resource. Events always say the deployed path (requestContext.path is
// /Prod/users).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/result.h"
#include "gateway/api_config.h"
#include "http/message.h"
#include "interfaces/aws_caller.h"
#include "interfaces/invoker.h"
#include "interfaces/token_verifier.h"
#include "interfaces/trace.h"

namespace offstage::gateway {

// Outlive the gateway; owned by app/.
struct Dependencies {
  Invoker& invoker;
  const Clock& clock;
  IdSource& ids;
  Log& log;
  TraceSink& traces;
  // Checks the tokens of Cognito and JWT authorizers; null: their routes are refused.
  TokenVerifier* tokens = nullptr;
  // For AWS service integrations and asynchronous invocations; null: those answer 500.
  AwsCaller* aws = nullptr;
  // Hosts beyond this machine that HTTP integrations may call; "*" is all.
  std::vector<std::string> egress_hosts = {};
  // Whether the throttling settings of stages and routes count. Usage plans' always do.
  enum class Throttling { kOff, kEnforced } throttling = Throttling::kOff;
};

// A row of `offstage routes`.
struct RouteListing {
  std::string api_id = {};
  std::string api_name = {};
  ApiKind kind = ApiKind::kRest;
  std::string method = {};
  std::string path = {};
  // The physical function name, "mock", "dynamodb PutItem", or the address of an HTTP integration.
  std::string target = {};
  // "", "authorizer NAME", "api key", "IAM", or "refused: why"; several are joined by ", ".
  std::string protection = {};
  // Below the server's URL: "/users/{id}" for the first API, "/_apis/{id}/users/{id}" for others.
  std::string url_path = {};
};

// Thread-safe.
class Gateway {
 public:
  // The first API is the main one, served at the root. Fails for what cannot be served at all: two
  // APIs of one id, a route given twice, a path that API Gateway would refuse ("/a{id}", a greedy
  // segment that is not the last).
  static Result<std::unique_ptr<Gateway>> Create(std::vector<ApiConfig> apis,
                                                 const Dependencies& dependencies);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Blocks while the function runs. Records one Span, named "gateway GET /users/{id}".
  http::Reply Handle(const http::Request& request);

  // In the order of the configuration, OPTIONS routes made for CORS last in each API.
  std::vector<RouteListing> Routes() const;

 private:
  class Impl;
  explicit Gateway(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The line that `start` prints for a span that Handle recorded, without a newline:
// "GET /users?limit=3  200  12.1 ms  hdoc-backend-dev-Users-1A2B (cold, init 85.0 ms)". Null for
// the spans of others.
std::optional<std::string> FormatRequestLine(const Span& span);

}  // namespace offstage::gateway
