#include "kms/service.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "encryption/aes_gcm.h"
#include "encryption/bytes.h"
#include "kms/ciphertext.h"
#include "kms/errors.h"
#include "kms/operations.h"

namespace offstage::kms {

namespace {

struct OperationRow {
  std::string_view name;
  Operation run;
};

constexpr std::array kOperations = {
    OperationRow{"CancelKeyDeletion", CancelKeyDeletion},
    OperationRow{"CreateAlias", CreateAlias},
    OperationRow{"CreateKey", CreateKey},
    OperationRow{"Decrypt", Decrypt},
    OperationRow{"DeleteAlias", DeleteAlias},
    OperationRow{"DescribeKey", DescribeKey},
    OperationRow{"DisableKey", DisableKey},
    OperationRow{"EnableKey", EnableKey},
    OperationRow{"Encrypt", Encrypt},
    OperationRow{"GenerateDataKey", GenerateDataKey},
    OperationRow{"GenerateDataKeyWithoutPlaintext", GenerateDataKeyWithoutPlaintext},
    OperationRow{"GenerateRandom", GenerateRandom},
    OperationRow{"ListAliases", ListAliases},
    OperationRow{"ListKeys", ListKeys},
    OperationRow{"ReEncrypt", ReEncrypt},
    OperationRow{"ScheduleKeyDeletion", ScheduleKeyDeletion},
    OperationRow{"UpdateAlias", UpdateAlias},
};

aws::ApiError UnknownOperation(std::string_view operation) {
  std::string names;
  for (const OperationRow& row : kOperations)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", row.name);
  return {
      .type = "UnknownOperationException",
      .message = fmt::format("{} is not emulated by offstage.", operation),
      .explanation = fmt::format("of KMS, offstage has {}; {} changed nothing", names, operation)};
}

Error AsError(const aws::ApiError& refused) {
  return Error{fmt::format("{}: {}", refused.type, refused.message)};
}

bool IsHex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

// "1234abcd-12ab-34cd-56ef-1234567890ab", or "mrk-" and 32 hexadecimal digits.
bool IsKeyId(std::string_view text) {
  if (text.starts_with("mrk-")) return text.size() == 36 && IsHex(text.substr(4));
  if (text.size() != 36) return false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool dash = at == 8 || at == 13 || at == 18 || at == 23;
    if (dash ? text[at] != '-' : !IsHex(text.substr(at, 1))) return false;
  }
  return true;
}

// "key/..." or "alias/..." of "arn:aws:kms:us-east-1:123456789012:key/..."; empty: no such ARN, or
// a pattern of several, as policies have them.
std::string_view ResourceOf(std::string_view arn) {
  if (!arn.starts_with("arn:") || arn.find('*') != std::string_view::npos) return {};
  std::size_t at = 0;
  for (int colons = 0; colons < 5; ++colons) {
    const auto next = arn.find(':', at);
    if (next == std::string_view::npos) return {};
    if (colons == 2 && arn.substr(at, next - at) != "kms") return {};
    if (colons > 2 && next == at) return {};
    at = next + 1;
  }
  const std::string_view resource = arn.substr(at);
  const bool named = (resource.starts_with("key/") && resource.size() > 4) ||
                     (resource.starts_with("alias/") && resource.size() > 6);
  return named ? resource : std::string_view();
}

}  // namespace

Result<std::unique_ptr<Service>> Service::Create(const Options& options) {
  OFFSTAGE_TRY(auto store, KeyStore::Open(options.database_file));
  return std::unique_ptr<Service>(new Service(options, std::move(store)));
}

aws::Outcome<std::string> Service::Execute(const aws::Call& call, aws::CallFacts& facts) {
  const auto request = ParseJson(call.body);
  if (request.ok() && request->is_object()) {
    for (const char* member : {"KeyId", "AliasName"}) {
      const auto found = request->find(member);
      if (found != request->end() && found->is_string())
        facts.attributes.emplace_back("key", found->get<std::string>());
    }
  }
  return Run(call.operation, call.body);
}

aws::Outcome<std::string> Service::Run(std::string_view operation, std::string_view request) {
  const auto row = std::find_if(kOperations.begin(), kOperations.end(),
                                [&](const OperationRow& one) { return one.name == operation; });
  if (row == kOperations.end()) return Fail(UnknownOperation(operation));
  const auto parsed = ParseJson(request.empty() ? "{}" : request);
  if (!parsed.ok() || !parsed->is_object()) return Fail(Unreadable());
  const MutexLock lock(changes_);
  ForgetDeleted();
  OFFSTAGE_TRY(const Json reply, row->run(*this, *parsed));
  return reply.is_null() ? std::string() : DumpJson(reply);
}

