// Managed login branding and terms documents: kept and shown; the pages keep their own look.
// docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateManagedLoginBranding.html
#include <fmt/format.h>

#include "cognito/errors.h"
#include "cognito/ops/ops.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

// A kind of thing that a client has, under an id of its own.
struct Branded {
  std::string_view kind;
  const char* id_member;
  // Of the reply.
  const char* member;
  std::string_view missing;
};
constexpr Branded kBranding{.kind = "branding",
                            .id_member = "ManagedLoginBrandingId",
                            .member = "ManagedLoginBranding",
                            .missing = "Managed login branding does not exist."};
constexpr Branded kTerms{
    .kind = "terms", .id_member = "TermsId", .member = "Terms", .missing = "Terms do not exist."};

aws::Outcome<Json> FindBranded(Engine& engine, const Branded& what, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_INTERNAL(
      auto found, engine.store->FindThing(what.kind, pool->id, TextAt(request, what.id_member)));
  if (!found) return Fail(ResourceNotFound(std::string(what.missing)));
  return *std::move(found);
}

aws::Outcome<Json> SaveBranded(Engine& engine, const Branded& what, Json thing) {
  thing["LastModifiedDate"] = ToApiTime(engine.NowMillis());
  if (!thing.contains("CreationDate")) thing["CreationDate"] = thing["LastModifiedDate"];
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveThing(what.kind, TextAt(thing, "UserPoolId"),
                                                  TextAt(thing, what.id_member), thing)));
  return Json{{what.member, std::move(thing)}};
}

aws::Outcome<Json> CreateBranded(Engine& engine, const Branded& what, const Json& request) {
  Json thing = request;
  thing[what.id_member] = engine.options.ids->Uuid();
  return SaveBranded(engine, what, std::move(thing));
}

aws::Outcome<Json> UpdateBranded(Engine& engine, const Branded& what, const Json& request) {
  OFFSTAGE_TRY(Json thing, FindBranded(engine, what, request));
  thing.update(request);
  return SaveBranded(engine, what, std::move(thing));
}

aws::Outcome<Json> DescribeBranded(Engine& engine, const Branded& what, const Json& request) {
  OFFSTAGE_TRY(Json thing, FindBranded(engine, what, request));
  return Json{{what.member, std::move(thing)}};
}

aws::Outcome<Json> DeleteBranded(Engine& engine, const Branded& what, const Json& request) {
  OFFSTAGE_TRY_VOID(FindBranded(engine, what, request));
  OFFSTAGE_TRY_INTERNAL(const bool deleted,
                        engine.store->DeleteThing(what.kind, TextAt(request, "UserPoolId"),
                                                  TextAt(request, what.id_member)));
  (void)deleted;
  return Json::object();
}

// The client's branding, or null.
aws::Outcome<std::optional<Json>> BrandingOf(Engine& engine, const Pool& pool,
                                             const std::string& client) {
  OFFSTAGE_TRY_INTERNAL(const auto all, engine.store->Things(kBranding.kind, pool.id));
  for (const Json& branding : all) {
    if (TextAt(branding, "ClientId") == client) return std::optional<Json>(branding);
  }
  return std::optional<Json>();
}

// Clients keep their id to themselves in ManagedLoginBranding.
Json WithoutClient(Json reply) {
  reply[kBranding.member].erase("ClientId");
  reply[kBranding.member].erase("ReturnMergedResources");
  return reply;
}

}  // namespace

aws::Outcome<Json> CreateManagedLoginBranding(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const ClientPtr client, FindClientOf(engine, *pool, request));
  OFFSTAGE_TRY(const auto other, BrandingOf(engine, *pool, client->id));
  if (other) {
    return Fail(Problem("ManagedLoginBrandingExistsException",
                        "Managed login branding already exists for this client."));
  }
  OFFSTAGE_TRY(Json reply, CreateBranded(engine, kBranding, request));
  return WithoutClient(std::move(reply));
}

aws::Outcome<Json> UpdateManagedLoginBranding(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Json reply, UpdateBranded(engine, kBranding, request));
  return WithoutClient(std::move(reply));
}

aws::Outcome<Json> DescribeManagedLoginBranding(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(Json reply, DescribeBranded(engine, kBranding, request));
  return WithoutClient(std::move(reply));
}

aws::Outcome<Json> DescribeManagedLoginBrandingByClient(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const ClientPtr client, FindClientOf(engine, *pool, request));
  OFFSTAGE_TRY(auto branding, BrandingOf(engine, *pool, client->id));
  if (!branding) return Fail(ResourceNotFound(std::string(kBranding.missing)));
  return WithoutClient(Json{{kBranding.member, *std::move(branding)}});
}

aws::Outcome<Json> DeleteManagedLoginBranding(Engine& engine, const Json& request) {
  return DeleteBranded(engine, kBranding, request);
}

aws::Outcome<Json> CreateTerms(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_VOID(FindClientOf(engine, *pool, request));
  OFFSTAGE_TRY_INTERNAL(const auto all, engine.store->Things(kTerms.kind, pool->id));
  for (const Json& terms : all) {
    if (terms["ClientId"] == request["ClientId"] && terms["TermsName"] == request["TermsName"]) {
      return Fail(Problem(
          "TermsExistsException",
          fmt::format("Terms {} already exist for this client.", TextAt(request, "TermsName"))));
    }
  }
  Json thing = request;
  if (!thing.contains("Links")) thing["Links"] = Json::object();
  return CreateBranded(engine, kTerms, thing);
}

aws::Outcome<Json> UpdateTerms(Engine& engine, const Json& request) {
  return UpdateBranded(engine, kTerms, request);
}

aws::Outcome<Json> DescribeTerms(Engine& engine, const Json& request) {
  return DescribeBranded(engine, kTerms, request);
}

aws::Outcome<Json> DeleteTerms(Engine& engine, const Json& request) {
  return DeleteBranded(engine, kTerms, request);
}

aws::Outcome<Json> ListTerms(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_INTERNAL(auto all, engine.store->Things(kTerms.kind, pool->id));
  for (Json& terms : all) {
    for (const char* member : {"UserPoolId", "ClientId", "TermsSource", "Links"})
      terms.erase(member);
  }
  return PageOf(all, request, "MaxResults", "Terms");
}

}  // namespace offstage::cognito
