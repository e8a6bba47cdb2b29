#include "cognito/store/store.h"

#include <fmt/format.h>

namespace offstage::cognito {

namespace {

using sqlite::ResetAtEnd;
using sqlite::Statement;
using sqlite::Transaction;

constexpr char kSchema[] =
    "CREATE TABLE IF NOT EXISTS cognito_pools(id TEXT PRIMARY KEY, config TEXT NOT NULL, key TEXT);"
    "CREATE TABLE IF NOT EXISTS cognito_clients(id TEXT PRIMARY KEY, pool TEXT NOT NULL, config "
    "TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS cognito_things(kind TEXT, pool TEXT, name TEXT, body TEXT NOT NULL,"
    " PRIMARY KEY(kind, pool, name)) WITHOUT ROWID;"
    // name: the user name as it is compared. body: ToJson(User).
    "CREATE TABLE IF NOT EXISTS cognito_users(n INTEGER PRIMARY KEY AUTOINCREMENT, pool TEXT NOT "
    "NULL, name TEXT NOT NULL, sub TEXT NOT NULL, body TEXT NOT NULL, UNIQUE(pool, name));"
    "CREATE INDEX IF NOT EXISTS cognito_users_sub ON cognito_users(pool, sub);"
    "CREATE TABLE IF NOT EXISTS cognito_aliases(pool TEXT, attribute TEXT, value TEXT, user INTEGER"
    " NOT NULL, PRIMARY KEY(pool, attribute, value)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS cognito_aliases_user ON cognito_aliases(user);"
    "CREATE TABLE IF NOT EXISTS cognito_members(user INTEGER, pool TEXT, name TEXT, "
    "PRIMARY KEY(user, name)) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS cognito_members_group ON cognito_members(pool, name, user);"
    "CREATE TABLE IF NOT EXISTS cognito_grants(id TEXT PRIMARY KEY, token TEXT NOT NULL, pool TEXT "
    "NOT NULL, client TEXT NOT NULL, user INTEGER NOT NULL, auth_time INTEGER NOT NULL, expires "
    "INTEGER NOT NULL, revoked INTEGER NOT NULL, scopes TEXT NOT NULL, device TEXT NOT NULL "
    "DEFAULT '');"
    "CREATE INDEX IF NOT EXISTS cognito_grants_token ON cognito_grants(token);"
    "CREATE INDEX IF NOT EXISTS cognito_grants_user ON cognito_grants(user);"
    // Refresh tokens of grants that rotate them, each until when it works. token: digest.
    "CREATE TABLE IF NOT EXISTS cognito_rotations(token TEXT PRIMARY KEY, grant_id TEXT NOT NULL, "
    "until INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS cognito_rotations_grant ON cognito_rotations(grant_id);"
    "CREATE TABLE IF NOT EXISTS cognito_devices(user INTEGER, key TEXT, body TEXT NOT NULL, "
    "PRIMARY KEY(user, key)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS cognito_messages(n INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT"
    " NULL);";

}  // namespace

Result<std::unique_ptr<Store>> Store::Open(const std::string& path) {
  OFFSTAGE_TRY(auto database, sqlite::Database::Open({.path = path}));
  std::unique_ptr<Store> store(new Store(std::move(database)));
  OFFSTAGE_TRY_VOID(store->Prepare());
  return store;
}

Status Store::Prepare() {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY_VOID(database_->Execute(kSchema));
  OFFSTAGE_TRY_VOID(AddGrantDevices());
  OFFSTAGE_TRY(auto pools, database_->Prepare("SELECT id, config FROM cognito_pools"));
  while (true) {
    OFFSTAGE_TRY(const bool more, pools.Step());
    if (!more) break;
    const std::string id(pools.Text(0));
    pools_[id] = std::make_shared<const Pool>(Pool{.id = id, .config = ParseStored(pools.Text(1))});
  }
  OFFSTAGE_TRY(auto clients, database_->Prepare("SELECT id, pool, config FROM cognito_clients"));
  while (true) {
    OFFSTAGE_TRY(const bool more, clients.Step());
    if (!more) break;
    const std::string id(clients.Text(0));
    clients_[id] = std::make_shared<const Client>(Client{
        .id = id, .pool_id = std::string(clients.Text(1)), .config = ParseStored(clients.Text(2))});
  }
  return Ok();
}

// Files from before devices were tracked lack the column.
Status Store::AddGrantDevices() {
  OFFSTAGE_TRY(auto find, database_->Prepare("SELECT 1 FROM pragma_table_info('cognito_grants') "
                                             "WHERE name = 'device'"));
  OFFSTAGE_TRY(const bool there, find.Step());
  if (there) return Ok();
  find.Reset();
  return database_->Execute(
      "ALTER TABLE cognito_grants ADD COLUMN device TEXT NOT NULL DEFAULT ''");
}

Result<Statement*> Store::Use(std::string_view sql) {
  const auto found = statements_.find(sql);
  if (found != statements_.end()) return &found->second;
  OFFSTAGE_TRY(Statement statement, database_->Prepare(sql));
  return &statements_.emplace(sql, std::move(statement)).first->second;
}

Status Store::SavePool(const Pool& pool) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * save,
               Use("INSERT INTO cognito_pools(id, config) VALUES(?1, ?2) ON CONFLICT(id) DO UPDATE "
                   "SET config = excluded.config"));
  const std::string config = DumpJson(pool.config);
  save->Bind(1, pool.id);
  save->Bind(2, config);
  OFFSTAGE_TRY_VOID(save->Run());
  pools_[pool.id] = std::make_shared<const Pool>(pool);
  return Ok();
}

