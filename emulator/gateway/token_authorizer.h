// Authorizers that check a token themselves: COGNITO_USER_POOLS of REST APIs and JWT of HTTP APIs.
// docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html
// docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
#pragma once

#include <optional>
#include <string>

#include "gateway/call.h"
#include "http/message.h"
#include "interfaces/token_verifier.h"

namespace offstage::gateway {

// Why an authorizer cannot work here, or "": a source that is not read, an issuer whose keys are
// not here. Its routes must then be refused.
std::string UnsupportedTokenAuthorizer(const std::string& name, const Authorizer& authorizer,
                                       const TokenVerifier* verifier);

// Thread-safe. Every request's token is verified; no verdict is kept.
class TokenAuthorizers {
 public:
  // May be null (no token can be checked: every request gets 500); else outlives this.
  explicit TokenAuthorizers(TokenVerifier* verifier) : verifier_(verifier) {}

  // Null: the request may pass, and call.authorizer_json has the token's claims as the service puts
  // them. Else its answer: 401, or 403 of a JWT authorizer whose scopes the token lacks.
  std::optional<http::Reply> Authorize(Call& call, const CognitoAuthorizer& authorizer) const;
  std::optional<http::Reply> Authorize(Call& call, const JwtAuthorizer& authorizer) const;

 private:
  TokenVerifier* const verifier_;
};

// The claims object of requestContext, every value a text. REST writes times out ("Wed Nov 25
// 12:00:00 UTC 2026") and joins lists with commas; HTTP APIs print numbers as they are and lists as
// "[a b]".
std::string RestClaims(const Json& claims);
std::string JwtClaims(const Json& claims);

}  // namespace offstage::gateway
