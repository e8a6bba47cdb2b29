#include "cognito/token_claims.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "cognito/attributes.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

// docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html:
// what a trigger can neither add nor suppress.
constexpr std::array<std::string_view, 21> kReserved = {
    "acr", "amr",        "at_hash",  "auth_time", "azp",        "client_id", "exp",
    "iat", "identities", "iss",      "jti",       "nbf",        "nonce",     "origin_jti",
    "sub", "token_use",  "username", "version",   "device_key", "event_id",  "cognito:username"};

bool IsReserved(std::string_view name, bool access) {
  if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end()) return true;
  // The audience of id tokens is fixed; access tokens may be given one.
  return name == "aud" && !access;
}

std::vector<std::string> Texts(const Json& json, std::string_view path) {
  return ListAt(json, path);
}

void ApplyGroups(const Json& details, TokenClaims& claims) {
  const Json* groups = FindPath(details, "groupOverrideDetails");
  if (groups == nullptr) return;
  if (FindPath(*groups, "groupsToOverride") != nullptr)
    claims.groups = Texts(*groups, "groupsToOverride");
  if (FindPath(*groups, "iamRolesToOverride") != nullptr)
    claims.roles = Texts(*groups, "iamRolesToOverride");
  if (FindPath(*groups, "preferredRole") != nullptr)
    claims.preferred_role = TextAt(*groups, "preferredRole");
}

// The attribute's value with the type that the claim has.
OrderedJson TypedValue(const std::string& name, const std::string& value) {
  if (name == "email_verified" || name == "phone_number_verified") return value == "true";
  if (name == "address") return OrderedJson{{"formatted", value}};
  if (name == "identities" || name == "updated_at") {
    const auto json = ParseJson(value);
    if (json.ok()) return OrderedJson::parse(DumpJson(*json));
  }
  return value;
}

void Override(const Json& add, const std::vector<std::string>& suppress, bool access,
              OrderedJson& claims) {
  for (const std::string& name : suppress) {
    if (!IsReserved(name, access)) claims.erase(name);
  }
  for (const auto& [name, value] : add.items()) {
    if (!IsReserved(name, access)) claims[name] = OrderedJson::parse(DumpJson(value));
  }
}

}  // namespace

void FillGroups(const std::vector<Json>& groups, TokenClaims& claims) {
  for (const Json& group : groups) {
    claims.groups.push_back(TextAt(group, "GroupName"));
    const std::string role = TextAt(group, "RoleArn");
    if (role.empty()) continue;
    if (claims.roles.empty()) claims.preferred_role = role;
    claims.roles.push_back(role);
  }
}

void ApplyOverrides(const Json& response, TokenClaims& claims) {
  if (const Json* v1 = FindPath(response, "claimsOverrideDetails"); v1 != nullptr) {
    if (const Json* add = FindPath(*v1, "claimsToAddOrOverride");
        add != nullptr && add->is_object())
      claims.add_to_id = *add;
    claims.suppress_in_id = Texts(*v1, "claimsToSuppress");
    ApplyGroups(*v1, claims);
  }
  const Json* v2 = FindPath(response, "claimsAndScopeOverrideDetails");
  if (v2 == nullptr) return;
  if (const Json* add = FindPath(*v2, "idTokenGeneration.claimsToAddOrOverride");
      add != nullptr && add->is_object()) {
    claims.add_to_id = *add;
  }
  if (const Json* add = FindPath(*v2, "accessTokenGeneration.claimsToAddOrOverride");
      add != nullptr && add->is_object()) {
    claims.add_to_access = *add;
  }
  claims.suppress_in_id = Texts(*v2, "idTokenGeneration.claimsToSuppress");
  claims.suppress_in_access = Texts(*v2, "accessTokenGeneration.claimsToSuppress");
  std::vector<std::string> scopes;
  const auto suppressed = Texts(*v2, "accessTokenGeneration.scopesToSuppress");
  for (const std::string_view scope : Split(claims.scopes, ' ')) {
    if (!scope.empty() &&
        std::find(suppressed.begin(), suppressed.end(), scope) == suppressed.end())
      scopes.emplace_back(scope);
  }
  for (const std::string& scope : Texts(*v2, "accessTokenGeneration.scopesToAdd"))
    scopes.push_back(scope);
  claims.scopes = Join(scopes, " ");
  ApplyGroups(*v2, claims);
}

OrderedJson IdClaims(const Pool& pool, const Client& client, const User& user,
                     const TokenClaims& claims, std::chrono::seconds lifetime,
                     const std::string& id) {
  OrderedJson body = {{"sub", user.Sub()}};
  if (!claims.groups.empty()) body["cognito:groups"] = claims.groups;
  if (!claims.preferred_role.empty()) body["cognito:preferred_role"] = claims.preferred_role;
  if (!claims.roles.empty()) body["cognito:roles"] = claims.roles;
  body["iss"] = claims.issuer;
  body["cognito:username"] = user.username;
  if (!claims.nonce.empty()) body["nonce"] = claims.nonce;
  body["origin_jti"] = claims.origin_jti;
  body["aud"] = client.id;
  body["event_id"] = claims.event_id;
  body["token_use"] = "id";
  body["auth_time"] = claims.auth_time;
  body["exp"] = claims.issued + lifetime.count();
  body["iat"] = claims.issued;
  body["jti"] = id;
  // Hosted sign-ins hand out only what their scopes name; others all that the client may read.
  const auto scopes = Split(claims.scopes, ' ');
  const auto has = [&scopes](std::string_view scope) {
    return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
  };
  const bool all = !claims.hosted || has("profile") || has("aws.cognito.signin.user.admin");
  for (const auto& [name, value] : user.attributes) {
    if (name == "sub" || !MayRead(client, name)) continue;
    const bool email = name == "email" || name == "email_verified";
    const bool phone = name == "phone_number" || name == "phone_number_verified";
    const Json* row = FindSchema(pool, name);
    if (row != nullptr && BoolAt(*row, "DeveloperOnlyAttribute", false)) continue;
    if (claims.hosted && email && !has("email") && !has("aws.cognito.signin.user.admin")) continue;
    if (claims.hosted && phone && !has("phone") && !has("aws.cognito.signin.user.admin")) continue;
    if (!email && !phone && !all) continue;
    body[name] = TypedValue(name, value);
  }
  Override(claims.add_to_id, claims.suppress_in_id, false, body);
  return body;
}

OrderedJson AccessClaims(const Client& client, const User& user, const TokenClaims& claims,
                         std::chrono::seconds lifetime, const std::string& id) {
  OrderedJson body = {{"sub", user.Sub()}};
  if (!claims.device_key.empty()) body["device_key"] = claims.device_key;
  if (!claims.groups.empty()) body["cognito:groups"] = claims.groups;
  body["iss"] = claims.issuer;
  if (claims.hosted) body["version"] = 2;
  body["client_id"] = client.id;
  body["origin_jti"] = claims.origin_jti;
  body["event_id"] = claims.event_id;
  body["token_use"] = "access";
  body["scope"] = claims.scopes;
  body["auth_time"] = claims.auth_time;
  body["exp"] = claims.issued + lifetime.count();
  body["iat"] = claims.issued;
  body["jti"] = id;
  body["username"] = user.username;
  Override(claims.add_to_access, claims.suppress_in_access, true, body);
  return body;
}

}  // namespace offstage::cognito
