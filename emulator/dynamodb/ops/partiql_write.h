// Running INSERT, UPDATE and DELETE. In two steps, so that a transaction looks at all its items
// before it writes the first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aws/api_error.h"
#include "dynamodb/expressions/condition.h"
#include "dynamodb/expressions/update.h"
#include "dynamodb/ops/engine.h"
#include "dynamodb/ops/item_write.h"
#include "dynamodb/ops/partiql_statement.h"
#include "dynamodb/store/session.h"

namespace offstage::dynamodb {

struct PartiqlWrite {
  partiql::Statement::Kind kind = partiql::Statement::Kind::kInsert;
  partiql::Returning returning = partiql::Returning::kNothing;
  TablePtr table;
  Item key_item;
  ItemKey key;
  // INSERT's item; UPDATE's once prepared; none of DELETE.
  std::optional<NewItem> item;
  std::optional<Update> update;
  std::optional<Condition> condition;
  // Once prepared: what was there, and what RETURNING shows; empty: nothing.
  std::int64_t old_size = 0;
  std::string returned;
};

// Everything but the item itself: the table, the key, the clauses.
aws::Outcome<PartiqlWrite> PlanPartiqlWrite(Engine& engine, const PartiqlStatement& statement);
// Looks at the item; writes nothing. Fails with DuplicateItemException,
// ConditionalCheckFailedException (with the item when `shows_item`) or ValidationException.
aws::Outcome<Unit> PreparePartiqlWrite(WriteSession& session, PartiqlWrite& write, bool shows_item);
aws::Outcome<ConsumedCapacity> ApplyPartiqlWrite(Engine& engine, WriteSession& session,
                                                 const PartiqlWrite& write, CapacityDetail detail);

// One statement in a transaction of its own.
struct PartiqlWriteOptions {
  CapacityDetail detail = CapacityDetail::kNone;
  bool shows_item = false;
};
aws::Outcome<ConsumedCapacity> RunPartiqlWrite(Engine& engine, PartiqlWrite& write,
                                               const PartiqlWriteOptions& options);

}  // namespace offstage::dynamodb
