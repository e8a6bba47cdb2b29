// The pages for people: sign in, sign up, confirm, forgotten password. Forms work without scripts;
// each carries the value of the XSRF-TOKEN cookie, which another site can neither read nor set.
#include <fmt/format.h>

#include "base/text.h"
#include "cognito/auth/auth.h"
#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/hosted/codes.h"
#include "cognito/hosted/forms.h"
#include "cognito/hosted/hosted.h"
#include "cognito/ops/ops.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

// docs: "The hosted UI session cookie is valid for an hour".
constexpr std::int64_t kBrowserSeconds = 3600;

Form LoginForm(const HostedCall& call, const Authorization& asked, std::string error = {}) {
  Form form{.title = "Sign in",
            .page = "/login",
            .button = "Sign in",
            .fields = {{.name = "username",
                        .label = IsUsernameAttribute(*asked.pool, "email") ? "Email" : "Username",
                        .value = call.Form("username"),
                        .autocomplete = "username"},
                       {.name = "password",
                        .label = "Password",
                        .type = "password",
                        .autocomplete = "current-password"}},
            .error = std::move(error)};
  form.links = "<nav>" + LinkTo(call, "/forgotPassword", "Forgot your password?");
  if (!BoolAt(asked.pool->config, "AdminCreateUserConfig.AllowAdminCreateUserOnly", false))
    form.links += LinkTo(call, "/signup", "Sign up");
  form.links += "</nav>";
  return form;
}

Json RequestFor(const Authorization& asked, const std::string& username) {
  Json request = {{"ClientId", asked.client->id}, {"Username", username}};
  if (const std::string hash = HashFor(*asked.client, username); !hash.empty())
    request["SecretHash"] = hash;
  return request;
}

http::Reply SignedIn(HostedCall& call, const Authorization& asked, const std::string& username) {
  const auto user = call.engine.store->FindUser(*asked.pool, username);
  if (!user.ok() || !*user) return ShowForm(call, LoginForm(call, asked, "Please try again."));
  const std::int64_t now = call.engine.NowSeconds();
  http::Reply reply = Complete(call, asked, **user, now);
  const std::string cookie = call.engine.hosted.AddBrowser({.pool_id = asked.pool->id,
                                                            .username = (*user)->username,
                                                            .auth_time = now,
                                                            .expires = now + kBrowserSeconds});
  reply.headers.Add("Set-Cookie", fmt::format("cognito={}; Path=/; Max-Age={}; HttpOnly; "
                                              "SameSite=Lax",
                                              cookie, kBrowserSeconds));
  return reply;
}

// What follows a right answer: the client's page, or the next challenge's.
http::Reply GoOn(HostedCall& call, const Authorization& asked, const std::string& username,
                 const Json& outcome) {
  if (outcome.contains("HostedUser")) return SignedIn(call, asked, TextAt(outcome, "HostedUser"));
  const auto form = ChallengeForm(call, outcome, username);
  if (form) return ShowForm(call, *form);
  return ShowForm(call, LoginForm(call, asked,
                                  "offstage's pages do not emulate the challenge " +
                                      TextAt(outcome, "ChallengeName")));
}

http::Reply PostLogin(HostedCall& call, const Authorization& asked) {
  const std::string username = call.Form("username");
  Json parameters = {{"USERNAME", username}};
  AuthCall auth{.engine = call.engine,
                .pool = asked.pool,
                .client = asked.client,
                .parameters = parameters,
                .hosted = true};
  if (const std::string challenge = call.Form("challenge"); !challenge.empty()) {
    const auto outcome = AnswerChallengeForm(call, auth, parameters);
    if (outcome.ok()) return GoOn(call, asked, username, *outcome);
    const auto again = RepeatChallengeForm(call, outcome.error());
    return ShowForm(call, again ? *again : LoginForm(call, asked, outcome.error().message));
  }
  const auto outcome = StartPassword(auth, username, call.Form("password"));
  if (outcome.ok()) return GoOn(call, asked, username, *outcome);
  if (outcome.error().type == "UserNotConfirmedException") {
    call.query["username"] = username;
    return Redirect(call.Link("/confirm"));
  }
  return ShowForm(call, LoginForm(call, asked, outcome.error().message));
}

http::Reply Stale(HostedCall& call) {
  return HtmlPage(403, "This form is stale",
                  fmt::format("<p class=error>The form did not come from this page.</p><nav>{}"
                              "</nav>",
                              LinkTo(call, "/login", "Back to signing in")));
}

}  // namespace

http::Reply Login(HostedCall& call) {
  const auto asked = ReadAuthorization(call);
  if (!asked.ok()) return asked.error();
  if (call.request.method != "POST") return ShowForm(call, LoginForm(call, *asked));
  return IsOwnForm(call) ? PostLogin(call, *asked) : Stale(call);
}

