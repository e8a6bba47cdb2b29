// Users, the groups they are in, and their devices.
#include <fmt/format.h>

#include "cognito/errors.h"
#include "cognito/pool_config.h"
#include "cognito/store/store.h"

namespace offstage::cognito {

namespace {

using sqlite::ResetAtEnd;
using sqlite::Statement;
using sqlite::Transaction;

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

}  // namespace

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
    return Fail(
        AliasExists(IsUsernameAttribute(pool, attribute) ? "given " + attribute : attribute));
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
        "DELETE FROM cognito_devices WHERE user = ?1",
        "DELETE FROM cognito_rotations WHERE grant_id IN (SELECT id FROM cognito_grants WHERE user "
        "= ?1)",
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

Status Store::SaveDevice(const User& user, const Device& device) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * save, Use("INSERT OR REPLACE INTO cognito_devices VALUES(?1, ?2, ?3)"));
  const std::string body = DumpJson(ToJson(device));
  save->Bind(1, user.number);
  save->Bind(2, device.key);
  save->Bind(3, body);
  return save->Run();
}

Result<std::optional<Device>> Store::FindDevice(const User& user, const std::string& key) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * find,
               Use("SELECT body FROM cognito_devices WHERE user = ?1 AND key = ?2"));
  const ResetAtEnd reset(*find);
  find->Bind(1, user.number);
  find->Bind(2, key);
  OFFSTAGE_TRY(const bool there, find->Step());
  if (!there) return std::optional<Device>();
  return std::optional<Device>(DeviceFromJson(ParseStored(find->Text(0))));
}

Result<std::vector<Device>> Store::Devices(const User& user) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * list, Use("SELECT body FROM cognito_devices WHERE user = ?1"));
  const ResetAtEnd reset(*list);
  list->Bind(1, user.number);
  std::vector<Device> devices;
  while (true) {
    OFFSTAGE_TRY(const bool more, list->Step());
    if (!more) return devices;
    devices.push_back(DeviceFromJson(ParseStored(list->Text(0))));
  }
}

Status Store::DeleteDevice(const User& user, const std::string& key) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(Statement * remove, Use("DELETE FROM cognito_devices WHERE user = ?1 AND key = ?2"));
  remove->Bind(1, user.number);
  remove->Bind(2, key);
  return remove->Run();
}

}  // namespace offstage::cognito
