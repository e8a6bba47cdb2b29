// Writing one item with all that hangs on it: its indexes, its stream record, what it costs. Shared
// by every operation that writes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "aws/api_error.h"
#include "dynamodb/ops/capacity.h"
#include "dynamodb/ops/engine.h"
#include "dynamodb/ops/keys.h"
#include "dynamodb/store/session.h"
#include "dynamodb/value/attribute_value.h"
#include "interfaces/change_sink.h"

namespace offstage::dynamodb {

// An item ready to be stored: parsed, checked, written out.
struct NewItem {
  Item item;
  std::string text;
  std::int64_t size = 0;
};

NewItem MakeNewItem(Item item);

struct ItemWrite {
  const Table& table;
  const ItemKey& key;
  // What the session found for the key. Its text must be there when NeedsOldText says so.
  const std::optional<StoredItem>& old;
  // Null: the item is deleted.
  const NewItem* new_item = nullptr;
  CapacityDetail detail = CapacityDetail::kNone;
  ItemChange::Origin origin = ItemChange::Origin::kUser;
};

// Whether a write has to know what was there before, apart from what its request asks for.
bool NeedsOldText(const Table& table);

// Puts or deletes; an error is the machine's fault.
aws::Outcome<ConsumedCapacity> WriteItem(Engine& engine, WriteSession& session,
                                         const ItemWrite& write);

// The table as it is now: within a write the catalogue stands still. Another one of the same name
// is as good as none.
aws::Outcome<TablePtr> TableNow(Engine& engine, const Table& table);

// For writes outside of transactions: TransactionConflictException when one holds the item.
aws::Outcome<Unit> CheckNoTransaction(Engine& engine, const Table& table, const ItemKey& key);

}  // namespace offstage::dynamodb
