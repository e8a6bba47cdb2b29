// IAM policies as authorizers return them: may this method be invoked?
// docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace offstage::gateway {

struct PolicyStatement {
  enum class Effect { kAllow, kDeny } effect = Effect::kDeny;
  std::vector<std::string> actions = {};
  std::vector<std::string> resources = {};
  // `NotAction` and `NotResource`.
  enum class Sense { kListed, kNotListed };
  Sense action_sense = Sense::kListed;
  Sense resource_sense = Sense::kListed;
  // Conditions are not evaluated: such a statement denies if it denies, and never allows.
  enum class Condition { kNone, kPresent } condition = Condition::kNone;
};

enum class Verdict { kAllowed, kExplicitDeny, kImplicitDeny };

// Thread-compatible.
class Policy {
 public:
  // From `policyDocument`. Fails for what the service would not take: no Statement, no Effect of
  // Allow or Deny, neither Action nor NotAction, neither Resource nor NotResource.
  static Result<Policy> Parse(const Json& document);

  // For the action execute-api:Invoke. A deny beats every allow.
  Verdict Evaluate(std::string_view method_arn) const;

 private:
  std::vector<PolicyStatement> statements_;
};

// '*' stands for any run of characters, '?' for one. Takes time proportional to the product of the
// lengths at worst.
bool MatchesWildcard(std::string_view text, std::string_view pattern);

}  // namespace offstage::gateway
