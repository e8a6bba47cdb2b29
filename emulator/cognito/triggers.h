// Lambda triggers: the events that user pools send to functions, and what their answers mean.
// docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-identity-pools-working-with-aws-lambda-triggers.html
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cognito/engine.h"

namespace offstage::cognito {

struct TriggerCall {
  // Member of LambdaConfig: "PreSignUp".
  std::string_view trigger;
  // "PreSignUp_SignUp".
  std::string source = {};
  std::string username = {};
  // "CLIENT_ID_NOT_APPLICABLE" where an administrator acts.
  std::string client_id = {};
  Json request = Json::object();
  // What `response` holds before the function fills it in; null: the event has none.
  Json response = Json::object();
};

// Whether the pool has a function for it.
bool HasTrigger(const Pool& pool, std::string_view trigger);

// Runs the pool's function: its `response`, or null when the pool has none. A function that fails
// gives UserLambdaValidationException with its words, one that cannot run
// UnexpectedLambdaException, one that answers no event InvalidLambdaResponseException.
aws::Outcome<std::optional<Json>> RunTrigger(Engine& engine, const Pool& pool, TriggerCall call);

// Runs the pool's function later, on its own: its answer and its failures are nobody's, as those of
// the custom senders are. Returns the function's name. UnexpectedLambdaException when there is no
// such function.
aws::Outcome<std::string> QueueTrigger(Engine& engine, const Pool& pool, const TriggerCall& call);

// A request's ClientMetadata, which its triggers are given; null when it has none.
Json MetadataOf(const Json& request);

// Runs PreSignUp for a user who is not kept yet, with what `request` says: its `response`, or null.
struct PreSignUp {
  // "PreSignUp_SignUp".
  std::string source;
  std::string client_id;
};
aws::Outcome<std::optional<Json>> RunPreSignUp(Engine& engine, const Pool& pool, const User& user,
                                               const PreSignUp& by, const Json& request);

// {"sub": ..., "cognito:user_status": ...} as events show the user; with "cognito:email_alias" and
// the like where the user may sign in by that.
Json UserAttributesForTrigger(const Pool& pool, const User& user);

}  // namespace offstage::cognito
