#include "dynamodb/ops/transaction.h"

#include <fmt/format.h>

#include "dynamodb/errors.h"
#include "dynamodb/ops/engine.h"

namespace offstage::dynamodb {

namespace {

constexpr std::chrono::minutes kTokenLife{10};  // AWS "ClientRequestToken"

std::string ReasonCode(const aws::ApiError& error) {
  if (error.type == "ConditionalCheckFailedException") return "ConditionalCheckFailed";
  if (error.type == "DuplicateItemException") return "DuplicateItem";
  if (error.type == "TransactionConflictException") return "TransactionConflict";
  if (error.type == "ProvisionedThroughputExceededException")
    return "ProvisionedThroughputExceeded";
  return "ValidationError";
}

}  // namespace

bool BelongsIntoReasons(const aws::ApiError& error) {
  if (error.type == "ConditionalCheckFailedException" || error.type == "DuplicateItemException")
    return true;
  if (error.type != "ValidationException") return false;
  return !error.message.starts_with("One or more parameter values are not valid.");
}

std::optional<aws::ApiError> Cancelled(const CancellationReasons& reasons) {
  Json list = Json::array();
  std::string codes;
  bool any = false;
  for (const auto& reason : reasons) {
    const std::string code = reason ? ReasonCode(*reason) : "None";
    codes += codes.empty() ? code : ", " + code;
    Json entry = {{"Code", code}};
    if (reason) {
      any = true;
      entry["Message"] = reason->message;
      if (reason->members.is_object() && reason->members.contains("Item"))
        entry["Item"] = reason->members["Item"];
    }
    list.push_back(std::move(entry));
  }
  if (!any) return std::nullopt;
  aws::ApiError error;
  error.type = "TransactionCanceledException";
  error.message = fmt::format(
      "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]", codes);
  error.members = {{"CancellationReasons", std::move(list)}};
  return error;
}

aws::Outcome<std::optional<std::string>> IdempotencyTokens::Find(std::string_view token,
                                                                 std::string_view request,
                                                                 TimePoint now) {
  const MutexLock lock(mutex_);
  std::erase_if(entries_,
                [now](const auto& entry) { return entry.second.time + kTokenLife < now; });
  std::optional<std::string> reply;
  const auto found = entries_.find(token);
  if (found == entries_.end()) return reply;
  if (found->second.request != request) {
    aws::ApiError error;
    error.type = "IdempotentParameterMismatchException";
    error.message = "An error occurred (IdempotentParameterMismatchException)";
    return Fail(std::move(error));
  }
  reply = found->second.reply;
  return reply;
}

void IdempotencyTokens::Remember(std::string_view token, std::string_view request,
                                 std::string reply, TimePoint now) {
  const MutexLock lock(mutex_);
  entries_[std::string(token)] = {std::string(request), std::move(reply), now};
}

void IdempotencyTokens::Clear() {
  const MutexLock lock(mutex_);
  entries_.clear();
}

void IdempotencyTokens::Forget(std::string_view token) {
  const MutexLock lock(mutex_);
  const auto found = entries_.find(token);
  if (found != entries_.end()) entries_.erase(found);
}

namespace {

// A transaction that is done is answered again, whatever is under way.
aws::Outcome<std::optional<OngoingTransactions::Held>> Hold(Engine& engine,
                                                            const OnceRequest& request) {
  OngoingTransactions& transactions = engine.transactions();
  if (transactions.enabled() && !request.token.empty()) {
    OFFSTAGE_TRY(
        const std::optional<std::string> before,
        request.tokens.Find(request.token, request.content, engine.options().clock->Now()));
    if (before) return std::optional<OngoingTransactions::Held>();
  }
  return transactions.Begin(request.items, request.token);
}

}  // namespace

aws::Outcome<std::string> WriteOnce(
    Engine& engine, const OnceRequest& request, const std::function<std::string()>& replay,
    const std::function<aws::Outcome<std::string>(WriteSession&)>& execute) {
  OFFSTAGE_TRY([[maybe_unused]] const auto held, Hold(engine, request));
  std::string reply;
  auto written = engine.store().Write([&](WriteSession& session) -> aws::Outcome<Unit> {
    const TimePoint now = engine.options().clock->Now();
    if (!request.token.empty()) {
      OFFSTAGE_TRY(const std::optional<std::string> before,
                   request.tokens.Find(request.token, request.content, now));
      if (before) {
        reply = replay();
        return Ok();
      }
    }
    OFFSTAGE_TRY(reply, execute(session));
    if (!request.token.empty()) request.tokens.Remember(request.token, request.content, reply, now);
    return Ok();
  });
  if (!written.ok()) {
    // A commit that failed leaves no trace of the token either.
    if (!request.token.empty() && written.error().status >= 500)
      request.tokens.Forget(request.token);
    return Fail(std::move(written).error());
  }
  return reply;
}

}  // namespace offstage::dynamodb