// What was to be deleted by now.
void Service::ForgetDeleted() {
  for (const Key& key : store_->Keys()) {
    if (key.state != KeyState::kPendingDeletion || key.deletion > NowMillis()) continue;
    if (const Status gone = store_->Delete(key.arn); !gone.ok())
      options_.log->Error("a KMS key could not be deleted",
                          {{"key", key.arn}, {"why", gone.error().message}});
  }
}

std::string Service::ArnOf(std::string_view resource) const {
  return fmt::format("arn:{}:kms:{}:{}:{}", options_.partition, options_.region,
                     options_.account_id, resource);
}

aws::Outcome<Key> Service::FindKey(const std::string& name) {
  std::string arn = name;
  if (IsKeyId(name)) arn = ArnOf("key/" + name);
  if (name.starts_with("alias/")) arn = ArnOf(name);
  const std::string_view resource = ResourceOf(arn);
  if (resource.empty()) return Fail(NotFound(fmt::format("Invalid keyId '{}'", name)));
  if (resource.starts_with("alias/")) {
    const bool ours = arn == ArnOf(resource);
    const auto alias = store_->FindAlias(ours ? resource : std::string_view(arn));
    if (!alias) return Fail(NotFound(fmt::format("Alias {} is not found.", arn)));
    arn = alias->key_arn;
  }
  auto key = store_->Find(arn);
  if (!key) return Fail(NotFound(fmt::format("Key '{}' does not exist", arn)));
  return *std::move(key);
}

aws::Outcome<Key> Service::FindUsableKey(const std::string& name) {
  OFFSTAGE_TRY(Key key, FindKey(name));
  OFFSTAGE_TRY_VOID(CheckUsable(key));
  return key;
}

aws::Outcome<Unit> Service::CheckUsable(const Key& key) {
  if (key.state == KeyState::kDisabled) {
    return Fail(aws::ApiError{.type = "DisabledException", .message = key.arn + " is disabled."});
  }
  if (key.state == KeyState::kPendingDeletion) {
    return Fail(aws::ApiError{.type = "KMSInvalidStateException",
                              .message = key.arn + " is pending deletion."});
  }
  return Ok();
}

Result<WrappedDataKey> Service::NewDataKey(const std::string& key,
                                           const std::map<std::string, std::string>& context) {
  const MutexLock lock(changes_);
  ForgetDeleted();
  OFFSTAGE_TRY_VOID(MakeNamed(key));
  const auto found = FindUsableKey(key);
  if (!found.ok()) return Fail(AsError(found.error()));
  WrappedDataKey made;
  made.plaintext = encryption::RandomBytes(encryption::kKeyBytes);
  made.ciphertext = MakeCiphertext(*found, context, made.plaintext);
  made.key_arn = found->arn;
  return made;
}

Status Service::EnsureKey(const KeyDefinition& definition) {
  const std::string arn = ArnOf("key/" + definition.id);
  const MutexLock lock(changes_);
  auto key = store_->Find(arn);
  if (!key) {
    key = Key{.arn = arn,
              .created = NowMillis(),
              .material = encryption::RandomBytes(encryption::kKeyBytes)};
  }
  key->description = definition.description;
  key->state = definition.enabled ? KeyState::kEnabled : KeyState::kDisabled;
  return store_->Save(*key);
}

Status Service::EnsureAlias(const std::string& name, const std::string& target) {
  const MutexLock lock(changes_);
  const auto key = FindKey(target);
  if (!key.ok()) return Fail(AsError(key.error()));
  const auto old = store_->FindAlias(name);
  if (old && old->key_arn == key->arn) return Ok();
  return store_->SaveAlias({.name = name,
                            .key_arn = key->arn,
                            .created = old ? old->created : NowMillis(),
                            .updated = NowMillis()});
}

Status Service::EnsureNamed(const std::string& arn) {
  const MutexLock lock(changes_);
  return MakeNamed(arn);
}

Status Service::MakeNamed(const std::string& arn) {
  const std::string_view resource = ResourceOf(arn);
  if (resource.empty() || FindKey(arn).ok()) return Ok();
  const std::string head = arn.substr(0, arn.size() - resource.size());
  const bool alias = resource.starts_with("alias/");
  const std::string key_arn = alias ? head + "key/" + options_.ids->Uuid() : arn;
  OFFSTAGE_TRY_VOID(store_->Save({.arn = key_arn,
                                  .description = "made by offstage",
                                  .created = NowMillis(),
                                  .material = encryption::RandomBytes(encryption::kKeyBytes)}));
  if (alias) {
    const bool ours = arn == ArnOf(resource);
    OFFSTAGE_TRY_VOID(store_->SaveAlias({.name = ours ? std::string(resource) : arn,
                                         .key_arn = key_arn,
                                         .created = NowMillis(),
                                         .updated = NowMillis()}));
  }
  options_.log->Info(
      "made a KMS key of this deployment's own for one that its template does not "
      "define",
      {{"key", arn}});
  return Ok();
}

}  // namespace offstage::kms
