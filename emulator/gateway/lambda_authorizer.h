// Lambda authorizers: TOKEN and REQUEST, payload formats 1.0 and 2.0, policies and simple answers,
// cached by identity for the TTL.
// docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "base/mutex.h"
#include "gateway/call.h"
#include "gateway/policy.h"
#include "http/message.h"
#include "interfaces/invoker.h"

namespace offstage::gateway {

// Thread-safe.
class LambdaAuthorizers {
 public:
  // Both outlive this.
  LambdaAuthorizers(Invoker& invoker, const Clock& clock) : invoker_(invoker), clock_(clock) {}

  // Null: the request may pass, and call.authorizer_json says what the authorizer knows of the
  // caller. Else the service's answer: 401 without asking the function when the identity is
  // missing, 403, or 500 when the authorizer fails.
  std::optional<http::Reply> Authorize(Call& call, const LambdaAuthorizer& authorizer);

 private:
  // What a function answered; the policy is evaluated anew for every request.
  struct Grant {
    Policy policy = {};
    enum class Simple { kNone, kYes, kNo } simple = Simple::kNone;
    // Members of requestContext.authorizer, without braces.
    std::string context_members = {};
    TimePoint expires = {};
  };
  using SharedGrant = std::shared_ptr<const Grant>;  // shared by the cache and requests under way

  SharedGrant FindCached(const std::string& key) OFFSTAGE_EXCLUDES(mutex_);
  void Remember(const std::string& key, SharedGrant grant) OFFSTAGE_EXCLUDES(mutex_);
  // The grant, or the reply that refuses.
  Result<SharedGrant, http::Reply> Ask(Call& call, const LambdaAuthorizer& authorizer,
                                       const std::vector<std::string>& identity,
                                       const std::string& method_arn);

  Invoker& invoker_;
  const Clock& clock_;
  Mutex mutex_;
  std::unordered_map<std::string, SharedGrant> cache_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::gateway
