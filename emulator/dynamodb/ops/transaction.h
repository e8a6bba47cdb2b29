// What TransactWriteItems, TransactGetItems and ExecuteTransaction share: cancellation reasons and
// idempotency tokens.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace offstage::dynamodb {

class Engine;
class WriteSession;

// One reason for each action of the transaction, in order; null where nothing was wrong.
using CancellationReasons = std::vector<std::optional<aws::ApiError>>;

// Whether the error belongs into a reason ("ValidationError", "ConditionalCheckFailed") or fails
// the whole request by itself (a missing table, an empty key value).
bool BelongsIntoReasons(const aws::ApiError& error);
// TransactionCanceledException with all reasons, or nothing when there are none.
std::optional<aws::ApiError> Cancelled(const CancellationReasons& reasons);

// Replies of finished transactions by ClientRequestToken, for ten minutes. Thread-safe.
class IdempotencyTokens {
 public:
  // The reply to the same request before, if there was one; `request` is what must be the same.
  // IdempotentParameterMismatchException when the token came with another request.
  aws::Outcome<std::optional<std::string>> Find(std::string_view token, std::string_view request,
                                                TimePoint now);
  void Remember(std::string_view token, std::string_view request, std::string reply, TimePoint now);
  void Forget(std::string_view token);
  void Clear();

 private:
  struct Entry {
    std::string request;
    std::string reply;
    TimePoint time;
  };
  Mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_ OFFSTAGE_GUARDED_BY(mutex_);
};

// A transaction that writes, once for each ClientRequestToken.
struct OnceRequest {
  IdempotencyTokens& tokens;
  // Empty: none was given, and the transaction runs.
  std::string token;
  // What must be the same when the token comes again.
  std::string_view content;
  // IdentityOf of each action's item; empty where none is known.
  std::vector<std::string> items;
};
// Runs `execute` in one transaction of the store; where its token has been seen before, `replay`
// instead. Both answer the reply.
aws::Outcome<std::string> WriteOnce(
    Engine& engine, const OnceRequest& request, const std::function<std::string()>& replay,
    const std::function<aws::Outcome<std::string>(WriteSession&)>& execute);

}  // namespace offstage::dynamodb
