// Tokens: issuing, refreshing, revoking and checking id, access and refresh tokens.
// docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-with-identity-providers.html
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cognito/engine.h"

namespace offstage::cognito {

inline constexpr std::string_view kAdminScope = "aws.cognito.signin.user.admin";

struct TokenRequest {
  // Of PreTokenGeneration: "TokenGeneration_Authentication".
  std::string source = "TokenGeneration_Authentication";
  // Blank-separated scopes of the access token.
  std::string scopes = std::string(kAdminScope);
  // Seconds since the epoch; 0: now.
  std::int64_t auth_time = 0;
  // The sign-in that is refreshed; null: a new one, with a refresh token.
  std::optional<Grant> grant = {};
  Json client_metadata = nullptr;
  // Of the authorize request; empty: none.
  std::string nonce = {};
  // Of a pool that tracks devices: the access token's device_key; kept with the sign-in.
  std::string device_key = {};
  // Signed in at the hosted pages: the access token then says "version": 2.
  bool hosted = false;
};

// AuthenticationResult: {"AccessToken", "ExpiresIn", "TokenType", "IdToken"[, "RefreshToken"]}. The
// PreTokenGeneration trigger may change or refuse it.
aws::Outcome<Json> IssueTokens(Engine& engine, const Pool& pool, const Client& client,
                               const User& user, const TokenRequest& request);

// An access token for a client itself (client_credentials).
aws::Outcome<std::string> IssueClientToken(Engine& engine, const Pool& pool, const Client& client,
                                           const std::string& scopes);

// The sign-in behind a refresh token of this client; NotAuthorizedException when it is unknown,
// expired or revoked, or its user is gone or disabled.
struct RefreshableGrant {
  Grant grant;
  User user;
};
aws::Outcome<RefreshableGrant> FindRefreshable(Engine& engine, const Pool& pool,
                                               const Client& client, const std::string& token);

// Where the client rotates refresh tokens: a new one for the sign-in, valid as long as the old one
// was, which still works for RetryGracePeriodSeconds.
bool RotatesRefreshTokens(const Client& client);
aws::Outcome<std::string> RotateRefreshToken(Engine& engine, const Client& client,
                                             const Grant& grant, const std::string& old_token);

// A sign-in from a confirmed device is refreshed only by whoever names it.
aws::Outcome<Unit> CheckRefreshingDevice(Engine& engine, const RefreshableGrant& found,
                                         const std::string& device_key);

// Whose access token this is; NotAuthorizedException when it is none, expired or revoked, or
// lacks `scope`.
struct SignedIn {
  PoolPtr pool;
  ClientPtr client;
  User user;
  std::string grant_id;
  // Blank-separated.
  std::string scopes;
};
aws::Outcome<SignedIn> CheckAccessToken(Engine& engine, const std::string& token,
                                        std::string_view scope = kAdminScope);

// The `iss` claim of the pool's tokens, as the service has it and as reached here ("" while the
// endpoint is unknown).
std::string AwsIssuer(const Engine& engine, const std::string& pool_id);
std::string LocalIssuer(const Engine& engine, const std::string& pool_id);
// The one that the client's tokens carry.
std::string IssuerFor(const Engine& engine, const Client& client);

// {"keys": [...]} of a pool.
Result<Json> JsonWebKeys(Engine& engine, const std::string& pool_id);

// A token made without any sign-in (`offstage token`).
struct MadeToken {
  enum class Use { kId, kAccess } use = Use::kId;
  // Claims that are added or replaced.
  Json claims = Json::object();
  std::vector<std::string> groups = {};
  std::chrono::seconds lifetime{3600};
  enum class Flaw { kNone, kExpired, kWrongIssuer, kWrongSignature } flaw = Flaw::kNone;
};
// `user`: an existing one, or one made up on the spot.
Result<std::string> MakeToken(Engine& engine, const Pool& pool, const Client& client,
                              const User& user, const MadeToken& wanted);

}  // namespace offstage::cognito
