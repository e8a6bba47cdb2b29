#include "cognito/well_known.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cognito/pool_config.h"
#include "cognito/tokens.h"

namespace offstage::cognito {

namespace {

constexpr std::string_view kWellKnown = "/.well-known/";
constexpr std::size_t kMaxMessages = 500;

http::Reply JsonReply(const std::string& body, int status = 200) {
  return {.status = status, .headers = {{"Content-Type", "application/json"}}, .body = body};
}

http::Reply Document(const std::string& body) {
  http::Reply reply = JsonReply(body);
  // As the service sends it; browsers' libraries fetch both from other origins.
  reply.headers.Add("Cache-Control", "public, max-age=86400");
  reply.headers.Add("Access-Control-Allow-Origin", "*");
  return reply;
}

std::string HtmlText(std::string_view text) {
  std::string out = ReplaceAll(std::string(text), "&", "&amp;");
  out = ReplaceAll(std::move(out), "<", "&lt;");
  out = ReplaceAll(std::move(out), ">", "&gt;");
  return ReplaceAll(std::move(out), "\"", "&quot;");
}

OrderedJson Configuration(Engine& engine, const Pool& pool, const http::Request& request) {
  const std::string_view host = request.headers.Get("Host");
  const bool as_service = host.starts_with("cognito-idp.");
  const std::string local = LocalIssuer(engine, pool.id);
  const std::string issuer = as_service || local.empty() ? AwsIssuer(engine, pool.id) : local;
  // A pool without a domain advertises URLs as well. The service's refuse every call; here the
  // plain paths of the AWS endpoint serve all pools.
  std::string base = as_service ? issuer : engine.endpoint();
  if (const auto domains = engine.store->Things("domain", pool.id);
      domains.ok() && !domains->empty()) {
    const std::string domain = TextAt(domains->front(), "Domain");
    if (!as_service) {
      base = fmt::format("{}/_domains/{}", engine.endpoint(), domain);
    } else if (domains->front().contains("CustomDomainConfig")) {
      base = "https://" + domain;
    } else {
      base = fmt::format("https://{}.auth.{}.amazoncognito.com", domain, engine.options.region);
    }
  }
  OrderedJson document;
  document["authorization_endpoint"] = base + "/oauth2/authorize";
  document["end_session_endpoint"] = base + "/logout";
  document["id_token_signing_alg_values_supported"] = {"RS256"};
  document["issuer"] = issuer;
  document["jwks_uri"] = issuer + "/.well-known/jwks.json";
  document["response_types_supported"] = {"code", "token"};
  document["revocation_endpoint"] = base + "/oauth2/revoke";
  document["scopes_supported"] = {"openid", "email", "phone", "profile"};
  document["subject_types_supported"] = {"public"};
  document["token_endpoint"] = base + "/oauth2/token";
  document["token_endpoint_auth_methods_supported"] = {"client_secret_basic", "client_secret_post"};
  document["userinfo_endpoint"] = base + "/oauth2/userInfo";
  return document;
}

bool IsLoopbackHost(std::string_view host) {
  if (const auto colon = host.rfind(':');
      colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos) {
    host = host.substr(0, colon);
  }
  return host == "localhost" || host == "[::1]" || host.starts_with("127.") || host.empty();
}

std::string MailboxPage(const std::vector<Message>& messages) {
  std::string rows;
  for (const Message& message : messages) {
    rows += fmt::format(
        "<article><h2>{}</h2><p class=meta>{} to {} &middot; {} &middot; {}{}</p><p>{}</p>"
        "<p class=code>{}</p></article>",
        HtmlText(message.subject.empty() ? message.purpose : message.subject),
        HtmlText(message.medium), HtmlText(message.destination), HtmlText(message.purpose),
        ToIso8601(TimePoint(std::chrono::milliseconds(message.time))),
        message.sender.empty() ? "" : " &middot; given to " + HtmlText(message.sender),
        HtmlText(message.body), HtmlText(message.code));
  }
  if (rows.empty()) rows = "<p>Nothing has been sent yet.</p>";
  return "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
         "content=\"width=device-width\"><title>Mailbox</title><style>body{font:16px/1.5 "
         "system-ui;max-width:40rem;margin:2rem auto;padding:0 1rem}article{border:1px solid "
         "#ccc;border-radius:8px;padding:0 1rem;margin:1rem 0}.meta{color:#666}.code{font:600 "
         "1.4rem ui-monospace,monospace}</style><h1>Mailbox</h1><p>offstage keeps here what "
         "Cognito "
         "would send by e-mail or SMS.</p>" +
         rows;
}

std::string QueryValue(const http::Request& request, std::string_view name) {
  for (const std::string_view part : Split(request.RawQuery(), '&')) {
    const auto equals = part.find('=');
    if (equals != std::string_view::npos && part.substr(0, equals) == name)
      return FormDecode(part.substr(equals + 1));
  }
  return {};
}

}  // namespace

std::optional<http::Reply> AnswerWellKnown(Engine& engine, const http::Request& request) {
  const std::string_view path = request.RawPath();
  const auto at = path.find(kWellKnown);
  if (at == std::string_view::npos || at < 2 || path.find('/', 1) != at) return std::nullopt;
  const std::string_view document = path.substr(at + kWellKnown.size());
  if (document != "jwks.json" && document != "openid-configuration") return std::nullopt;
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  const PoolPtr pool = engine.store->FindPool(path.substr(1, at - 1));
  if (pool == nullptr) {
    return JsonReply(DumpJson(OrderedJson{{"code", "ResourceNotFoundException"},
                                          {"message", fmt::format("User pool {} does not exist.",
                                                                  path.substr(1, at - 1))}}),
                     400);
  }
  if (document == "openid-configuration")
    return Document(DumpJson(Configuration(engine, *pool, request)));
  const auto keys = JsonWebKeys(engine, pool->id);
  if (!keys.ok()) return JsonReply("{}", 500);
  return Document(DumpJson(*keys));
}

std::optional<http::Reply> AnswerMailbox(Engine& engine, const http::Request& request) {
  if (request.RawPath() != "/_offstage/mailbox" || request.method != "GET") return std::nullopt;
  if (!IsLoopbackHost(request.headers.Get("Host")))
    return JsonReply(R"({"message":"the mailbox is for this machine only"})", 403);
  const auto messages = engine.store->Messages(QueryValue(request, "to"), kMaxMessages);
  if (!messages.ok()) return JsonReply("{}", 500);
  if (request.headers.Get("Accept").find("text/html") != std::string_view::npos) {
    return http::Reply{
        .headers = {{"Content-Type", "text/html; charset=utf-8"},
                    {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"},
                    {"Cache-Control", "no-store"}},
        .body = MailboxPage(*messages)};
  }
  OrderedJson list = OrderedJson::array();
  for (const Message& message : *messages) {
    list.push_back({{"id", message.number},
                    {"time", ToIso8601(TimePoint(std::chrono::milliseconds(message.time)))},
                    {"medium", message.medium},
                    {"to", message.destination},
                    {"purpose", message.purpose},
                    {"subject", message.subject},
                    {"body", message.body},
                    {"code", message.code},
                    {"username", message.username},
                    {"user_pool_id", message.pool_id}});
    if (!message.sender.empty()) list.back()["sender"] = message.sender;
  }
  http::Reply reply = JsonReply(DumpJson(list));
  reply.headers.Add("Cache-Control", "no-store");
  return reply;
}

}  // namespace offstage::cognito
