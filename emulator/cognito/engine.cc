#include "cognito/engine.h"

#include "cognito/errors.h"
#include "cognito/pool_config.h"

namespace offstage::cognito {

aws::Outcome<PoolPtr> FindPool(const Engine& engine, const Json& request) {
  const std::string id = TextAt(request, "UserPoolId");
  PoolPtr pool = engine.store->FindPool(id);
  if (pool == nullptr) return Fail(PoolNotFound(id));
  return pool;
}

aws::Outcome<ClientPtr> FindClient(const Engine& engine, const Json& request) {
  const std::string id = TextAt(request, "ClientId");
  ClientPtr client = engine.store->FindClient(id);
  if (client == nullptr) return Fail(ClientNotFound(id));
  return client;
}

aws::Outcome<ClientPtr> FindClientOf(const Engine& engine, const Pool& pool, const Json& request) {
  OFFSTAGE_TRY(ClientPtr client, FindClient(engine, request));
  if (client->pool_id != pool.id) return Fail(ClientNotFound(client->id));
  return client;
}

aws::Outcome<User> FindUser(Engine& engine, const Pool& pool, std::string_view name) {
  OFFSTAGE_TRY_INTERNAL(auto user, engine.store->FindUser(pool, name));
  if (!user) return Fail(UserNotFound());
  return *std::move(user);
}

aws::Outcome<Unit> SaveUser(Engine& engine, const Pool& pool, User& user) {
  user.modified = engine.NowMillis();
  return engine.store->SaveUser(pool, user);
}

double ToApiTime(std::int64_t millis) {
  return static_cast<double>(millis) / 1000.0;
}

}  // namespace offstage::cognito
