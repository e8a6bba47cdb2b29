#include "cognito/store/store.h"

#include <fmt/format.h>

#include "base/text.h"
#include "cognito/crypto/bytes.h"
#include "cognito/errors.h"
#include "cognito/pool_config.h"

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
    "INTEGER NOT NULL, revoked INTEGER NOT NULL, scopes TEXT NOT NULL);"
    "CREATE INDEX IF NOT EXISTS cognito_grants_token ON cognito_grants(token);"
    "CREATE INDEX IF NOT EXISTS cognito_grants_user ON cognito_grants(user);"
    "CREATE TABLE IF NOT EXISTS cognito_messages(n INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT"
    " NULL);";

Json ParseStored(std::string_view text) {
  auto json = ParseJson(text);
  return json.ok() ? std::move(json).value() : Json::object();
}

// What may stand for the user name when signing in, and is therefore unique in the pool.
std::vector<std::pair<std::string, std::string>> AliasesOf(const Pool& pool, const User& user) {
  std::vector<std::pair<std::string, std::string>> aliases;
  for (const char* attribute : {"email", "phone_number", "preferred_username"}) {
    const std::string* value = user.FindAttribute(attribute);
    if (value == nullptr || value->empty()) continue;
    const bool verified = std::string_view(attribute) == "preferred_username" ||
                          user.IsTrue(std::string(attribute) + "_verified");
    if (IsUsernameAttribute(pool, attribute) || (IsAliasAttribute(pool, attribute) && verified))
      aliases.emplace_back(attribute, NameKey(pool, *value));
  }
  return aliases;
}

Grant ReadGrant(const Statement& row) {
  Grant grant;
  grant.id = row.Text(0);
  grant.pool_id = row.Text(1);
  grant.client_id = row.Text(2);
  grant.user = row.Int(3);
  grant.auth_time = row.Int(4);
  grant.expires = row.Int(5);
  grant.revoked = row.Int(6) != 0;
  grant.scopes = row.Text(7);
  return grant;
}

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

Result<std::optional<User>> Store::ReadUser(Statement& statement) {
  const ResetAtEnd reset(statement);
  OFFSTAGE_TRY(const bool there, statement.Step());
  if (!there) return std::optional<User>();
  User user = UserFromJson(ParseStored(statement.Text(2)));
  user.number = statement.Int(0);
  user.pool_id = statement.Text(1);
  return std::optional<User>(std::move(user));
}

Result<std::optional<User>> Store::FindUser(const Pool& pool, std::string_view name) {
  const std::string key = NameKey(pool, name);
  {
    const MutexLock lock(mutex_);
    OFFSTAGE_TRY(Statement * by_name,
                 Use("SELECT n, pool, body FROM cognito_users WHERE pool = ?1 AND name = ?2"));
    by_name->Bind(1, pool.id);
    by_name->Bind(2, key);
    OFFSTAGE_TRY(auto user, ReadUser(*by_name));
    if (user) return user;
    OFFSTAGE_TRY(Statement * by_sub,
                 Use("SELECT n, pool, body FROM cognito_users WHERE pool = ?1 AND sub = ?2"));
    by_sub->Bind(1, pool.id);
    by_sub->Bind(2, name);
    OFFSTAGE_TRY(user, ReadUser(*by_sub));
    if (user) return user;
  }
  for (const char* attribute : {"email", "phone_number", "preferred_username"}) {
    OFFSTAGE_TRY(auto user, FindByAlias(pool, attribute, name));
    if (user) return user;
  }
  return std::optional<User>();
}

Result<std::optional<User>> Store::FindUserByNumber(const std::string& pool_id,
                                                    std::int64_t number) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * find,
               Use("SELECT n, pool, body FROM cognito_users WHERE pool = ?1 AND n = ?2"));
  find->Bind(1, pool_id);
  find->Bind(2, number);
  return ReadUser(*find);
}

