// User pools and their app clients:
// docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html
#include <fmt/format.h>

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/ops/ops.h"
#include "cognito/pool_config.h"
#include "cognito/provision.h"

namespace offstage::cognito {

namespace {

constexpr std::string_view kAlphanumeric =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

void WarnWithoutEffect(const Engine& engine, const Json& request, std::string_view what) {
  const auto members = WithoutEffect(request);
  if (members.empty() || engine.options.log == nullptr) return;
  engine.options.log->Warn("kept, but has no effect here",
                           {{"of", std::string(what)}, {"members", Join(members, ", ")}});
}

aws::Outcome<PoolPtr> FindPoolByArn(const Engine& engine, const Json& request) {
  const std::string arn = TextAt(request, "ResourceArn");
  const std::vector<std::string_view> parts = Split(arn, ':');
  if (parts.size() != 6 || parts[0] != "arn" || parts[2] != "cognito-idp" ||
      !parts[5].starts_with("userpool/"))
    return Fail(InvalidParameter("Invalid resource ARN: " + arn));
  const std::string id(parts[5].substr(std::string_view("userpool/").size()));
  PoolPtr pool = engine.store->FindPool(id);
  if (pool == nullptr || pool->config["Arn"] != arn) return Fail(PoolNotFound(id));
  return pool;
}

}  // namespace

aws::Outcome<Unit> Saved(const Status& status) {
  if (!status.ok()) return Fail(aws::InternalServerError(status.error()));
  return Ok();
}

aws::Outcome<std::int64_t> ReadPageToken(const Json& request, std::string_view member) {
  const std::string token = TextAt(request, member);
  if (token.empty()) return std::int64_t{0};
  const auto plain = Base64UrlDecode(token);
  if (!plain || plain->size() > 18 || plain->empty() ||
      plain->find_first_not_of("0123456789") != std::string::npos) {
    return Fail(InvalidParameter("Invalid pagination token"));
  }
  return static_cast<std::int64_t>(std::stoll(*plain));
}

std::string MakePageToken(std::int64_t row) {
  return Base64UrlEncode(std::to_string(row));
}

aws::Outcome<Json> CreateUserPool(Engine& engine, const Json& request) {
  const std::string id = engine.options.region + "_" + engine.options.ids->Text(9, kAlphanumeric);
  OFFSTAGE_TRY(const Pool pool, MakePool(engine, request, id, nullptr));
  WarnWithoutEffect(engine, request, id);
  OFFSTAGE_TRY_VOID(Saved(engine.store->SavePool(pool)));
  OFFSTAGE_TRY(Json described, DescribePool(engine, pool));
  return Json{{"UserPool", std::move(described)}};
}

aws::Outcome<Json> DescribeUserPool(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(Json described, DescribePool(engine, *pool));
  return Json{{"UserPool", std::move(described)}};
}

aws::Outcome<Json> UpdateUserPool(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr old, FindPool(engine, request));
  // What is left out goes back to its default, as the service has it; MFA methods that another
  // operation set stay.
  Json members = request;
  for (const char* kept :
       {"SoftwareTokenMfaConfiguration", "SmsMfaConfiguration", "EmailMfaConfiguration"}) {
    if (old->config.contains(kept)) members[kept] = old->config[kept];
  }
  OFFSTAGE_TRY(const Pool pool, MakePool(engine, members, old->id, old.get()));
  WarnWithoutEffect(engine, request, old->id);
  OFFSTAGE_TRY_VOID(Saved(engine.store->SavePool(pool)));
  return Json::object();
}

aws::Outcome<Json> DeleteUserPool(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  if (TextAt(pool->config, "DeletionProtection") == "ACTIVE") {
    return Fail(InvalidParameter(
        "The user pool cannot be deleted because deletion protection is activated. Deletion "
        "protection must be inactivated first."));
  }
  OFFSTAGE_TRY_INTERNAL(const auto domains, engine.store->Things("domain", pool->id));
  if (!domains.empty()) {
    return Fail(InvalidParameter(
        "User pool cannot be deleted. It has a domain configured that should be deleted first."));
  }
  OFFSTAGE_TRY_VOID(Saved(engine.store->DeletePool(pool->id)));
  return Json::object();
}

aws::Outcome<Json> ListUserPools(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const std::int64_t skip, ReadPageToken(request, "NextToken"));
  const auto limit = static_cast<std::size_t>(IntegerAt(request, "MaxResults", 60));
  const auto pools = engine.store->Pools();
  Json list = Json::array();
  std::size_t at = static_cast<std::size_t>(skip);
  for (; at < pools.size() && list.size() < limit; ++at) {
    Json row = Json::object();
    for (const char* member : {"Id", "Name", "LambdaConfig", "LastModifiedDate", "CreationDate"}) {
      row[member] = pools[at]->config[member];
    }
    list.push_back(std::move(row));
  }
  Json reply = {{"UserPools", std::move(list)}};
  if (at < pools.size()) reply["NextToken"] = MakePageToken(static_cast<std::int64_t>(at));
  return reply;
}

aws::Outcome<Json> AddCustomAttributes(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr old, FindPool(engine, request));
  Pool pool = *old;
  const Json attributes = request.value("CustomAttributes", Json::array());
  for (const Json& attribute : attributes) {
    const bool developer = BoolAt(attribute, "DeveloperOnlyAttribute", false);
    const std::string plain = "custom:" + TextAt(attribute, "Name");
    const std::string name = (developer ? "dev:" : "") + plain;
    if (std::any_of(pool.config["SchemaAttributes"].begin(), pool.config["SchemaAttributes"].end(),
                    [&](const Json& row) { return row["Name"] == name; })) {
      return Fail(InvalidParameter(
          fmt::format("{}: Existing attribute already has name {}.", plain, name)));
    }
  }
  OFFSTAGE_TRY_VOID(AddSchema(attributes, pool));
  OFFSTAGE_TRY_VOID(Saved(engine.store->SavePool(pool)));
  return Json::object();
}

