// KeyStore: the KMS keys of a deployment and their aliases, in one SQLite file (tables kms_*). They
// are few: all of them are kept in memory too.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "sqlite/database.h"

namespace offstage::kms {

enum class KeyState { kEnabled, kDisabled, kPendingDeletion };

// A symmetric key that encrypts and decrypts.
struct Key {
  // "arn:aws:kms:us-east-1:123456789012:key/1234abcd-..."
  std::string arn = {};
  std::string description = {};
  KeyState state = KeyState::kEnabled;
  // Milliseconds since 1970.
  std::int64_t created = 0;
  // When it is deleted; with kPendingDeletion.
  std::int64_t deletion = 0;
  // 32 bytes. Never leaves the store but for encrypting.
  std::string material = {};

  // What follows "key/".
  std::string id() const { return arn.substr(arn.rfind('/') + 1); }
};

struct Alias {
  // "alias/app", of this account and region; else the whole ARN.
  std::string name = {};
  std::string key_arn = {};
  // Milliseconds since 1970.
  std::int64_t created = 0;
  std::int64_t updated = 0;
};

// All there is at one moment.
struct SavedKeys {
  std::map<std::string, Key, std::less<>> keys = {};
  std::map<std::string, Alias, std::less<>> aliases = {};
};

// Thread-safe. Failures are SQLite's.
class KeyStore {
 public:
  // `path` as SQLite takes it; ":memory:" keeps nothing.
  static Result<std::unique_ptr<KeyStore>> Open(const std::string& path);

  // Creates or replaces.
  Status Save(const Key& key) OFFSTAGE_EXCLUDES(mutex_);
  // With its aliases.
  Status Delete(const std::string& arn) OFFSTAGE_EXCLUDES(mutex_);
  std::optional<Key> Find(std::string_view arn) const OFFSTAGE_EXCLUDES(mutex_);
  // By ARN.
  std::vector<Key> Keys() const OFFSTAGE_EXCLUDES(mutex_);

  Status SaveAlias(const Alias& alias) OFFSTAGE_EXCLUDES(mutex_);
  Status DeleteAlias(const std::string& name) OFFSTAGE_EXCLUDES(mutex_);
  std::optional<Alias> FindAlias(std::string_view name) const OFFSTAGE_EXCLUDES(mutex_);
  // By name.
  std::vector<Alias> Aliases() const OFFSTAGE_EXCLUDES(mutex_);

  SavedKeys Snapshot() const OFFSTAGE_EXCLUDES(mutex_);
  Status Restore(const SavedKeys& saved) OFFSTAGE_EXCLUDES(mutex_);

 private:
  explicit KeyStore(std::unique_ptr<sqlite::Database> database) : database_(std::move(database)) {}
  Status Prepare() OFFSTAGE_EXCLUDES(mutex_);
  Status Write(const Key& key) OFFSTAGE_REQUIRES(mutex_);
  Status Write(const Alias& alias) OFFSTAGE_REQUIRES(mutex_);
  Status Remove(std::string_view sql, std::string_view name) OFFSTAGE_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::unique_ptr<sqlite::Database> database_ OFFSTAGE_GUARDED_BY(mutex_);
  SavedKeys held_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::kms