Result<std::optional<std::int64_t>> Store::AliasOwner(const Pool& pool,
                                                      const std::string& attribute,
                                                      const std::string& value) {
  OFFSTAGE_TRY(Statement * find, Use("SELECT user FROM cognito_aliases WHERE pool = ?1 AND "
                                     "attribute = ?2 AND value = ?3"));
  const ResetAtEnd reset(*find);
  find->Bind(1, pool.id);
  find->Bind(2, attribute);
  find->Bind(3, value);
  OFFSTAGE_TRY(const bool there, find->Step());
  return there ? std::optional<std::int64_t>(find->Int(0)) : std::nullopt;
}

Result<std::optional<User>> Store::FindByAlias(const Pool& pool, const std::string& attribute,
                                               std::string_view value) {
  std::optional<std::int64_t> number;
  {
    const MutexLock lock(mutex_);
    OFFSTAGE_TRY(number, AliasOwner(pool, attribute, NameKey(pool, value)));
  }
  if (!number) return std::optional<User>();
  return FindUserByNumber(pool.id, *number);
}

aws::Outcome<Unit> Store::SaveUser(const Pool& pool, User& user) {
  const MutexLock lock(mutex_);
  for (const auto& [attribute, value] : AliasesOf(pool, user)) {
    OFFSTAGE_TRY_INTERNAL(const auto owner, AliasOwner(pool, attribute, value));
    if (!owner || *owner == user.number) continue;
    if (user.number == 0 && IsUsernameAttribute(pool, attribute)) {
      return Fail(Problem("UsernameExistsException",
                          fmt::format("An account with the given {} already exists.", attribute)));
    }
    return Fail(AliasExists(attribute));
  }
  if (user.number == 0) {
    OFFSTAGE_TRY_INTERNAL(
        Statement * find,
        Use("SELECT n, pool, body FROM cognito_users WHERE pool = ?1 AND name = ?2"));
    const std::string key = NameKey(pool, user.username);
    find->Bind(1, pool.id);
    find->Bind(2, key);
    OFFSTAGE_TRY_INTERNAL(const auto other, ReadUser(*find));
    if (other) return Fail(Problem("UsernameExistsException", "User already exists"));
  }
  if (const Status written = WriteUser(pool, user); !written.ok()) {
    return Fail(aws::InternalServerError(written.error()));
  }
  return Ok();
}

Status Store::WriteUser(const Pool& pool, User& user) {
  OFFSTAGE_TRY(auto transaction, Transaction::Begin(*database_));
  OFFSTAGE_TRY(Statement * save,
               user.number == 0
                   ? Use("INSERT INTO cognito_users(pool, name, sub, body) VALUES(?1, ?2, ?3, ?4)")
                   : Use("UPDATE cognito_users SET pool = ?1, name = ?2, sub = ?3, body = ?4 WHERE "
                         "n = ?5"));
  const std::string key = NameKey(pool, user.username);
  const std::string body = DumpJson(ToJson(user));
  save->Bind(1, pool.id);
  save->Bind(2, key);
  save->Bind(3, user.Sub());
  save->Bind(4, body);
  if (user.number != 0) save->Bind(5, user.number);
  OFFSTAGE_TRY_VOID(save->Run());
  const std::int64_t number = user.number == 0 ? database_->LastInsertRowId() : user.number;
  OFFSTAGE_TRY(Statement * clear, Use("DELETE FROM cognito_aliases WHERE user = ?1"));
  clear->Bind(1, number);
  OFFSTAGE_TRY_VOID(clear->Run());
  for (const auto& [attribute, value] : AliasesOf(pool, user)) {
    OFFSTAGE_TRY(Statement * add, Use("INSERT INTO cognito_aliases VALUES(?1, ?2, ?3, ?4)"));
    add->Bind(1, pool.id);
    add->Bind(2, attribute);
    add->Bind(3, value);
    add->Bind(4, number);
    OFFSTAGE_TRY_VOID(add->Run());
  }
  OFFSTAGE_TRY_VOID(transaction.Commit());
  user.number = number;
  user.pool_id = pool.id;
  return Ok();
}

