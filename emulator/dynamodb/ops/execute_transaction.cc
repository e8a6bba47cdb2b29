// ExecuteTransaction:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteTransaction.html
// All statements read or all write; EXISTS(SELECT ...) is a condition among writes.
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
#include "dynamodb/ops/transaction.h"
#include "dynamodb/value/attribute_json.h"
#include "dynamodb/value/item_size.h"

namespace offstage::dynamodb {

const Shape& ExecuteTransactionShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape = [] {
    Shape statement =
        Structure("ParameterizedStatement",
                  {{"Statement", StatementText(), Presence::kRequired},
                   {"Parameters", StatementParameters()},
                   {"ReturnValuesOnConditionCheckFailure", ReturnValuesOnConditionCheckFailure()}});
    return Structure("ExecuteTransactionInput",
                     {{"TransactStatements", List(std::move(statement), {.min = 1, .max = 100}),
                       Presence::kRequired},
                      {"ClientRequestToken", String({.min = 1, .max = 36})},
                      {"ReturnConsumedCapacity", ReturnConsumedCapacity()}});
  }();
  return shape;
}

namespace {

using Kind = partiql::Statement::Kind;

// A SELECT or EXISTS, or else a write.
struct Part {
  Node node;
  Kind kind = Kind::kSelect;
  std::optional<KeyedSelect> select;
  std::optional<PartiqlWrite> write;
  std::int64_t size = 0;

