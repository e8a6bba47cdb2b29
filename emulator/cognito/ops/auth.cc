// InitiateAuth, RespondToAuthChallenge, their Admin forms, GetTokensFromRefreshToken, RevokeToken,
// GlobalSignOut: docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/
// Not emulated: passkeys, risk (UserContextData and AnalyticsMetadata have no effect).
#include "cognito/auth/auth.h"

#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/ops/ops.h"
#include "cognito/pool_config.h"
#include "cognito/tokens.h"
#include "cognito/triggers.h"

namespace offstage::cognito {

namespace {

const Json& MemberOrEmpty(const Json& request, const char* name) {
  static const Json kEmpty = Json::object();
  const Json* found = FindPath(request, name);
  return found == nullptr ? kEmpty : *found;
}

aws::Outcome<AuthCall> PublicCall(Engine& engine, const Json& request, const char* member) {
  OFFSTAGE_TRY(ClientPtr client, FindClient(engine, request));
  PoolPtr pool = engine.store->FindPool(client->pool_id);
  if (pool == nullptr) return Fail(ClientNotFound(client->id));
  return AuthCall{.engine = engine,
                  .pool = std::move(pool),
                  .client = std::move(client),
                  .parameters = MemberOrEmpty(request, member),
                  .metadata = MetadataOf(request)};
}

aws::Outcome<AuthCall> AdminCall(Engine& engine, const Json& request, const char* member) {
  OFFSTAGE_TRY(PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(ClientPtr client, FindClientOf(engine, *pool, request));
  return AuthCall{.engine = engine,
                  .pool = std::move(pool),
                  .client = std::move(client),
                  .parameters = MemberOrEmpty(request, member),
                  .metadata = MetadataOf(request),
                  .admin = true};
}

aws::Outcome<Unit> CheckClientSecret(const Client& client, const Json& request) {
  const auto secrets = SecretsOf(client);
  const std::string given = TextAt(request, "ClientSecret");
  if (secrets.empty() && given.empty()) return Ok();
  for (const std::string& secret : secrets) {
    if (EqualInConstantTime(secret, given)) return Ok();
  }
  return Fail(NotAuthorized("Invalid client secret"));
}

}  // namespace

aws::Outcome<Json> InitiateAuth(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(AuthCall call, PublicCall(engine, request, "AuthParameters"));
  return StartFlow(call, TextAt(request, "AuthFlow"));
}

aws::Outcome<Json> AdminInitiateAuth(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(AuthCall call, AdminCall(engine, request, "AuthParameters"));
  return StartFlow(call, TextAt(request, "AuthFlow"));
}

aws::Outcome<Json> RespondToAuthChallenge(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(AuthCall call, PublicCall(engine, request, "ChallengeResponses"));
  return AnswerChallenge(call, TextAt(request, "ChallengeName"), TextAt(request, "Session"));
}

aws::Outcome<Json> AdminRespondToAuthChallenge(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(AuthCall call, AdminCall(engine, request, "ChallengeResponses"));
  return AnswerChallenge(call, TextAt(request, "ChallengeName"), TextAt(request, "Session"));
}

aws::Outcome<Json> GetTokensFromRefreshToken(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const ClientPtr client, FindClient(engine, request));
  OFFSTAGE_TRY_VOID(CheckClientSecret(*client, request));
  const PoolPtr pool = engine.store->FindPool(client->pool_id);
  const std::string token = TextAt(request, "RefreshToken");
  OFFSTAGE_TRY(RefreshableGrant found, FindRefreshable(engine, *pool, *client, token));
  OFFSTAGE_TRY_VOID(CheckRefreshingDevice(engine, found, TextAt(request, "DeviceKey")));
  const TokenRequest wanted{.source = "TokenGeneration_RefreshTokens",
                            .scopes = found.grant.scopes,
                            .grant = found.grant,
                            .client_metadata = MetadataOf(request)};
  OFFSTAGE_TRY(Json result, IssueTokens(engine, *pool, *client, found.user, wanted));
  if (RotatesRefreshTokens(*client)) {
    OFFSTAGE_TRY(result["RefreshToken"], RotateRefreshToken(engine, *client, found.grant, token));
  }
  return Json{{"AuthenticationResult", std::move(result)}};
}

aws::Outcome<Json> RevokeToken(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const ClientPtr client, FindClient(engine, request));
  if (const auto right = CheckClientSecret(*client, request); !right.ok()) {
    return Fail(Problem("UnauthorizedException", "Invalid client secret"));
  }
  if (!BoolAt(client->config, "EnableTokenRevocation", true)) {
    return Fail(Problem("UnsupportedOperationException",
                        "Token revocation is not enabled for this client."));
  }
  const std::string token = TextAt(request, "Token");
  OFFSTAGE_TRY_INTERNAL(const auto grant,
                        engine.store->FindGrantByToken(token, engine.NowSeconds()));
  // An unknown refresh token is as good as revoked; access and id tokens cannot be revoked.
  if (!grant) {
    if (token.starts_with("eyJraWQ"))
      return Fail(Problem("UnsupportedTokenTypeException", "Unsupported token type"));
    return Json::object();
  }
  if (grant->client_id != client->id)
    return Fail(Problem("UnauthorizedException", "Token was not issued to this client"));
  if (const Status revoked = engine.store->RevokeGrant(grant->id); !revoked.ok())
    return Fail(aws::InternalServerError(revoked.error()));
  return Json::object();
}

aws::Outcome<Json> GlobalSignOut(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const SignedIn who, CheckAccessToken(engine, TextAt(request, "AccessToken")));
  if (const Status revoked = engine.store->RevokeGrantsOf(who.user); !revoked.ok())
    return Fail(aws::InternalServerError(revoked.error()));
  return Json::object();
}

aws::Outcome<Json> AdminUserGlobalSignOut(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const User user, FindUser(engine, *pool, TextAt(request, "Username")));
  if (const Status revoked = engine.store->RevokeGrantsOf(user); !revoked.ok())
    return Fail(aws::InternalServerError(revoked.error()));
  return Json::object();
}

}  // namespace offstage::cognito
