#include "cognito/pool_config.h"

#include <algorithm>

#include "base/text.h"

namespace offstage::cognito {

const Json* FindPath(const Json& json, std::string_view path) {
  const Json* at = &json;
  for (const std::string_view part : Split(path, '.')) {
    if (!at->is_object()) return nullptr;
    const auto found = at->find(part);
    if (found == at->end() || found->is_null()) return nullptr;
    at = &*found;
  }
  return at;
}

std::string TextAt(const Json& json, std::string_view path) {
  const Json* found = FindPath(json, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

bool BoolAt(const Json& json, std::string_view path, bool otherwise) {
  const Json* found = FindPath(json, path);
  return found != nullptr && found->is_boolean() ? found->get<bool>() : otherwise;
}

long long IntegerAt(const Json& json, std::string_view path, long long otherwise) {
  const Json* found = FindPath(json, path);
  return found != nullptr && found->is_number() ? found->get<long long>() : otherwise;
}

std::vector<std::string> ListAt(const Json& json, std::string_view path) {
  std::vector<std::string> texts;
  const Json* found = FindPath(json, path);
  if (found == nullptr || !found->is_array()) return texts;
  for (const Json& item : *found) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

bool ListHas(const Json& json, std::string_view path, std::string_view value) {
  const Json* found = FindPath(json, path);
  return found != nullptr && found->is_array() &&
         std::any_of(found->begin(), found->end(), [value](const Json& item) {
           return item.is_string() && item.get_ref<const std::string&>() == value;
         });
}

std::string_view PoolName(const Pool& pool) {
  const std::string_view id = pool.id;
  return id.substr(id.find('_') + 1);
}

bool IsCaseSensitive(const Pool& pool) {
  return BoolAt(pool.config, "UsernameConfiguration.CaseSensitive", true);
}

std::string NameKey(const Pool& pool, std::string_view name) {
  return IsCaseSensitive(pool) ? std::string(name) : ToLower(name);
}

bool UsesAttributesAsUsername(const Pool& pool) {
  return !ListAt(pool.config, "UsernameAttributes").empty();
}

bool IsUsernameAttribute(const Pool& pool, std::string_view attribute) {
  return ListHas(pool.config, "UsernameAttributes", attribute);
}

bool IsAliasAttribute(const Pool& pool, std::string_view attribute) {
  return ListHas(pool.config, "AliasAttributes", attribute);
}

bool IsAutoVerified(const Pool& pool, std::string_view attribute) {
  return ListHas(pool.config, "AutoVerifiedAttributes", attribute);
}

std::string MfaConfiguration(const Pool& pool) {
  const std::string text = TextAt(pool.config, "MfaConfiguration");
  return text.empty() ? "OFF" : text;
}

std::vector<std::string> SecretsOf(const Client& client) {
  std::vector<std::string> secrets;
  if (std::string own = TextAt(client.config, "ClientSecret"); !own.empty())
    secrets.push_back(std::move(own));
  if (const Json* more = FindPath(client.config, "MoreSecrets")) {
    for (const Json& row : *more)
      secrets.push_back(TextAt(row, "ClientSecretValue"));
  }
  return secrets;
}

bool PreventsUserExistenceErrors(const Client& client) {
  return TextAt(client.config, "PreventUserExistenceErrors") == "ENABLED";
}

bool AllowsFlow(const Client& client, std::string_view flow) {
  const std::vector<std::string> flows = ListAt(client.config, "ExplicitAuthFlows");
  const auto has = [&flows](std::string_view name) {
    return std::find(flows.begin(), flows.end(), name) != flows.end();
  };
  const bool refresh = flow == "REFRESH_TOKEN_AUTH" || flow == "REFRESH_TOKEN";
  if (flows.empty()) return refresh || flow == "USER_SRP_AUTH" || flow == "CUSTOM_AUTH";
  const bool legacy = std::none_of(flows.begin(), flows.end(), [](const std::string& name) {
    return name.starts_with("ALLOW_");
  });
  // The names from before ALLOW_ existed: SRP and refreshing always work, the rest when named.
  if (legacy) {
    if (refresh || flow == "USER_SRP_AUTH") return true;
    if (flow == "CUSTOM_AUTH") return has("CUSTOM_AUTH_FLOW_ONLY");
    if (flow == "ADMIN_USER_PASSWORD_AUTH" || flow == "ADMIN_NO_SRP_AUTH")
      return has("ADMIN_NO_SRP_AUTH");
    return has(flow);
  }
  if (refresh) return has("ALLOW_REFRESH_TOKEN_AUTH");
  if (flow == "ADMIN_NO_SRP_AUTH") return has("ALLOW_ADMIN_USER_PASSWORD_AUTH");
  return has("ALLOW_" + std::string(flow));
}

std::chrono::seconds Validity(const Client& client, TokenKind kind) {
  const char* member = kind == TokenKind::kId       ? "IdTokenValidity"
                       : kind == TokenKind::kAccess ? "AccessTokenValidity"
                                                    : "RefreshTokenValidity";
  const char* unit_path = kind == TokenKind::kId       ? "TokenValidityUnits.IdToken"
                          : kind == TokenKind::kAccess ? "TokenValidityUnits.AccessToken"
                                                       : "TokenValidityUnits.RefreshToken";
  const bool refresh = kind == TokenKind::kRefresh;
  const long long amount = IntegerAt(client.config, member, 0);
  // 0 and absent mean the defaults: an hour, and thirty days.
  if (amount <= 0) return refresh ? std::chrono::hours(30 * 24) : std::chrono::hours(1);
  const std::string unit = TextAt(client.config, unit_path);
  if (unit == "seconds") return std::chrono::seconds(amount);
  if (unit == "minutes") return std::chrono::minutes(amount);
  if (unit == "hours" || (unit.empty() && !refresh)) return std::chrono::hours(amount);
  return std::chrono::hours(24 * amount);
}

std::chrono::seconds SessionValidity(const Client& client) {
  return std::chrono::minutes(IntegerAt(client.config, "AuthSessionValidity", 3));
}

bool MayRead(const Client& client, const std::string& attribute) {
  const Json* listed = FindPath(client.config, "ReadAttributes");
  return listed == nullptr || attribute == "sub" ||
         ListHas(client.config, "ReadAttributes", attribute);
}

bool MayWrite(const Client& client, const std::string& attribute) {
  const Json* listed = FindPath(client.config, "WriteAttributes");
  return listed == nullptr || ListHas(client.config, "WriteAttributes", attribute);
}

}  // namespace offstage::cognito
