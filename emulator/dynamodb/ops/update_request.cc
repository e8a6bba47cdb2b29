#include "dynamodb/ops/update_request.h"

#include <fmt/format.h>

#include <algorithm>

#include "dynamodb/errors.h"
#include "dynamodb/expressions/legacy.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

aws::Outcome<std::optional<Update>> UpdateOf(Engine& engine, Node request,
                                             Placeholders& placeholders) {
  std::optional<Update> out;
  if (const Node text = request["UpdateExpression"]) {
    OFFSTAGE_TRY(Update update, Update::Compile(text.text(), placeholders, &engine.expressions()));
    out = std::move(update);
  } else if (const Node updates = request["AttributeUpdates"]; updates && updates.size() > 0) {
    OFFSTAGE_TRY(Update update, UpdateFromAttributeUpdates(updates.raw()));
    out = std::move(update);
  }
  return out;
}

namespace {

// The service reports the index whose name comes first.
aws::Outcome<Unit> CheckIndexTypes(const Table& table, const Update& update) {
  std::string_view first;
  aws::Outcome<Unit> outcome = Ok();
  for (const Index& index : table.indexes) {
    const KeySchema& key = index.definition.key;
    for (const auto* attributes : {&key.partition, &key.sort}) {
      for (const KeyAttribute& attribute : *attributes) {
        const std::optional<AttributeType> type = update.StaticTypeOf(attribute.name);
        if (!type || TypeName(*type) == TypeName(attribute.type)) continue;
        if (!outcome.ok() && first <= index.definition.name) continue;
        first = index.definition.name;
        outcome = Fail(IndexKeyTypeMismatch(attribute.name, attribute.type, *type, first));
      }
    }
  }
  return outcome;
}

}  // namespace

aws::Outcome<Unit> CheckUpdateTargets(const Table& table, const Update& update) {
  const std::vector<std::string> keys = KeyAttributeNames(table, nullptr);
  for (const std::string& name : update.AttributeNames()) {
    if (std::find(keys.begin(), keys.end(), name) == keys.end()) continue;
    return Fail(InvalidParameter(
        fmt::format("Cannot update attribute {}. This attribute is part of the key", name)));
  }
  OFFSTAGE_TRY_VOID(CheckIndexTypes(table, update));
  return CheckScalarKeys(table, update.NestedAttributeNames());
}

aws::Outcome<UpdatedItem> ApplyUpdate(const Table& table, const Item& key, const Item* before,
                                      const Update* update) {
  UpdatedItem out;
  out.existed = before != nullptr;
  out.before = before != nullptr ? *before : key;
  if (!out.existed && update != nullptr && update->OnlyRemoves()) return out;
  Item after = out.before;
  if (update != nullptr) {
    OFFSTAGE_TRY(after, update->Apply(out.before));
  }
  out.after = MakeNewItem(std::move(after));
  if (static_cast<std::size_t>(out.after->size) > kMaxItemBytes) {
    return Fail(ValidationError("Item size to update has exceeded the maximum allowed size"));
  }
  OFFSTAGE_TRY_VOID(
      CheckUpdatedIndexKeys(table, before != nullptr ? *before : Item(), out.after->item));
  return out;
}

}  // namespace offstage::dynamodb