  const Table& table() const { return select ? *select->table : *write->table; }
  const ItemKey& key() const { return select ? select->key : write->key; }
  bool shows_item() const {
    return node["ReturnValuesOnConditionCheckFailure"].text() == "ALL_OLD";
  }
};

std::string Prefix(std::size_t position) {
  return fmt::format("Validation failed in TransactStatements[{}]: ", position);
}

aws::Outcome<Unit> PlanPart(Engine& engine, const PartiqlStatement& statement, Part& part) {
  const partiql::Statement& tree = statement.statement;
  part.kind = tree.kind;
  const bool returns = tree.update.returning != partiql::Returning::kNothing ||
                       tree.remove.returning != partiql::Returning::kNothing;
  if (returns)
    return Fail(ValidationError("RETURNING clause is not supported in ExecuteTransaction."));
  if (tree.kind == Kind::kSelect || tree.kind == Kind::kExists) {
    if (!tree.select.from.index.empty()) {
      return Fail(ValidationError("Reads on indices are not supported within transactions."));
    }
    OFFSTAGE_TRY(part.select, PlanKeyedSelect(engine, statement, "ExecuteTransaction"));
  } else {
    OFFSTAGE_TRY(part.write, PlanPartiqlWrite(engine, statement));
  }
  return Ok();
}

aws::Outcome<std::vector<PartiqlStatement>> ReadAll(Node request) {
  std::vector<PartiqlStatement> statements;
  bool reads = false;
  bool writes = false;
  for (const Node node : request["TransactStatements"].elements()) {
    OFFSTAGE_TRY(PartiqlStatement statement, ReadPartiql(node, Prefix(statements.size())));
    (statement.statement.reads() ? reads : writes) = true;
    statements.push_back(std::move(statement));
  }
  if (reads && writes) {
    return Fail(
        ValidationError("ExecuteTransaction API does not support both read and write operations in "
                        "the same request."));
  }
  return statements;
}

aws::Outcome<std::vector<Part>> PlanAll(Engine& engine, Node request) {
  OFFSTAGE_TRY(const std::vector<PartiqlStatement> statements, ReadAll(request));
  std::vector<Part> parts;
  std::set<std::string> seen;
  for (const Node node : request["TransactStatements"].elements()) {
    Part part;
    part.node = node;
    auto planned = PlanPart(engine, statements[parts.size()], part);
    if (!planned.ok()) {
      aws::ApiError error = std::move(planned).error();
      if (error.type == "ValidationException") error.message.insert(0, Prefix(parts.size()));
      return Fail(std::move(error));
    }
    if (!seen.insert(IdentityOf(part.table(), part.key())).second) {
      return Fail(
          ValidationError("Transaction request cannot include multiple operations on one item"));
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

struct Total {
  const Table* table = nullptr;
  ConsumedCapacity used;
};
using Totals = std::map<std::string, Total>;

std::string Reply(const Totals& totals, CapacityDetail detail, CapacityKind kind,
                  std::string_view responses) {
  std::string reply = "{";
  if (detail != CapacityDetail::kNone) {
    std::string list;
    for (const auto& [name, total] : totals) {
      list += list.empty() ? "" : ",";
      list += CapacityJson(*total.table, total.used, detail, kind);
    }
    AppendMember("ConsumedCapacity", fmt::format("[{}]", list), reply);
  }
  AppendMember("Responses", fmt::format("[{}]", responses), reply);
  return reply + "}";
}

// Reading, or being answered like the first time, costs reads.
std::string ReplyAsRead(const std::vector<Part>& parts, CapacityDetail detail,
                        std::string_view responses) {
  Totals totals;
  for (const Part& part : parts) {
    Total& total = totals[part.table().definition.name];
    total.table = &part.table();
    total.used.table_units +=
        ReadUnits(static_cast<std::size_t>(part.size), ReadKind::kTransactional);
  }
  return Reply(totals, detail, CapacityKind::kRead, responses);
}

aws::Outcome<std::string> ReadParts(Engine& engine, std::vector<Part>& parts, Node request) {
  std::string responses;
  OFFSTAGE_TRY_INTERNAL(Store::Reader reader, engine.store().Read());
  for (Part& part : parts) {
    OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> found,
                          reader->Find(part.table(), part.key()));
    part.size = found ? found->size : 0;
    std::string response = "{";
    if (found) {
      AppendMember("Item",
                   part.select->projection ? ProjectSelect(*part.select->projection, found->text)
                                           : std::string(found->text),
                   response);
    }
    responses += responses.empty() ? "" : ",";
    responses += response + "}";
  }
  return ReplyAsRead(parts, CapacityDetailOf(request), responses);
}

aws::Outcome<Unit> Check(WriteSession& session, Part& part) {
  OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> found,
                        session.Find(part.table(), part.key()));
  part.size = found ? found->size : 0;
  const Item item = found ? ParseStoredItem(found->text) : Item();
  if (found && part.select->condition->Matches(item)) return Ok();
  const bool shows = part.shows_item() && found;
  return Fail(ConditionalCheckFailed(shows ? found->text : std::string_view()));
}

aws::Outcome<std::string> WriteParts(Engine& engine, WriteSession& session,
                                     std::vector<Part>& parts, CapacityDetail detail) {
  CancellationReasons reasons;
  for (Part& part : parts) {
    if (part.select) {
      OFFSTAGE_TRY(part.select->table, TableNow(engine, *part.select->table));
    } else {
      OFFSTAGE_TRY(part.write->table, TableNow(engine, *part.write->table));
    }
    auto prepared = part.select ? Check(session, part)
                                : PreparePartiqlWrite(session, *part.write, part.shows_item());
    if (prepared.ok()) {
      reasons.emplace_back();
      continue;
    }
    if (!BelongsIntoReasons(prepared.error())) return Fail(std::move(prepared).error());
    reasons.emplace_back(std::move(prepared).error());
  }
  if (auto cancelled = Cancelled(reasons)) return Fail(std::move(*cancelled));

  Totals totals;
  for (Part& part : parts) {
    ConsumedCapacity used;
    if (part.select) {
      used.table_units = WriteUnits(static_cast<std::size_t>(part.size));
    } else {
      OFFSTAGE_TRY(used, ApplyPartiqlWrite(engine, session, *part.write, detail));
      part.size = std::max(part.write->old_size, part.write->item ? part.write->item->size : 0);
    }
    // Prepared and committed: everything is written twice.
    used.table_units *= 2;
    for (IndexUnits& index : used.indexes)
      index.units *= 2;
    Total& total = totals[part.table().definition.name];
    total.table = &part.table();
    total.used.Add(used);
  }
  return Reply(totals, detail, CapacityKind::kWrite, {});
}

std::vector<std::string> Items(const std::vector<Part>& parts) {
  std::vector<std::string> items;
  for (const Part& part : parts)
    items.push_back(IdentityOf(part.table(), part.key()));
  return items;
}

}  // namespace

aws::Outcome<std::string> ExecuteTransaction(Engine& engine, Node request) {
  OFFSTAGE_TRY(std::vector<Part> parts, PlanAll(engine, request));
  if (parts[0].kind == Kind::kSelect) {
    OFFSTAGE_TRY_VOID(engine.transactions().CheckAllFree(Items(parts)));
    return ReadParts(engine, parts, request);
  }

  return WriteOnce(
      engine,
      {.tokens = engine.statement_tokens(),
       .token = std::string(request["ClientRequestToken"].text()),
       .content = request["TransactStatements"].raw(),
       .items = Items(parts)},
      [&] { return ReplyAsRead(parts, CapacityDetailOf(request), {}); },
      [&](WriteSession& session) {
        return WriteParts(engine, session, parts, CapacityDetailOf(request));
      });
}

}  // namespace offstage::dynamodb
