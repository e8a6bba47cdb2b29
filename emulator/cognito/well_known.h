// The documents that verifiers fetch: jwks.json and openid-configuration; and the mailbox.
#pragma once

#include <optional>

#include "cognito/engine.h"
#include "http/message.h"

namespace offstage::cognito {

// GET /{pool id}/.well-known/jwks.json and openid-configuration. Null: another path. The document's
// issuer is the one under which it was asked for: by Host cognito-idp.{region}.amazonaws.com the
// service's, else the local one (OpenID Connect Discovery, section 4.3, wants them equal).
std::optional<http::Reply> AnswerWellKnown(Engine& engine, const http::Request& request);

// GET /_offstage/mailbox (JSON, or a page for browsers), with ?to= and ?limit=. Null: another path.
// Only for this machine: a Host that is no loopback name gets 403 (DNS rebinding).
std::optional<http::Reply> AnswerMailbox(Engine& engine, const http::Request& request);

}  // namespace offstage::cognito
