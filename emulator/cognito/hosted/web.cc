#include "cognito/hosted/web.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/text.h"

namespace offstage::cognito {

namespace {

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;background:#f2f4f7;color:#16191f;margin:0}"
    "main{max-width:24rem;margin:8vh auto;background:#fff;border-radius:12px;padding:1.5rem 2rem;"
    "box-shadow:0 1px 4px #0002}h1{font-size:1.3rem}label{display:block;margin:.8rem 0 .2rem}"
    "input{width:100%;box-sizing:border-box;padding:.6rem;font:inherit;border:1px solid #8a94a6;"
    "border-radius:6px}button{width:100%;margin-top:1.2rem;padding:.7rem;font:inherit;border:0;"
    "border-radius:6px;background:#1f4fd8;color:#fff}button.second{background:#fff;color:#1f4fd8;"
    "border:1px solid #1f4fd8}select{width:100%;padding:.6rem;font:inherit}main{overflow-wrap:"
    "anywhere}p.error{background:#fdecea;color:#8a1c12;"
    "padding:.6rem;border-radius:6px}nav{margin-top:1.2rem;display:flex;gap:1rem;flex-wrap:wrap}"
    "footer{color:#5b6472;font-size:.8rem;margin-top:1.5rem}";

}  // namespace

Parameters ParseParameters(std::string_view text) {
  Parameters parameters;
  for (const std::string_view part : Split(text, '&')) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const std::string name = FormDecode(part.substr(0, equals));
    parameters[name] =
        equals == std::string_view::npos ? std::string() : FormDecode(part.substr(equals + 1));
  }
  return parameters;
}

std::string ParameterOf(const Parameters& parameters, const std::string& name) {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string() : found->second;
}

std::string ToQuery(const Parameters& parameters) {
  std::string query;
  for (const auto& [name, value] : parameters) {
    if (!query.empty()) query.push_back('&');
    query += PercentEncode(name) + "=" + PercentEncode(value);
  }
  return query;
}

std::string CookieOf(const http::Request& request, std::string_view name) {
  for (const std::string_view header : request.headers.GetAll("Cookie")) {
    for (const std::string_view part : Split(header, ';')) {
      const std::string_view pair = Trim(part);
      const auto equals = pair.find('=');
      if (equals != std::string_view::npos && pair.substr(0, equals) == name)
        return std::string(pair.substr(equals + 1));
    }
  }
  return {};
}

http::Reply Redirect(const std::string& location) {
  std::string line;
  for (const char c : location) {
    if (c != '\r' && c != '\n') line.push_back(c);
  }
  return {.status = 302, .headers = {{"Location", line}, {"Cache-Control", "no-store"}}};
}

http::Reply HtmlPage(int status, std::string_view title, const std::string& content) {
  http::Reply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", "text/html; charset=utf-8"},
                   // No scripts at all; nobody may frame the page.
                   {"Content-Security-Policy",
                    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"},
                   {"X-Content-Type-Options", "nosniff"},
                   {"Referrer-Policy", "no-referrer"},
                   {"Cache-Control", "no-store"}};
  reply.body = fmt::format(
      "<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport "
      "content=\"width=device-width,initial-scale=1\"><title>{}</title><style>{}</style></head>"
      "<body><main><h1>{}</h1>{}<footer>This is offstage, a local stand-in for Amazon Cognito's "
      "sign-in pages. Codes are in the <a href=\"/_offstage/mailbox\">mailbox</a>.</footer></main>"
      "</body></html>",
      EscapeHtml(title), kStyle, EscapeHtml(title), content);
  return reply;
}

http::Reply OAuthError(int status, std::string_view code) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json;charset=UTF-8"},
                      {"Cache-Control", "no-store"},
                      {"Access-Control-Allow-Origin", "*"}},
          .body = DumpJson(OrderedJson{{"error", code}})};
}

}  // namespace offstage::cognito
