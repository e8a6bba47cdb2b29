// Running SELECT.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/condition.h"
#include "dynamodb/ops/capacity.h"
#include "dynamodb/ops/engine.h"
#include "dynamodb/ops/partiql_statement.h"
#include "dynamodb/store/session.h"

namespace offstage::dynamodb {

struct SelectOptions {
  bool consistent = false;
  // Items looked at, before the WHERE clause; 0: no limit but 1 MB.
  std::int64_t limit = 0;
  // Empty: from the beginning.
  std::string_view next_token;
};

struct SelectPage {
  TablePtr table;
  // DynamoDB JSON, without the commas between them.
  std::vector<std::string> items;
  // The key of the last item looked at, and the token to go on with; empty at the end.
  std::string last_key;
  std::string next_token;
  ConsumedCapacity used;
};

// A page of a SELECT that may look at many items.
aws::Outcome<SelectPage> RunSelect(Engine& engine, const PartiqlStatement& statement,
                                   const SelectOptions& options);

// SELECT of one item by its key, as batches and transactions allow it.
struct KeyedSelect {
  TablePtr table;
  Item key_item;
  ItemKey key;
  std::optional<std::vector<partiql::Expression>> projection;
  // Of EXISTS: what else the item must satisfy.
  std::optional<Condition> condition;
};
// `operation`: "BatchExecuteStatement" or "ExecuteTransaction", for the text of a missing key.
aws::Outcome<KeyedSelect> PlanKeyedSelect(Engine& engine, const PartiqlStatement& statement,
                                          std::string_view operation);
// The item as the projection shows it; `item` is its stored text.
std::string ProjectSelect(const std::vector<partiql::Expression>& projection,
                          std::string_view item);

}  // namespace offstage::dynamodb