namespace {

bool AnyMfa(const Pool& pool) {
  return BoolAt(pool.config, "SoftwareTokenMfaConfiguration.Enabled", false) ||
         FindPath(pool.config, "SmsMfaConfiguration.SmsConfiguration") != nullptr ||
         pool.config.contains("SmsConfiguration") || pool.config.contains("EmailMfaConfiguration");
}

}  // namespace

aws::Outcome<Json> SetUserPoolMfaConfig(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr old, FindPool(engine, request));
  Pool pool = *old;
  for (const char* member :
       {"SoftwareTokenMfaConfiguration", "SmsMfaConfiguration", "EmailMfaConfiguration"}) {
    if (const Json* given = FindPath(request, member)) pool.config[member] = *given;
  }
  const std::string mode = TextAt(request, "MfaConfiguration");
  if (mode == "ON" && !pool.config.contains("SoftwareTokenMfaConfiguration") &&
      !pool.config.contains("SmsMfaConfiguration") &&
      !pool.config.contains("EmailMfaConfiguration") && !pool.config.contains("SmsConfiguration")) {
    return Fail(InvalidParameter(
        "At least one of [SmsMfaConfiguration] or [SoftwareTokenMfaConfiguration] must be "
        "provided."));
  }
  // The text: https://github.com/anomalyco/sst/issues/5177
  if ((mode == "ON" || mode == "OPTIONAL") && !AnyMfa(pool)) {
    return Fail(InvalidParameter(
        "Invalid MFA configuration given, can't disable all MFAs with a required or optional "
        "configuration."));
  }
  if (FindPath(request, "WebAuthnConfiguration") != nullptr)
    return Fail(NotEmulated("passkeys (WebAuthnConfiguration)"));
  if (!mode.empty()) pool.config["MfaConfiguration"] = mode;
  OFFSTAGE_TRY_VOID(Saved(engine.store->SavePool(pool)));
  return GetUserPoolMfaConfig(engine, request);
}

aws::Outcome<Json> GetUserPoolMfaConfig(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  Json reply = {{"MfaConfiguration", MfaConfiguration(*pool)}};
  for (const char* member :
       {"SoftwareTokenMfaConfiguration", "SmsMfaConfiguration", "EmailMfaConfiguration"}) {
    if (const Json* kept = FindPath(pool->config, member)) reply[member] = *kept;
  }
  return reply;
}

aws::Outcome<Json> TagResource(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr old, FindPoolByArn(engine, request));
  Pool pool = *old;
  for (const auto& [name, value] : request["Tags"].items())
    pool.config["UserPoolTags"][name] = value;
  OFFSTAGE_TRY_VOID(Saved(engine.store->SavePool(pool)));
  return Json::object();
}

aws::Outcome<Json> UntagResource(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr old, FindPoolByArn(engine, request));
  Pool pool = *old;
  for (const std::string& name : ListAt(request, "TagKeys")) {
    if (pool.config.contains("UserPoolTags")) pool.config["UserPoolTags"].erase(name);
  }
  OFFSTAGE_TRY_VOID(Saved(engine.store->SavePool(pool)));
  return Json::object();
}

aws::Outcome<Json> ListTagsForResource(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPoolByArn(engine, request));
  return Json{{"Tags", pool->config.value("UserPoolTags", Json::object())}};
}

aws::Outcome<Json> CreateUserPoolClient(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string id = engine.options.ids->Text(26, kLowerAlphanumeric);
  OFFSTAGE_TRY(const Client client, MakeClient(engine, *pool, request, id, nullptr, ""));
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveClient(client)));
  return Json{{"UserPoolClient", DescribeClient(client)}};
}

aws::Outcome<Json> DescribeUserPoolClient(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const ClientPtr client, FindClientOf(engine, *pool, request));
  return Json{{"UserPoolClient", DescribeClient(*client)}};
}

aws::Outcome<Json> UpdateUserPoolClient(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const ClientPtr old, FindClientOf(engine, *pool, request));
  OFFSTAGE_TRY(const Client client, MakeClient(engine, *pool, request, old->id, old.get(), ""));
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveClient(client)));
  return Json{{"UserPoolClient", DescribeClient(client)}};
}

aws::Outcome<Json> DeleteUserPoolClient(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const ClientPtr client, FindClientOf(engine, *pool, request));
  OFFSTAGE_TRY_VOID(Saved(engine.store->DeleteClient(client->id)));
  return Json::object();
}

aws::Outcome<Json> ListUserPoolClients(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const std::int64_t skip, ReadPageToken(request, "NextToken"));
  const auto limit = static_cast<std::size_t>(IntegerAt(request, "MaxResults", 60));
  const auto clients = engine.store->Clients(pool->id);
  Json list = Json::array();
  std::size_t at = static_cast<std::size_t>(skip);
  for (; at < clients.size() && list.size() < limit; ++at) {
    list.push_back({{"ClientId", clients[at]->id},
                    {"UserPoolId", pool->id},
                    {"ClientName", clients[at]->config.value("ClientName", "")}});
  }
  Json reply = {{"UserPoolClients", std::move(list)}};
  if (at < clients.size()) reply["NextToken"] = MakePageToken(static_cast<std::int64_t>(at));
  return reply;
}

}  // namespace offstage::cognito
