// KMS of one deployment: symmetric keys, as far as handlers and other services encrypt with them.
// Everything else of KMS (asymmetric and HMAC keys, grants, policies, rotation ...) is refused by
// name. State lives in one SQLite file (tables kms_*).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "aws/service.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/mutex.h"
#include "interfaces/data_keys.h"
#include "kms/key_store.h"

namespace offstage::kms {

struct Options {
  // ":memory:" keeps nothing; else its folder must exist.
  std::string database_file = ":memory:";
  std::string region = {};
  std::string account_id = {};
  std::string partition = "aws";
  // The three below must outlive the service.
  const Clock* clock = nullptr;
  IdSource* ids = nullptr;
  Log* log = nullptr;
};

// A key as a template has it.
struct KeyDefinition {
  std::string id = {};
  std::string description = {};
  bool enabled = true;
};

// Thread-safe.
class Service : public aws::JsonService, public DataKeys {
 public:
  // Opens or creates the database.
  static Result<std::unique_ptr<Service>> Create(const Options& options);

  aws::Outcome<std::string> Execute(const aws::Call& call, aws::CallFacts& facts) override;
  std::string_view ErrorTypePrefix(std::string_view) const override { return ""; }
  std::string_view ContentType() const override { return "application/x-amz-json-1.1"; }
  // An operation by name with a JSON request, as a client would run it.
  aws::Outcome<std::string> Run(std::string_view operation, std::string_view request);

  // A key that is not there is made for its ARN: templates name keys of other stacks and accounts.
  Result<WrappedDataKey> NewDataKey(const std::string& key,
                                    const std::map<std::string, std::string>& context) override;

  // Makes a key be there, or brings it up to date; what it encrypted stays readable.
  Status EnsureKey(const KeyDefinition& definition);
  // `target`: a key's id or ARN. Fails when there is no such key.
  Status EnsureAlias(const std::string& name, const std::string& target);
  // Makes a key for the ARN of a key or an alias that is not there, and logs it. Other texts are
  // left alone.
  Status EnsureNamed(const std::string& arn);

  SavedKeys Save() const { return store_->Snapshot(); }
  Status Restore(const SavedKeys& saved) { return store_->Restore(saved); }

  // For operations: the key that a KeyId names (id, ARN, alias or its ARN), whatever its state; and
  // one that may be used now, else the service's error.
  aws::Outcome<Key> FindKey(const std::string& name);
  aws::Outcome<Key> FindUsableKey(const std::string& name);
  static aws::Outcome<Unit> CheckUsable(const Key& key);
  std::string ArnOf(std::string_view resource) const;
  KeyStore& store() { return *store_; }
  const Options& options() const { return options_; }
  std::int64_t NowMillis() const { return ToEpochMillis(options_.clock->Now()); }

 private:
  Service(Options options, std::unique_ptr<KeyStore> store)
      : options_(std::move(options)), store_(std::move(store)) {}
  void ForgetDeleted() OFFSTAGE_REQUIRES(changes_);
  Status MakeNamed(const std::string& arn) OFFSTAGE_REQUIRES(changes_);

  const Options options_;
  const std::unique_ptr<KeyStore> store_;
  // Held from looking for a key until it is made or changed: of two that miss one at the same
  // moment, the second would replace what the first has encrypted with.
  Mutex changes_;
};

}  // namespace offstage::kms
