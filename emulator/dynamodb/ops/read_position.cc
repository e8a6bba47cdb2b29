#include "dynamodb/ops/read_position.h"

#include <fmt/format.h>

#include <optional>

#include "dynamodb/errors.h"
#include "dynamodb/ops/keys.h"

namespace offstage::dynamodb {

aws::Outcome<Unit> StartQueryBehind(ReadSession& session, const Table& table, const Index* index,
                                    const Item& start, QueryRange& range) {
  const KeySchema& schema = index != nullptr ? index->definition.key : table.definition.key;
  IndexKey position = PositionOf(schema, start);
  if (position.sort < range.first || (range.end && position.sort >= *range.end)) {
    return Fail(
        ValidationError("The provided starting key does not match the range key predicate"));
  }
  if (position.partition != range.partition) {
    // What the service says when there is a condition on the sort key, whether one row or many
    // would come.
    const bool whole_partition = range.first.empty() && !range.end;
    return Fail(ValidationError(
        whole_partition
            ? "The provided starting key is outside query boundaries based on provided conditions"
            : "The query can return at most one row and cannot be restarted"));
  }
  if (index != nullptr) {
    IndexKey base = PositionOf(table.definition.key, start);
    const ItemKey key{
        .hash = base.hash, .partition = std::move(base.partition), .sort = std::move(base.sort)};
    OFFSTAGE_TRY_INTERNAL(const std::int64_t row, session.FindRow(table, key));
    range.after = QueryRange::After{.sort = std::move(position.sort), .row = row};
  } else if (schema.sort.empty()) {
    // The partition's only item was the last page's last.
    range.end = range.first;
  } else if (range.direction == Direction::kForward) {
    range.first = std::move(position.sort);
    range.first.push_back('\0');
  } else {
    range.end = std::move(position.sort);
  }
  return Ok();
}

aws::Outcome<Unit> StartScanBehind(ReadSession& session, const Table& table, const Index* index,
                                   const Item& start, const ScanSegment& segment,
                                   ScanRange& range) {
  IndexKey base = PositionOf(table.definition.key, start);
  ScanRange::After after;
  after.key = index != nullptr ? PositionOf(index->definition.key, start) : base;
  const ItemKey key{
      .hash = base.hash, .partition = std::move(base.partition), .sort = std::move(base.sort)};
  if (after.key.hash < range.first || after.key.hash >= range.end) {
    return Fail(ValidationError(
        fmt::format("The provided starting key is invalid: Invalid ExclusiveStartKey. Please use "
                    "ExclusiveStartKey "
                    "with correct Segment. TotalSegments: {} Segment: {}",
                    segment.total, segment.segment)));
  }
  OFFSTAGE_TRY_INTERNAL(after.row, session.FindRow(table, key));
  range.after = std::move(after);
  return Ok();
}

aws::Outcome<ScanRange> SingleRow(ReadSession& session, const Table& table, QueryRange range) {
  const ItemKey key{.hash = range.hash, .partition = std::move(range.partition), .sort = {}};
  OFFSTAGE_TRY_INTERNAL(const std::optional<StoredItem> found,
                        session.Find(table, key, ReadSession::Want::kSize));
  ScanRange row;
  const bool wanted = found && !(range.end && *range.end == range.first);
  row.single_row = wanted ? found->row : -2;
  return row;
}

}  // namespace offstage::dynamodb
