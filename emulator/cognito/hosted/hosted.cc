#include "cognito/hosted/hosted.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

struct Endpoint {
  std::string_view path;
  http::Reply (*answer)(HostedCall& call);
};

constexpr Endpoint kEndpoints[] = {{"/login", Login},
                                   {"/signup", SignUpPage},
                                   {"/confirm", ConfirmPage},
                                   {"/confirmUser", ConfirmPage},
                                   {"/forgotPassword", ForgotPasswordPage},
                                   {"/logout", Logout},
                                   {"/oauth2/authorize", Authorize},
                                   {"/oauth2/token", TokenEndpoint},
                                   {"/oauth2/userInfo", UserInfo},
                                   {"/oauth2/revoke", RevokeEndpoint}};

const Endpoint* FindEndpoint(std::string_view path) {
  for (const Endpoint& page : kEndpoints) {
    if (page.path == path) return &page;
  }
  return nullptr;
}

// Browsers ask first before they send an access token to userInfo, and before Amplify, which names
// itself in x-amz-user-agent, exchanges a code.
http::Reply Preflight() {
  return {
      .status = 200,
      .headers = {{"Access-Control-Allow-Origin", "*"},
                  {"Access-Control-Allow-Methods", "GET, POST, OPTIONS"},
                  {"Access-Control-Allow-Headers", "authorization, content-type, x-amz-user-agent"},
                  {"Access-Control-Max-Age", "86400"}}};
}

}  // namespace

std::optional<http::Reply> AnswerHosted(Engine& engine, const http::Request& request) {
  HostedCall call{.engine = engine, .request = request};
  std::string_view path = request.RawPath();
  constexpr std::string_view kDomains = "/_domains/";
  if (path.starts_with(kDomains)) {
    const auto slash = path.find('/', kDomains.size());
    if (slash == std::string_view::npos) return std::nullopt;
    call.prefix = path.substr(0, slash);
    const std::string domain(path.substr(kDomains.size(), slash - kDomains.size()));
    const auto found = engine.store->FindDomain(domain);
    if (!found.ok() || !*found) {
      return HtmlPage(
          404, "No such domain",
          fmt::format("<p>No user pool here has the domain {}.</p>", EscapeHtml(domain)));
    }
    call.domain_pool = TextAt(**found, "UserPoolId");
    path = path.substr(slash);
  }
  call.path = path;
  const Endpoint* page = FindEndpoint(path);
  if (page == nullptr) return std::nullopt;
  if (request.method == "OPTIONS") return Preflight();
  call.query = ParseParameters(request.RawQuery());
  if (request.method == "POST") call.form = ParseParameters(request.body);
  return page->answer(call);
}

}  // namespace offstage::cognito