Status Store::DeletePool(const std::string& pool_id) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(auto transaction, Transaction::Begin(*database_));
  for (const std::string_view sql :
       {"DELETE FROM cognito_members WHERE pool = ?1",
        "DELETE FROM cognito_devices WHERE user IN (SELECT n FROM cognito_users WHERE pool = ?1)",
        "DELETE FROM cognito_rotations WHERE grant_id IN (SELECT id FROM cognito_grants WHERE pool "
        "= ?1)",
        "DELETE FROM cognito_aliases WHERE pool = ?1", "DELETE FROM cognito_grants WHERE pool = ?1",
        "DELETE FROM cognito_users WHERE pool = ?1", "DELETE FROM cognito_things WHERE pool = ?1",
        "DELETE FROM cognito_clients WHERE pool = ?1", "DELETE FROM cognito_pools WHERE id = ?1"}) {
    OFFSTAGE_TRY(Statement * remove, Use(sql));
    remove->Bind(1, pool_id);
    OFFSTAGE_TRY_VOID(remove->Run());
  }
  OFFSTAGE_TRY_VOID(transaction.Commit());
  pools_.erase(pool_id);
  keys_.erase(pool_id);
  std::erase_if(clients_, [&](const auto& row) { return row.second->pool_id == pool_id; });
  return Ok();
}

PoolPtr Store::FindPool(std::string_view pool_id) const {
  const MutexLock lock(mutex_);
  const auto found = pools_.find(pool_id);
  return found == pools_.end() ? nullptr : found->second;
}

std::vector<PoolPtr> Store::Pools() const {
  const MutexLock lock(mutex_);
  std::vector<PoolPtr> pools;
  for (const auto& [id, pool] : pools_)
    pools.push_back(pool);
  return pools;
}

Result<std::shared_ptr<const RsaKey>> Store::Key(const std::string& pool_id) {
  const MutexLock lock(mutex_);
  if (const auto found = keys_.find(pool_id); found != keys_.end()) return found->second;
  OFFSTAGE_TRY(Statement * find, Use("SELECT key FROM cognito_pools WHERE id = ?1"));
  std::string pem;
  {
    const ResetAtEnd reset(*find);
    find->Bind(1, pool_id);
    OFFSTAGE_TRY(const bool there, find->Step());
    if (!there) return Fail(Error{fmt::format("there is no user pool {}", pool_id)});
    pem = find->Text(0);
  }
  if (!pem.empty()) {
    OFFSTAGE_TRY(auto key, RsaKey::FromPem(pem));
    return keys_[pool_id] = key;
  }
  auto key = RsaKey::Generate();
  pem = key->ToPem();
  OFFSTAGE_TRY(Statement * save, Use("UPDATE cognito_pools SET key = ?2 WHERE id = ?1"));
  save->Bind(1, pool_id);
  save->Bind(2, pem);
  OFFSTAGE_TRY_VOID(save->Run());
  return keys_[pool_id] = key;
}

