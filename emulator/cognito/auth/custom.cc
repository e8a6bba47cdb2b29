// CUSTOM_AUTH: Define-, Create- and VerifyAuthChallenge.
// docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html
#include "cognito/auth/auth.h"
#include "cognito/errors.h"
#include "cognito/pool_config.h"
#include "cognito/triggers.h"
#include "cognito/users.h"

namespace offstage::cognito {

namespace {

TriggerCall TriggerOf(const AuthCall& call, const User& user, std::string_view trigger) {
  TriggerCall made{.trigger = trigger};
  made.source = std::string(trigger) + "_Authentication";
  made.username = user.username;
  made.client_id = call.client->id;
  const bool exists = user.number != 0;
  made.request = {{"userAttributes",
                   exists ? UserAttributesForTrigger(*call.pool, user) : Json(Json::object())}};
  if (PreventsUserExistenceErrors(*call.client)) made.request["userNotFound"] = !exists;
  if (call.metadata.is_object()) made.request["clientMetadata"] = call.metadata;
  return made;
}

aws::Outcome<Json> CreateChallenge(AuthCall& call, const User& user, Session session) {
  TriggerCall trigger = TriggerOf(call, user, "CreateAuthChallenge");
  trigger.request["challengeName"] = "CUSTOM_CHALLENGE";
  trigger.request["session"] = session.rounds;
  trigger.response = {{"publicChallengeParameters", nullptr},
                      {"privateChallengeParameters", nullptr},
                      {"challengeMetadata", nullptr}};
  OFFSTAGE_TRY(const auto response, RunTrigger(call.engine, *call.pool, std::move(trigger)));
  Json parameters = Json::object();
  if (response) {
    if (const Json* shown = FindPath(*response, "publicChallengeParameters");
        shown != nullptr && shown->is_object()) {
      parameters = *shown;
    }
    if (const Json* kept = FindPath(*response, "privateChallengeParameters")) {
      session.private_parameters = *kept;
    }
    session.challenge_metadata = TextAt(*response, "challengeMetadata");
  }
  parameters["USERNAME"] = user.username;
  return Challenge(call, std::move(session), "CUSTOM_CHALLENGE", std::move(parameters));
}

}  // namespace

aws::Outcome<User> FindCustomUser(AuthCall& call, const std::string& username) {
  OFFSTAGE_TRY_INTERNAL(auto user, call.engine.store->FindUser(*call.pool, username));
  if (user) return *std::move(user);
  if (!PreventsUserExistenceErrors(*call.client)) return Fail(UserNotFound());
  return Nobody(*call.pool, username);
}

aws::Outcome<Json> DefineChallenge(AuthCall& call, const User& user, Session session) {
  TriggerCall trigger = TriggerOf(call, user, "DefineAuthChallenge");
  trigger.request["session"] = session.rounds;
  trigger.response = {
      {"challengeName", nullptr}, {"issueTokens", nullptr}, {"failAuthentication", nullptr}};
  OFFSTAGE_TRY(const auto response, RunTrigger(call.engine, *call.pool, std::move(trigger)));
  const Json answer = response ? *response : Json::object();
  if (BoolAt(answer, "failAuthentication", false)) return Fail(WrongPassword());
  if (BoolAt(answer, "issueTokens", false)) {
    if (user.number == 0) return Fail(WrongPassword());
    return Finish(call, user, session);
  }
  const std::string name = TextAt(answer, "challengeName");
  if (name == "CUSTOM_CHALLENGE") return CreateChallenge(call, user, std::move(session));
  if (name == "PASSWORD_VERIFIER" && !session.public_a.empty())
    return AskPasswordVerifier(call, &user, std::move(session));
  aws::ApiError failure = Problem("InvalidLambdaResponseException", "Unrecognizable lambda output");
  failure.explanation =
      "DefineAuthChallenge must set issueTokens, failAuthentication or challengeName to "
      "CUSTOM_CHALLENGE or (after SRP_A) PASSWORD_VERIFIER";
  return Fail(std::move(failure));
}

aws::Outcome<Json> AnswerCustom(AuthCall& call, Session session) {
  OFFSTAGE_TRY(const std::string answer, Required(call, "ANSWER"));
  OFFSTAGE_TRY(const User user, FindCustomUser(call, session.username.empty() ? session.srp_username
                                                                              : session.username));
  TriggerCall trigger = TriggerOf(call, user, "VerifyAuthChallengeResponse");
  trigger.request["privateChallengeParameters"] = session.private_parameters;
  trigger.request["challengeAnswer"] = answer;
  trigger.response = {{"answerCorrect", nullptr}};
  OFFSTAGE_TRY(const auto response, RunTrigger(call.engine, *call.pool, std::move(trigger)));
  session.rounds.push_back(
      {{"challengeName", "CUSTOM_CHALLENGE"},
       {"challengeResult", response && BoolAt(*response, "answerCorrect", false)},
       {"challengeMetadata",
        session.challenge_metadata.empty() ? Json(nullptr) : Json(session.challenge_metadata)}});
  return DefineChallenge(call, user, std::move(session));
}

}  // namespace offstage::cognito
