// Keys and their aliases: docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html and its
// neighbours.
//
// Not emulated: asymmetric, HMAC, imported and multi-Region keys, custom key stores. A key's policy
// and tags have no effect: every caller may use every key.
#include <fmt/format.h>

#include "base/text.h"
#include "encryption/aes_gcm.h"
#include "encryption/bytes.h"
#include "kms/errors.h"
#include "kms/operations.h"
#include "kms/request.h"

namespace offstage::kms {

namespace {

constexpr std::int64_t kDayMillis = 24 * 60 * 60 * 1000;

const char* StateName(KeyState state) {
  switch (state) {
    case KeyState::kEnabled:
      return "Enabled";
    case KeyState::kDisabled:
      return "Disabled";
    case KeyState::kPendingDeletion:
      return "PendingDeletion";
  }
  return "";
}

// Seconds with milliseconds.
double ApiTime(std::int64_t millis) {
  return static_cast<double>(millis) / 1000.0;
}

Json Metadata(const Key& key) {
  // "arn:aws:kms:us-east-1:123456789012:key/..."
  const std::string account(Split(key.arn, ':')[4]);
  Json json = {{"AWSAccountId", account},
               {"Arn", key.arn},
               {"CreationDate", ApiTime(key.created)},
               {"CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"},
               {"Description", key.description},
               {"Enabled", key.state == KeyState::kEnabled},
               {"EncryptionAlgorithms", {"SYMMETRIC_DEFAULT"}},
               {"KeyId", key.id()},
               {"KeyManager", "CUSTOMER"},
               {"KeySpec", "SYMMETRIC_DEFAULT"},
               {"KeyState", StateName(key.state)},
               {"KeyUsage", "ENCRYPT_DECRYPT"},
               {"MultiRegion", false},
               {"Origin", "AWS_KMS"}};
  if (key.state == KeyState::kPendingDeletion) json["DeletionDate"] = ApiTime(key.deletion);
  return json;
}

aws::Outcome<Unit> Kept(const Status& status) {
  if (!status.ok()) return Fail(aws::InternalServerError(status.error()));
  return Ok();
}

aws::ApiError InvalidState(std::string message) {
  return {.type = "KMSInvalidStateException", .message = std::move(message)};
}

// The members that ask for a kind of key that is not here.
aws::Outcome<Unit> CheckKind(const Json& request) {
  struct Row {
    const char* member;
    const char* only;
  };
  for (const Row& row :
       {Row{"KeySpec", "SYMMETRIC_DEFAULT"}, Row{"CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"},
        Row{"KeyUsage", "ENCRYPT_DECRYPT"}, Row{"Origin", "AWS_KMS"}, Row{"CustomKeyStoreId", ""},
        Row{"XksKeyId", ""}}) {
    OFFSTAGE_TRY(const std::string value, OptionalText(request, {.member = row.member}));
    if (!value.empty() && value != row.only)
      return Fail(NotEmulated(fmt::format("{} {}", row.member, value)));
  }
  OFFSTAGE_TRY(const bool several, Flag(request, "MultiRegion"));
  if (several) return Fail(NotEmulated("MultiRegion"));
  return Ok();
}

aws::Outcome<std::string> AliasName(const Json& request) {
  OFFSTAGE_TRY(std::string name, NeedText(request, {.member = "AliasName", .longest = 256}));
  const bool good = name.find_first_not_of(
                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                        "0123456789:/_-") == std::string::npos;
  if (!good) {
    return Fail(Violation(fmt::format("'{}'", name), "aliasName",
                          "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"));
  }
  if (!name.starts_with("alias/") || name == "alias/") return Fail(Invalid("Invalid identifier"));
  return name;
}

aws::Outcome<Alias> FindAlias(Service& service, const std::string& name) {
  auto alias = service.store().FindAlias(name);
  if (!alias) return Fail(NotFound(fmt::format("Alias {} is not found.", service.ArnOf(name))));
  return *std::move(alias);
}

// The key that an alias may stand for: no other alias, and none that is to be deleted.
aws::Outcome<Key> Target(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string name, NeedText(request, {.member = "TargetKeyId"}));
  if (name.starts_with("alias/")) return Fail(Invalid("Aliases must refer to keys. Not aliases"));
  OFFSTAGE_TRY(Key key, service.FindKey(name));
  if (key.state == KeyState::kPendingDeletion)
    return Fail(InvalidState(key.arn + " is pending deletion."));
  return key;
}

aws::Outcome<Json> SetState(Service& service, const Json& request, KeyState state) {
  OFFSTAGE_TRY(const std::string name, NeedText(request, {.member = "KeyId"}));
  OFFSTAGE_TRY(Key key, service.FindKey(name));
  if (key.state == KeyState::kPendingDeletion)
    return Fail(InvalidState(key.arn + " is pending deletion."));
  key.state = state;
  OFFSTAGE_TRY_VOID(Kept(service.store().Save(key)));
  return Json();
}

// `rows` from behind the request's Marker on, at most Limit of them, under `member`. `name_of`: the
// member of a row by which rows are in order.
aws::Outcome<Json> Paged(const Json& request, const char* member, const char* name_of,
                         const std::vector<Json>& rows) {
  OFFSTAGE_TRY(const auto limit, OptionalNumber(request, {.member = "Limit"}));
  OFFSTAGE_TRY(const std::string marker,
               OptionalText(request, {.member = "Marker", .longest = 1024}));
  const auto after = marker.empty() ? std::optional<std::string>("") : Base64Decode(marker);
  if (!after) return Fail(aws::ApiError{.type = "InvalidMarkerException", .message = ""});
  const auto most = static_cast<std::size_t>(limit.value_or(100));
  Json reply = {{member, Json::array()}, {"Truncated", false}};
  for (const Json& row : rows) {
    const auto name = row[name_of].get<std::string>();
    if (name <= *after) continue;
    if (reply[member].size() == most) {
      reply["Truncated"] = true;
      reply["NextMarker"] = Base64Encode(reply[member].back()[name_of].get<std::string>());
      break;
    }
    reply[member].push_back(row);
  }
  return reply;
}

}  // namespace

