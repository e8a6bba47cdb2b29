// BatchExecuteStatement:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
// Each statement stands and falls by itself. What a failed one costs is not reported.
#include <fmt/format.h>

#include <map>
#include <set>

#include "dynamodb/errors.h"
#include "dynamodb/ops/capacity.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/partiql_read.h"
#include "dynamodb/ops/partiql_statement.h"
#include "dynamodb/ops/partiql_write.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

const Shape& BatchExecuteStatementShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = [] {
    Shape statement =
        Structure("BatchStatementRequest",
                  {{"Statement", StatementText(), Presence::kRequired},
                   {"Parameters", StatementParameters()},
                   {"ConsistentRead", Boolean()},
                   {"ReturnValuesOnConditionCheckFailure", ReturnValuesOnConditionCheckFailure()}});
    return Structure(
        "BatchExecuteStatementInput",
        {{"Statements", List(std::move(statement), {.min = 1, .max = 25}), Presence::kRequired},
         {"ReturnConsumedCapacity", ReturnConsumedCapacity()}});
  }();
  return shape;
}

namespace {

// One statement on its way: planned, or failed with `error`.
struct Slot {
  Node node;
  // As written; empty when the text could not be read.
  std::string table_name;
  bool reads = false;
  std::optional<KeyedSelect> select;
  std::optional<PartiqlWrite> write;
  std::optional<aws::ApiError> error;
};

aws::Outcome<Unit> Plan(Engine& engine, const PartiqlStatement& statement, Slot& slot) {
  if (statement.statement.kind == partiql::Statement::Kind::kExists) {
    return Fail(ValidationError("EXISTS can only be used in ExecuteTransaction write requests."));
  }
  if (slot.reads) {
    OFFSTAGE_TRY(slot.select, PlanKeyedSelect(engine, statement, "BatchExecuteStatement"));
  } else {
    OFFSTAGE_TRY(slot.write, PlanPartiqlWrite(engine, statement));
  }
  return Ok();
}

// Fails for what concerns the whole batch: reads beside writes, one item twice.
aws::Outcome<std::vector<Slot>> PlanAll(Engine& engine, Node request) {
  std::vector<Slot> slots;
  std::vector<std::optional<PartiqlStatement>> statements;
  bool reads = false;
  bool writes = false;
  for (const Node node : request["Statements"].elements()) {
    Slot& slot = slots.emplace_back();
    slot.node = node;
    auto statement = ReadPartiql(node);
    if (!statement.ok()) {
      slot.error = std::move(statement).error();
      statements.emplace_back();
      continue;
    }
    slot.reads = statement->statement.reads();
    slot.table_name = statement->statement.table().table;
    (slot.reads ? reads : writes) = true;
    statements.emplace_back(std::move(statement).value());
  }
  if (reads && writes) {
    return Fail(
        ValidationError("Read and write requests together in the same batch is not supported."));
  }
  std::set<std::string> seen;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    Slot& slot = slots[i];
    if (slot.error) continue;
    auto planned = Plan(engine, *statements[i], slot);
    if (!planned.ok()) {
      slot.error = std::move(planned).error();
      continue;
    }
    const std::string identity = slot.reads ? IdentityOf(*slot.select->table, slot.select->key)
                                            : IdentityOf(*slot.write->table, slot.write->key);
    if (!seen.insert(identity).second)
      return Fail(ValidationError("Provided list of item keys contains duplicates"));
  }
  return slots;
}

struct Total {
  TablePtr table;
  ConsumedCapacity used;
};
using Totals = std::map<std::string, Total>;

// The slot's item as JSON; empty: none.
aws::Outcome<std::string> RunSelect(Engine& engine, const Slot& slot, Totals& totals) {
  const KeyedSelect& select = *slot.select;
  OFFSTAGE_TRY_INTERNAL(Store::Reader reader, engine.store().Read(ConsistencyOf(slot.node)));
  OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> found,
                        reader->Find(*select.table, select.key));
  Total& total = totals[select.table->definition.name];
  total.table = select.table;
  total.used.table_units +=
      ReadUnits(static_cast<std::size_t>(found ? found->size : 0),
                ConsistentRead(slot.node) ? ReadKind::kStrong : ReadKind::kEventual);
  if (!found) return std::string();
  return select.projection ? ProjectSelect(*select.projection, found->text)
                           : std::string(found->text);
}

aws::Outcome<std::string> RunSlot(Engine& engine, Slot& slot, CapacityDetail detail,
                                  Totals& totals) {
  if (slot.error) return Fail(*slot.error);
  if (slot.reads) return RunSelect(engine, slot, totals);
  OFFSTAGE_TRY(const ConsumedCapacity used,
               RunPartiqlWrite(engine, *slot.write, {.detail = detail, .shows_item = false}));
  Total& total = totals[slot.write->table->definition.name];
  total.table = slot.write->table;
  total.used.Add(used);
  return slot.write->returned;
}

std::string ErrorJson(const aws::ApiError& error) {
  return DumpJson(Json{{"Code", ShortCode(error)}, {"Message", error.message}});
}

}  // namespace

aws::Outcome<std::string> BatchExecuteStatement(Engine& engine, Node request) {
  OFFSTAGE_TRY(std::vector<Slot> slots, PlanAll(engine, request));
  const CapacityDetail detail = CapacityDetailOf(request);
  Totals totals;
  std::string responses;
  for (Slot& slot : slots) {
    const auto item = RunSlot(engine, slot, detail, totals);
    std::string response = "{";
    if (!item.ok()) {
      if (item.error().status >= 500) return Fail(item.error());
      AppendMember("Error", ErrorJson(item.error()), response);
    } else if (!item->empty()) {
      AppendMember("Item", *item, response);
    }
    // Statements that were refused before they ran do not say whose they are.
    if (item.ok() || item.error().type != "ValidationException")
      AppendMember("TableName", DumpJson(Json(slot.table_name)), response);
    responses += responses.empty() ? "" : ",";
    responses += response + "}";
  }
  std::string reply = "{";
  if (detail != CapacityDetail::kNone && !totals.empty()) {
    std::string list;
    for (const auto& [name, total] : totals) {
      list += list.empty() ? "" : ",";
      list += CapacityJson(*total.table, total.used, detail);
    }
    AppendMember("ConsumedCapacity", fmt::format("[{}]", list), reply);
  }
  AppendMember("Responses", fmt::format("[{}]", responses), reply);
  return reply + "}";
}

}  // namespace offstage::dynamodb
