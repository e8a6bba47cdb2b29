// What Query and Scan share: one page of items, counted, filtered and projected.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/api_error.h"
#include "dynamodb/expressions/condition.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/ops/capacity.h"
#include "dynamodb/ops/engine.h"
#include "dynamodb/ops/members.h"
#include "dynamodb/store/session.h"

namespace offstage::dynamodb {

enum class PageOperation { kQuery, kScan };

// Members that Query and Scan have in common.
struct PageRequest {
  std::optional<Condition> filter;
  std::optional<Projection> projection;
  // 0: none.
  std::int64_t limit = 0;
  bool counts_only = false;
  // ALL_ATTRIBUTES of a local index: what it does not project is read from the table.
  bool all_attributes = false;
  std::optional<Item> start;
  CapacityDetail detail = CapacityDetail::kNone;
  bool consistent = false;
  // A Query of a table without sort key: there is no next page, whatever Limit says.
  bool single_row = false;
};

// Parses and checks them, but for what needs the table; fills `placeholders`, which must outlive
// the result.
aws::Outcome<PageRequest> ParsePageRequest(Engine& engine, Node request, PageOperation operation,
                                           Placeholders& placeholders);
// The index named by the request, or null for the table itself; checks ConsistentRead and the
// projection against it.
aws::Outcome<const Index*> IndexOf(const Table& table, Node request, PageRequest& page);
// The start key has the attributes and types of the table's and the index's keys. Query and Scan
// word it differently, and Query looks at the partition key before it looks at its key condition.
aws::Outcome<Unit> CheckStartPartition(const Table& table, const Index* index, const Item& start);
aws::Outcome<Unit> CheckStartKey(const Table& table, const Index* index, const Item& start,
                                 PageOperation operation);
// ALL_ATTRIBUTES of an index that has not got them all: a global one cannot answer it.
aws::Outcome<Unit> CheckSelectOf(const Index* index, Node request, PageRequest& page);
// Neither the projection nor the filter looks into key attributes (CheckScalarKeys of keys.h).
aws::Outcome<Unit> CheckScalarKeys(const Table& table, const PageRequest& page);
// "Filter Expression can only contain non-primary key attributes: Primary key attribute: pk"
aws::Outcome<Unit> CheckFilterAttributes(const KeySchema& schema, const PageRequest& page,
                                         Node request);

// Reads the page and writes the whole reply.
aws::Outcome<std::string> ReadPage(const Table& table, const Index* index, const PageRequest& page,
                                   Cursor cursor);

}  // namespace offstage::dynamodb
