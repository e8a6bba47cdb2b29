#include "kms/key_store.h"

namespace offstage::kms {

namespace {

constexpr char kSchema[] =
    // state: KeyState as a number.
    "CREATE TABLE IF NOT EXISTS kms_keys(arn TEXT PRIMARY KEY, description TEXT NOT NULL, state "
    "INTEGER NOT NULL, created INTEGER NOT NULL, deletion INTEGER NOT NULL, material BLOB NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS kms_aliases(name TEXT PRIMARY KEY, key TEXT NOT NULL, created "
    "INTEGER NOT NULL, updated INTEGER NOT NULL) WITHOUT ROWID;";

}  // namespace

Result<std::unique_ptr<KeyStore>> KeyStore::Open(const std::string& path) {
  OFFSTAGE_TRY(auto database, sqlite::Database::Open({.path = path}));
  std::unique_ptr<KeyStore> store(new KeyStore(std::move(database)));
  OFFSTAGE_TRY_VOID(store->Prepare());
  return store;
}

Status KeyStore::Prepare() {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY_VOID(database_->Execute(kSchema));
  OFFSTAGE_TRY(auto keys,
               database_->Prepare(
                   "SELECT arn, description, state, created, deletion, material FROM kms_keys"));
  while (true) {
    OFFSTAGE_TRY(const bool more, keys.Step());
    if (!more) break;
    const std::int64_t state = keys.Int(2);
    held_.keys[std::string(keys.Text(0))] = {.arn = std::string(keys.Text(0)),
                                             .description = std::string(keys.Text(1)),
                                             .state = state == 0   ? KeyState::kEnabled
                                                      : state == 1 ? KeyState::kDisabled
                                                                   : KeyState::kPendingDeletion,
                                             .created = keys.Int(3),
                                             .deletion = keys.Int(4),
                                             .material = std::string(keys.Blob(5))};
  }
  OFFSTAGE_TRY(auto aliases,
               database_->Prepare("SELECT name, key, created, updated FROM kms_aliases"));
  while (true) {
    OFFSTAGE_TRY(const bool more, aliases.Step());
    if (!more) break;
    held_.aliases[std::string(aliases.Text(0))] = {.name = std::string(aliases.Text(0)),
                                                   .key_arn = std::string(aliases.Text(1)),
                                                   .created = aliases.Int(2),
                                                   .updated = aliases.Int(3)};
  }
  return Ok();
}

Status KeyStore::Write(const Key& key) {
  OFFSTAGE_TRY(auto insert,
               database_->Prepare("INSERT OR REPLACE INTO kms_keys(arn, description, state, "
                                  "created, deletion, material) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
  insert.Bind(1, key.arn);
  insert.Bind(2, key.description);
  insert.Bind(3, static_cast<std::int64_t>(key.state));
  insert.Bind(4, key.created);
  insert.Bind(5, key.deletion);
  insert.Bind(6, sqlite::BlobView{key.material});
  return insert.Run();
}

Status KeyStore::Write(const Alias& alias) {
  OFFSTAGE_TRY(auto insert,
               database_->Prepare("INSERT OR REPLACE INTO kms_aliases(name, key, created, updated) "
                                  "VALUES (?1, ?2, ?3, ?4)"));
  insert.Bind(1, alias.name);
  insert.Bind(2, alias.key_arn);
  insert.Bind(3, alias.created);
  insert.Bind(4, alias.updated);
  return insert.Run();
}

Status KeyStore::Remove(std::string_view sql, std::string_view name) {
  OFFSTAGE_TRY(auto remove, database_->Prepare(sql));
  remove.Bind(1, name);
  return remove.Run();
}

Status KeyStore::Save(const Key& key) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY_VOID(Write(key));
  held_.keys[key.arn] = key;
  return Ok();
}

Status KeyStore::Delete(const std::string& arn) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY_VOID(Remove("DELETE FROM kms_keys WHERE arn = ?1", arn));
  OFFSTAGE_TRY_VOID(Remove("DELETE FROM kms_aliases WHERE key = ?1", arn));
  held_.keys.erase(arn);
  std::erase_if(held_.aliases, [&](const auto& row) { return row.second.key_arn == arn; });
  return Ok();
}

std::optional<Key> KeyStore::Find(std::string_view arn) const {
  const MutexLock lock(mutex_);
  const auto found = held_.keys.find(arn);
  return found == held_.keys.end() ? std::optional<Key>() : found->second;
}

std::vector<Key> KeyStore::Keys() const {
  const MutexLock lock(mutex_);
  std::vector<Key> keys;
  for (const auto& [arn, key] : held_.keys)
    keys.push_back(key);
  return keys;
}

Status KeyStore::SaveAlias(const Alias& alias) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY_VOID(Write(alias));
  held_.aliases[alias.name] = alias;
  return Ok();
}

Status KeyStore::DeleteAlias(const std::string& name) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY_VOID(Remove("DELETE FROM kms_aliases WHERE name = ?1", name));
  held_.aliases.erase(name);
  return Ok();
}

std::optional<Alias> KeyStore::FindAlias(std::string_view name) const {
  const MutexLock lock(mutex_);
  const auto found = held_.aliases.find(name);
  return found == held_.aliases.end() ? std::optional<Alias>() : found->second;
}

std::vector<Alias> KeyStore::Aliases() const {
  const MutexLock lock(mutex_);
  std::vector<Alias> aliases;
  for (const auto& [name, alias] : held_.aliases)
    aliases.push_back(alias);
  return aliases;
}

SavedKeys KeyStore::Snapshot() const {
  const MutexLock lock(mutex_);
  return held_;
}

Status KeyStore::Restore(const SavedKeys& saved) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(auto transaction, sqlite::Transaction::Begin(*database_));
  OFFSTAGE_TRY_VOID(database_->Execute("DELETE FROM kms_keys; DELETE FROM kms_aliases;"));
  for (const auto& [arn, key] : saved.keys)
    OFFSTAGE_TRY_VOID(Write(key));
  for (const auto& [name, alias] : saved.aliases)
    OFFSTAGE_TRY_VOID(Write(alias));
  OFFSTAGE_TRY_VOID(transaction.Commit());
  held_ = saved;
  return Ok();
}

}  // namespace offstage::kms
