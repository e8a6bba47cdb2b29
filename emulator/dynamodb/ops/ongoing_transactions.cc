#include "dynamodb/ops/ongoing_transactions.h"

#include <thread>

#include "dynamodb/errors.h"
#include "dynamodb/ops/transaction.h"

namespace offstage::dynamodb {

OngoingTransactions::Held::Held(Held&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)),
      items_(std::move(other.items_)),
      token_(std::move(other.token_)) {}

OngoingTransactions::Held::~Held() {
  if (owner_ != nullptr) owner_->End(items_, token_);
}

aws::Outcome<std::optional<OngoingTransactions::Held>> OngoingTransactions::Begin(
    std::vector<std::string> items, std::string token) {
  std::optional<Held> held;
  if (!enabled()) return held;
  std::erase(items, std::string());
  {
    const MutexLock lock(mutex_);
    if (!token.empty() && tokens_.contains(token)) {
      return Fail(aws::ApiError{
          .type = "TransactionInProgressException",
          .message = "The transaction with the given request token is already in progress."});
    }
    if (auto conflicts = Conflicts(items)) return Fail(std::move(*conflicts));
    items_.insert(items.begin(), items.end());
    if (!token.empty()) tokens_.insert(token);
    held.emplace(*this, std::move(items), std::move(token));
  }
  std::this_thread::sleep_for(*duration_);
  return held;
}

aws::Outcome<Unit> OngoingTransactions::CheckFree(std::string_view item) {
  if (!enabled()) return Ok();
  const MutexLock lock(mutex_);
  if (items_.contains(item)) return Fail(TransactionConflict());
  return Ok();
}

aws::Outcome<Unit> OngoingTransactions::CheckAllFree(const std::vector<std::string>& items) {
  if (!enabled()) return Ok();
  const MutexLock lock(mutex_);
  if (auto conflicts = Conflicts(items)) return Fail(std::move(*conflicts));
  return Ok();
}

std::optional<aws::ApiError> OngoingTransactions::Conflicts(const std::vector<std::string>& items) {
  CancellationReasons reasons;
  for (const std::string& item : items) {
    reasons.push_back(items_.contains(item) ? std::optional(TransactionConflict()) : std::nullopt);
  }
  return Cancelled(reasons);
}

void OngoingTransactions::End(const std::vector<std::string>& items, const std::string& token) {
  const MutexLock lock(mutex_);
  for (const std::string& item : items)
    items_.erase(item);
  if (!token.empty()) tokens_.erase(token);
}

}  // namespace offstage::dynamodb