aws::Outcome<Json> CreateKey(Service& service, const Json& request) {
  OFFSTAGE_TRY_VOID(CheckKind(request));
  Key key;
  const auto description = request.find("Description");
  if (description != request.end() && !description->is_null()) {
    if (!description->is_string()) return Fail(Unreadable());
    key.description = description->get<std::string>();
    if (key.description.size() > 8192) {
      return Fail(Violation(fmt::format("'{}'", key.description), "description",
                            "Member must have length less than or equal to 8192"));
    }
  }
  key.arn = service.ArnOf("key/" + service.options().ids->Uuid());
  key.created = service.NowMillis();
  key.material = encryption::RandomBytes(encryption::kKeyBytes);
  OFFSTAGE_TRY_VOID(Kept(service.store().Save(key)));
  return Json{{"KeyMetadata", Metadata(key)}};
}

aws::Outcome<Json> DescribeKey(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string name, NeedText(request, {.member = "KeyId"}));
  OFFSTAGE_TRY(const Key key, service.FindKey(name));
  return Json{{"KeyMetadata", Metadata(key)}};
}

aws::Outcome<Json> EnableKey(Service& service, const Json& request) {
  return SetState(service, request, KeyState::kEnabled);
}

aws::Outcome<Json> DisableKey(Service& service, const Json& request) {
  return SetState(service, request, KeyState::kDisabled);
}

