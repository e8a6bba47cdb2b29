// Where Query, Scan and PartiQL's SELECT go on: a range cut off behind an exclusive start key.
#pragma once

#include <cstdint>

#include "aws/api_error.h"
#include "dynamodb/store/session.h"
#include "dynamodb/store/table.h"
#include "dynamodb/value/attribute_value.h"

namespace offstage::dynamodb {

// `start` has been checked (CheckStartKey) and must lie within the range.
aws::Outcome<Unit> StartQueryBehind(ReadSession& session, const Table& table, const Index* index,
                                    const Item& start, QueryRange& range);

// `segment` and `total` are for the text of a start key from another segment.
struct ScanSegment {
  std::int64_t segment = 0;
  std::int64_t total = 1;
};
aws::Outcome<Unit> StartScanBehind(ReadSession& session, const Table& table, const Index* index,
                                   const Item& start, const ScanSegment& segment, ScanRange& range);

// A partition of a table without sort key has one item at most: where it is, or a range of none.
aws::Outcome<ScanRange> SingleRow(ReadSession& session, const Table& table, QueryRange range);

}  // namespace offstage::dynamodb
