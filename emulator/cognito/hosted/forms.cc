#include "cognito/hosted/forms.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

constexpr std::string_view kCsrfCookie = "XSRF-TOKEN";

std::string FieldHtml(const Field& field) {
  if (field.label.empty()) {
    return fmt::format("<input type=hidden name=\"{}\" value=\"{}\">", EscapeHtml(field.name),
                       EscapeHtml(field.value));
  }
  if (!field.options.empty()) {
    std::string options;
    for (const std::string& option : field.options)
      options += fmt::format("<option>{}</option>", EscapeHtml(option));
    return fmt::format("<label for=\"{0}\">{1}</label><select id=\"{0}\" name=\"{0}\">{2}</select>",
                       EscapeHtml(field.name), EscapeHtml(field.label), options);
  }
  return fmt::format(
      "<label for=\"{0}\">{1}</label><input id=\"{0}\" name=\"{0}\" type=\"{2}\" value=\"{3}\" "
      "autocomplete=\"{4}\" required>",
      EscapeHtml(field.name), EscapeHtml(field.label), field.type, EscapeHtml(field.value),
      field.autocomplete);
}

}  // namespace

http::Reply ShowForm(HostedCall& call, const Form& form) {
  std::string token = CookieOf(call.request, kCsrfCookie);
  const bool fresh = token.size() != 43;
  if (fresh) token = Base64UrlEncode(RandomBytes(32));
  std::string content;
  if (!form.error.empty())
    content += fmt::format("<p class=error role=alert>{}</p>", EscapeHtml(form.error));
  if (!form.note.empty()) content += fmt::format("<p role=status>{}</p>", EscapeHtml(form.note));
  content += fmt::format("<form method=post action=\"{}\">", EscapeHtml(call.Link(form.page)));
  content += FieldHtml({.name = "_csrf", .label = "", .value = token});
  for (const Field& field : form.fields)
    content += FieldHtml(field);
  content += fmt::format("<button>{}</button>", EscapeHtml(form.button));
  if (!form.second_button.name.empty()) {
    content +=
        fmt::format("<button class=second name=\"{}\" value=1 formnovalidate>{}</button>",
                    EscapeHtml(form.second_button.name), EscapeHtml(form.second_button.label));
  }
  content += "</form>" + form.links;
  http::Reply reply = HtmlPage(form.error.empty() ? 200 : 400, form.title, content);
  if (fresh) {
    reply.headers.Add("Set-Cookie",
                      fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax", kCsrfCookie, token));
  }
  return reply;
}

bool IsOwnForm(const HostedCall& call) {
  const std::string cookie = CookieOf(call.request, kCsrfCookie);
  return cookie.size() == 43 && EqualInConstantTime(cookie, call.Form("_csrf"));
}

std::string LinkTo(const HostedCall& call, const std::string& page, std::string_view text) {
  return fmt::format("<a href=\"{}\">{}</a>", EscapeHtml(call.Link(page)), text);
}

std::string HashFor(const Client& client, const std::string& username) {
  const std::string secret = TextAt(client.config, "ClientSecret");
  return secret.empty() ? std::string() : Base64Encode(HmacSha256(secret, username + client.id));
}

}  // namespace offstage::cognito