Status Store::ReleaseAlias(const Pool& pool, const std::string& attribute,
                           const std::string& value) {
  OFFSTAGE_TRY(auto owner, FindByAlias(pool, attribute, value));
  if (!owner) return Ok();
  owner->attributes[attribute + "_verified"] = "false";
  if (attribute == "preferred_username") owner->attributes.erase(attribute);
  const MutexLock lock(mutex_);
  return WriteUser(pool, *owner);
}

Status Store::DeleteUser(const User& user) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(auto transaction, Transaction::Begin(*database_));
  for (const std::string_view sql :
       {"DELETE FROM cognito_members WHERE user = ?1",
        "DELETE FROM cognito_aliases WHERE user = ?1", "DELETE FROM cognito_grants WHERE user = ?1",
        "DELETE FROM cognito_users WHERE n = ?1"}) {
    OFFSTAGE_TRY(Statement * remove, Use(sql));
    remove->Bind(1, user.number);
    OFFSTAGE_TRY_VOID(remove->Run());
  }
  return transaction.Commit();
}

Result<Page<User>> Store::Users(const std::string& pool_id, std::int64_t after, std::size_t limit,
                                const std::function<bool(const User&)>& wanted) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * list, Use("SELECT n, pool, body FROM cognito_users WHERE pool = ?1 AND "
                                     "n > ?2 ORDER BY n"));
  const ResetAtEnd reset(*list);
  list->Bind(1, pool_id);
  list->Bind(2, after);
  Page<User> page;
  while (true) {
    OFFSTAGE_TRY(const bool more, list->Step());
    if (!more) return page;
    User user = UserFromJson(ParseStored(list->Text(2)));
    user.number = list->Int(0);
    user.pool_id = pool_id;
    if (!wanted(user)) continue;
    if (page.rows.size() == limit) {
      page.next = page.rows.back().number;
      return page;
    }
    page.rows.push_back(std::move(user));
  }
}

Result<std::int64_t> Store::CountUsers(const std::string& pool_id) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * count, Use("SELECT count(*) FROM cognito_users WHERE pool = ?1"));
  const ResetAtEnd reset(*count);
  count->Bind(1, pool_id);
  OFFSTAGE_TRY(const bool there, count->Step());
  return there ? count->Int(0) : 0;
}

Status Store::AddToGroup(const User& user, const std::string& group) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * add, Use("INSERT OR IGNORE INTO cognito_members VALUES(?1, ?2, ?3)"));
  add->Bind(1, user.number);
  add->Bind(2, user.pool_id);
  add->Bind(3, group);
  return add->Run();
}

Status Store::RemoveFromGroup(const User& user, const std::string& group) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * remove,
               Use("DELETE FROM cognito_members WHERE user = ?1 AND name = ?2"));
  remove->Bind(1, user.number);
  remove->Bind(2, group);
  return remove->Run();
}

Result<std::vector<Json>> Store::GroupsOf(const User& user) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * list,
               Use("SELECT t.body FROM cognito_members m JOIN cognito_things t ON t.kind = 'group' "
                   "AND t.pool = m.pool AND t.name = m.name WHERE m.user = ?1 ORDER BY "
                   "coalesce(json_extract(t.body, '$.Precedence'), 2147483648), t.name"));
  const ResetAtEnd reset(*list);
  list->Bind(1, user.number);
  std::vector<Json> groups;
  while (true) {
    OFFSTAGE_TRY(const bool more, list->Step());
    if (!more) return groups;
    groups.push_back(ParseStored(list->Text(0)));
  }
}

Result<Page<User>> Store::Members(const std::string& pool_id, const std::string& group,
                                  std::int64_t after, std::size_t limit) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * list,
               Use("SELECT u.n, u.body FROM cognito_members m JOIN cognito_users u ON u.n = m.user "
                   "WHERE m.pool = ?1 AND m.name = ?2 AND m.user > ?3 ORDER BY m.user"));
  const ResetAtEnd reset(*list);
  list->Bind(1, pool_id);
  list->Bind(2, group);
  list->Bind(3, after);
  Page<User> page;
  while (true) {
    OFFSTAGE_TRY(const bool more, list->Step());
    if (!more) return page;
    if (page.rows.size() == limit) {
      page.next = page.rows.back().number;
      return page;
    }
    User user = UserFromJson(ParseStored(list->Text(1)));
    user.number = list->Int(0);
    user.pool_id = pool_id;
    page.rows.push_back(std::move(user));
  }
}

