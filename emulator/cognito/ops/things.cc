// Groups, resource servers and domains of a pool:
// docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html
#include <fmt/format.h>

#include "cognito/errors.h"
#include "cognito/ops/ops.h"
#include "cognito/pool_config.h"
#include "cognito/users.h"

namespace offstage::cognito {

namespace {

aws::Outcome<Json> FindGroup(Engine& engine, const Pool& pool, const std::string& name) {
  OFFSTAGE_TRY_INTERNAL(auto group, engine.store->FindThing("group", pool.id, name));
  if (!group) return Fail(ResourceNotFound("Group not found."));
  return *std::move(group);
}

aws::Outcome<Json> FindServer(Engine& engine, const Pool& pool, const Json& request) {
  const std::string identifier = TextAt(request, "Identifier");
  OFFSTAGE_TRY_INTERNAL(auto server,
                        engine.store->FindThing("resource_server", pool.id, identifier));
  if (!server)
    return Fail(ResourceNotFound(fmt::format("Resource server {} does not exist.", identifier)));
  return *std::move(server);
}

Json ServerOf(const Pool& pool, const Json& request) {
  Json server = {
      {"UserPoolId", pool.id}, {"Identifier", request["Identifier"]}, {"Name", request["Name"]}};
  if (const Json* scopes = FindPath(request, "Scopes")) server["Scopes"] = *scopes;
  return server;
}

}  // namespace

aws::Outcome<Json> PageOf(const std::vector<Json>& things, const Json& request,
                          const char* limit_member, const char* member) {
  OFFSTAGE_TRY(const std::int64_t skip, ReadPageToken(request, "NextToken"));
  const auto limit = static_cast<std::size_t>(IntegerAt(request, limit_member, 60));
  Json list = Json::array();
  std::size_t at = static_cast<std::size_t>(skip);
  for (; at < things.size() && list.size() < limit; ++at)
    list.push_back(things[at]);
  Json reply = {{member, std::move(list)}};
  if (at < things.size()) reply["NextToken"] = MakePageToken(static_cast<std::int64_t>(at));
  return reply;
}

aws::Outcome<Json> CreateGroup(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string name = TextAt(request, "GroupName");
  OFFSTAGE_TRY_INTERNAL(const auto other, engine.store->FindThing("group", pool->id, name));
  if (other) return Fail(Problem("GroupExistsException", "A group with the name already exists."));
  const double now = ToApiTime(engine.NowMillis());
  Json group = {{"GroupName", name},
                {"UserPoolId", pool->id},
                {"CreationDate", now},
                {"LastModifiedDate", now}};
  for (const char* member : {"Description", "Precedence", "RoleArn"}) {
    if (const Json* given = FindPath(request, member)) group[member] = *given;
  }
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveThing("group", pool->id, name, group)));
  return Json{{"Group", std::move(group)}};
}

aws::Outcome<Json> GetGroup(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(Json group, FindGroup(engine, *pool, TextAt(request, "GroupName")));
  return Json{{"Group", std::move(group)}};
}

aws::Outcome<Json> UpdateGroup(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string name = TextAt(request, "GroupName");
  OFFSTAGE_TRY(Json group, FindGroup(engine, *pool, name));
  for (const char* member : {"Description", "Precedence", "RoleArn"}) {
    if (const Json* given = FindPath(request, member)) group[member] = *given;
  }
  group["LastModifiedDate"] = ToApiTime(engine.NowMillis());
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveThing("group", pool->id, name, group)));
  return Json{{"Group", std::move(group)}};
}

aws::Outcome<Json> DeleteGroup(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_INTERNAL(const bool was_there,
                        engine.store->DeleteThing("group", pool->id, TextAt(request, "GroupName")));
  if (!was_there) return Fail(ResourceNotFound("Group not found."));
  return Json::object();
}

aws::Outcome<Json> ListGroups(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_INTERNAL(const auto groups, engine.store->Things("group", pool->id));
  return PageOf(groups, request, "Limit", "Groups");
}

aws::Outcome<Json> AdminAddUserToGroup(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const User user, FindUser(engine, *pool, TextAt(request, "Username")));
  const std::string name = TextAt(request, "GroupName");
  OFFSTAGE_TRY_VOID(FindGroup(engine, *pool, name));
  OFFSTAGE_TRY_VOID(Saved(engine.store->AddToGroup(user, name)));
  return Json::object();
}

aws::Outcome<Json> AdminRemoveUserFromGroup(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const User user, FindUser(engine, *pool, TextAt(request, "Username")));
  const std::string name = TextAt(request, "GroupName");
  OFFSTAGE_TRY_VOID(FindGroup(engine, *pool, name));
  OFFSTAGE_TRY_VOID(Saved(engine.store->RemoveFromGroup(user, name)));
  return Json::object();
}

aws::Outcome<Json> AdminListGroupsForUser(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const User user, FindUser(engine, *pool, TextAt(request, "Username")));
  OFFSTAGE_TRY_INTERNAL(const auto groups, engine.store->GroupsOf(user));
  return PageOf(groups, request, "Limit", "Groups");
}

aws::Outcome<Json> ListUsersInGroup(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string name = TextAt(request, "GroupName");
  OFFSTAGE_TRY_VOID(FindGroup(engine, *pool, name));
  OFFSTAGE_TRY(const std::int64_t after, ReadPageToken(request, "NextToken"));
  const auto limit = static_cast<std::size_t>(IntegerAt(request, "Limit", 60));
  OFFSTAGE_TRY_INTERNAL(const auto page, engine.store->Members(pool->id, name, after, limit));
  Json users = Json::array();
  for (const User& user : page.rows)
    users.push_back(ToUserType(user));
  Json reply = {{"Users", std::move(users)}};
  if (page.next != 0) reply["NextToken"] = MakePageToken(page.next);
  return reply;
}

