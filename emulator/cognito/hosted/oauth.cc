// OAuth 2.0: authorize, token, userInfo, revoke and logout.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/hosted/codes.h"
#include "cognito/hosted/hosted.h"
#include "cognito/pool_config.h"
#include "cognito/tokens.h"

namespace offstage::cognito {

namespace {

constexpr std::int64_t kCodeLifetimeSeconds = 300;

http::Reply ErrorPage(std::string_view what) {
  return HtmlPage(400, "An error was encountered with the requested page.",
                  fmt::format("<p class=error>{}</p>", EscapeHtml(what)));
}

// The address with more parameters in its query (code) or fragment (token).
std::string WithParameters(const std::string& address, const Parameters& parameters,
                           bool in_fragment) {
  const char separator = in_fragment ? '#' : address.find('?') == std::string::npos ? '?' : '&';
  return address + separator + ToQuery(parameters);
}

http::Reply RedirectError(const Authorization& authorization, const std::string& error,
                          const std::string& description = {}) {
  Parameters parameters = {{"error", error}};
  if (!description.empty()) parameters["error_description"] = description;
  if (!authorization.state.empty()) parameters["state"] = authorization.state;
  return Redirect(WithParameters(authorization.redirect_uri, parameters,
                                 authorization.response_type == "token"));
}

bool Contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool HasScope(const std::string& scopes, std::string_view scope) {
  const auto all = Split(scopes, ' ');
  return std::find(all.begin(), all.end(), scope) != all.end();
}

http::Reply JsonReply(const OrderedJson& body) {
  return {.status = 200,
          .headers = {{"Content-Type", "application/json;charset=UTF-8"},
                      {"Cache-Control", "no-store"},
                      {"Access-Control-Allow-Origin", "*"}},
          .body = DumpJson(body)};
}

// The client that a token request is from, once its secret is right.
struct TokenCaller {
  PoolPtr pool = nullptr;
  ClientPtr client = nullptr;
};
Result<TokenCaller, http::Reply> FindTokenCaller(HostedCall& call) {
  std::string id = call.Form("client_id");
  std::string secret = call.Form("client_secret");
  const std::string_view header = call.request.headers.Get("Authorization");
  constexpr std::string_view kBasic = "basic ";
  if (header.size() > kBasic.size() && EqualsIgnoreCase(header.substr(0, kBasic.size()), kBasic)) {
    const auto plain = Base64Decode(Trim(header.substr(kBasic.size())));
    const auto colon = plain ? plain->find(':') : std::string::npos;
    if (!plain || colon == std::string::npos) return Fail(OAuthError(400, "invalid_client"));
    // Both parts are form-encoded (RFC 6749, section 2.3.1).
    const std::string basic_id = FormDecode(std::string_view(*plain).substr(0, colon));
    if (!id.empty() && id != basic_id) return Fail(OAuthError(400, "invalid_client"));
    id = basic_id;
    secret = FormDecode(std::string_view(*plain).substr(colon + 1));
  }
  ClientPtr client = call.engine.store->FindClient(id);
  if (client == nullptr || !call.Serves(*client)) return Fail(OAuthError(400, "invalid_client"));
  const auto own = SecretsOf(*client);
  if (!own.empty() && std::none_of(own.begin(), own.end(), [&secret](const std::string& one) {
        return EqualInConstantTime(one, secret);
      }))
    return Fail(OAuthError(400, "invalid_client"));
  PoolPtr pool = call.engine.store->FindPool(client->pool_id);
  if (pool == nullptr) return Fail(OAuthError(400, "invalid_client"));
  return TokenCaller{.pool = std::move(pool), .client = std::move(client)};
}

OrderedJson ToTokenReply(const Json& result, const std::string& scopes, bool with_refresh) {
  OrderedJson reply;
  if (HasScope(scopes, "openid") || HasScope(scopes, kAdminScope))
    reply["id_token"] = result["IdToken"].get<std::string>();
  reply["access_token"] = result["AccessToken"].get<std::string>();
  if (with_refresh && result.contains("RefreshToken"))
    reply["refresh_token"] = result["RefreshToken"].get<std::string>();
  reply["expires_in"] = result["ExpiresIn"].get<std::int64_t>();
  reply["token_type"] = "Bearer";
  return reply;
}

bool VerifierFits(const AuthorizationCode& code, const std::string& verifier) {
  if (code.code_challenge.empty()) return true;
  return EqualInConstantTime(Base64UrlEncode(Sha256(verifier)), code.code_challenge);
}

http::Reply ExchangeCode(HostedCall& call, const TokenCaller& caller) {
  const std::string text = call.Form("code");
  const auto code = call.engine.hosted.FindCode(text, call.engine.NowSeconds());
  if (!code || code->client_id != caller.client->id ||
      code->redirect_uri != call.Form("redirect_uri") ||
      !VerifierFits(*code, call.Form("code_verifier")) || !call.engine.hosted.UseCode(text)) {
    return OAuthError(400, "invalid_grant");
  }
  const auto user = call.engine.store->FindUser(*caller.pool, code->username);
  if (!user.ok() || !*user || !(*user)->enabled) return OAuthError(400, "invalid_grant");
  const auto result = IssueTokens(call.engine, *caller.pool, *caller.client, **user,
                                  {.source = "TokenGeneration_HostedAuth",
                                   .scopes = code->scopes,
                                   .auth_time = code->auth_time,
                                   .nonce = code->nonce,
                                   .hosted = true});
  if (!result.ok()) return OAuthError(400, "invalid_grant");
  return JsonReply(ToTokenReply(*result, code->scopes, true));
}

http::Reply ExchangeRefreshToken(HostedCall& call, const TokenCaller& caller) {
  const std::string token = call.Form("refresh_token");
  const auto found = FindRefreshable(call.engine, *caller.pool, *caller.client, token);
  if (!found.ok()) return OAuthError(400, "invalid_grant");
  auto result = IssueTokens(call.engine, *caller.pool, *caller.client, found->user,
                            {.source = "TokenGeneration_RefreshTokens",
                             .scopes = found->grant.scopes,
                             .grant = found->grant,
                             .hosted = true});
  if (!result.ok()) return OAuthError(400, "invalid_grant");
  const bool rotates = RotatesRefreshTokens(*caller.client);
  if (rotates) {
    auto fresh = RotateRefreshToken(call.engine, *caller.client, found->grant, token);
    if (!fresh.ok()) return OAuthError(500, "server_error");
    (*result)["RefreshToken"] = std::move(fresh).value();
  }
  return JsonReply(ToTokenReply(*result, found->grant.scopes, rotates));
}

http::Reply GrantToClient(HostedCall& call, const TokenCaller& caller) {
  const Json& config = caller.client->config;
  if (!ListHas(config, "AllowedOAuthFlows", "client_credentials") ||
      TextAt(config, "ClientSecret").empty()) {
    return OAuthError(400, "unauthorized_client");
  }
  const auto allowed = ListAt(config, "AllowedOAuthScopes");
  std::vector<std::string> scopes;
  const std::string asked = call.Form("scope");
  for (const std::string_view scope : Split(asked, ' ')) {
    if (scope.empty()) continue;
    if (!Contains(allowed, scope)) return OAuthError(400, "invalid_scope");
    scopes.emplace_back(scope);
  }
  if (scopes.empty()) scopes = allowed;
  const auto token = IssueClientToken(call.engine, *caller.pool, *caller.client, Join(scopes, " "));
  if (!token.ok()) return OAuthError(400, "invalid_grant");
  return JsonReply({{"access_token", *token},
                    {"expires_in", Validity(*caller.client, TokenKind::kAccess).count()},
                    {"token_type", "Bearer"}});
}

}  // namespace

Result<Authorization, http::Reply> ReadAuthorization(HostedCall& call) {
  Authorization asked;
  asked.client = call.engine.store->FindClient(call.Query("client_id"));
  if (asked.client == nullptr || !call.Serves(*asked.client))
    return Fail(ErrorPage("The client does not exist (client_id)."));
  asked.pool = call.engine.store->FindPool(asked.client->pool_id);
  if (asked.pool == nullptr) return Fail(ErrorPage("The client's user pool does not exist."));
  const Json& config = asked.client->config;
  asked.redirect_uri = call.Query("redirect_uri");
  const auto callbacks = ListAt(config, "CallbackURLs");
  if (asked.redirect_uri.empty()) asked.redirect_uri = TextAt(config, "DefaultRedirectURI");
  if (asked.redirect_uri.empty() && callbacks.size() == 1) asked.redirect_uri = callbacks[0];
  // Exactly one of the client's: anything else would be an open redirect.
  if (!Contains(callbacks, asked.redirect_uri))
    return Fail(ErrorPage("redirect_mismatch: redirect_uri is not one of the client's."));
  asked.response_type = call.Query("response_type");
  asked.state = call.Query("state");
  asked.nonce = call.Query("nonce");
  asked.code_challenge = call.Query("code_challenge");
  const std::string flow = asked.response_type == "code"    ? "code"
                           : asked.response_type == "token" ? "implicit"
                                                            : "";
  if (flow.empty()) return Fail(RedirectError(asked, "invalid_request", "response_type"));
  if (!BoolAt(config, "AllowedOAuthFlowsUserPoolClient", false) ||
      !ListHas(config, "AllowedOAuthFlows", flow)) {
    return Fail(RedirectError(asked, "unauthorized_client"));
  }
  if (!asked.code_challenge.empty() && call.Query("code_challenge_method") != "S256")
    return Fail(RedirectError(asked, "invalid_request", "code_challenge_method must be S256"));
  const auto allowed = ListAt(config, "AllowedOAuthScopes");
  std::vector<std::string> scopes;
  const std::string wanted = call.Query("scope");
  for (const std::string_view scope : Split(wanted, ' ')) {
    if (scope.empty()) continue;
    if (!Contains(allowed, scope))
      return Fail(RedirectError(asked, "invalid_request", "invalid_scope"));
    scopes.emplace_back(scope);
  }
  asked.scopes = Join(scopes.empty() ? allowed : scopes, " ");
  return asked;
}

http::Reply Complete(HostedCall& call, const Authorization& asked, const User& user,
                     std::int64_t auth_time) {
  if (asked.response_type == "code") {
    Parameters parameters;
    parameters["code"] =
        call.engine.hosted.AddCode({.pool_id = asked.pool->id,
                                    .client_id = asked.client->id,
                                    .username = user.username,
                                    .redirect_uri = asked.redirect_uri,
                                    .scopes = asked.scopes,
                                    .nonce = asked.nonce,
                                    .code_challenge = asked.code_challenge,
                                    .auth_time = auth_time,
                                    .expires = call.engine.NowSeconds() + kCodeLifetimeSeconds});
    if (!asked.state.empty()) parameters["state"] = asked.state;
    return Redirect(WithParameters(asked.redirect_uri, parameters, false));
  }
  const auto result = IssueTokens(call.engine, *asked.pool, *asked.client, user,
                                  {.source = "TokenGeneration_HostedAuth",
                                   .scopes = asked.scopes,
                                   .auth_time = auth_time,
                                   .nonce = asked.nonce,
                                   .hosted = true});
  if (!result.ok()) return RedirectError(asked, "invalid_request", result.error().message);
  Parameters parameters;
  const OrderedJson reply = ToTokenReply(*result, asked.scopes, false);
  for (const auto& [name, value] : reply.items())
    parameters[name] = value.is_string() ? value.get<std::string>() : value.dump();
  if (!asked.state.empty()) parameters["state"] = asked.state;
  return Redirect(WithParameters(asked.redirect_uri, parameters, true));
}

http::Reply Authorize(HostedCall& call) {
  auto asked = ReadAuthorization(call);
  if (!asked.ok()) return asked.error();
  for (const char* parameter : {"identity_provider", "idp_identifier"}) {
    const std::string provider = call.Query(parameter);
    if (provider.empty() || provider == "COGNITO") continue;
    return HtmlPage(501, "Not emulated",
                    fmt::format("<p class=error>offstage does not emulate signing in through the "
                                "identity provider {}; users of the pool itself can.</p>",
                                EscapeHtml(provider)));
  }
  const auto session =
      call.engine.hosted.FindBrowser(CookieOf(call.request, "cognito"), call.engine.NowSeconds());
  if (session && session->pool_id == asked->pool->id && call.Query("prompt") != "login") {
    const auto user = call.engine.store->FindUser(*asked->pool, session->username);
    if (user.ok() && *user && (*user)->enabled)
      return Complete(call, *asked, **user, session->auth_time);
  }
  if (call.Query("prompt") == "none") return RedirectError(*asked, "login_required");
  return Redirect(call.Link("/login"));
}

http::Reply TokenEndpoint(HostedCall& call) {
  if (call.request.method != "POST") return OAuthError(405, "invalid_request");
  const std::string grant = call.Form("grant_type");
  if (grant.empty()) return OAuthError(400, "invalid_request");
  const auto caller = FindTokenCaller(call);
  if (!caller.ok()) return caller.error();
  if (grant == "authorization_code") return ExchangeCode(call, *caller);
  if (grant == "refresh_token") return ExchangeRefreshToken(call, *caller);
  if (grant == "client_credentials") return GrantToClient(call, *caller);
  return OAuthError(400, "unsupported_grant_type");
}

http::Reply UserInfo(HostedCall& call) {
  const std::string_view header = call.request.headers.Get("Authorization");
  constexpr std::string_view kBearer = "bearer ";
  const std::string token =
      header.size() > kBearer.size() && EqualsIgnoreCase(header.substr(0, kBearer.size()), kBearer)
          ? std::string(Trim(header.substr(kBearer.size())))
          : std::string();
  const auto who = CheckAccessToken(call.engine, token, "openid");
  if (!who.ok()) {
    http::Reply reply = OAuthError(401, "invalid_token");
    reply.headers.Add("WWW-Authenticate",
                      "error=\"invalid_token\", error_description=\"" + who.error().message + "\"");
    return reply;
  }
  // Flags are texts here, unlike in tokens.
  OrderedJson claims = {{"sub", who->user.Sub()}};
  for (const auto& [name, value] : who->user.attributes) {
    const bool email = name.starts_with("email");
    const bool phone = name.starts_with("phone_number");
    const bool wanted = email   ? HasScope(who->scopes, "email")
                        : phone ? HasScope(who->scopes, "phone")
                                : HasScope(who->scopes, "profile");
    if (name != "sub" && wanted && MayRead(*who->client, name)) claims[name] = value;
  }
  claims["username"] = who->user.username;
  return JsonReply(claims);
}

http::Reply RevokeEndpoint(HostedCall& call) {
  if (call.request.method != "POST") return OAuthError(405, "invalid_request");
  const auto caller = FindTokenCaller(call);
  if (!caller.ok()) return caller.error();
  const std::string token = call.Form("token");
  if (token.empty()) return OAuthError(400, "invalid_request");
  const auto grant = call.engine.store->FindGrantByToken(token, call.engine.NowSeconds());
  if (grant.ok() && !*grant && token.starts_with("eyJraWQ"))
    return OAuthError(400, "unsupported_token_type");
  if (grant.ok() && *grant) {
    if ((*grant)->client_id != caller->client->id) return OAuthError(400, "invalid_request");
    if (!call.engine.store->RevokeGrant((*grant)->id).ok()) return OAuthError(500, "server_error");
  }
  return {.status = 200, .headers = {{"Access-Control-Allow-Origin", "*"}}};
}

http::Reply Logout(HostedCall& call) {
  const ClientPtr client = call.engine.store->FindClient(call.Query("client_id"));
  if (client == nullptr) return ErrorPage("The client does not exist (client_id).");
  std::string target = call.Query("logout_uri");
  const bool to_login = target.empty() && !call.Query("redirect_uri").empty();
  if (to_login) {
    if (!ListHas(client->config, "CallbackURLs", call.Query("redirect_uri")))
      return ErrorPage("redirect_mismatch: redirect_uri is not one of the client's.");
    target = call.Link("/login");
  } else if (!ListHas(client->config, "LogoutURLs", target)) {
    return ErrorPage("logout_uri is not one of the client's.");
  }
  call.engine.hosted.RemoveBrowser(CookieOf(call.request, "cognito"));
  http::Reply reply = Redirect(target);
  reply.headers.Add("Set-Cookie", "cognito=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
  return reply;
}

}  // namespace offstage::cognito
