// The items of transactions that are under way, where transactions take time (Modes in
// dynamodb/service.h). As the service has it, who comes second loses, and plain reads and queries
// are never in the way:
// docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html "Transaction
// conflict handling in DynamoDB"
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/mutex.h"

namespace offstage::dynamodb {

// Thread-safe.
class OngoingTransactions {
 public:
  // How long each one lasts at least; null: none is ever under way, and all calls succeed at once.
  explicit OngoingTransactions(std::optional<std::chrono::milliseconds> duration)
      : duration_(duration) {}

  // Its items, as long as it lives.
  class Held {
   public:
    Held(OngoingTransactions& owner, std::vector<std::string> items, std::string token)
        : owner_(&owner), items_(std::move(items)), token_(std::move(token)) {}
    Held(Held&& other) noexcept;
    Held& operator=(Held&&) = delete;
    ~Held();

   private:
    // Null: moved away.
    OngoingTransactions* owner_;
    std::vector<std::string> items_;
    std::string token_;
  };

  // Waits for as long as a transaction takes, holding `items` (IdentityOf; empty texts stand for
  // actions that no item is known of). Null where transactions take no time. Fails with
  // TransactionCanceledException and a TransactionConflict for each item that another one holds, or
  // with TransactionInProgressException when `token`, not empty, is that of a transaction under
  // way.
  aws::Outcome<std::optional<Held>> Begin(std::vector<std::string> items, std::string token);

  // TransactionConflictException when a transaction holds the item.
  aws::Outcome<Unit> CheckFree(std::string_view item);
  // TransactionCanceledException with the reason of each item that one holds, for a transaction
  // that reads.
  aws::Outcome<Unit> CheckAllFree(const std::vector<std::string>& items);

  bool enabled() const { return duration_.has_value(); }

 private:
  void End(const std::vector<std::string>& items, const std::string& token);
  std::optional<aws::ApiError> Conflicts(const std::vector<std::string>& items)
      OFFSTAGE_REQUIRES(mutex_);

  const std::optional<std::chrono::milliseconds> duration_;
  Mutex mutex_;
  std::set<std::string, std::less<>> items_ OFFSTAGE_GUARDED_BY(mutex_);
  std::set<std::string, std::less<>> tokens_ OFFSTAGE_GUARDED_BY(mutex_);
};

}  // namespace offstage::dynamodb
