// Engine: what operations see of the service.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/expression_cache.h"
#include "dynamodb/ops/ongoing_transactions.h"
#include "dynamodb/ops/transaction.h"
#include "dynamodb/service.h"
#include "dynamodb/store/store.h"

namespace offstage::dynamodb {

// Thread-safe.
class Engine {
 public:
  Engine(Options options, std::unique_ptr<Store> store)
      : options_(std::move(options)),
        store_(std::move(store)),
        transactions_(options_.modes.transaction_time) {}

  const Options& options() const { return options_; }
  Store& store() { return *store_; }
  ExpressionCache& expressions() { return expressions_; }

  IdempotencyTokens& tokens() { return tokens_; }
  IdempotencyTokens& statement_tokens() { return statement_tokens_; }
  OngoingTransactions& transactions() { return transactions_; }

  std::int64_t NowMillis() const { return ToEpochMillis(options_.clock->Now()); }
  IdSource& ids() const { return *options_.ids; }

  // All tables but backups, by name.
  std::vector<TablePtr> Tables() const;
  // By name or ARN, as item operations look it up: "Requested resource not found".
  aws::Outcome<TablePtr> FindTable(std::string_view name_or_arn) const;
  // As table operations do: "Requested resource not found: Table: NAME not found".
  aws::Outcome<TablePtr> DescribedTable(std::string_view name_or_arn) const;
  // "arn:aws:dynamodb:REGION:ACCOUNT:table/NAME"
  std::string TableArn(std::string_view table) const;

 private:
  const Options options_;
  const std::unique_ptr<Store> store_;
  ExpressionCache expressions_;
  // TransactWriteItems and ExecuteTransaction each have their own.
  IdempotencyTokens tokens_;
  IdempotencyTokens statement_tokens_;
  OngoingTransactions transactions_;
};

// The table's name in a TableName member, which may be an ARN.
std::string_view TableNameOf(std::string_view name_or_arn);

}  // namespace offstage::dynamodb
