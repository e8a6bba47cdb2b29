#include "cognito/provision.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cognito/attributes.h"
#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/pool_config.h"
#include "cognito/senders.h"

namespace offstage::cognito {

namespace {

// Members of CreateUserPool that are kept as they are given.
constexpr std::string_view kPoolMembers =
    "AccountRecoverySetting AdminCreateUserConfig AutoVerifiedAttributes DeletionProtection "
    "DeviceConfiguration EmailConfiguration EmailVerificationMessage EmailVerificationSubject "
    "LambdaConfig MfaConfiguration SmsAuthenticationMessage SmsConfiguration "
    "SmsVerificationMessage UserAttributeUpdateSettings UserPoolAddOns UserPoolTags UserPoolTier "
    "VerificationMessageTemplate SoftwareTokenMfaConfiguration SmsMfaConfiguration "
    "EmailMfaConfiguration";
// Members that only creating takes.
constexpr std::string_view kFixedMembers =
    "AliasAttributes UsernameAttributes UsernameConfiguration";
constexpr std::string_view kClientMembers =
    "AccessTokenValidity AllowedOAuthFlows AllowedOAuthFlowsUserPoolClient AllowedOAuthScopes "
    "AnalyticsConfiguration AuthSessionValidity CallbackURLs ClientName DefaultRedirectURI "
    "EnablePropagateAdditionalUserContextData EnableTokenRevocation ExplicitAuthFlows "
    "IdTokenValidity LogoutURLs PreventUserExistenceErrors ReadAttributes RefreshTokenRotation "
    "RefreshTokenValidity SupportedIdentityProviders TokenValidityUnits WriteAttributes";
constexpr std::string_view kPoolWithoutEffect =
    "EmailConfiguration SmsConfiguration UserPoolAddOns UserPoolTier "
    "AnalyticsConfiguration";

void Copy(const Json& from, std::string_view members, Json& to) {
  for (const std::string_view member : Split(members, ' ')) {
    const auto found = from.find(member);
    if (found != from.end() && !found->is_null()) to[std::string(member)] = *found;
  }
}

// Password rules as the service fills them in: without any, all of them.
Json PoliciesOf(const Json& request) {
  Json policies = Json::object();
  if (const Json* given = FindPath(request, "Policies")) policies = *given;
  const Json* rules = FindPath(policies, "PasswordPolicy");
  const bool all = rules == nullptr;
  Json filled = rules == nullptr ? Json::object() : *rules;
  for (const char* rule :
       {"RequireUppercase", "RequireLowercase", "RequireNumbers", "RequireSymbols"}) {
    if (!filled.contains(rule)) filled[rule] = all;
  }
  if (!filled.contains("MinimumLength")) filled["MinimumLength"] = all ? 8 : 6;
  if (!filled.contains("TemporaryPasswordValidityDays"))
    filled["TemporaryPasswordValidityDays"] = 7;
  policies["PasswordPolicy"] = std::move(filled);
  return policies;
}

aws::Outcome<Unit> CheckPool(const Json& request) {
  const bool aliases = !ListAt(request, "AliasAttributes").empty();
  if (aliases && !ListAt(request, "UsernameAttributes").empty()) {
    return Fail(InvalidParameter(
        "Only one of the aliasAttributes or usernameAttributes can be set in a user pool."));
  }
  const std::string mode = TextAt(request, "MfaConfiguration");
  const bool any = FindPath(request, "SmsConfiguration") != nullptr ||
                   FindPath(request, "SoftwareTokenMfaConfiguration") != nullptr ||
                   FindPath(request, "EmailMfaConfiguration") != nullptr;
  // Optional MFA too: https://github.com/aws/aws-cli/issues/3876
  if ((mode == "ON" || mode == "OPTIONAL") && !any) {
    return Fail(InvalidParameter(
        "SMS configuration and Auto verification for phone_number are required when MFA is "
        "required/optional"));
  }
  return Ok();
}

aws::Outcome<Unit> CheckFlows(const Json& request) {
  const auto flows = ListAt(request, "ExplicitAuthFlows");
  const auto is_new = [](const std::string& flow) { return flow.starts_with("ALLOW_"); };
  if (!flows.empty() && std::any_of(flows.begin(), flows.end(), is_new) &&
      !std::all_of(flows.begin(), flows.end(), is_new)) {
    return Fail(
        InvalidParameter("Cannot mix ExplicitAuthFlows with and without the ALLOW_ prefix"));
  }
  return Ok();
}

std::chrono::seconds UnitOf(const std::string& unit, bool refresh) {
  if (unit == "seconds") return std::chrono::seconds(1);
  if (unit == "minutes") return std::chrono::minutes(1);
  if (unit == "hours" || (unit.empty() && !refresh)) return std::chrono::hours(1);
  return std::chrono::hours(24);
}

// docs: 5 minutes to a day for id and access tokens, an hour to ten years for refresh tokens.
aws::Outcome<Unit> CheckLifetimes(const Json& request) {
  struct Row {
    const char* member;
    const char* unit;
    bool refresh;
  };
  for (const Row& row : {Row{"IdTokenValidity", "TokenValidityUnits.IdToken", false},
                         Row{"AccessTokenValidity", "TokenValidityUnits.AccessToken", false},
                         Row{"RefreshTokenValidity", "TokenValidityUnits.RefreshToken", true}}) {
    const long long amount = IntegerAt(request, row.member, 0);
    if (amount == 0) continue;
    const auto life = amount * UnitOf(TextAt(request, row.unit), row.refresh);
    const auto least = row.refresh ? std::chrono::seconds(3600) : std::chrono::seconds(300);
    const auto most = row.refresh ? std::chrono::hours(24 * 3650) : std::chrono::hours(24);
    if (life < least || life > most) {
      return Fail(InvalidParameter(
          fmt::format("Invalid range for token validity: {} must be between {} and {}.", row.member,
                      row.refresh ? "1 hour" : "5 minutes", row.refresh ? "10 years" : "1 day")));
    }
  }
  return Ok();
}

aws::Outcome<Unit> CheckOAuth(const Json& request) {
  const auto flows = ListAt(request, "AllowedOAuthFlows");
  const auto has = [&flows](std::string_view flow) {
    return std::find(flows.begin(), flows.end(), flow) != flows.end();
  };
  if (has("client_credentials") && (has("code") || has("implicit"))) {
    return Fail(Problem("InvalidOAuthFlowException",
                        "client_credentials flow can not be selected along with code flow or "
                        "implicit flow."));
  }
  if (has("client_credentials") && !BoolAt(request, "GenerateSecret", false) &&
      TextAt(request, "ClientSecret").empty()) {
    return Fail(Problem("InvalidOAuthFlowException",
                        "client_credentials flow can not be selected if client does not have a "
                        "client secret."));
  }
  const auto callbacks = ListAt(request, "CallbackURLs");
  if ((has("code") || has("implicit")) &&
      BoolAt(request, "AllowedOAuthFlowsUserPoolClient", false) && callbacks.empty()) {
    return Fail(
        InvalidParameter("At least one CallbackURL is required for the code or implicit flow"));
  }
  for (const std::string& url : callbacks) {
    const bool local = url.starts_with("http://localhost") || url.starts_with("http://127.0.0.1");
    if (url.find('#') != std::string::npos || url.find("://") == std::string::npos ||
        (url.starts_with("http://") && !local)) {
      return Fail(InvalidParameter(fmt::format("Invalid callback URL: {}", url)));
    }
  }
  const std::string redirect = TextAt(request, "DefaultRedirectURI");
  if (!redirect.empty() &&
      std::find(callbacks.begin(), callbacks.end(), redirect) == callbacks.end()) {
    return Fail(InvalidParameter("Default Redirect URI must be in the list of CallbackURLs"));
  }
  return Ok();
}

}  // namespace

std::vector<std::string> WithoutEffect(const Json& request) {
  std::vector<std::string> members;
  for (const std::string_view member : Split(kPoolWithoutEffect, ' ')) {
    if (FindPath(request, member) != nullptr) members.emplace_back(member);
  }
  const std::string federation = "LambdaConfig.InboundFederation";
  if (FindPath(request, federation) != nullptr) members.push_back(federation);
  return members;
}

aws::Outcome<Unit> AddSchema(const Json& attributes, Pool& pool) {
  if (!attributes.is_array()) return Ok();
  OFFSTAGE_TRY(const Json rows, MakeSchema(attributes));
  Json& schema = pool.config["SchemaAttributes"];
  for (const Json& row : rows) {
    const bool known = std::any_of(schema.begin(), schema.end(), [&row](const Json& other) {
      return other["Name"] == row["Name"];
    });
    if (!known) schema.push_back(row);
  }
  return Ok();
}

aws::Outcome<Pool> MakePool(const Engine& engine, const Json& request, const std::string& id,
                            const Pool* old) {
  OFFSTAGE_TRY_VOID(CheckPool(request));
  OFFSTAGE_TRY_VOID(CheckSenders(request));
  Pool pool;
  pool.id = id;
  const double now = ToApiTime(engine.NowMillis());
  pool.config = {{"Id", id},
                 {"Arn", fmt::format("arn:aws:cognito-idp:{}:{}:userpool/{}", engine.options.region,
                                     engine.options.account_id, id)},
                 {"CreationDate", old == nullptr ? Json(now) : old->config["CreationDate"]},
                 {"LastModifiedDate", now},
                 {"MfaConfiguration", "OFF"},
                 {"DeletionProtection", "INACTIVE"},
                 {"LambdaConfig", Json::object()},
                 {"AdminCreateUserConfig", {{"AllowAdminCreateUserOnly", false}}}};
  const std::string name = TextAt(request, "PoolName");
  pool.config["Name"] = name.empty() && old != nullptr ? TextAt(old->config, "Name") : name;
  Copy(request, kPoolMembers, pool.config);
  // The template's texts are shown under the older members' names too.
  for (const auto& [in_template, member] :
       {std::pair("VerificationMessageTemplate.SmsMessage", "SmsVerificationMessage"),
        std::pair("VerificationMessageTemplate.EmailSubject", "EmailVerificationSubject"),
        std::pair("VerificationMessageTemplate.EmailMessage", "EmailVerificationMessage")}) {
    if (const Json* text = FindPath(request, in_template)) pool.config[member] = *text;
  }
  pool.config["AdminCreateUserConfig"].emplace("AllowAdminCreateUserOnly", false);
  pool.config["AdminCreateUserConfig"].emplace("UnusedAccountValidityDays", 7);
  pool.config["Policies"] = PoliciesOf(request);
  if (old == nullptr) {
    Copy(request, kFixedMembers, pool.config);
    OFFSTAGE_TRY(pool.config["SchemaAttributes"],
                 MakeSchema(request.value("Schema", Json::array())));
  } else {
    Copy(old->config, kFixedMembers, pool.config);
    pool.config["SchemaAttributes"] = old->config["SchemaAttributes"];
  }
  return pool;
}

aws::Outcome<Client> MakeClient(const Engine& engine, const Pool& pool, const Json& request,
                                const std::string& id, const Client* old,
                                const std::string& secret) {
  Json checked = request;
  if (old != nullptr && old->config.contains("ClientSecret"))
    checked["ClientSecret"] = old->config["ClientSecret"];
  OFFSTAGE_TRY_VOID(CheckFlows(request));
  OFFSTAGE_TRY_VOID(CheckLifetimes(request));
  OFFSTAGE_TRY_VOID(CheckOAuth(checked));
  for (const char* list : {"ReadAttributes", "WriteAttributes"}) {
    for (const std::string& name : ListAt(request, list)) {
      if (FindSchema(pool, name) == nullptr) {
        return Fail(InvalidParameter(
            fmt::format("Invalid {} attributes specified while creating a client",
                        std::string_view(list) == "ReadAttributes" ? "read" : "write")));
      }
    }
  }
  const double now = ToApiTime(engine.NowMillis());
  Client client;
  client.id = id;
  client.pool_id = pool.id;
  client.config = {{"ClientId", id},
                   {"UserPoolId", pool.id},
                   {"CreationDate", old == nullptr ? Json(now) : old->config["CreationDate"]},
                   {"LastModifiedDate", now},
                   {"RefreshTokenValidity", 30},
                   {"AllowedOAuthFlowsUserPoolClient", false},
                   {"EnableTokenRevocation", true},
                   {"EnablePropagateAdditionalUserContextData", false},
                   {"AuthSessionValidity", 3},
                   {"TokenValidityUnits", Json::object()}};
  Copy(request, kClientMembers, client.config);
  if (!client.config.contains("ClientName") && old != nullptr)
    client.config["ClientName"] = old->config["ClientName"];
  if (old != nullptr) Copy(old->config, "MoreSecrets ClientSecretCreateDate", client.config);
  if (checked.contains("ClientSecret") && !TextAt(checked, "ClientSecret").empty()) {
    client.config["ClientSecret"] = checked["ClientSecret"];
  } else if (BoolAt(request, "GenerateSecret", false)) {
    client.config["ClientSecret"] = secret.empty() ? RandomText(51, kLowerAlphanumeric) : secret;
  }
  return client;
}

aws::Outcome<Json> DescribePool(Engine& engine, const Pool& pool) {
  Json described = pool.config;
  for (const char* kept :
       {"SoftwareTokenMfaConfiguration", "SmsMfaConfiguration", "EmailMfaConfiguration"}) {
    described.erase(kept);
  }
  OFFSTAGE_TRY_INTERNAL(described["EstimatedNumberOfUsers"], engine.store->CountUsers(pool.id));
  OFFSTAGE_TRY_INTERNAL(const auto domains, engine.store->Things("domain", pool.id));
  for (const Json& domain : domains) {
    const bool custom = FindPath(domain, "CustomDomainConfig") != nullptr;
    described[custom ? "CustomDomain" : "Domain"] = domain["Domain"];
  }
  return described;
}

Json DescribeClient(const Client& client) {
  Json described = client.config;
  described.erase("MoreSecrets");
  described.erase("ClientSecretCreateDate");
  return described;
}

}  // namespace offstage::cognito
