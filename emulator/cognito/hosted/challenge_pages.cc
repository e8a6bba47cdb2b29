// The pages of challenges: a new password, codes, the choice of a second factor, and setting up an
// authenticator app.
#include <algorithm>

#include "cognito/hosted/forms.h"
#include "cognito/ops/ops.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

// The parameter of RespondToAuthChallenge that the form's answer is.
std::string AnswerMember(const std::string& challenge) {
  if (challenge == "NEW_PASSWORD_REQUIRED") return "NEW_PASSWORD";
  if (challenge == "SELECT_MFA_TYPE") return "ANSWER";
  return challenge + "_CODE";
}

std::vector<std::string> ListInText(const Json& challenge, const char* member) {
  const auto list = ParseJson(TextAt(challenge["ChallengeParameters"], member));
  if (!list.ok() || !list->is_array()) return {};
  return ListAt(Json{{"list", *list}}, "list");
}

struct Asked {
  std::string challenge = {};
  std::string session = {};
  std::string username = {};
  // Of SELECT_MFA_TYPE.
  std::vector<std::string> choices = {};
  // Of MFA_SETUP: the app's key.
  std::string secret = {};
};

std::optional<Form> FormFor(const Asked& asked) {
  Form form{.page = "/login", .button = "Continue"};
  form.fields = {{.name = "challenge", .label = "", .value = asked.challenge},
                 {.name = "session", .label = "", .value = asked.session},
                 {.name = "username", .label = "", .value = asked.username}};
  if (asked.challenge == "NEW_PASSWORD_REQUIRED") {
    form.title = "Change password";
    form.fields.push_back({.name = "answer",
                           .label = "New password",
                           .type = "password",
                           .autocomplete = "new-password"});
  } else if (asked.challenge == "SELECT_MFA_TYPE") {
    form.title = "Choose a second factor";
    form.fields.push_back({.name = "answer", .label = "Factor", .options = asked.choices});
  } else if (asked.challenge == "MFA_SETUP") {
    form.title = "Set up an authenticator app";
    form.note = "Enter this key in your authenticator app: " + asked.secret;
    form.fields.push_back({.name = "secret", .label = "", .value = asked.secret});
    form.fields.push_back(
        {.name = "answer", .label = "Code of the app", .autocomplete = "one-time-code"});
  } else if (asked.challenge == "SOFTWARE_TOKEN_MFA" || asked.challenge == "SMS_MFA" ||
             asked.challenge == "EMAIL_OTP") {
    form.title = "Enter your code";
    form.fields.push_back({.name = "answer", .label = "Code", .autocomplete = "one-time-code"});
  } else {
    return std::nullopt;
  }
  return form;
}

}  // namespace

std::optional<Form> ChallengeForm(HostedCall& call, const Json& challenge,
                                  const std::string& username) {
  Asked asked{.challenge = TextAt(challenge, "ChallengeName"),
              .session = TextAt(challenge, "Session"),
              .username = username};
  if (asked.challenge == "SELECT_MFA_TYPE")
    asked.choices = ListInText(challenge, "MFAS_CAN_CHOOSE");
  if (asked.challenge == "MFA_SETUP") {
    const auto kinds = ListInText(challenge, "MFAS_CAN_SETUP");
    if (std::find(kinds.begin(), kinds.end(), "SOFTWARE_TOKEN_MFA") == kinds.end())
      return std::nullopt;
    const auto made = AssociateSoftwareToken(call.engine, {{"Session", asked.session}});
    if (!made.ok()) return std::nullopt;
    asked.session = TextAt(*made, "Session");
    asked.secret = TextAt(*made, "SecretCode");
  }
  return FormFor(asked);
}

aws::Outcome<Json> AnswerChallengeForm(HostedCall& call, AuthCall& auth, Json& parameters) {
  const std::string challenge = call.Form("challenge");
  std::string session = call.Form("session");
  if (const std::string hash = HashFor(*auth.client, call.Form("username")); !hash.empty())
    parameters["SECRET_HASH"] = hash;
  if (challenge == "MFA_SETUP") {
    OFFSTAGE_TRY(const Json verified,
                 VerifySoftwareToken(call.engine,
                                     {{"Session", session}, {"UserCode", call.Form("answer")}}));
    session = TextAt(verified, "Session");
  } else {
    parameters[AnswerMember(challenge)] = call.Form("answer");
  }
  return AnswerChallenge(auth, challenge, session);
}

std::optional<Form> RepeatChallengeForm(const HostedCall& call, const aws::ApiError& error) {
  if (error.type != "InvalidPasswordException" && error.type != "CodeMismatchException" &&
      error.type != "EnableSoftwareTokenMFAException") {
    return std::nullopt;
  }
  auto form = FormFor({.challenge = call.Form("challenge"),
                       .session = call.Form("session"),
                       .username = call.Form("username"),
                       .secret = call.Form("secret")});
  if (form) form->error = error.message;
  return form;
}

}  // namespace offstage::cognito
