// The domain of a user pool: sign-in pages and OAuth 2.0 endpoints.
// docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html
//
// Reached at the AWS endpoint under the domain's path (/_domains/{domain}/login), or by the bare
// path
// (/login) under any Host: the client_id says which pool is meant.
#pragma once

#include <optional>
#include <string>

#include "cognito/engine.h"
#include "cognito/hosted/web.h"
#include "http/message.h"

namespace offstage::cognito {

// Null: not a path of a domain.
std::optional<http::Reply> AnswerHosted(Engine& engine, const http::Request& request);

// One request of a domain's. Internal to hosted/.
struct HostedCall {
  Engine& engine;
  const http::Request& request;
  // "/login", without prefix.
  std::string path = {};
  // "/_domains/{domain}" or "": what goes before paths in links.
  std::string prefix = {};
  // The pool whose domain was named; empty: by the bare path.
  std::string domain_pool = {};
  Parameters query = {};
  // Of a POST; else empty.
  Parameters form = {};

  std::string Query(const std::string& name) const { return ParameterOf(query, name); }
  std::string Form(const std::string& name) const { return ParameterOf(form, name); }
  // Whether the client may be used at this domain.
  bool Serves(const Client& client) const {
    return domain_pool.empty() || domain_pool == client.pool_id;
  }
  // The link to another page with the same authorize parameters.
  std::string Link(const std::string& page) const { return prefix + page + "?" + ToQuery(query); }
};

// What an authorize or login request asks for, checked: who asks, and where the answer goes.
struct Authorization {
  PoolPtr pool;
  ClientPtr client;
  std::string redirect_uri;
  // "code" or "token".
  std::string response_type;
  // Blank-separated: those asked for, or all that the client may have.
  std::string scopes;
  std::string state;
  std::string nonce;
  std::string code_challenge;
};
// The reply is an error page while the redirect address is not proved to be the client's, then a
// redirect with the error.
Result<Authorization, http::Reply> ReadAuthorization(HostedCall& call);
// The redirect that hands the signed-in user back to the client.
http::Reply Complete(HostedCall& call, const Authorization& authorization, const User& user,
                     std::int64_t auth_time);

// oauth.cc
http::Reply Authorize(HostedCall& call);
http::Reply TokenEndpoint(HostedCall& call);
http::Reply UserInfo(HostedCall& call);
http::Reply RevokeEndpoint(HostedCall& call);
http::Reply Logout(HostedCall& call);
// sign_in_pages.cc
http::Reply Login(HostedCall& call);
http::Reply SignUpPage(HostedCall& call);
http::Reply ConfirmPage(HostedCall& call);
http::Reply ForgotPasswordPage(HostedCall& call);

}  // namespace offstage::cognito
