// The pages for people: sign in, sign up, confirm, forgotten password. Forms work without scripts;
// each carries the value of the XSRF-TOKEN cookie, which another site can neither read nor set.
#include <fmt/format.h>

#include "base/text.h"
#include "cognito/auth/auth.h"
#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/hosted/codes.h"
#include "cognito/hosted/hosted.h"
#include "cognito/ops/ops.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

// docs: "The hosted UI session cookie is valid for an hour".
constexpr std::int64_t kBrowserSeconds = 3600;
constexpr std::string_view kCsrfCookie = "XSRF-TOKEN";

struct Field {
  std::string name = {};
  std::string label = {};
  std::string type = "text";
  std::string value = {};
  std::string autocomplete = "off";
};

// Hidden fields have no label.
std::string FieldHtml(const Field& field) {
  if (field.label.empty()) {
    return fmt::format("<input type=hidden name=\"{}\" value=\"{}\">", EscapeHtml(field.name),
                       EscapeHtml(field.value));
  }
  return fmt::format(
      "<label for=\"{0}\">{1}</label><input id=\"{0}\" name=\"{0}\" type=\"{2}\" value=\"{3}\" "
      "autocomplete=\"{4}\" required>",
      EscapeHtml(field.name), EscapeHtml(field.label), field.type, EscapeHtml(field.value),
      field.autocomplete);
}

struct Form {
  std::string title = {};
  std::string page = {};
  std::string button = {};
  std::vector<Field> fields = {};
  std::string error = {};
  std::string links = {};
};

http::Reply ShowForm(HostedCall& call, const Form& form) {
  std::string token = CookieOf(call.request, kCsrfCookie);
  const bool fresh = token.size() != 43;
  if (fresh) token = Base64UrlEncode(RandomBytes(32));
  std::string content;
  if (!form.error.empty())
    content += fmt::format("<p class=error role=alert>{}</p>", EscapeHtml(form.error));
  content += fmt::format("<form method=post action=\"{}\">", EscapeHtml(call.Link(form.page)));
  content += FieldHtml({.name = "_csrf", .label = "", .value = token});
  for (const Field& field : form.fields)
    content += FieldHtml(field);
  content += fmt::format("<button>{}</button></form>{}", EscapeHtml(form.button), form.links);
  http::Reply reply = HtmlPage(form.error.empty() ? 200 : 400, form.title, content);
  if (fresh) {
    reply.headers.Add("Set-Cookie",
                      fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax", kCsrfCookie, token));
  }
  return reply;
}

// Whether the form was sent from our own page.
bool IsOwnForm(const HostedCall& call) {
  const std::string cookie = CookieOf(call.request, kCsrfCookie);
  return cookie.size() == 43 && EqualInConstantTime(cookie, call.Form("_csrf"));
}

std::string LinkTo(const HostedCall& call, const std::string& page, std::string_view text) {
  return fmt::format("<a href=\"{}\">{}</a>", EscapeHtml(call.Link(page)), text);
}

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

// The page that asks for a challenge's answer; null: this program has none for it.
std::optional<Form> ChallengeForm(const Json& challenge, const std::string& username,
                                  std::string error) {
  const std::string name = TextAt(challenge, "ChallengeName");
  Form form{.page = "/login", .button = "Continue", .error = std::move(error)};
  form.fields = {{.name = "challenge", .label = "", .value = name},
                 {.name = "session", .label = "", .value = TextAt(challenge, "Session")},
                 {.name = "username", .label = "", .value = username}};
  if (name == "NEW_PASSWORD_REQUIRED") {
    form.title = "Change password";
    form.fields.push_back({.name = "answer",
                           .label = "New password",
                           .type = "password",
                           .autocomplete = "new-password"});
    return form;
  }
  if (name == "SOFTWARE_TOKEN_MFA" || name == "SMS_MFA" || name == "EMAIL_OTP") {
    form.title = "Enter your code";
    form.fields.push_back({.name = "answer", .label = "Code", .autocomplete = "one-time-code"});
    return form;
  }
  return std::nullopt;
}

std::string AnswerMember(const std::string& challenge) {
  return challenge == "NEW_PASSWORD_REQUIRED" ? "NEW_PASSWORD" : challenge + "_CODE";
}

// The secret hash that the client itself would send: the pages speak for it.
std::string HashFor(const Client& client, const std::string& username) {
  const std::string secret = TextAt(client.config, "ClientSecret");
  return secret.empty() ? std::string() : Base64Encode(HmacSha256(secret, username + client.id));
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

http::Reply PostLogin(HostedCall& call, const Authorization& asked) {
  const std::string username = call.Form("username");
  const std::string challenge = call.Form("challenge");
  Json parameters = {{"USERNAME", username}};
  if (!challenge.empty()) {
    parameters[AnswerMember(challenge)] = call.Form("answer");
    if (const std::string hash = HashFor(*asked.client, username); !hash.empty())
      parameters["SECRET_HASH"] = hash;
  }
  AuthCall auth{.engine = call.engine,
                .pool = asked.pool,
                .client = asked.client,
                .parameters = parameters,
                .hosted = true};
  const auto outcome = challenge.empty() ? StartPassword(auth, username, call.Form("password"))
                                         : AnswerChallenge(auth, challenge, call.Form("session"));
  if (outcome.ok() && outcome->contains("HostedUser"))
    return SignedIn(call, asked, TextAt(*outcome, "HostedUser"));
  if (outcome.ok()) {
    const auto form = ChallengeForm(*outcome, username, "");
    if (form) return ShowForm(call, *form);
    return ShowForm(call, LoginForm(call, asked,
                                    "offstage's pages do not emulate the challenge " +
                                        TextAt(*outcome, "ChallengeName")));
  }
  const aws::ApiError& error = outcome.error();
  if (error.type == "UserNotConfirmedException") {
    call.query["username"] = username;
    return Redirect(call.Link("/confirm"));
  }
  if (!challenge.empty() &&
      (error.type == "InvalidPasswordException" || error.type == "CodeMismatchException")) {
    const Json again = {{"ChallengeName", challenge}, {"Session", call.Form("session")}};
    if (const auto form = ChallengeForm(again, username, error.message))
      return ShowForm(call, *form);
  }
  return ShowForm(call, LoginForm(call, asked, error.message));
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
                       {.name = "code", .label = "Code", .autocomplete = "one-time-code"}}};
  if (call.request.method != "POST") return ShowForm(call, form);
  if (!IsOwnForm(call)) return Stale(call);
  Json request = RequestFor(*asked, username);
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