aws::Outcome<Json> CreateResourceServer(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string identifier = TextAt(request, "Identifier");
  OFFSTAGE_TRY_INTERNAL(const auto other,
                        engine.store->FindThing("resource_server", pool->id, identifier));
  if (other) {
    return Fail(
        InvalidParameter(fmt::format("{} already exists in user pool {}.", identifier, pool->id)));
  }
  Json server = ServerOf(*pool, request);
  OFFSTAGE_TRY_VOID(
      Saved(engine.store->SaveThing("resource_server", pool->id, identifier, server)));
  return Json{{"ResourceServer", std::move(server)}};
}

aws::Outcome<Json> DescribeResourceServer(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(Json server, FindServer(engine, *pool, request));
  return Json{{"ResourceServer", std::move(server)}};
}

aws::Outcome<Json> UpdateResourceServer(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_VOID(FindServer(engine, *pool, request));
  Json server = ServerOf(*pool, request);
  OFFSTAGE_TRY_VOID(Saved(
      engine.store->SaveThing("resource_server", pool->id, TextAt(request, "Identifier"), server)));
  return Json{{"ResourceServer", std::move(server)}};
}

aws::Outcome<Json> DeleteResourceServer(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_VOID(FindServer(engine, *pool, request));
  OFFSTAGE_TRY_INTERNAL(
      const bool deleted,
      engine.store->DeleteThing("resource_server", pool->id, TextAt(request, "Identifier")));
  (void)deleted;
  return Json::object();
}

aws::Outcome<Json> ListResourceServers(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_INTERNAL(const auto servers, engine.store->Things("resource_server", pool->id));
  return PageOf(servers, request, "MaxResults", "ResourceServers");
}

namespace {

// What creating and updating a domain answer.
Json DomainReply(const Json& domain) {
  Json reply = Json::object();
  if (domain.contains("CustomDomainConfig"))
    reply["CloudFrontDomain"] = "d111111abcdef8.cloudfront.net";
  if (domain.contains("ManagedLoginVersion"))
    reply["ManagedLoginVersion"] = domain["ManagedLoginVersion"];
  return reply;
}

}  // namespace

aws::Outcome<Json> CreateUserPoolDomain(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string name = TextAt(request, "Domain");
  OFFSTAGE_TRY_INTERNAL(const auto other, engine.store->FindDomain(name));
  if (other) return Fail(InvalidParameter("Domain already associated with another user pool."));
  Json domain = {{"Domain", name}, {"UserPoolId", pool->id}};
  const bool custom = FindPath(request, "CustomDomainConfig") != nullptr;
  // The service takes custom domains with dots, which its published model has no room for.
  if (!custom && name.find('.') != std::string::npos) {
    return Fail(InvalidParameter(fmt::format(
        "1 validation error detected: Value '{}' at 'domain' failed to satisfy constraint: Member "
        "must satisfy regular expression pattern: ^[a-z0-9](?:[a-z0-9\\-]{{0,61}}[a-z0-9])?$",
        name)));
  }
  if (custom) domain["CustomDomainConfig"] = request["CustomDomainConfig"];
  if (const Json* version = FindPath(request, "ManagedLoginVersion"))
    domain["ManagedLoginVersion"] = *version;
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveThing("domain", pool->id, name, domain)));
  return DomainReply(domain);
}

aws::Outcome<Json> DescribeUserPoolDomain(Engine& engine, const Json& request) {
  const std::string name = TextAt(request, "Domain");
  OFFSTAGE_TRY_INTERNAL(const auto domain, engine.store->FindDomain(name));
  // A domain that is not there has an empty description, no error.
  if (!domain) return Json{{"DomainDescription", Json::object()}};
  Json description = {{"UserPoolId", (*domain)["UserPoolId"]},
                      {"AWSAccountId", engine.options.account_id},
                      {"Domain", name},
                      {"S3Bucket", "aws-cognito-prod-" + engine.options.region + "-assets"},
                      {"CloudFrontDistribution", "d111111abcdef8.cloudfront.net"},
                      {"Version", "20260101000000"},
                      {"Status", "ACTIVE"},
                      {"CustomDomainConfig", domain->value("CustomDomainConfig", Json::object())}};
  if (domain->contains("ManagedLoginVersion"))
    description["ManagedLoginVersion"] = (*domain)["ManagedLoginVersion"];
  return Json{{"DomainDescription", std::move(description)}};
}

aws::Outcome<Json> UpdateUserPoolDomain(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string name = TextAt(request, "Domain");
  OFFSTAGE_TRY_INTERNAL(auto domain, engine.store->FindThing("domain", pool->id, name));
  if (!domain) return Fail(ResourceNotFound("No such domain or user pool exists."));
  for (const char* member : {"CustomDomainConfig", "ManagedLoginVersion"}) {
    if (const Json* given = FindPath(request, member)) (*domain)[member] = *given;
  }
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveThing("domain", pool->id, name, *domain)));
  return DomainReply(*domain);
}

aws::Outcome<Json> DeleteUserPoolDomain(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_INTERNAL(const bool was_there,
                        engine.store->DeleteThing("domain", pool->id, TextAt(request, "Domain")));
  if (!was_there) return Fail(InvalidParameter("No such domain or user pool exists."));
  return Json::object();
}

}  // namespace offstage::cognito
