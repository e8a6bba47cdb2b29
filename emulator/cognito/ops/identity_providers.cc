// Identity providers of a pool: kept and shown. Signing in through one is not emulated, and the
// hosted pages say so.
// docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateIdentityProvider.html
#include <fmt/format.h>

#include "cognito/errors.h"
#include "cognito/ops/ops.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

constexpr std::string_view kProvider = "identity_provider";

aws::Outcome<Json> FindProvider(Engine& engine, const Pool& pool, const std::string& name) {
  OFFSTAGE_TRY_INTERNAL(auto provider, engine.store->FindThing(kProvider, pool.id, name));
  if (!provider)
    return Fail(ResourceNotFound(fmt::format("Identity provider {} does not exist.", name)));
  return *std::move(provider);
}

void CopyProviderMembers(const Json& request, Json& provider) {
  for (const char* member : {"ProviderDetails", "AttributeMapping", "IdpIdentifiers"}) {
    if (const Json* given = FindPath(request, member)) provider[member] = *given;
  }
}

}  // namespace

aws::Outcome<Json> CreateIdentityProvider(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string name = TextAt(request, "ProviderName");
  OFFSTAGE_TRY_INTERNAL(const auto other, engine.store->FindThing(kProvider, pool->id, name));
  if (other) {
    return Fail(
        Problem("DuplicateProviderException",
                fmt::format("A provider with the name {} already exists in the user pool.", name)));
  }
  const double now = ToApiTime(engine.NowMillis());
  Json provider = {{"UserPoolId", pool->id},
                   {"ProviderName", name},
                   {"ProviderType", request["ProviderType"]},
                   {"CreationDate", now},
                   {"LastModifiedDate", now}};
  CopyProviderMembers(request, provider);
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveThing(kProvider, pool->id, name, provider)));
  if (engine.options.log != nullptr)
    engine.options.log->Warn("kept, but nobody can sign in through it here", {{"provider", name}});
  return Json{{"IdentityProvider", std::move(provider)}};
}

aws::Outcome<Json> DescribeIdentityProvider(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(Json provider, FindProvider(engine, *pool, TextAt(request, "ProviderName")));
  return Json{{"IdentityProvider", std::move(provider)}};
}

aws::Outcome<Json> GetIdentityProviderByIdentifier(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string identifier = TextAt(request, "IdpIdentifier");
  OFFSTAGE_TRY_INTERNAL(const auto providers, engine.store->Things(kProvider, pool->id));
  for (const Json& provider : providers) {
    if (ListHas(provider, "IdpIdentifiers", identifier))
      return Json{{"IdentityProvider", provider}};
  }
  return Fail(ResourceNotFound(fmt::format("Identity provider {} does not exist.", identifier)));
}

aws::Outcome<Json> UpdateIdentityProvider(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string name = TextAt(request, "ProviderName");
  OFFSTAGE_TRY(Json provider, FindProvider(engine, *pool, name));
  CopyProviderMembers(request, provider);
  provider["LastModifiedDate"] = ToApiTime(engine.NowMillis());
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveThing(kProvider, pool->id, name, provider)));
  return Json{{"IdentityProvider", std::move(provider)}};
}

aws::Outcome<Json> DeleteIdentityProvider(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  const std::string name = TextAt(request, "ProviderName");
  OFFSTAGE_TRY_VOID(FindProvider(engine, *pool, name));
  OFFSTAGE_TRY_INTERNAL(const bool deleted, engine.store->DeleteThing(kProvider, pool->id, name));
  (void)deleted;
  return Json::object();
}

aws::Outcome<Json> ListIdentityProviders(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_INTERNAL(auto providers, engine.store->Things(kProvider, pool->id));
  for (Json& provider : providers) {
    for (const char* member :
         {"UserPoolId", "ProviderDetails", "AttributeMapping", "IdpIdentifiers"})
      provider.erase(member);
  }
  return PageOf(providers, request, "MaxResults", "Providers");
}

}  // namespace offstage::cognito
