// PartiQL statements: parsed, and what was parsed made into conditions and updates that run on one
// item.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "dynamodb/partiql/parser.h"
#include "dynamodb/partiql/set_clauses.h"
#include "dynamodb/partiql/where.h"
#include "dynamodb/value/attribute_json.h"

using offstage::dynamodb::AttributeValue;
using offstage::dynamodb::Item;
using offstage::dynamodb::KeySchema;
using offstage::dynamodb::KeyType;

namespace partiql = offstage::dynamodb::partiql;

namespace {

const Item& SampleItem() {
  static const Item kItem =
      offstage::dynamodb::ParseItem(R"({"a":{"N":"1"},"b":{"S":"xy"},"t":{"SS":["p","q"]},
          "m":{"M":{"x":{"N":"2"}}},"l":{"L":[{"N":"1"},{"M":{"x":{"S":"z"}}}]}})")
          .value();
  return kItem;
}

void RunWhere(const partiql::Expression& where, const partiql::Parameters& parameters) {
  const auto condition = partiql::CompileWhere(where, parameters);
  if (!condition.ok()) return;
  (void)condition->Matches(SampleItem());
  const KeySchema schema = {.partition = {{"a", KeyType::kNumber}},
                            .sort = {{"b", KeyType::kString}}};
  (void)partiql::PinnedValues(where, "a", parameters);
  (void)partiql::SplitKey(where, schema, parameters);
  (void)partiql::HasOverlappingBranches(where, schema, parameters);
}

void RunUpdate(const partiql::UpdateStatement& statement, const partiql::Parameters& parameters) {
  const auto update = partiql::CompileClauses(statement.clauses, parameters);
  if (!update.ok()) return;
  const auto updated = update->Apply(SampleItem());
  if (!updated.ok()) return;
  OFFSTAGE_CHECK(offstage::dynamodb::ParseItem(ToJsonText(*updated)).ok(),
                 "updated items are items");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto statement =
      partiql::Parse(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!statement.ok()) return 0;
  const partiql::Parameters parameters(statement->parameters, AttributeValue::Number("1"));
  for (const auto* where :
       {&statement->select.where, &statement->update.where, &statement->remove.where}) {
    if (*where) RunWhere(**where, parameters);
  }
  RunUpdate(statement->update, parameters);
  if (statement->kind == partiql::Statement::Kind::kInsert)
    (void)partiql::ToValue(statement->insert.item, parameters);
  return 0;
}