aws::Outcome<Json> ScheduleKeyDeletion(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string name, NeedText(request, {.member = "KeyId"}));
  OFFSTAGE_TRY(const auto days,
               OptionalNumber(request, {.member = "PendingWindowInDays", .least = 7, .most = 30}));
  OFFSTAGE_TRY(Key key, service.FindKey(name));
  if (key.state == KeyState::kPendingDeletion)
    return Fail(InvalidState(key.arn + " is pending deletion."));
  key.state = KeyState::kPendingDeletion;
  key.deletion = service.NowMillis() + days.value_or(30) * kDayMillis;
  OFFSTAGE_TRY_VOID(Kept(service.store().Save(key)));
  return Json{{"KeyId", key.arn},
              {"DeletionDate", ApiTime(key.deletion)},
              {"KeyState", StateName(key.state)},
              {"PendingWindowInDays", days.value_or(30)}};
}

aws::Outcome<Json> CancelKeyDeletion(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string name, NeedText(request, {.member = "KeyId"}));
  OFFSTAGE_TRY(Key key, service.FindKey(name));
  if (key.state != KeyState::kPendingDeletion)
    return Fail(InvalidState(key.arn + " is not pending deletion."));
  // It stays disabled: "Cancels the deletion ... the key state is Disabled"
  // (API_CancelKeyDeletion).
  key.state = KeyState::kDisabled;
  key.deletion = 0;
  OFFSTAGE_TRY_VOID(Kept(service.store().Save(key)));
  return Json{{"KeyId", key.arn}};
}

aws::Outcome<Json> ListKeys(Service& service, const Json& request) {
  std::vector<Json> rows;
  for (const Key& key : service.store().Keys()) {
    // Those of other accounts and regions are there to be used, not to be listed.
    if (key.arn == service.ArnOf("key/" + key.id()))
      rows.push_back({{"KeyId", key.id()}, {"KeyArn", key.arn}});
  }
  return Paged(request, "Keys", "KeyArn", rows);
}

aws::Outcome<Json> CreateAlias(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string name, AliasName(request));
  if (name.starts_with("alias/aws/")) {
    return Fail(aws::ApiError{.type = "NotAuthorizedException", .message = ""});
  }
  OFFSTAGE_TRY(const Key key, Target(service, request));
  if (service.store().FindAlias(name)) {
    return Fail(aws::ApiError{
        .type = "AlreadyExistsException",
        .message = fmt::format("An alias with the name {} already exists", service.ArnOf(name))});
  }
  const std::int64_t now = service.NowMillis();
  OFFSTAGE_TRY_VOID(Kept(service.store().SaveAlias(
      {.name = name, .key_arn = key.arn, .created = now, .updated = now})));
  return Json();
}

aws::Outcome<Json> UpdateAlias(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string name, AliasName(request));
  OFFSTAGE_TRY(Alias alias, FindAlias(service, name));
  OFFSTAGE_TRY(const Key key, Target(service, request));
  alias.key_arn = key.arn;
  alias.updated = service.NowMillis();
  OFFSTAGE_TRY_VOID(Kept(service.store().SaveAlias(alias)));
  return Json();
}

aws::Outcome<Json> DeleteAlias(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string name, AliasName(request));
  OFFSTAGE_TRY_VOID(FindAlias(service, name));
  OFFSTAGE_TRY_VOID(Kept(service.store().DeleteAlias(name)));
  return Json();
}

aws::Outcome<Json> ListAliases(Service& service, const Json& request) {
  OFFSTAGE_TRY(const std::string wanted, OptionalText(request, {.member = "KeyId"}));
  std::optional<Key> key;
  if (!wanted.empty()) {
    OFFSTAGE_TRY(key, service.FindKey(wanted));
  }
  std::vector<Json> rows;
  for (const Alias& alias : service.store().Aliases()) {
    if (!alias.name.starts_with("alias/") || (key && key->arn != alias.key_arn)) continue;
    rows.push_back({{"AliasName", alias.name},
                    {"AliasArn", service.ArnOf(alias.name)},
                    {"TargetKeyId", alias.key_arn.substr(alias.key_arn.rfind('/') + 1)},
                    {"CreationDate", ApiTime(alias.created)},
                    {"LastUpdatedDate", ApiTime(alias.updated)}});
  }
  return Paged(request, "Aliases", "AliasName", rows);
}

}  // namespace offstage::kms
