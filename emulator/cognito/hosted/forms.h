// Forms of the hosted pages. They work without scripts; each carries the value of the XSRF-TOKEN
// cookie, which another site can neither read nor set. Internal to hosted/.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cognito/auth/auth.h"
#include "cognito/hosted/hosted.h"

namespace offstage::cognito {

// Hidden fields have no label.
struct Field {
  std::string name = {};
  std::string label = {};
  std::string type = "text";
  std::string value = {};
  std::string autocomplete = "off";
  // Values to choose among; empty: anything may be typed.
  std::vector<std::string> options = {};
};

struct Form {
  std::string title = {};
  std::string page = {};
  std::string button = {};
  std::vector<Field> fields = {};
  std::string error = {};
  std::string note = {};
  // HTML below the form.
  std::string links = {};
  // A button that sends the form without what it asks for; no name: none.
  Field second_button = {};
};

// The page with the form; 400 when it has an error.
http::Reply ShowForm(HostedCall& call, const Form& form);
// Whether the form was sent from our own page.
bool IsOwnForm(const HostedCall& call);
std::string LinkTo(const HostedCall& call, const std::string& page, std::string_view text);

// The secret hash that the client itself would send: the pages speak for it. "": it has no secret.
std::string HashFor(const Client& client, const std::string& username);

// --- challenge_pages.cc
// The page that asks for a challenge's answer; null: this program has none for it.
std::optional<Form> ChallengeForm(HostedCall& call, const Json& challenge,
                                  const std::string& username);
// Answers with what was sent from it. `parameters` is what `auth` refers to.
aws::Outcome<Json> AnswerChallengeForm(HostedCall& call, AuthCall& auth, Json& parameters);
// The same page once more, when another answer may be tried.
std::optional<Form> RepeatChallengeForm(const HostedCall& call, const aws::ApiError& error);

}  // namespace offstage::cognito