Status Store::SaveClient(const Client& client) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * save, Use("INSERT OR REPLACE INTO cognito_clients VALUES(?1, ?2, ?3)"));
  const std::string config = DumpJson(client.config);
  save->Bind(1, client.id);
  save->Bind(2, client.pool_id);
  save->Bind(3, config);
  OFFSTAGE_TRY_VOID(save->Run());
  clients_[client.id] = std::make_shared<const Client>(client);
  return Ok();
}

Status Store::DeleteClient(const std::string& client_id) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * remove, Use("DELETE FROM cognito_clients WHERE id = ?1"));
  remove->Bind(1, client_id);
  OFFSTAGE_TRY_VOID(remove->Run());
  clients_.erase(client_id);
  return Ok();
}

ClientPtr Store::FindClient(std::string_view client_id) const {
  const MutexLock lock(mutex_);
  const auto found = clients_.find(client_id);
  return found == clients_.end() ? nullptr : found->second;
}

std::vector<ClientPtr> Store::Clients(std::string_view pool_id) const {
  const MutexLock lock(mutex_);
  std::vector<ClientPtr> clients;
  for (const auto& [id, client] : clients_) {
    if (client->pool_id == pool_id) clients.push_back(client);
  }
  return clients;
}

Status Store::SaveThing(std::string_view kind, const std::string& pool_id, const std::string& name,
                        const Json& body) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * save,
               Use("INSERT OR REPLACE INTO cognito_things VALUES(?1, ?2, ?3, ?4)"));
  const std::string text = DumpJson(body);
  save->Bind(1, kind);
  save->Bind(2, pool_id);
  save->Bind(3, name);
  save->Bind(4, text);
  return save->Run();
}

Result<bool> Store::DeleteThing(std::string_view kind, const std::string& pool_id,
                                const std::string& name) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(auto transaction, Transaction::Begin(*database_));
  OFFSTAGE_TRY(Statement * remove,
               Use("DELETE FROM cognito_things WHERE kind = ?1 AND pool = ?2 AND name = ?3"));
  remove->Bind(1, kind);
  remove->Bind(2, pool_id);
  remove->Bind(3, name);
  OFFSTAGE_TRY_VOID(remove->Run());
  const bool was_there = database_->Changes() > 0;
  if (kind == "group") {
    OFFSTAGE_TRY(Statement * members,
                 Use("DELETE FROM cognito_members WHERE pool = ?1 AND name = ?2"));
    members->Bind(1, pool_id);
    members->Bind(2, name);
    OFFSTAGE_TRY_VOID(members->Run());
  }
  OFFSTAGE_TRY_VOID(transaction.Commit());
  return was_there;
}

Result<std::optional<Json>> Store::FindThing(std::string_view kind, const std::string& pool_id,
                                             const std::string& name) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * find,
               Use("SELECT body FROM cognito_things WHERE kind = ?1 AND pool = ?2 AND name = ?3"));
  const ResetAtEnd reset(*find);
  find->Bind(1, kind);
  find->Bind(2, pool_id);
  find->Bind(3, name);
  OFFSTAGE_TRY(const bool there, find->Step());
  if (!there) return std::optional<Json>();
  return std::optional<Json>(ParseStored(find->Text(0)));
}

Result<std::vector<Json>> Store::Things(std::string_view kind, const std::string& pool_id) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * list,
               Use("SELECT body FROM cognito_things WHERE kind = ?1 AND pool = ?2 ORDER BY name"));
  const ResetAtEnd reset(*list);
  list->Bind(1, kind);
  list->Bind(2, pool_id);
  std::vector<Json> things;
  while (true) {
    OFFSTAGE_TRY(const bool more, list->Step());
    if (!more) return things;
    things.push_back(ParseStored(list->Text(0)));
  }
}

Result<std::optional<Json>> Store::FindDomain(const std::string& domain) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * find,
               Use("SELECT body FROM cognito_things WHERE kind = 'domain' AND name = ?1"));
  const ResetAtEnd reset(*find);
  find->Bind(1, domain);
  OFFSTAGE_TRY(const bool there, find->Step());
  if (!there) return std::optional<Json>();
  return std::optional<Json>(ParseStored(find->Text(0)));
}

}  // namespace offstage::cognito