Status Store::SaveGrant(const Grant& grant, std::string_view token) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * save, Use("INSERT OR REPLACE INTO cognito_grants VALUES(?1, ?2, ?3, ?4, "
                                     "?5, ?6, ?7, ?8, ?9)"));
  const std::string digest = HexEncode(Sha256(token));
  save->Bind(1, grant.id);
  save->Bind(2, digest);
  save->Bind(3, grant.pool_id);
  save->Bind(4, grant.client_id);
  save->Bind(5, grant.user);
  save->Bind(6, grant.auth_time);
  save->Bind(7, grant.expires);
  save->Bind(8, std::int64_t{grant.revoked ? 1 : 0});
  save->Bind(9, grant.scopes);
  return save->Run();
}

Result<std::optional<Grant>> Store::FindGrantByToken(std::string_view token) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * find,
               Use("SELECT id, pool, client, user, auth_time, expires, revoked, scopes FROM "
                   "cognito_grants WHERE token = ?1"));
  const ResetAtEnd reset(*find);
  const std::string digest = HexEncode(Sha256(token));
  find->Bind(1, digest);
  OFFSTAGE_TRY(const bool there, find->Step());
  if (!there) return std::optional<Grant>();
  return std::optional<Grant>(ReadGrant(*find));
}

Result<std::optional<Grant>> Store::FindGrant(const std::string& id) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * find,
               Use("SELECT id, pool, client, user, auth_time, expires, revoked, scopes FROM "
                   "cognito_grants WHERE id = ?1"));
  const ResetAtEnd reset(*find);
  find->Bind(1, id);
  OFFSTAGE_TRY(const bool there, find->Step());
  if (!there) return std::optional<Grant>();
  return std::optional<Grant>(ReadGrant(*find));
}

Status Store::RevokeGrant(const std::string& id) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * revoke, Use("UPDATE cognito_grants SET revoked = 1 WHERE id = ?1"));
  revoke->Bind(1, id);
  return revoke->Run();
}

Status Store::RevokeGrantsOf(const User& user) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * revoke, Use("UPDATE cognito_grants SET revoked = 1 WHERE user = ?1"));
  revoke->Bind(1, user.number);
  return revoke->Run();
}

Status Store::AddMessage(Message& message) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * add, Use("INSERT INTO cognito_messages(body) VALUES(?1)"));
  const std::string body = DumpJson(Json{{"pool", message.pool_id},
                                         {"username", message.username},
                                         {"medium", message.medium},
                                         {"destination", message.destination},
                                         {"subject", message.subject},
                                         {"body", message.body},
                                         {"code", message.code},
                                         {"purpose", message.purpose},
                                         {"time", message.time}});
  add->Bind(1, body);
  OFFSTAGE_TRY_VOID(add->Run());
  message.number = database_->LastInsertRowId();
  return Ok();
}

Result<std::vector<Message>> Store::Messages(const std::string& to, std::size_t limit) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * list, Use("SELECT n, body FROM cognito_messages ORDER BY n DESC"));
  const ResetAtEnd reset(*list);
  std::vector<Message> messages;
  while (messages.size() < limit) {
    OFFSTAGE_TRY(const bool more, list->Step());
    if (!more) break;
    const Json json = ParseStored(list->Text(1));
    Message message;
    message.number = list->Int(0);
    message.pool_id = TextAt(json, "pool");
    message.username = TextAt(json, "username");
    message.medium = TextAt(json, "medium");
    message.destination = TextAt(json, "destination");
    message.subject = TextAt(json, "subject");
    message.body = TextAt(json, "body");
    message.code = TextAt(json, "code");
    message.purpose = TextAt(json, "purpose");
    message.time = IntegerAt(json, "time", 0);
    if (to.empty() || message.destination == to || message.username == to)
      messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace offstage::cognito
