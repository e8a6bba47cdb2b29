// ExecuteStatement:
// docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html
#include "dynamodb/errors.h"
#include "dynamodb/ops/capacity.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/ops/ops.h"
#include "dynamodb/ops/partiql_read.h"
#include "dynamodb/ops/partiql_statement.h"
#include "dynamodb/ops/partiql_write.h"

namespace offstage::dynamodb {

const Shape& ExecuteStatementShape() {
  using namespace shape;  // NOLINT: the shape's vocabulary
  static const Shape shape =
      Structure("ExecuteStatementInput",
                {{"Statement", StatementText(), Presence::kRequired},
                 {"Parameters", StatementParameters()},
                 {"ConsistentRead", Boolean()},
                 {"NextToken", String({.min = 1, .max = 32768})},
                 {"ReturnConsumedCapacity", ReturnConsumedCapacity()},
                 {"Limit", Integer({.min = 1})},
                 {"ReturnValuesOnConditionCheckFailure", ReturnValuesOnConditionCheckFailure()}});
  return shape;
}

namespace {

aws::Outcome<std::string> Read(Engine& engine, const PartiqlStatement& statement, Node request) {
  OFFSTAGE_TRY(const SelectPage page, RunSelect(engine, statement,
                                                {.consistent = ConsistentRead(request),
                                                 .limit = request["Limit"].integer(),
                                                 .next_token = request["NextToken"].text()}));
  std::string reply = "{\"Items\":[";
  for (std::size_t i = 0; i < page.items.size(); ++i) {
    if (i > 0) reply += ',';
    reply += page.items[i];
  }
  reply += ']';
  AppendCapacity(*page.table, page.used, CapacityDetailOf(request), reply);
  if (!page.next_token.empty()) {
    AppendMember("LastEvaluatedKey", page.last_key, reply);
    AppendMember("NextToken", '"' + page.next_token + '"', reply);
  }
  return reply + "}";
}

}  // namespace

aws::Outcome<std::string> ExecuteStatement(Engine& engine, Node request) {
  OFFSTAGE_TRY(const PartiqlStatement statement, ReadPartiql(request));
  if (statement.statement.kind == partiql::Statement::Kind::kExists) {
    return Fail(ValidationError("EXISTS can only be used in ExecuteTransaction write requests."));
  }
  if (statement.statement.reads()) return Read(engine, statement, request);
  OFFSTAGE_TRY(PartiqlWrite write, PlanPartiqlWrite(engine, statement));
  const CapacityDetail detail = CapacityDetailOf(request);
  const bool shows = request["ReturnValuesOnConditionCheckFailure"].text() == "ALL_OLD";
  OFFSTAGE_TRY(const ConsumedCapacity used,
               RunPartiqlWrite(engine, write, {.detail = detail, .shows_item = shows}));
  std::string reply = "{\"Items\":[" + write.returned + "]";
  AppendCapacity(*write.table, used, detail, reply);
  return reply + "}";
}

}  // namespace offstage::dynamodb
