// Store: everything of a deployment's user pools, in one SQLite file. Pools and clients are few and
// read by every call: they are also kept in memory.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/mutex.h"
#include "base/result.h"
#include "cognito/crypto/rsa_key.h"
#include "cognito/store/records.h"
#include "cognito/store/snapshot.h"
#include "sqlite/database.h"

namespace offstage::cognito {

// A list that goes on: rows, and where to go on (0: at the end).
template <typename T>
struct Page {
  std::vector<T> rows = {};
  std::int64_t next = 0;
};

// Thread-safe. Failures are SQLite's (disk full, locked) unless a function says otherwise.
class Store {
 public:
  // `path` as SQLite takes it; ":memory:" keeps nothing.
  static Result<std::unique_ptr<Store>> Open(const std::string& path);

  // Creates or replaces.
  Status SavePool(const Pool& pool);
  // With everything in it.
  Status DeletePool(const std::string& pool_id);
  // Null: none.
  PoolPtr FindPool(std::string_view pool_id) const;
  // By id.
  std::vector<PoolPtr> Pools() const;
  // The pool's key pair, made when first asked for.
  Result<std::shared_ptr<const RsaKey>> Key(const std::string& pool_id);

  Status SaveClient(const Client& client);
  Status DeleteClient(const std::string& client_id);
  ClientPtr FindClient(std::string_view client_id) const;
  std::vector<ClientPtr> Clients(std::string_view pool_id) const;

  // Small things of a pool that are read and written whole: kind "group", "resource_server",
  // "domain" (whose name is unique among all pools).
  Status SaveThing(std::string_view kind, const std::string& pool_id, const std::string& name,
                   const Json& body);
  Result<bool> DeleteThing(std::string_view kind, const std::string& pool_id,
                           const std::string& name);
  Result<std::optional<Json>> FindThing(std::string_view kind, const std::string& pool_id,
                                        const std::string& name);
  // In the order of their names.
  Result<std::vector<Json>> Things(std::string_view kind, const std::string& pool_id);
  // The domain and its pool, whichever it is.
  Result<std::optional<Json>> FindDomain(const std::string& domain);

  // By user name, sub, or what may stand for the user name in this pool.
  Result<std::optional<User>> FindUser(const Pool& pool, std::string_view name);
  Result<std::optional<User>> FindUserByNumber(const std::string& pool_id, std::int64_t number);
  // The user that an alias belongs to.
  Result<std::optional<User>> FindByAlias(const Pool& pool, const std::string& attribute,
                                          std::string_view value);
  // Inserts (number 0, which is then set) or updates. Fails with UsernameExistsException or
  // AliasExistsException when another user has the name or an alias.
  aws::Outcome<Unit> SaveUser(const Pool& pool, User& user);
  // Takes a value away from whoever has it as an alias (ForceAliasCreation).
  Status ReleaseAlias(const Pool& pool, const std::string& attribute, const std::string& value);
  Status DeleteUser(const User& user);
  // Behind row `after`, in order of creation.
  Result<Page<User>> Users(const std::string& pool_id, std::int64_t after, std::size_t limit,
                           const std::function<bool(const User&)>& wanted);
  Result<std::int64_t> CountUsers(const std::string& pool_id);

  Status AddToGroup(const User& user, const std::string& group);
  Status RemoveFromGroup(const User& user, const std::string& group);
  // By precedence, then name: the order in tokens.
  Result<std::vector<Json>> GroupsOf(const User& user);
  Result<Page<User>> Members(const std::string& pool_id, const std::string& group,
                             std::int64_t after, std::size_t limit);

  // Creates or replaces.
  Status SaveDevice(const User& user, const Device& device);
  Result<std::optional<Device>> FindDevice(const User& user, const std::string& key);
  // By key.
  Result<std::vector<Device>> Devices(const User& user);
  Status DeleteDevice(const User& user, const std::string& key);

  // `token`: the refresh token; only its digest is kept.
  Status SaveGrant(const Grant& grant, std::string_view token);
  // `now`: seconds since the epoch. A token that was rotated out is found with `revoked` set.
  Result<std::optional<Grant>> FindGrantByToken(std::string_view token, std::int64_t now);
  Result<std::optional<Grant>> FindGrant(const std::string& id);
  // Another refresh token for the same sign-in; the old one works until `from_until` (seconds since
  // the epoch).
  struct Rotation {
    std::string_view from;
    std::int64_t from_until = 0;
    std::string_view to;
  };
  Status RotateToken(const Grant& grant, const Rotation& rotation);
  Status RevokeGrant(const std::string& id);
  Status RevokeGrantsOf(const User& user);

  Status AddMessage(Message& message);
  // Newest first; `to`: a destination or user name, or empty.
  Result<std::vector<Message>> Messages(const std::string& to, std::size_t limit);

  // Everything as it is now, and back to it. Takes well under a millisecond for some users.
  Result<std::unique_ptr<StoreSnapshot>> TakeSnapshot();
  Status Restore(const StoreSnapshot& snapshot);

 private:
  explicit Store(std::unique_ptr<sqlite::Database> database) : database_(std::move(database)) {}
  Status Prepare();
  Status AddGrantDevices() OFFSTAGE_REQUIRES(mutex_);
  Result<sqlite::Statement*> Use(std::string_view sql) OFFSTAGE_REQUIRES(mutex_);
  Result<std::optional<User>> ReadUser(sqlite::Statement& statement) OFFSTAGE_REQUIRES(mutex_);
  Result<std::optional<std::int64_t>> AliasOwner(const Pool& pool, const std::string& attribute,
                                                 const std::string& value)
      OFFSTAGE_REQUIRES(mutex_);
  Status WriteUser(const Pool& pool, User& user) OFFSTAGE_REQUIRES(mutex_);
  Result<std::optional<Grant>> ReadGrantBy(std::string_view sql, std::string_view value)
      OFFSTAGE_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::unique_ptr<sqlite::Database> database_ OFFSTAGE_GUARDED_BY(mutex_);
  // By SQL text: literals, so their addresses last.
  std::map<std::string_view, sqlite::Statement> statements_ OFFSTAGE_GUARDED_BY(mutex_);
  std::map<std::string, PoolPtr, std::less<>> pools_ OFFSTAGE_GUARDED_BY(mutex_);
  std::map<std::string, ClientPtr, std::less<>> clients_ OFFSTAGE_GUARDED_BY(mutex_);
  std::map<std::string, std::shared_ptr<const RsaKey>> keys_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::cognito
