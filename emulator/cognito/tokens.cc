#include "cognito/tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/jwt.h"
#include "cognito/pool_config.h"
#include "cognito/token_claims.h"
#include "cognito/triggers.h"

namespace offstage::cognito {

namespace {

constexpr std::string_view kTokenLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
// {"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}: how the service's refresh tokens begin. Clients
// must not look inside, and could not.
constexpr std::string_view kRefreshHeader =
    "eyJjdHkiOiJKV1QiLCJlbmMiOiJBMjU2R0NNIiwiYWxnIjoiUlNBLU9BRVAifQ";

std::string NewRefreshToken() {
  return fmt::format("{}.{}.{}.{}.{}", kRefreshHeader, RandomText(342, kTokenLetters),
                     RandomText(16, kTokenLetters), RandomText(600, kTokenLetters),
                     RandomText(22, kTokenLetters));
}

// PreTokenGeneration's request and answer.
aws::Outcome<Unit> AskTrigger(Engine& engine, const Pool& pool, const Client& client,
                              const User& user, const TokenRequest& request, TokenClaims& claims) {
  if (!HasTrigger(pool, "PreTokenGeneration")) return Ok();
  Json groups = {{"groupsToOverride", claims.groups},
                 {"iamRolesToOverride", claims.roles},
                 {"preferredRole",
                  claims.preferred_role.empty() ? Json(nullptr) : Json(claims.preferred_role)}};
  TriggerCall call{.trigger = "PreTokenGeneration"};
  call.source = request.source;
  call.username = user.username;
  call.client_id = client.id;
  call.request = {{"userAttributes", UserAttributesForTrigger(pool, user)},
                  {"groupConfiguration", std::move(groups)}};
  const bool v1 =
      TextAt(pool.config, "LambdaConfig.PreTokenGenerationConfig.LambdaVersion").empty() ||
      TextAt(pool.config, "LambdaConfig.PreTokenGenerationConfig.LambdaVersion") == "V1_0";
  if (!v1) {
    Json scopes = Json::array();
    for (const std::string_view scope : Split(request.scopes, ' '))
      scopes.push_back(scope);
    call.request["scopes"] = std::move(scopes);
  }
  if (request.client_metadata.is_object()) call.request["clientMetadata"] = request.client_metadata;
  call.response = {{v1 ? "claimsOverrideDetails" : "claimsAndScopeOverrideDetails", nullptr}};
  OFFSTAGE_TRY(const auto response, RunTrigger(engine, pool, std::move(call)));
  if (response) ApplyOverrides(*response, claims);
  return Ok();
}

aws::Outcome<TokenClaims> BaseClaims(Engine& engine, const Pool& pool, const Client& client,
                                     const User& user, const TokenRequest& request) {
  TokenClaims claims;
  OFFSTAGE_TRY_INTERNAL(const auto groups, engine.store->GroupsOf(user));
  FillGroups(groups, claims);
  claims.issuer = IssuerFor(engine, client);
  claims.event_id = engine.options.ids->Uuid();
  claims.origin_jti = request.grant ? request.grant->id : engine.options.ids->Uuid();
  claims.issued = engine.NowSeconds();
  claims.auth_time = request.grant       ? request.grant->auth_time
                     : request.auth_time ? request.auth_time
                                         : claims.issued;
  claims.scopes = request.scopes;
  claims.nonce = request.nonce;
  claims.hosted = request.hosted;
  claims.device_key = request.grant ? request.grant->device : request.device_key;
  OFFSTAGE_TRY_VOID(AskTrigger(engine, pool, client, user, request, claims));
  return claims;
}

}  // namespace

std::string AwsIssuer(const Engine& engine, const std::string& pool_id) {
  // The region is the pool's own: ids carry it.
  const std::string region = pool_id.substr(0, pool_id.find('_'));
  return fmt::format("https://cognito-idp.{}.amazonaws.com/{}",
                     region.empty() ? engine.options.region : region, pool_id);
}

std::string LocalIssuer(const Engine& engine, const std::string& pool_id) {
  const std::string endpoint = engine.endpoint();
  return endpoint.empty() ? std::string() : endpoint + "/" + pool_id;
}

std::string IssuerFor(const Engine& engine, const Client& client) {
  const auto& local = engine.options.local_issuer_clients;
  const std::string issuer = local.contains("*") || local.contains(client.id)
                                 ? LocalIssuer(engine, client.pool_id)
                                 : std::string();
  return issuer.empty() ? AwsIssuer(engine, client.pool_id) : issuer;
}

Result<Json> JsonWebKeys(Engine& engine, const std::string& pool_id) {
  OFFSTAGE_TRY(const auto key, engine.store->Key(pool_id));
  return Json{{"keys", Json::array({{{"alg", "RS256"},
                                     {"e", key->exponent()},
                                     {"kid", key->key_id()},
                                     {"kty", "RSA"},
                                     {"n", key->modulus()},
                                     {"use", "sig"}}})}};
}

aws::Outcome<Json> IssueTokens(Engine& engine, const Pool& pool, const Client& client,
                               const User& user, const TokenRequest& request) {
  OFFSTAGE_TRY(const TokenClaims claims, BaseClaims(engine, pool, client, user, request));
  OFFSTAGE_TRY_INTERNAL(const auto key, engine.store->Key(pool.id));
  const auto access_lifetime = Validity(client, TokenKind::kAccess);
  const auto id_lifetime = Validity(client, TokenKind::kId);
  Json result = {{"AccessToken", SignJwt(*key, AccessClaims(client, user, claims, access_lifetime,
                                                            engine.options.ids->Uuid()))},
                 {"ExpiresIn", access_lifetime.count()},
                 {"TokenType", "Bearer"}};
  result["IdToken"] =
      SignJwt(*key, IdClaims(pool, client, user, claims, id_lifetime, engine.options.ids->Uuid()));
  if (request.grant) return result;
  const std::string refresh = NewRefreshToken();
  const Grant grant{.id = claims.origin_jti,
                    .pool_id = pool.id,
                    .client_id = client.id,
                    .user = user.number,
                    .auth_time = claims.auth_time,
                    .expires = claims.issued + Validity(client, TokenKind::kRefresh).count(),
                    .scopes = request.scopes,
                    .device = request.device_key};
  if (const Status saved = engine.store->SaveGrant(grant, refresh); !saved.ok())
    return Fail(aws::InternalServerError(saved.error()));
  result["RefreshToken"] = refresh;
  return result;
}

aws::Outcome<std::string> IssueClientToken(Engine& engine, const Pool& pool, const Client& client,
                                           const std::string& scopes) {
  OFFSTAGE_TRY_INTERNAL(const auto key, engine.store->Key(pool.id));
  const std::int64_t now = engine.NowSeconds();
  const OrderedJson claims = {{"sub", client.id},
                              {"token_use", "access"},
                              {"scope", scopes},
                              {"auth_time", now},
                              {"iss", IssuerFor(engine, client)},
                              {"exp", now + Validity(client, TokenKind::kAccess).count()},
                              {"iat", now},
                              {"version", 2},
                              {"jti", engine.options.ids->Uuid()},
                              {"client_id", client.id}};
  return SignJwt(*key, claims);
}

aws::Outcome<RefreshableGrant> FindRefreshable(Engine& engine, const Pool& pool,
                                               const Client& client, const std::string& token) {
  OFFSTAGE_TRY_INTERNAL(const auto grant,
                        engine.store->FindGrantByToken(token, engine.NowSeconds()));
  if (!grant || grant->pool_id != pool.id || grant->client_id != client.id)
    return Fail(NotAuthorized("Invalid Refresh Token"));
  if (grant->revoked) return Fail(NotAuthorized("Refresh Token has been revoked"));
  if (grant->expires <= engine.NowSeconds())
    return Fail(NotAuthorized("Refresh Token has expired"));
  OFFSTAGE_TRY_INTERNAL(const auto user, engine.store->FindUserByNumber(pool.id, grant->user));
  if (!user) return Fail(NotAuthorized("Invalid Refresh Token"));
  if (!user->enabled) return Fail(NotAuthorized("User is disabled."));
  return RefreshableGrant{.grant = *grant, .user = *user};
}

bool RotatesRefreshTokens(const Client& client) {
  return TextAt(client.config, "RefreshTokenRotation.Feature") == "ENABLED";
}

aws::Outcome<std::string> RotateRefreshToken(Engine& engine, const Client& client,
                                             const Grant& grant, const std::string& old_token) {
  const long long grace =
      IntegerAt(client.config, "RefreshTokenRotation.RetryGracePeriodSeconds", 0);
  std::string fresh = NewRefreshToken();
  const Status rotated = engine.store->RotateToken(
      grant, {.from = old_token, .from_until = engine.NowSeconds() + grace, .to = fresh});
  if (!rotated.ok()) return Fail(aws::InternalServerError(rotated.error()));
  return fresh;
}

aws::Outcome<Unit> CheckRefreshingDevice(Engine& engine, const RefreshableGrant& found,
                                         const std::string& device_key) {
  if (found.grant.device.empty() || found.grant.device == device_key) return Ok();
  OFFSTAGE_TRY_INTERNAL(const auto confirmed,
                        engine.store->FindDevice(found.user, found.grant.device));
  if (confirmed) return Fail(NotAuthorized("Invalid Refresh Token"));
  return Ok();
}

aws::Outcome<SignedIn> CheckAccessToken(Engine& engine, const std::string& token,
                                        std::string_view scope) {
  const auto jwt = ParseJwt(token);
  if (!jwt) return Fail(NotAuthorized("Invalid Access Token"));
  const std::string issuer = TextAt(jwt->claims, "iss");
  const std::string pool_id = issuer.substr(issuer.rfind('/') + 1);
  PoolPtr pool = engine.store->FindPool(pool_id);
  if (pool == nullptr) return Fail(NotAuthorized("Invalid Access Token"));
  OFFSTAGE_TRY_INTERNAL(const auto key, engine.store->Key(pool_id));
  if (!IsSignedBy(*jwt, *key))
    return Fail(NotAuthorized("Could not verify signature for Access Token"));
  if (TextAt(jwt->claims, "token_use") != "access")
    return Fail(NotAuthorized("Invalid Access Token"));
  if (IntegerAt(jwt->claims, "exp", 0) <= engine.NowSeconds())
    return Fail(NotAuthorized("Access Token has expired"));
  const std::string scope_text = TextAt(jwt->claims, "scope");
  const auto has_scope = Split(scope_text, ' ');
  if (std::find(has_scope.begin(), has_scope.end(), scope) == has_scope.end())
    return Fail(NotAuthorized("Access Token does not have required scopes"));
  const std::string grant_id = TextAt(jwt->claims, "origin_jti");
  OFFSTAGE_TRY_INTERNAL(const auto grant, engine.store->FindGrant(grant_id));
  if (grant && grant->revoked) return Fail(NotAuthorized("Access Token has been revoked"));
  ClientPtr client = engine.store->FindClient(TextAt(jwt->claims, "client_id"));
  if (client == nullptr) return Fail(NotAuthorized("Invalid Access Token"));
  OFFSTAGE_TRY_INTERNAL(auto user, engine.store->FindUser(*pool, TextAt(jwt->claims, "sub")));
  if (!user) return Fail(UserNotFound());
  if (!user->enabled) return Fail(NotAuthorized("User is disabled."));
  return SignedIn{.pool = std::move(pool),
                  .client = std::move(client),
                  .user = *std::move(user),
                  .grant_id = grant_id,
                  .scopes = scope_text};
}

Result<std::string> MakeToken(Engine& engine, const Pool& pool, const Client& client,
                              const User& user, const MadeToken& wanted) {
  TokenClaims claims;
  OFFSTAGE_TRY(const auto groups, engine.store->GroupsOf(user));
  FillGroups(groups, claims);
  for (const std::string& group : wanted.groups) {
    if (std::find(claims.groups.begin(), claims.groups.end(), group) == claims.groups.end())
      claims.groups.push_back(group);
  }
  claims.issuer = IssuerFor(engine, client);
  if (wanted.flaw == MadeToken::Flaw::kWrongIssuer)
    claims.issuer = AwsIssuer(engine, "us-east-1_WrongPool");
  claims.event_id = engine.options.ids->Uuid();
  claims.origin_jti = engine.options.ids->Uuid();
  claims.issued = engine.NowSeconds();
  if (wanted.flaw == MadeToken::Flaw::kExpired) claims.issued -= wanted.lifetime.count() + 60;
  claims.auth_time = claims.issued;
  claims.scopes = std::string(kAdminScope);
  OrderedJson body =
      wanted.use == MadeToken::Use::kAccess
          ? AccessClaims(client, user, claims, wanted.lifetime, engine.options.ids->Uuid())
          : IdClaims(pool, client, user, claims, wanted.lifetime, engine.options.ids->Uuid());
  for (const auto& [name, value] : wanted.claims.items())
    body[name] = value;
  if (wanted.flaw == MadeToken::Flaw::kWrongSignature) {
    // Another key under the right id: only the signature can tell.
    std::string token = SignJwt(*RsaKey::Generate(), body);
    OFFSTAGE_TRY(const auto right, engine.store->Key(pool.id));
    const OrderedJson header = {{"kid", right->key_id()}, {"alg", "RS256"}};
    return Base64UrlEncode(DumpJson(header)) + token.substr(token.find('.'));
  }
  OFFSTAGE_TRY(const auto key, engine.store->Key(pool.id));
  return SignJwt(*key, body);
}

}  // namespace offstage::cognito
