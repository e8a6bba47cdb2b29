// UpdateExpression and AttributeUpdates, as UpdateItem and TransactWriteItems apply them.
#pragma once

#include <optional>

#include "dynamodb/expressions/update.h"
#include "dynamodb/ops/item_write.h"
#include "dynamodb/ops/members.h"

namespace offstage::dynamodb {

// Null: neither was given; such an update makes the item exist and changes nothing.
aws::Outcome<std::optional<Update>> UpdateOf(Engine& engine, Node request,
                                             Placeholders& placeholders);

// What the service says of an update before it reads the item: "One or more parameter values were
// invalid: Cannot update attribute pk. This attribute is part of the key", then values of the wrong
// type for an index, then paths into keys.
aws::Outcome<Unit> CheckUpdateTargets(const Table& table, const Update& update);

struct UpdatedItem {
  bool existed = false;
  Item before;
  // Null: there was no item and the update only removes, which makes none.
  std::optional<NewItem> after;
};

// The item as the update leaves it, checked. `before` null: there was none, it begins as its key.
aws::Outcome<UpdatedItem> ApplyUpdate(const Table& table, const Item& key, const Item* before,
                                      const Update* update);

}  // namespace offstage::dynamodb