http::Reply SignUpPage(HostedCall& call) {
  const auto asked = ReadAuthorization(call);
  if (!asked.ok()) return asked.error();
  const bool by_email = IsUsernameAttribute(*asked->pool, "email");
  Form form{.title = "Sign up", .page = "/signup", .button = "Sign up", .fields = {}};
  form.fields.push_back({.name = "username",
                         .label = by_email ? "Email" : "Username",
                         .value = call.Form("username"),
                         .autocomplete = "username"});
  std::vector<std::string> required;
  const Json* rows = FindPath(asked->pool->config, "SchemaAttributes");
  for (const Json& row : rows == nullptr ? Json::array() : *rows) {
    const std::string name = TextAt(row, "Name");
    if (name != "sub" && BoolAt(row, "Required", false) && !(by_email && name == "email"))
      required.push_back(name);
  }
  if (required.empty() && !by_email && IsAutoVerified(*asked->pool, "email"))
    required.emplace_back("email");
  for (const std::string& name : required) {
    form.fields.push_back(
        {.name = "attribute:" + name, .label = name, .value = call.Form("attribute:" + name)});
  }
  form.fields.push_back({.name = "password",
                         .label = "Password",
                         .type = "password",
                         .autocomplete = "new-password"});
  form.links = "<nav>" + LinkTo(call, "/login", "Sign in instead") + "</nav>";
  if (call.request.method != "POST") return ShowForm(call, form);
  if (!IsOwnForm(call)) return Stale(call);
  const std::string username = call.Form("username");
  Json request = RequestFor(*asked, username);
  request["Password"] = call.Form("password");
  for (const std::string& name : required)
    request["UserAttributes"].push_back(
        {{"Name", name}, {"Value", call.Form("attribute:" + name)}});
  const auto signed_up = SignUp(call.engine, request);
  if (!signed_up.ok()) {
    form.error = signed_up.error().message;
    return ShowForm(call, form);
  }
  call.query["username"] = username;
  return Redirect(call.Link(BoolAt(*signed_up, "UserConfirmed", false) ? "/login" : "/confirm"));
}

http::Reply ConfirmPage(HostedCall& call) {
  const auto asked = ReadAuthorization(call);
  if (!asked.ok()) return asked.error();
  const std::string username =
      call.Form("username").empty() ? call.Query("username") : call.Form("username");
  Form form{.title = "Confirm your account",
            .page = "/confirm",
            .button = "Confirm account",
            .fields = {{.name = "username", .label = "Username", .value = username},
                       {.name = "code", .label = "Code", .autocomplete = "one-time-code"}},
            .second_button = {.name = "resend", .label = "Send a new code"}};
  if (call.request.method != "POST") return ShowForm(call, form);
  if (!IsOwnForm(call)) return Stale(call);
  Json request = RequestFor(*asked, username);
  if (!call.Form("resend").empty()) {
    const auto sent = ResendConfirmationCode(call.engine, request);
    (sent.ok() ? form.note : form.error) =
        sent.ok() ? "A new code was sent." : sent.error().message;
    return ShowForm(call, form);
  }
  request["ConfirmationCode"] = call.Form("code");
  const auto confirmed = ConfirmSignUp(call.engine, request);
  if (!confirmed.ok()) {
    form.error = confirmed.error().message;
    return ShowForm(call, form);
  }
  call.query.erase("username");
  return Redirect(call.Link("/login"));
}

http::Reply ForgotPasswordPage(HostedCall& call) {
  const auto asked = ReadAuthorization(call);
  if (!asked.ok()) return asked.error();
  const std::string username = call.Form("username");
  Form ask{.title = "Forgot your password?",
           .page = "/forgotPassword",
           .button = "Send code",
           .fields = {{.name = "username", .label = "Username", .value = username}}};
  if (call.request.method != "POST") return ShowForm(call, ask);
  if (!IsOwnForm(call)) return Stale(call);
  Form reset{.title = "Reset your password",
             .page = "/forgotPassword",
             .button = "Change password",
             .fields = {{.name = "username", .label = "", .value = username},
                        {.name = "code", .label = "Code", .autocomplete = "one-time-code"},
                        {.name = "password",
                         .label = "New password",
                         .type = "password",
                         .autocomplete = "new-password"}}};
  Json request = RequestFor(*asked, username);
  if (call.Form("code").empty()) {
    const auto sent = ForgotPassword(call.engine, request);
    if (sent.ok()) return ShowForm(call, reset);
    ask.error = sent.error().message;
    return ShowForm(call, ask);
  }
  request["ConfirmationCode"] = call.Form("code");
  request["Password"] = call.Form("password");
  const auto changed = ConfirmForgotPassword(call.engine, request);
  if (!changed.ok()) {
    reset.error = changed.error().message;
    return ShowForm(call, reset);
  }
  return Redirect(call.Link("/login"));
}

}  // namespace offstage::cognito
