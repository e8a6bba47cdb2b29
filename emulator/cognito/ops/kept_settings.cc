// Settings that are kept and shown as the service shows them, and have no effect here: risk
// configurations, log delivery, the look of the classic pages.
// docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetRiskConfiguration.html
// Not emulated: ImageFile of SetUICustomization.
#include "cognito/errors.h"
#include "cognito/ops/ops.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

namespace {

constexpr std::string_view kRisk = "risk_configuration";
constexpr std::string_view kLogDelivery = "log_delivery";
constexpr std::string_view kCustomization = "ui_customization";
constexpr const char* kAllClients = "ALL";

void WarnKept(const Engine& engine, const Pool& pool, std::string_view what) {
  if (engine.options.log == nullptr) return;
  engine.options.log->Warn("kept, but has no effect here",
                           {{"of", pool.id}, {"what", std::string(what)}});
}

// The client's id where the request names one of the pool's, else "ALL".
aws::Outcome<std::string> ScopeOf(const Engine& engine, const Pool& pool, const Json& request) {
  const std::string id = TextAt(request, "ClientId");
  if (id.empty() || id == kAllClients) return std::string(kAllClients);
  OFFSTAGE_TRY_VOID(FindClientOf(engine, pool, request));
  return id;
}

}  // namespace

aws::Outcome<Json> SetRiskConfiguration(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const std::string scope, ScopeOf(engine, *pool, request));
  Json risk = request;
  risk["LastModifiedDate"] = ToApiTime(engine.NowMillis());
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveThing(kRisk, pool->id, scope, risk)));
  WarnKept(engine, *pool, "risk configuration");
  return Json{{"RiskConfiguration", std::move(risk)}};
}

aws::Outcome<Json> DescribeRiskConfiguration(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const std::string scope, ScopeOf(engine, *pool, request));
  OFFSTAGE_TRY_INTERNAL(auto risk, engine.store->FindThing(kRisk, pool->id, scope));
  return Json{{"RiskConfiguration", risk ? *std::move(risk) : request}};
}

aws::Outcome<Json> SetLogDeliveryConfiguration(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveThing(kLogDelivery, pool->id, kAllClients, request)));
  WarnKept(engine, *pool, "log delivery");
  return Json{{"LogDeliveryConfiguration", request}};
}

aws::Outcome<Json> GetLogDeliveryConfiguration(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY_INTERNAL(auto kept, engine.store->FindThing(kLogDelivery, pool->id, kAllClients));
  const Json none = {{"UserPoolId", pool->id}, {"LogConfigurations", Json::array()}};
  return Json{{"LogDeliveryConfiguration", kept ? *std::move(kept) : none}};
}

aws::Outcome<Json> SetUICustomization(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const std::string scope, ScopeOf(engine, *pool, request));
  if (FindPath(request, "ImageFile") != nullptr)
    return Fail(NotEmulated("ImageFile of SetUICustomization"));
  OFFSTAGE_TRY_INTERNAL(const auto domains, engine.store->Things("domain", pool->id));
  if (domains.empty()) {
    return Fail(
        InvalidParameter("There has to be an existing domain associated with this user pool"));
  }
  OFFSTAGE_TRY_INTERNAL(const auto old, engine.store->FindThing(kCustomization, pool->id, scope));
  const double now = ToApiTime(engine.NowMillis());
  Json look = {{"UserPoolId", pool->id},
               {"ClientId", scope},
               {"CSSVersion", "20190128172214"},
               {"CreationDate", old ? (*old)["CreationDate"] : Json(now)},
               {"LastModifiedDate", now}};
  if (const Json* css = FindPath(request, "CSS")) look["CSS"] = *css;
  OFFSTAGE_TRY_VOID(Saved(engine.store->SaveThing(kCustomization, pool->id, scope, look)));
  WarnKept(engine, *pool, "style of the classic pages");
  return Json{{"UICustomization", std::move(look)}};
}

aws::Outcome<Json> GetUICustomization(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  OFFSTAGE_TRY(const std::string scope, ScopeOf(engine, *pool, request));
  for (const std::string& name : {scope, std::string(kAllClients)}) {
    OFFSTAGE_TRY_INTERNAL(auto look, engine.store->FindThing(kCustomization, pool->id, name));
    if (look) return Json{{"UICustomization", *std::move(look)}};
  }
  return Json{{"UICustomization", Json::object()}};
}

// What a file of users to import would have as its first line; importing itself is not emulated.
aws::Outcome<Json> GetCSVHeader(Engine& engine, const Json& request) {
  OFFSTAGE_TRY(const PoolPtr pool, FindPool(engine, request));
  Json names = Json::array();
  for (const Json& row : pool->config["SchemaAttributes"]) {
    if (row["Name"] != "sub") names.push_back(row["Name"]);
  }
  names.push_back("cognito:mfa_enabled");
  names.push_back("cognito:username");
  return Json{{"UserPoolId", pool->id}, {"CSVHeader", std::move(names)}};
}

}  // namespace offstage::cognito
