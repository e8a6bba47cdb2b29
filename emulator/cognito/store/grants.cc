// Sign-ins with their refresh tokens, and the messages that were sent.
#include "cognito/crypto/bytes.h"
#include "cognito/pool_config.h"
#include "cognito/store/store.h"

namespace offstage::cognito {

namespace {

using sqlite::ResetAtEnd;
using sqlite::Statement;
using sqlite::Transaction;

constexpr std::string_view kGrantById =
    "SELECT id, pool, client, user, auth_time, expires, revoked, scopes, device FROM "
    "cognito_grants "
    "WHERE id = ?1";

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
  grant.device = row.Text(8);
  return grant;
}

}  // namespace

Status Store::SaveGrant(const Grant& grant, std::string_view token) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(
      Statement * save,
      Use("INSERT OR REPLACE INTO cognito_grants(id, token, pool, client, user, auth_time, "
          "expires, revoked, scopes, device) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
          "?10)"));
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
  save->Bind(10, grant.device);
  return save->Run();
}

Result<std::optional<Grant>> Store::ReadGrantBy(std::string_view sql, std::string_view value) {
  OFFSTAGE_TRY(Statement * find, Use(sql));
  const ResetAtEnd reset(*find);
  find->Bind(1, value);
  OFFSTAGE_TRY(const bool there, find->Step());
  if (!there) return std::optional<Grant>();
  return std::optional<Grant>(ReadGrant(*find));
}

Result<std::optional<Grant>> Store::FindGrantByToken(std::string_view token, std::int64_t now) {
  const MutexLock lock(mutex_);
  const std::string digest = HexEncode(Sha256(token));
  std::string id;
  std::optional<std::int64_t> until;
  {
    OFFSTAGE_TRY(Statement * find,
                 Use("SELECT grant_id, until FROM cognito_rotations WHERE token = ?1"));
    const ResetAtEnd reset(*find);
    find->Bind(1, digest);
    OFFSTAGE_TRY(const bool there, find->Step());
    if (there) {
      id = find->Text(0);
      until = find->Int(1);
    }
  }
  OFFSTAGE_TRY(auto grant,
               id.empty() ? ReadGrantBy("SELECT id, pool, client, user, auth_time, expires, "
                                        "revoked, scopes, device FROM cognito_grants WHERE token "
                                        "= ?1",
                                        digest)
                          : ReadGrantBy(kGrantById, id));
  // The newest one ends with the sign-in, as one that has expired.
  if (grant && until && *until <= now && *until < grant->expires) grant->revoked = true;
  return grant;
}

Result<std::optional<Grant>> Store::FindGrant(const std::string& id) {
  const MutexLock lock(mutex_);
  return ReadGrantBy(kGrantById, id);
}

Status Store::RotateToken(const Grant& grant, const Rotation& rotation) {
  const MutexLock lock(mutex_);
  OFFSTAGE_TRY(auto transaction, Transaction::Begin(*database_));
  // A token that is rotated out again during its grace period keeps its own end.
  OFFSTAGE_TRY(Statement * save,
               Use("INSERT INTO cognito_rotations VALUES(?1, ?2, ?3) ON CONFLICT(token) DO UPDATE "
                   "SET until = min(until, excluded.until)"));
  for (const auto& [token, until] :
       {std::pair(rotation.from, rotation.from_until), std::pair(rotation.to, grant.expires)}) {
    const std::string digest = HexEncode(Sha256(token));
    save->Bind(1, digest);
    save->Bind(2, grant.id);
    save->Bind(3, until);
    OFFSTAGE_TRY_VOID(save->Run());
  }
  return transaction.Commit();
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
                                         {"time", message.time},
                                         {"sender", message.sender}});
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
    message.sender = TextAt(json, "sender");
    if (to.empty() || message.destination == to || message.username == to)
      messages.push_back(std::move(message));
  }
  return messages;
}

}  // namespace offstage::cognito
